"""The appraisal: who may sign which of the four opinions when, and what the marks come to. Source: DOMAIN.md §5."""

from __future__ import annotations

import enum
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from app.domain.placements.rules.words import Opinion, Phase, PlacementResult, PlacementStatus

ORDER = tuple(Opinion)
# A final appraisal looks back: it may be written from two weeks before the end on.
FINAL_DAYS_BEFORE_END = 14
# Customary bounds of 优秀 and 合格 in marks of a hundred; the opinion decides, these suggest.
EXCELLENT_FROM, PASSED_FROM = Decimal(90), Decimal(60)
# Who gives marks: not the trainee, who writes, nor the bureau, which decides the result.
MARKING = frozenset({Opinion.MENTOR, Opinion.BASE_SCHOOL})
DECIDING = frozenset({Opinion.BASE_SCHOOL, Opinion.BUREAU})
LONGEST_TEXT = 2000


class WhyNotSigned(enum.StrEnum):
    OVER = "over"
    NOT_BEGUN = "not_begun"
    TOO_EARLY = "too_early"
    WRONG_ROLE = "wrong_role"
    ALREADY_SIGNED = "already_signed"
    OUT_OF_ORDER = "out_of_order"
    LATER_SIGNED = "later_signed"


@dataclass(frozen=True, slots=True)
class Standing:
    """What the appraisal asks of a placement: its dates, its status, which opinions of the phase stand."""

    status: PlacementStatus
    starts_on: date
    ends_on: date
    signed: frozenset[Opinion]


def opens_on(phase: Phase, standing: Standing) -> date:
    """The first day on which the appraisal may be signed."""
    if phase is Phase.MID_TERM:
        return standing.starts_on
    return max(standing.starts_on, standing.ends_on - timedelta(days=FINAL_DAYS_BEFORE_END))


def next_opinion(signed: Collection[Opinion]) -> Opinion | None:
    """Whose turn it is; None when all four have signed."""
    return next((opinion for opinion in ORDER if opinion not in signed), None)


def why_cannot_sign(
    opinion: Opinion, phase: Phase, standing: Standing, *, parts: Collection[str], today: date
) -> WhyNotSigned | None:
    """Why somebody who is ``parts`` in the placement (an opinion is signed by the part of its name) cannot sign now."""
    if standing.status in {PlacementStatus.COMPLETED, PlacementStatus.WITHDRAWN}:
        return WhyNotSigned.OVER
    if part_for(opinion) not in parts:
        return WhyNotSigned.WRONG_ROLE
    if opinion in standing.signed:
        return WhyNotSigned.ALREADY_SIGNED
    if next_opinion(standing.signed) is not opinion:
        return WhyNotSigned.OUT_OF_ORDER
    if today < standing.starts_on:
        return WhyNotSigned.NOT_BEGUN
    if today < opens_on(phase, standing):
        return WhyNotSigned.TOO_EARLY
    return None


def why_cannot_withdraw(
    opinion: Opinion, standing: Standing, *, parts: Collection[str]
) -> WhyNotSigned | None:
    """An opinion is taken back by who may sign it, before the next one rests on it."""
    if standing.status in {PlacementStatus.COMPLETED, PlacementStatus.WITHDRAWN}:
        return WhyNotSigned.OVER
    if part_for(opinion) not in parts:
        return WhyNotSigned.WRONG_ROLE
    later = ORDER[ORDER.index(opinion) + 1 :]
    return WhyNotSigned.LATER_SIGNED if standing.signed & set(later) else None


def part_for(opinion: Opinion) -> str:
    """The part in the placement whose holder signs the opinion."""
    return "trainee" if opinion is Opinion.SELF else opinion.value


def why_not_marks(
    marks: Mapping[int, Decimal], criteria: Collection[int]
) -> tuple[str, int] | None:
    """What is wrong with marks (0 to 100 for each criterion): a code and the criterion, or None."""
    for criterion in criteria:
        if criterion not in marks:
            return "mark_missing", criterion
    for criterion, mark in marks.items():
        if criterion not in criteria:
            return "unknown_criterion", criterion
        if not 0 <= mark <= 100:
            return "mark_out_of_range", criterion
    return None


def why_not_weights(weights: Sequence[int]) -> str | None:
    """The weights of one appraisal's criteria come to a hundred; no criteria at all is allowed."""
    return "weights_not_100" if weights and sum(weights) != 100 else None


def weighted_mark(marks: Mapping[int, Decimal], weights: Mapping[int, int]) -> Decimal | None:
    """What the marks come to, of a hundred, to one decimal; None without criteria or while a mark is missing."""
    if not weights or any(criterion not in marks for criterion in weights):
        return None
    total = sum((marks[criterion] * weight for criterion, weight in weights.items()), Decimal(0))
    return (total / sum(weights.values())).quantize(Decimal("0.1"), ROUND_HALF_UP)


def suggested_result(mark: Decimal | None) -> PlacementResult | None:
    """The result the mark suggests (优秀, 合格, 不合格)."""
    if mark is None:
        return None
    if mark >= EXCELLENT_FROM:
        return PlacementResult.EXCELLENT
    return PlacementResult.PASSED if mark >= PASSED_FROM else PlacementResult.FAILED
