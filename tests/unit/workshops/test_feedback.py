"""The questionnaire's rules with plain values."""

from __future__ import annotations

import pytest

from app.domain.workshops.rules.feedback import (
    Question,
    clean_answers,
    list_texts,
    questionnaire,
    summarise_ratings,
)

ALL = questionnaire([Question("own-1", rated=False, text="还想学什么？"), Question("own-2", True)])
GIVEN = {"content": "5", "trainers": "4", "organisation": "3", "own-2": "1"}


def test_asks_what_is_rated_first_then_what_is_said_in_words() -> None:
    assert [question.key for question in ALL] == [
        "content",
        "trainers",
        "organisation",
        "own-2",
        "own-1",
        "good",
        "improve",
    ]


def test_keeps_ratings_as_numbers_and_leaves_out_empty_words() -> None:
    answers, wrong = clean_answers(ALL, {**GIVEN, "good": "  案例  ", "improve": " "})
    assert wrong == {}
    assert answers == {
        "content": 5,
        "trainers": 4,
        "organisation": 3,
        "own-2": 1,
        "good": "案例",
    }


@pytest.mark.parametrize(
    ("key", "text", "code"),
    [
        ("content", "", "rating_missing"),
        ("content", "6", "rating_unknown"),
        ("content", "5.0", "rating_unknown"),
        ("good", "长" * 1001, "too_long"),
    ],
)
def test_refuses(key: str, text: str, code: str) -> None:
    assert clean_answers(ALL, {**GIVEN, key: text})[1] == {key: code}


def test_ignores_answers_to_questions_that_were_not_asked() -> None:
    assert "secret" not in clean_answers(ALL, {**GIVEN, "secret": "x"})[0]


def test_sums_up_how_a_question_was_rated() -> None:
    rated = summarise_ratings("content", [{"content": 5}, {"content": 5}, {"content": 3}, {}])
    assert dict(rated.counts) == {5: 2, 4: 0, 3: 1, 2: 0, 1: 0}
    assert (rated.total, rated.mean, rated.share(5)) == (3, 4.33, 2 / 3)


def test_no_answers_have_no_mean() -> None:
    assert summarise_ratings("content", []).mean is None


def test_texts_stand_in_alphabetical_order() -> None:
    assert list_texts("good", [{"good": "b"}, {}, {"good": "a"}]) == ["a", "b"]
