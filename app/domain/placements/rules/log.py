"""Entries of the log (跟岗日志): for which days, how many hours, when late, who may do what with one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Protocol

from app.domain.placements.rules.spans import Span, active_days
from app.domain.placements.rules.words import EntryStatus, PlacementStatus

HOURS_A_DAY = 8
MOST_ACTIVITIES = 60
HIGHEST_COUNT = 40

KEEPS_LOG = frozenset({PlacementStatus.ACTIVE, PlacementStatus.INTERRUPTED})
# What the trainee may change: everything that is not signed.
EDITABLE = frozenset({EntryStatus.DRAFT, EntryStatus.SENT_BACK, EntryStatus.HANDED_IN})
TO_HAND_IN = frozenset({EntryStatus.DRAFT, EntryStatus.SENT_BACK})


def why_no_entry(
    begins_on: date,
    ends_on: date,
    *,
    starts_on: date,
    placement_ends_on: date,
    interruptions: Sequence[Span],
    written: Iterable[tuple[date, date]],
    today: date,
) -> str | None:
    """Why there can be no entry for these days; None when there can.

    ``before_start``, ``after_end``, ``future``, ``interrupted`` (rested on all of them), ``overlap`` (another entry
    holds one of them).
    """
    if ends_on < begins_on:
        return "period"
    if begins_on < starts_on:
        return "before_start"
    if ends_on > placement_ends_on:
        return "after_end"
    if begins_on > today:
        return "future"
    if not active_days(begins_on, ends_on, interruptions):
        return "interrupted"
    if any(one <= ends_on and begins_on <= other for one, other in written):
        return "overlap"
    return None


def most_hours(begins_on: date, ends_on: date, interruptions: Sequence[Span]) -> Decimal:
    """Eight hours of 45 minutes for every day on which the placement did not rest."""
    return Decimal(HOURS_A_DAY * len(active_days(begins_on, ends_on, interruptions)))


def why_not_hours(hours: Decimal, most: Decimal) -> str | None:
    """``hours_negative``, ``hours_too_many``, ``hours_fraction`` (only whole and half hours); None when they fit."""
    if hours < 0:
        return "hours_negative"
    if hours > most:
        return "hours_too_many"
    if (hours * 2) % 1:
        return "hours_fraction"
    return None


def due_on(ends_on: date, grace_days: int) -> date:
    """The last day on which an entry is handed in in time."""
    return ends_on + timedelta(days=grace_days)


def is_late(ends_on: date, grace_days: int, handed_in_on: date) -> bool:
    return handed_in_on > due_on(ends_on, grace_days)


@dataclass(frozen=True, slots=True)
class ActivityFact:
    """Something that was done: on a day, so many times, with a topic."""

    held_on: date
    count: int
    topic: str


def why_not_activity(
    activity: ActivityFact,
    *,
    begins_on: date,
    ends_on: date,
    interruptions: Sequence[Span],
    today: date,
) -> str | None:
    """``held_outside`` the entry's days, ``held_in_future``, ``held_in_rest``, ``count``, ``topic_missing``; None when
    it fits.
    """
    if not begins_on <= activity.held_on <= ends_on:
        return "held_outside"
    if activity.held_on > today:
        return "held_in_future"
    if any(rest.holds(activity.held_on) for rest in interruptions):
        return "held_in_rest"
    if not 1 <= activity.count <= HIGHEST_COUNT:
        return "count"
    if not activity.topic.strip():
        return "topic_missing"
    return None


def why_not_edit(status: EntryStatus, placement: PlacementStatus) -> str | None:
    """``signed`` or ``placement_over``; None while the trainee may change the entry."""
    if placement not in KEEPS_LOG:
        return "placement_over"
    return None if status in EDITABLE else "signed"


def why_not_hand_in(
    status: EntryStatus, placement: PlacementStatus, content: str, hours: Decimal
) -> str | None:
    """``placement_over``, ``signed``, ``handed_in`` already, ``content_missing``, ``hours_missing``; None if it can."""
    refusal = why_not_edit(status, placement)
    if refusal is not None:
        return refusal
    if status not in TO_HAND_IN:
        return "handed_in"
    if not content.strip():
        return "content_missing"
    return "hours_missing" if hours <= 0 else None


class MentorRule(Protocol):
    """Why a mentor cannot do something with an entry."""

    def __call__(
        self, status: EntryStatus, placement: PlacementStatus, *, own: bool, mentor: bool
    ) -> str | None: ...


def why_not_sign(
    status: EntryStatus, placement: PlacementStatus, *, own: bool, mentor: bool
) -> str | None:
    """``own_entry`` (whoever else they are), ``not_mentor``, ``placement_over``, ``signed`` already, ``not_handed_in``;
    None when it can be signed or sent back.
    """
    if own:
        return "own_entry"
    if not mentor:
        return "not_mentor"
    if placement not in KEEPS_LOG:
        return "placement_over"
    if status is EntryStatus.SIGNED:
        return "signed"
    return None if status is EntryStatus.HANDED_IN else "not_handed_in"


def why_not_reopen(
    status: EntryStatus, placement: PlacementStatus, *, own: bool, mentor: bool
) -> str | None:
    """``own_entry``, ``not_mentor``, ``placement_over``, ``not_signed``; None when it can be opened again."""
    if own:
        return "own_entry"
    if not mentor:
        return "not_mentor"
    if placement not in KEEPS_LOG:
        return "placement_over"
    return None if status is EntryStatus.SIGNED else "not_signed"
