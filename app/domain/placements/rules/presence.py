"""Presence by the day, and leave (考勤, 请假)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from app.domain.placements.rules.progress import ATTENDED
from app.domain.placements.rules.spans import Span
from app.domain.placements.rules.words import PlacementStatus, PresenceState

LONGEST_LEAVE = 60
RUNS = frozenset({PlacementStatus.ACTIVE, PlacementStatus.INTERRUPTED})


def why_no_presence(
    day: date,
    *,
    starts_on: date,
    ends_on: date,
    interruptions: Sequence[Span],
    status: PlacementStatus,
    today: date,
) -> str | None:
    """Why nothing is recorded of a day: ``placement_over``, ``outside``, ``future``, ``interrupted``."""
    if status not in RUNS:
        return "placement_over"
    if not starts_on <= day <= ends_on:
        return "outside"
    if day > today:
        return "future"
    return "interrupted" if any(rest.holds(day) for rest in interruptions) else None


def why_no_leave(
    begins_on: date,
    ends_on: date,
    *,
    starts_on: date,
    placement_ends_on: date,
    status: PlacementStatus,
    asked: Iterable[tuple[date, date]],
) -> str | None:
    """Why leave cannot be asked for: ``placement_over``, ``period``, ``outside``, ``too_long``, ``already_asked``.

    ``asked``: what was asked for before and waits or was granted.
    """
    if status not in RUNS:
        return "placement_over"
    if ends_on < begins_on:
        return "period"
    if begins_on < starts_on or ends_on > placement_ends_on:
        return "outside"
    if ends_on - begins_on >= timedelta(days=LONGEST_LEAVE):
        return "too_long"
    if any(one <= ends_on and begins_on <= other for one, other in asked):
        return "already_asked"
    return None


def becomes_leave(known: PresenceState | None) -> bool:
    """Whether a day of granted leave is recorded as leave: not when the trainee came in spite of it."""
    return known not in ATTENDED
