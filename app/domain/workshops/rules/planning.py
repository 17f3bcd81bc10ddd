"""What makes a plan sound: sessions, hours, windows, the guide's weights. Source: DOMAIN.md §3 (hours), issue 3 (1)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from itertools import pairwise
from typing import Any

from app.domain.workshops.rules.enrolling import Period
from app.domain.workshops.rules.words import CriterionKind, WorkshopKind, WorkshopStatus

MINUTES_OF_AN_HOUR = 45
MOST_HOURS_A_DAY = 8
MOST_HOURS = 9999
LONGEST_SESSION = timedelta(hours=16)
# Kinds whose hours are backed by a timetable of their own; what others organise keeps its own.
TIMETABLED = frozenset({WorkshopKind.WORKSHOP, WorkshopKind.LECTURE, WorkshopKind.EXCHANGE})
EDITABLE = frozenset({WorkshopStatus.DRAFT, WorkshopStatus.PUBLISHED, WorkshopStatus.RUNNING})


def instant(wall: datetime, zone: tzinfo) -> datetime | None:
    """The instant that a wall clock of the zone shows so; None when the clock skipped it or showed it twice."""
    first, second = wall.replace(tzinfo=zone, fold=0), wall.replace(tzinfo=zone, fold=1)
    return first if first.utcoffset() == second.utcoffset() else None


def why_not_session(starts_at: datetime, ends_at: datetime) -> str | None:
    """``ends_before_starts`` or ``too_long`` (above 16 hours: two days written as one session)."""
    if ends_at <= starts_at:
        return "ends_before_starts"
    return "too_long" if ends_at - starts_at > LONGEST_SESSION else None


def overlap(periods: Iterable[Period]) -> tuple[Period, Period] | None:
    """The first two periods that lie over each other; touching ends do not."""
    ordered = sorted(periods, key=lambda period: (period.starts_at, period.ends_at))
    return next(
        ((one, other) for one, other in pairwise(ordered) if other.starts_at < one.ends_at), None
    )


def minutes_by_day(periods: Iterable[Period], zone: tzinfo) -> dict[date, int]:
    """How long the sessions last on each day of the zone's calendar; one past midnight counts for both days."""
    minutes: dict[date, int] = {}
    for period in periods:
        start, end = period.starts_at.astimezone(zone), period.ends_at.astimezone(zone)
        while start < end:
            midnight = datetime.combine(start.date() + timedelta(days=1), time(), tzinfo=zone)
            until = min(end, midnight)
            length = int((until - start).total_seconds() // 60)
            minutes[start.date()] = minutes.get(start.date(), 0) + length
            start = until
    return minutes


def most_hours(periods: Iterable[Period], zone: tzinfo) -> Decimal:
    """The credit hours that these sessions can give: of 45 minutes, at most 8 a day; in tenths, rounded down."""
    total = Decimal(0)
    for minutes in minutes_by_day(periods, zone).values():
        hours = (Decimal(minutes) / MINUTES_OF_AN_HOUR).quantize(Decimal("0.1"), "ROUND_DOWN")
        total += min(hours, Decimal(MOST_HOURS_A_DAY))
    return total


def why_not_hours(
    hours: Decimal, periods: Sequence[Period], kind: WorkshopKind, zone: tzinfo
) -> str | None:
    """``bad_hours`` (below 0 or above 9999), or ``hours_above_sessions``: more than the sessions give.

    What others organise (external) may have hours without a timetable here.
    """
    if not hours.is_finite() or not 0 <= hours <= MOST_HOURS:
        return "bad_hours"
    if not periods and (kind not in TIMETABLED or not hours):
        return None
    return "hours_above_sessions" if hours > most_hours(periods, zone) else None


@dataclass(frozen=True, slots=True)
class Windows:
    """The moments around enrolment."""

    opens_at: datetime | None = None
    closes_at: datetime | None = None
    withdraw_until: datetime | None = None
    quota_release_at: datetime | None = None


def why_not_windows(windows: Windows) -> tuple[str, str] | None:
    """The field that does not fit and why: ``closes_before_opens``, ``withdraw_before_opens``,
    ``release_outside_window``.
    """
    opens, closes = windows.opens_at, windows.closes_at
    if opens is not None and closes is not None and closes <= opens:
        return "enrolment_closes_at", "closes_before_opens"
    if opens is not None and windows.withdraw_until is not None and windows.withdraw_until < opens:
        return "withdraw_until", "withdraw_before_opens"
    release = windows.quota_release_at
    early = release is not None and opens is not None and release < opens
    late = release is not None and closes is not None and release > closes
    return ("quota_release_at", "release_outside_window") if early or late else None


def why_not_bounds(
    pass_bound: int, excellent_bound: int, minimums: Sequence[int]
) -> tuple[str, str] | None:
    """The field that does not fit and why: ``percentage`` (outside 0…100) or ``bounds`` (excellent below passed)."""
    if not 0 <= pass_bound <= 100:
        return "pass_bound", "percentage"
    if not 0 <= excellent_bound <= 100:
        return "excellent_bound", "percentage"
    if excellent_bound < pass_bound:
        return "excellent_bound", "bounds"
    names = ("minimum_attendance", "minimum_grade")
    for name, value in zip(names, minimums, strict=True):
        if not 0 <= value <= 100:
            return name, "percentage"
    return None


@dataclass(frozen=True, slots=True)
class GuideItem:
    """One criterion of a marking guide as it is planned; without a kind its title says which.

    ``id``: the criterion it is so far (None: the one at its place). ``levels`` (title, from, description) None: as
    they are.
    """

    title: str
    weight: Decimal
    maximum: Decimal
    kind: CriterionKind | None = None
    id: int | None = None
    levels: tuple[Mapping[str, Any], ...] | None = None


def why_not_guide(items: Sequence[GuideItem]) -> str | None:
    """``untitled``, ``weight``, ``maximum``, ``weights_not_100`` or ``same_title``; None for no guide at all."""
    if not items:
        return None
    if any(not item.title.strip() for item in items):
        return "untitled"
    if any(not 0 < item.weight <= 100 for item in items):
        return "weight"
    if any(not 0 < item.maximum <= 1000 for item in items):
        return "maximum"
    if len({item.title.strip() for item in items}) < len(items):
        return "same_title"
    return "weights_not_100" if sum(item.weight for item in items) != 100 else None


_KIND_WORDS = (
    (CriterionKind.ATTENDANCE, ("考勤", "出勤", "attendance")),
    (CriterionKind.ASSIGNMENT, ("作业", "日志", "论文", "总结", "assignment", "homework", "essay")),
    (CriterionKind.PRACTICE, ("实操", "实践", "技能", "汇报课", "practice", "practical")),
)


def kind_of_title(title: str) -> CriterionKind:
    """What a criterion's title says it grades: attendance, assignment or practice by its words, else theory."""
    text = title.casefold()
    return next(
        (kind for kind, words in _KIND_WORDS if any(word in text for word in words)),
        CriterionKind.THEORY,
    )


@dataclass(frozen=True, slots=True)
class PlanFacts:
    """What publishing looks at."""

    kind: WorkshopKind
    hours: Decimal
    periods: Sequence[Period]
    windows: Windows
    weights: Sequence[Decimal]
    minimum_grade: int
    trainers: int


def missing(plan: PlanFacts, zone: tzinfo) -> list[str]:
    """What keeps a draft from being published: ``no_session``, ``hours_above_sessions``, ``guide_weights``,
    ``grade_without_guide``, ``no_window``.
    """
    codes = []
    if not plan.periods and plan.kind in TIMETABLED and plan.hours > 0:
        codes.append("no_session")
    elif why_not_hours(plan.hours, plan.periods, plan.kind, zone):
        codes.append("hours_above_sessions")
    if plan.weights and sum(plan.weights) != 100:
        codes.append("guide_weights")
    if plan.minimum_grade > 0 and not plan.weights:
        codes.append("grade_without_guide")
    if plan.windows.closes_at is None and not plan.periods:
        codes.append("no_window")
    return codes


def hints(plan: PlanFacts, now: datetime) -> list[str]:
    """What is unusual and does not keep a draft from being published: ``sessions_later``, ``sessions_over``,
    ``window_over``, ``no_trainer``, ``no_hours``.
    """
    codes = []
    if not plan.periods and plan.hours == 0:
        codes.append("sessions_later")
    if plan.periods and max(period.ends_at for period in plan.periods) <= now:
        codes.append("sessions_over")
    if plan.windows.closes_at is not None and plan.windows.closes_at <= now:
        codes.append("window_over")
    if not plan.trainers:
        codes.append("no_trainer")
    if plan.hours == 0:
        codes.append("no_hours")
    return codes
