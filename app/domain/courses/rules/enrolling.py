"""Who may come into a course and leave it: every refusal by a stable code (the API answers with them)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from app.domain.courses.rules.words import (
    CourseStatus,
    EnrolmentSource,
    EnrolmentWay,
    LearnerStatus,
)

# Holds a place: whoever learns, and whoever is done.
HELD = frozenset({LearnerStatus.ENROLLED, LearnerStatus.COMPLETED})
# Why a course takes nobody now; everything else that refuses is about the person, or a place.
CLOSED = frozenset({"not_published", "cancelled", "ended", "not_yet_open", "closed"})


@dataclass(frozen=True, slots=True)
class Terms:
    """What a course asks of who comes. ``unit_path``: it is for people of that subtree."""

    status: CourseStatus
    way: EnrolmentWay
    opens_on: date | None
    closes_on: date | None
    unit_path: str


def why_not_open(terms: Terms, today: date) -> str | None:
    """``not_published``, ``cancelled``, ``ended``, ``not_yet_open`` or ``closed``; None while it can be learnt."""
    if terms.status is CourseStatus.DRAFT:
        return "not_published"
    if terms.status is CourseStatus.CANCELLED:
        return "cancelled"
    if terms.status is CourseStatus.ENDED:
        return "ended"
    if terms.opens_on is not None and today < terms.opens_on:
        return "not_yet_open"
    if terms.closes_on is not None and today > terms.closes_on:
        return "closed"
    return None


def why_takes_nobody(terms: Terms, source: EnrolmentSource, today: date) -> str | None:
    """As ``why_not_open``, and ``nomination_only`` for who comes by themselves.

    A school, county or bureau may put its people into a course before its first day.
    """
    reason = why_not_open(terms, today)
    by_oneself = source is EnrolmentSource.SELF
    if reason == "not_yet_open" and not by_oneself:
        return None
    if reason is None and by_oneself and terms.way is EnrolmentWay.NOMINATION:
        return "nomination_only"
    return reason


def fitting_unit(paths: Iterable[str], unit_path: str) -> str | None:
    """The first of somebody's units (main one first) that lies where the course is for; None: it is not for them."""
    return next((path for path in paths if path.startswith(unit_path)), None)


def why_cannot_enrol(
    terms: Terms,
    paths: Iterable[str],
    *,
    source: EnrolmentSource,
    places_left: int | None,
    today: date,
) -> str | None:
    """Why somebody who serves at these units cannot come: as ``why_takes_nobody``, ``other_unit`` or ``full``.

    ``places_left``: None without a capacity. Whom a course is meant for (its audience) is advice and refuses nobody.
    """
    reason = why_takes_nobody(terms, source, today)
    if reason is not None:
        return reason
    if fitting_unit(paths, terms.unit_path) is None:
        return "other_unit"
    return "full" if places_left is not None and places_left <= 0 else None


def why_cannot_withdraw(
    status: LearnerStatus, *, started: bool, assigned: bool, by_oneself: bool, reason: str
) -> str | None:
    """``not_learning``; ``assigned`` (nobody leaves by themselves what was assigned to them); ``reason_needed`` once
    begun, and always for who takes somebody else out.
    """
    if status is not LearnerStatus.ENROLLED:
        return "not_learning"
    if assigned and by_oneself:
        return "assigned"
    needed = started or not by_oneself
    return "reason_needed" if needed and not reason.strip() else None
