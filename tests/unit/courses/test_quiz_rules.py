"""Quizzes: what is drawn, the deadline, passing, when right answers are seen; what the figures of a question say."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.courses.rules import item_analysis, quizzes
from app.domain.courses.rules.item_analysis import Asked, Verdict
from app.domain.courses.rules.quizzes import Draw
from app.domain.courses.rules.words import AnswersShown

ONE = Decimal(1)
NOW = datetime(2023, 8, 17, 2, 0, tzinfo=UTC)
HOLDING = {(1, "伦理"): 3, (1, "危机"): 2, (2, ""): 4}


def draw(bank: int, topic: str | None, count: int, marks: Decimal = ONE) -> Draw:
    return Draw(bank, topic, count, marks)


def test_as_many_as_there_are_can_be_drawn() -> None:
    assert quizzes.lacking([draw(1, "伦理", 3), draw(1, None, 2), draw(2, None, 4)], HOLDING) == []


def test_more_than_a_topic_has_is_told() -> None:
    asked = draw(1, "危机", 3)
    assert quizzes.lacking([asked], HOLDING) == [(asked, 2)]


def test_draws_from_the_same_questions_share_them() -> None:
    anything, topic = draw(1, None, 3), draw(1, "伦理", 3)
    assert quizzes.lacking([anything, topic], HOLDING) == [(anything, 2)]


def test_an_unknown_bank_has_nothing() -> None:
    asked = draw(9, None, 1)
    assert quizzes.lacking([asked], HOLDING) == [(asked, 0)]


@given(
    st.lists(
        st.tuples(st.integers(1, 2), st.sampled_from([None, "", "甲", "乙"]), st.integers(1, 4)),
        min_size=1,
        max_size=5,
    ),
    st.dictionaries(
        st.tuples(st.integers(1, 2), st.sampled_from(["", "甲", "乙"])), st.integers(0, 5)
    ),
    st.integers(),
)
def test_what_is_not_lacking_is_drawn_whole_and_never_twice(
    asked: list[tuple[int, str | None, int]], sizes: dict[tuple[int, str], int], seed: int
) -> None:
    draws = [draw(*one) for one in asked]
    holding = {key: [hash((key, number)) for number in range(size)] for key, size in sizes.items()}
    drawn = [one.question_id for one in quizzes.draw_questions(draws, holding, Random(seed))]
    assert len(set(drawn)) == len(drawn)
    wanted = sum(one.count for one in draws)
    assert (len(drawn) == wanted) is (quizzes.lacking(draws, sizes) == [])


def test_questions_come_in_the_order_of_the_draws_with_their_marks() -> None:
    holding = {(1, "甲"): [1], (1, "乙"): [2]}
    draws = [draw(1, None, 1, Decimal(5)), draw(1, "甲", 1, Decimal(2))]
    drawn = quizzes.draw_questions(draws, holding, Random(1))
    assert [(one.question_id, one.marks) for one in drawn] == [(2, Decimal(5)), (1, Decimal(2))]


def test_options_stand_in_order_unless_shuffled() -> None:
    assert quizzes.shown_order(4, False, Random(1)) == [0, 1, 2, 3]
    assert sorted(quizzes.shown_order(4, True, Random(1))) == [0, 1, 2, 3]
    assert quizzes.shown_order(8, True, Random(3)) != list(range(8))


def test_the_time_is_over_at_the_deadline() -> None:
    at = quizzes.deadline(NOW, 30)
    assert at == NOW + timedelta(minutes=30)
    assert not quizzes.is_over(at, at - timedelta(seconds=1))
    assert quizzes.is_over(at, at)
    assert quizzes.deadline(NOW, None) is None
    assert not quizzes.is_over(None, NOW)


def test_attempts_are_counted_down_to_none() -> None:
    assert quizzes.attempts_left(None, 99) is None
    assert [quizzes.attempts_left(2, begun) for begun in (0, 1, 2, 3)] == [2, 1, 0, 0]


def test_the_pass_mark_is_reckoned_exactly() -> None:
    assert quizzes.is_passed(Decimal(60), Decimal(100), 60)
    assert not quizzes.is_passed(Decimal("59.99"), Decimal(100), 60)
    assert not quizzes.is_passed(Decimal("1.99"), Decimal(3), 67)
    assert quizzes.percent(Decimal("1.99"), Decimal(3)) == Decimal("66.33")
    assert quizzes.is_passed(Decimal(0), Decimal(3), 0)


@pytest.mark.parametrize(
    ("shown", "passed", "seen"),
    [
        (AnswersShown.AFTER_ATTEMPT, False, True),
        (AnswersShown.AFTER_PASSING, False, False),
        (AnswersShown.AFTER_PASSING, True, True),
        (AnswersShown.NEVER, True, False),
    ],
)
def test_right_answers_are_shown_when_the_quiz_says(
    shown: AnswersShown, passed: bool, seen: bool
) -> None:
    assert quizzes.shows_answers(shown, passed=passed) is seen


def asked(*pairs: tuple[float, float]) -> list[Asked]:
    return [Asked(*pair) for pair in pairs]


def test_difficulty_is_the_mean_share() -> None:
    assert item_analysis.difficulty(asked((1, 0.9), (0, 0.2), (0.5, 0.5))) == 0.5
    assert item_analysis.difficulty([]) is None


def test_discrimination_is_upper_less_lower_group() -> None:
    """Of ten, the groups are three: the best have 1, 1, 0.5, the worst 0, 0, 1."""
    answers = asked(
        (1, 1.0), (1, 0.95), (0.5, 0.9), (0, 0.8), (1, 0.7),
        (0, 0.6), (1, 0.5), (0, 0.3), (0, 0.2), (1, 0.1),
    )  # fmt: skip
    assert item_analysis.discrimination(answers) == 0.5
    assert item_analysis.discrimination(answers[:9]) is None


def test_nothing_is_told_apart_when_all_came_to_the_same() -> None:
    assert item_analysis.discrimination(asked(*[(1, 0.5)] * 12)) is None


@pytest.mark.parametrize(
    ("hardness", "separation", "said"),
    [
        (0.5, None, Verdict.FEW),
        (0.5, -0.1, Verdict.NEGATIVE),
        (0.29, 0.5, Verdict.TOO_HARD),
        (0.91, 0.1, Verdict.TOO_EASY),
        (0.6, 0.19, Verdict.WEAK),
        (0.6, 0.2, Verdict.FAIR),
        (0.6, 0.4, Verdict.GOOD),
    ],
)
def test_a_verdict_names_the_worst_first(
    hardness: float, separation: float | None, said: Verdict
) -> None:
    assert item_analysis.verdict(hardness, separation) is said
