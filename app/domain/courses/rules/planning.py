"""What may be said of a course, what keeps it from being published, and where it can go from where it stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from urllib.parse import urlsplit

from app.domain.courses.rules.words import CourseKind, CourseStatus

MOST_HOURS = Decimal(999)
MOST_PLACES = 100_000
# People have chosen it for what it is; afterwards another course is made.
FIXED_ONCE_PUBLISHED = frozenset({"kind", "level", "organiser_id"})
NEXT: dict[CourseStatus, frozenset[CourseStatus]] = {
    CourseStatus.DRAFT: frozenset({CourseStatus.PUBLISHED, CourseStatus.CANCELLED}),
    CourseStatus.PUBLISHED: frozenset({CourseStatus.ENDED, CourseStatus.CANCELLED}),
    CourseStatus.ENDED: frozenset(),
    CourseStatus.CANCELLED: frozenset(),
}


def may_become(status: CourseStatus, wanted: CourseStatus) -> bool:
    return wanted in NEXT[status]


def why_not_window(opens_on: date | None, closes_on: date | None) -> str | None:
    """``closes_before_opens``; None for days that can be."""
    both = opens_on is not None and closes_on is not None
    return "closes_before_opens" if both and closes_on < opens_on else None  # type: ignore[operator]


def why_not_hours(hours: Decimal) -> str | None:
    """``bad_hours``: not a number from 0 to 999 with at most one decimal (the column keeps one)."""
    if not hours.is_finite() or not 0 <= hours <= MOST_HOURS:
        return "bad_hours"
    return None if hours == round(hours, 1) else "bad_hours"


def why_not_capacity(capacity: int | None, taken: int) -> str | None:
    """``bad_capacity``, ``capacity_below_taken``; None for no capacity at all."""
    if capacity is None:
        return None
    if not 1 <= capacity <= MOST_PLACES:
        return "bad_capacity"
    return "capacity_below_taken" if capacity < taken else None


def is_web_address(text: str) -> bool:
    """Whether it is an address of a page on the web."""
    if any(letter.isspace() for letter in text):
        return False
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname)


@dataclass(frozen=True, slots=True)
class PlanFacts:
    """What publishing looks at. ``lessons``: of the published version; ``trainers``: how many teach in it;
    ``marked_by_hand``: lessons that somebody has to mark.
    """

    kind: CourseKind
    hours: Decimal
    closes_on: date | None
    lessons: int
    required: int
    platform: str | None
    trainers: int
    marked_by_hand: int


def missing(plan: PlanFacts, today: date) -> list[str]:
    """What keeps a draft from being published: ``no_lessons``, ``nothing_required``, ``no_platform``, ``no_hours``,
    ``closed_already``.
    """
    found = []
    if plan.kind is CourseKind.OWN and plan.lessons == 0:
        found.append("no_lessons")
    elif plan.kind is CourseKind.OWN and plan.required == 0:
        found.append("nothing_required")
    if plan.kind is CourseKind.EXTERNAL and not plan.platform:
        found.append("no_platform")
    if plan.hours <= 0:
        found.append("no_hours")
    if plan.closes_on is not None and plan.closes_on < today:
        found.append("closed_already")
    return found


def hints(plan: PlanFacts) -> list[str]:
    """What is unusual and keeps nothing from being published: ``nobody_marks``."""
    return ["nobody_marks"] if plan.marked_by_hand and not plan.trainers else []
