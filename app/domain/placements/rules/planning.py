"""What makes the plan of a cohort sound, and what may become of it. Source: DOMAIN.md §5, issue text on terms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise

from app.domain.placements.rules.words import CohortStatus, Phase, SeatPolicy

LONGEST_DAYS = 400
MOST_HOURS = Decimal(9999)
MOST_COUNTED = 999
FULL_WEIGHT = 100
MOST_CRITERIA = 20

NEXT: dict[CohortStatus, frozenset[CohortStatus]] = {
    CohortStatus.DRAFT: frozenset({CohortStatus.OPEN, CohortStatus.CANCELLED}),
    CohortStatus.OPEN: frozenset({CohortStatus.CONFIRMED, CohortStatus.CANCELLED}),
    CohortStatus.CONFIRMED: frozenset({CohortStatus.COMPLETED, CohortStatus.CANCELLED}),
    CohortStatus.COMPLETED: frozenset({CohortStatus.CONFIRMED}),
    CohortStatus.CANCELLED: frozenset(),
}
EDITABLE = frozenset({CohortStatus.DRAFT, CohortStatus.OPEN, CohortStatus.CONFIRMED})
# While nobody is placed its dates, seats and quotas may still move.
MOVABLE = frozenset({CohortStatus.DRAFT, CohortStatus.OPEN})


def may_become(now: CohortStatus, then: CohortStatus) -> bool:
    """Whether a cohort may go from one state to another; a completed one may be opened again."""
    return then in NEXT[now]


@dataclass(frozen=True, slots=True)
class Term:
    """The days of a cohort: its term, its nomination window, the mid-term appraisal."""

    starts_on: date
    ends_on: date
    nominations_open_on: date | None = None
    nominations_close_on: date | None = None
    mid_term_on: date | None = None


def why_not_term(term: Term) -> tuple[str, str] | None:
    """What is wrong with the days, and which of them: ``ends_before_start``, ``too_long``, ``half_window``,
    ``closes_before_opens``, ``closes_after_start``, ``mid_term_outside``.
    """
    if term.ends_on < term.starts_on:
        return "ends_before_start", "ends_on"
    if (term.ends_on - term.starts_on).days >= LONGEST_DAYS:
        return "too_long", "ends_on"
    opens, closes = term.nominations_open_on, term.nominations_close_on
    if (opens is None) != (closes is None):
        return "half_window", "nominations_close_on" if closes is None else "nominations_open_on"
    if opens is not None and closes is not None:
        if closes < opens:
            return "closes_before_opens", "nominations_close_on"
        if closes > term.starts_on:
            return "closes_after_start", "nominations_close_on"
    if term.mid_term_on is not None and not term.starts_on < term.mid_term_on < term.ends_on:
        return "mid_term_outside", "mid_term_on"
    return None


@dataclass(frozen=True, slots=True)
class Level:
    """From how many of 100 points a level of a criterion begins."""

    title: str
    from_points: int


@dataclass(frozen=True, slots=True)
class Criterion:
    """A criterion with its weight in percent and its levels, the best first."""

    title: str
    weight: int
    levels: tuple[Level, ...] = ()


def why_not_criteria(criteria: Sequence[Criterion]) -> str | None:
    """What is wrong with the criteria of one appraisal; None also when there are none.

    ``too_many``, ``title_missing``, ``title_twice``, ``bad_weight``, ``not_hundred``, ``bad_levels`` (not falling, not
    down to 0, or outside 0 to 100).
    """
    if not criteria:
        return None
    titles = [item.title.strip() for item in criteria]
    if len(criteria) > MOST_CRITERIA:
        return "too_many"
    if not all(titles):
        return "title_missing"
    if len(set(titles)) < len(titles):
        return "title_twice"
    if any(not 0 < item.weight <= FULL_WEIGHT for item in criteria):
        return "bad_weight"
    if sum(item.weight for item in criteria) != FULL_WEIGHT:
        return "not_hundred"
    return None if all(_levels_fall(item.levels) for item in criteria) else "bad_levels"


def _levels_fall(levels: Sequence[Level]) -> bool:
    points = [level.from_points for level in levels]
    if not points:
        return True
    falling = all(above > below for above, below in pairwise(points))
    named = all(level.title.strip() for level in levels)
    return named and falling and points[-1] == 0 and points[0] <= FULL_WEIGHT


def level_of(points: int, levels: Sequence[Level]) -> Level | None:
    """The level that so many of 100 points reach; None where a criterion has no levels."""
    return next((level for level in levels if points >= level.from_points), None)


@dataclass(frozen=True, slots=True)
class Readiness:
    """What publishing asks of a draft."""

    term: Term
    seats: int
    policy: SeatPolicy
    quota_seats: int
    weights: dict[Phase, int]
    has_plan: bool
    credit_hours: Decimal


def what_is_missing(plan: Readiness, *, today: date) -> list[str]:
    """What keeps a cohort from being published: ``no_seats``, ``no_window``, ``window_over``, ``no_quotas``,
    ``no_final_criteria``, ``mid_term_day``.
    """
    codes = []
    if plan.seats == 0:
        codes.append("no_seats")
    if plan.term.nominations_open_on is None or plan.term.nominations_close_on is None:
        codes.append("no_window")
    elif plan.term.nominations_close_on < today:
        codes.append("window_over")
    if plan.policy is SeatPolicy.QUOTAS and plan.quota_seats == 0:
        codes.append("no_quotas")
    if plan.weights.get(Phase.FINAL, 0) == 0:
        codes.append("no_final_criteria")
    if plan.weights.get(Phase.MID_TERM, 0) and plan.term.mid_term_on is None:
        codes.append("mid_term_day")
    return codes


def what_to_look_at(plan: Readiness) -> list[str]:
    """What may be meant so and often is not: ``no_plan``, ``no_credit_hours``, ``quotas_above_seats``,
    ``quotas_below_seats``.
    """
    codes = []
    if not plan.has_plan:
        codes.append("no_plan")
    if plan.credit_hours == 0:
        codes.append("no_credit_hours")
    if plan.policy is SeatPolicy.QUOTAS and plan.quota_seats > plan.seats:
        codes.append("quotas_above_seats")
    if plan.policy is SeatPolicy.QUOTAS and 0 < plan.quota_seats < plan.seats:
        codes.append("quotas_below_seats")
    return codes
