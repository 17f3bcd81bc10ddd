"""The questionnaire after a workshop: its questions, what an answer may be, and what many come to."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

LEAST_ANSWERS = 5  # below, a summary would tell who said what
MOST_OWN = 5
RATINGS = (5, 4, 3, 2, 1)
LONGEST_TEXT = 1000


class Usual(enum.StrEnum):
    """The questions every questionnaire asks."""

    CONTENT = "content"
    TRAINERS = "trainers"
    ORGANISATION = "organisation"
    GOOD = "good"
    IMPROVE = "improve"


USUAL_RATED = (Usual.CONTENT, Usual.TRAINERS, Usual.ORGANISATION)


@dataclass(frozen=True, slots=True)
class Question:
    """One question: rated 1 to 5, or answered in words. ``text`` is the organiser's own wording, if it is theirs."""

    key: str
    rated: bool
    text: str = ""


def questionnaire(own: Iterable[Question]) -> list[Question]:
    """All questions in order: the rated ones, then the organiser's own, then those in words."""
    extra = list(own)
    return [
        *(Question(key.value, rated=True) for key in USUAL_RATED),
        *(question for question in extra if question.rated),
        *(question for question in extra if not question.rated),
        Question(Usual.GOOD.value, rated=False),
        Question(Usual.IMPROVE.value, rated=False),
    ]


def clean_answers(
    questions: Sequence[Question], given: Mapping[str, Any]
) -> tuple[dict[str, int | str], dict[str, str]]:
    """What was answered, and what is wrong by question: ``rating_missing``, ``rating_unknown``, ``too_long``.

    Every rated question must be answered; words may be left out.
    """
    answers: dict[str, int | str] = {}
    wrong: dict[str, str] = {}
    for question in questions:
        text = str(given.get(question.key) or "").strip()
        if question.rated:
            if text in {str(rating) for rating in RATINGS}:
                answers[question.key] = int(text)
            else:
                wrong[question.key] = "rating_unknown" if text else "rating_missing"
        elif len(text) > LONGEST_TEXT:
            wrong[question.key] = "too_long"
        elif text:
            answers[question.key] = text
    return answers, wrong


@dataclass(frozen=True, slots=True)
class Rated:
    """How a question was rated: how many gave each rating, how many in all, and the mean (2 decimals)."""

    counts: Mapping[int, int]
    total: int
    mean: float | None

    def share(self, rating: int) -> float:
        return self.counts[rating] / self.total if self.total else 0.0


def summarise_ratings(key: str, answers: Iterable[Mapping[str, Any]]) -> Rated:
    """The distribution of one rated question."""
    counts = dict.fromkeys(RATINGS, 0)
    for answer in answers:
        rating = answer.get(key)
        if rating in counts:
            counts[rating] += 1
    total = sum(counts.values())
    points = sum(rating * number for rating, number in counts.items())
    return Rated(counts, total, round(points / total, 2) if total else None)


def list_texts(key: str, answers: Iterable[Mapping[str, Any]]) -> list[str]:
    """What was written, in alphabetical order, so that no two texts stand together by person."""
    return sorted(str(answer[key]) for answer in answers if answer.get(key))
