"""How a question does its work: difficulty and discrimination, as tests are commonly analysed (项目分析).

Difficulty P is the mean share of the marks that was earned: 1 means everybody had it right. Discrimination is
D = P of the upper group − P of the lower group; the groups are the best and the worst 27 per cent of the attempts in
which the question was asked, by their result as a whole (Kelley 1939).
"""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass

GROUP = 0.27
FEWEST = 10  # below that the groups are two or three people, and D says nothing
TOO_HARD, TOO_EASY = 0.3, 0.9
WEAK, GOOD = 0.2, 0.4


class Verdict(enum.StrEnum):
    """What to do about a question. ``negative``: the worst answer it better than the best, look at its key."""

    FEW = "few"
    NEGATIVE = "negative"
    WEAK = "weak"
    TOO_HARD = "too_hard"
    TOO_EASY = "too_easy"
    FAIR = "fair"
    GOOD = "good"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question asked once: the share of its marks that was earned, and the share of the whole attempt (0 to 1)."""

    earned: float
    whole: float


def difficulty(asked: Sequence[Asked]) -> float | None:
    """P, to three places; None when it was never asked."""
    return round(sum(one.earned for one in asked) / len(asked), 3) if asked else None


def discrimination(asked: Sequence[Asked]) -> float | None:
    """D, to three places; None below ten attempts, or when all attempts came to the same."""
    if len(asked) < FEWEST:
        return None
    ranked = sorted(asked, key=lambda one: one.whole)
    size = max(1, round(len(ranked) * GROUP))
    lower, upper = ranked[:size], ranked[-size:]
    if lower[0].whole == upper[-1].whole:
        return None
    return round(_mean(upper) - _mean(lower), 3)


def _mean(asked: Sequence[Asked]) -> float:
    return sum(one.earned for one in asked) / len(asked)


def verdict(hardness: float | None, separation: float | None) -> Verdict:
    """What the two numbers say, the worst first."""
    if hardness is None or separation is None:
        return Verdict.FEW
    if separation < 0:
        return Verdict.NEGATIVE
    if hardness < TOO_HARD:
        return Verdict.TOO_HARD
    if hardness > TOO_EASY:
        return Verdict.TOO_EASY
    if separation < WEAK:
        return Verdict.WEAK
    return Verdict.GOOD if separation >= GOOD else Verdict.FAIR
