"""Questions: refused without a right answer; what an answer to each kind earns."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from app.domain.courses.rules.questions import (
    NotAnAnswer,
    QuestionText,
    earned,
    normalise,
    read_answer,
    why_not_a_question,
)
from app.domain.courses.rules.words import QuestionKind

SINGLE, MULTIPLE = QuestionKind.SINGLE, QuestionKind.MULTIPLE
TRUE_FALSE, FILL_IN, SHORT = (
    QuestionKind.TRUE_FALSE,
    QuestionKind.FILL_IN,
    QuestionKind.SHORT_ANSWER,
)
OPTIONS = ("保密", "说教", "批评", "倾听")


def question(kind: QuestionKind, *answer: Any, **facts: Any) -> QuestionText:
    values: dict[str, Any] = {"stem": "心理辅导的____原则", "answer": answer}
    if kind in (SINGLE, MULTIPLE):
        values["options"] = OPTIONS
    return QuestionText(kind, **(values | facts))


@pytest.mark.parametrize(
    "whole",
    [
        question(SINGLE, 0),
        question(MULTIPLE, 0, 3),
        question(TRUE_FALSE, False),
        question(FILL_IN, ("保密", "保密性")),
        question(SHORT, "要点：保密、尊重"),
    ],
)
def test_a_whole_question_can_be_asked(whole: QuestionText) -> None:
    assert why_not_a_question(whole) is None


@pytest.mark.parametrize(
    ("broken", "code"),
    [
        (question(SINGLE, 0, stem="  "), "no_stem"),
        (question(SINGLE), "no_right_answer"),
        (question(MULTIPLE), "no_right_answer"),
        (question(TRUE_FALSE), "no_right_answer"),
        (question(FILL_IN), "no_right_answer"),
        (question(FILL_IN, (" ", "")), "no_right_answer"),
        (question(FILL_IN, ("a",), ("",), stem="__ 与 __"), "no_right_answer"),
        (question(SHORT, " "), "no_right_answer"),
        (question(SHORT), "no_right_answer"),
        (question(SINGLE, 0, 1), "several_right_answers"),
        (question(SINGLE, 4), "no_such_option"),
        (question(SINGLE, -1), "no_such_option"),
        (question(SINGLE, True), "no_such_option"),
        (question(SINGLE, 0, options=("保密",)), "too_few_options"),
        (question(SINGLE, 0, options=tuple("123456789")), "too_many_options"),
        (question(SINGLE, 0, options=("保密", "")), "empty_option"),
        (question(SINGLE, 0, options=("保密", "保 密")), "same_option"),
        (question(SINGLE, 0, options=("保密", "说" * 1001)), "too_long"),
        (question(FILL_IN, ("a",), stem="没有空"), "no_blank"),
        (question(FILL_IN, ("a",), stem="__ 与 ＿＿＿"), "blanks_differ"),
        (question(FILL_IN, ("a" * 201,)), "too_long"),
        (question(SHORT, "x", stem="题" * 4001), "too_long"),
        (question(SHORT, "x" * 4001), "too_long"),
    ],
)
def test_a_broken_question_is_refused(broken: QuestionText, code: str) -> None:
    assert why_not_a_question(broken) == code


@pytest.mark.parametrize(
    ("answer", "marks"),
    [([0], "3"), ([1], "0"), (None, "0")],
)
def test_single_earns_all_or_nothing(answer: list[int] | None, marks: str) -> None:
    assert earned(question(SINGLE, 0), answer, Decimal(3)) == Decimal(marks)


@pytest.mark.parametrize(
    ("answer", "marks"),
    [
        ([0, 2, 3], "2"),
        ([0, 2], "1.33"),
        ([0], "0.67"),
        ([0, 1], "0"),
        ([0, 1, 2, 3], "0"),
        (None, "0"),
    ],
)
def test_multiple_earns_the_share_of_the_right_ones_unless_one_is_wrong(
    answer: list[int] | None, marks: str
) -> None:
    assert earned(question(MULTIPLE, 0, 2, 3), answer, Decimal(2)) == Decimal(marks)


def test_true_and_false_are_told_apart() -> None:
    asked = question(TRUE_FALSE, False)
    assert earned(asked, [False], Decimal(1)) == 1
    assert earned(asked, [True], Decimal(1)) == 0


@pytest.mark.parametrize(
    ("answer", "marks"),
    [
        (["保密", "ABC"], "3"),
        ([" 保　密 ", "ａｂｃ"], "3"),
        (["保密性", "abc"], "3"),
        (["保密", "abd"], "1.5"),
        (["", "ABC"], "1.5"),
        (["ABC", "保密"], "0"),
    ],
)
def test_fill_in_earns_the_share_of_the_right_blanks(answer: list[str], marks: str) -> None:
    asked = question(FILL_IN, ("保密", "保密性"), ("ABC",), stem="____ 和 ____")
    assert earned(asked, answer, Decimal(3)) == Decimal(marks)


def test_width_case_and_blanks_make_no_difference() -> None:
    assert normalise(" ＡＢ c １２　") == normalise("abC12") == "abc12"
    assert normalise("甲") != normalise("乙")


def test_a_short_answer_waits_for_a_person_and_an_empty_one_earns_nothing() -> None:
    asked = question(SHORT, "保密")
    assert earned(asked, ["我认为是保密"], Decimal(5)) is None
    assert earned(asked, None, Decimal(5)) == 0


def test_a_choice_is_read_by_the_place_where_it_was_shown() -> None:
    assert read_answer(MULTIPLE, [0, 1, 1], [3, 0, 2, 1], 0) == [0, 3]
    assert read_answer(SINGLE, [2], [3, 0, 2, 1], 0) == [2]


@pytest.mark.parametrize(
    ("kind", "given"),
    [(SINGLE, []), (MULTIPLE, []), (TRUE_FALSE, []), (FILL_IN, ["", " "]), (SHORT, ["  "])],
)
def test_nothing_given_is_no_answer(kind: QuestionKind, given: list[Any]) -> None:
    assert read_answer(kind, given, [0, 1], 2) is None
    assert read_answer(kind, None, [0, 1], 2) is None


def test_texts_are_kept_as_they_were_given() -> None:
    assert read_answer(FILL_IN, [" 保密"], [], 2) == [" 保密", ""]
    assert read_answer(SHORT, ["一\n二"], [], 0) == ["一\n二"]


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        (SINGLE, "0"),
        (SINGLE, [0, 1]),
        (SINGLE, [2]),
        (SINGLE, [-1]),
        (SINGLE, [True]),
        (SINGLE, [0.0]),
        (MULTIPLE, ["A"]),
        (TRUE_FALSE, [1]),
        (TRUE_FALSE, [True, False]),
        (FILL_IN, ["a", "b", "c"]),
        (FILL_IN, [1]),
        (FILL_IN, ["a" * 201]),
        (SHORT, ["a", "b"]),
        (SHORT, ["a" * 10_001]),
        (SHORT, {"a": 1}),
    ],
)
def test_what_is_no_answer_is_refused(kind: QuestionKind, given: object) -> None:
    with pytest.raises(NotAnAnswer):
        read_answer(kind, given, [0, 1], 2)
