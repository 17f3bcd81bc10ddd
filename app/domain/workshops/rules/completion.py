"""Who completes a workshop, with how many hours. Source: issue 3 (6); hours: DOMAIN.md §3."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from decimal import Decimal

from app.domain.workshops.rules.enrolling import Period
from app.domain.workshops.rules.planning import MOST_HOURS_A_DAY, most_hours
from app.domain.workshops.rules.words import WorkshopStatus

CLOSABLE = frozenset({WorkshopStatus.PUBLISHED, WorkshopStatus.RUNNING})


@dataclass(frozen=True, slots=True)
class Conditions:
    """What completing asks: percentages, whether there were sessions to attend, how many assignments are due."""

    minimum_attendance: int = 0
    minimum_grade: int = 0
    has_sessions: bool = True
    assignments: int = 0


@dataclass(frozen=True, slots=True)
class Reached:
    """What a person reached: share attended and total of 100 (None: not known), assignments handed in."""

    attendance: Decimal | None = None
    total: Decimal | None = None
    handed_in: int = 0


@dataclass(frozen=True, slots=True)
class Unmet:
    """A condition that is not met: its code, what was reached (None: nothing is known) and what is asked."""

    code: str
    reached: Decimal | None
    needed: Decimal


def unmet(reached: Reached, asked: Conditions) -> list[Unmet]:
    """Every condition a person does not meet: ``attendance``, ``grade``, ``assignments``.

    Without sessions nobody's attendance is asked for.
    """
    found = []
    if asked.has_sessions and asked.minimum_attendance > 0:
        needed = Decimal(asked.minimum_attendance)
        if reached.attendance is None or reached.attendance < needed:
            found.append(Unmet("attendance", reached.attendance, needed))
    if asked.minimum_grade > 0:
        needed = Decimal(asked.minimum_grade)
        if reached.total is None or reached.total < needed:
            found.append(Unmet("grade", reached.total, needed))
    if reached.handed_in < asked.assignments:
        found.append(Unmet("assignments", Decimal(reached.handed_in), Decimal(asked.assignments)))
    return found


@dataclass(frozen=True, slots=True)
class Days:
    """First and last day of a training, both included."""

    started_on: date
    ended_on: date

    @property
    def count(self) -> int:
        return (self.ended_on - self.started_on).days + 1


def days_of(periods: Sequence[Period], zone: tzinfo) -> Days | None:
    """First and last day by the zone's calendar; a session until midnight ends on the day before it."""
    if not periods:
        return None
    first = min(period.starts_at for period in periods)
    last = max(period.ends_at for period in periods) - timedelta(microseconds=1)
    return Days(first.astimezone(zone).date(), last.astimezone(zone).date())


def hours_given(
    planned: Decimal, periods: Sequence[Period], days: Days | None, zone: tzinfo
) -> Decimal:
    """The credit hours of who completes: those planned, at most what the sessions give, at most 8 a day."""
    if periods:
        return min(planned, most_hours(periods, zone))
    return planned if days is None else min(planned, Decimal(MOST_HOURS_A_DAY * days.count))


def why_not_close(
    status: WorkshopStatus, ends_at: datetime | None, now: datetime, *, grades_missing: bool
) -> str | None:
    """``not_published``, ``cancelled``, ``completed``, ``not_over``, ``grades_not_published``; None: nothing."""
    words = {
        WorkshopStatus.DRAFT: "not_published",
        WorkshopStatus.CANCELLED: "cancelled",
        WorkshopStatus.COMPLETED: "completed",
    }
    if status in words:
        return words[status]
    if ends_at is not None and now < ends_at:
        return "not_over"
    return "grades_not_published" if grades_missing else None


def why_not_days(days: Days | None, today: date) -> tuple[str, str] | None:
    """Field and reason: ``day_missing``, ``ends_before_start``, ``not_over``; for a workshop without sessions."""
    if days is None:
        return "ended_on", "day_missing"
    if days.started_on > days.ended_on:
        return "ended_on", "ends_before_start"
    return ("ended_on", "not_over") if days.ended_on > today else None
