"""Quizzes: what is drawn, when an attempt may begin and ends, and whether it is passed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from random import Random

from app.domain.courses.rules.words import AnswersShown

MOST_DRAWN = 200
MOST_ATTEMPTS = 50
MOST_MINUTES = 600
MOST_MARKS = Decimal(100)
NEWEST_NUMBER = 2_000_000_000  # what the column of saved_number holds
_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Draw:
    """So many questions of a bank, of one topic or (None) of any, each worth ``marks``."""

    bank_id: int
    topic: str | None
    count: int
    marks: Decimal


@dataclass(frozen=True, slots=True)
class Drawn:
    """A question that was drawn, and what it is worth."""

    question_id: int
    marks: Decimal


Holding = Mapping[tuple[int, str], Sequence[int]]
"""By bank and topic: the questions that can be asked."""


def lacking(
    draws: Sequence[Draw], holding: Mapping[tuple[int, str], int]
) -> list[tuple[Draw, int]]:
    """The draws that ask for more than there is, each with how many questions are left for it.

    No question is asked twice, so draws from the same questions share them; those of a topic come first.
    """
    left = Counter(holding)
    short = []
    for draw in sorted(draws, key=lambda one: one.topic is None):
        fitting = _fitting(draw, left)
        there = sum(left[key] for key in fitting)
        if there < draw.count:
            short.append((draw, there))
        wanted = min(draw.count, there)
        for key in fitting:
            taken = min(left[key], wanted)
            left[key] -= taken
            wanted -= taken
    return short


def _fitting(draw: Draw, holding: Mapping[tuple[int, str], object]) -> list[tuple[int, str]]:
    return [
        (bank_id, topic)
        for bank_id, topic in sorted(holding)
        if bank_id == draw.bank_id and draw.topic in (None, topic)
    ]


def draw_questions(draws: Sequence[Draw], holding: Holding, chance: Random) -> list[Drawn]:
    """Questions drawn at random, in the order of the draws, none of them twice.

    As ``lacking`` counts: draws of a topic choose first, so that one of any topic leaves them theirs.
    """
    left = {key: list(questions) for key, questions in holding.items()}
    drawn: dict[int, list[Drawn]] = {}
    for place, draw in sorted(enumerate(draws), key=lambda one: one[1].topic is None):
        fitting = _fitting(draw, left)
        pool = [(key, question) for key in fitting for question in left[key]]
        chosen = chance.sample(pool, min(draw.count, len(pool)))
        for key, question in chosen:
            left[key].remove(question)
        drawn[place] = [Drawn(question, draw.marks) for _key, question in chosen]
    return [one for place in range(len(draws)) for one in drawn[place]]


def shown_order(options: int, shuffles: bool, chance: Random) -> list[int]:
    """The options in the order in which they are shown."""
    order = list(range(options))
    if shuffles:
        chance.shuffle(order)
    return order


def deadline(started_at: datetime, minutes: int | None) -> datetime | None:
    return None if minutes is None else started_at + timedelta(minutes=minutes)


def is_over(deadline_at: datetime | None, now: datetime) -> bool:
    """Whether the time of an attempt is over: at its deadline it is."""
    return deadline_at is not None and now >= deadline_at


def attempts_left(limit: int | None, begun: int) -> int | None:
    """How many attempts may still be begun; None for any number."""
    return None if limit is None else max(0, limit - begun)


def percent(marks: Decimal, maximum: Decimal) -> Decimal:
    """Marks as a share of 100, to two places."""
    return (marks * 100 / maximum).quantize(_CENT, ROUND_HALF_UP) if maximum else Decimal(0)


def is_passed(marks: Decimal, maximum: Decimal, pass_percent: int) -> bool:
    """Whether the marks reach the bound; reckoned exactly, not from a rounded percentage."""
    return marks * 100 >= maximum * pass_percent


def shows_answers(shown: AnswersShown, *, passed: bool) -> bool:
    """Whether somebody sees the right answers of an attempt that is over; ``passed``: any of their attempts."""
    return shown is AnswersShown.AFTER_ATTEMPT or (shown is AnswersShown.AFTER_PASSING and passed)
