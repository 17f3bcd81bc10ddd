"""Periods of days, both ends inclusive, no end meaning until now: designations, studios, memberships."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

Days = tuple[date, date | None]


def overlap(one: Days, other: Days) -> bool:
    """Whether two periods share a day."""
    return (one[1] is None or other[0] <= one[1]) and (other[1] is None or one[0] <= other[1])


def first_overlap(new: Days, others: Iterable[Days]) -> Days | None:
    """The first of several periods that shares a day with a new one."""
    return next((other for other in others if overlap(new, other)), None)


def within(inner: Days, outer: Days) -> bool:
    """Whether every day of one period lies in the other."""
    begins = inner[0] >= outer[0]
    ends = outer[1] is None or (inner[1] is not None and inner[1] <= outer[1])
    return begins and ends


def why_not_period(days: Days) -> str | None:
    """Why a period cannot be: ``ends_before_start``."""
    return "ends_before_start" if days[1] is not None and days[1] < days[0] else None
