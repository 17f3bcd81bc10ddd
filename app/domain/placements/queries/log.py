"""Entries of the log, their files, and when a placement rested."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import selectinload

from app.core.db import db
from app.core.errors import NotFound
from app.core.i18n import gettext as _
from app.core.paging import PAGE_SIZE, Page
from app.domain.accounts.rules import Actor
from app.domain.placements.models import (
    Activity,
    LogEntry,
    Placement,
    PlacementChange,
    PlacementFile,
)
from app.domain.placements.queries.visibility import Part, get_placement, parts_of
from app.domain.placements.rules.spans import ChangeFact, Span, interruptions_of
from app.domain.placements.rules.words import ActivityKind, ChangeKind, EntryStatus

_RESTS = (ChangeKind.INTERRUPTION, ChangeKind.RESUMPTION)


def read_interruptions(placement_ids: Collection[int]) -> dict[int, list[Span]]:
    """When each placement rested: one query for all of them; everyone asked for is in it."""
    facts: dict[int, list[ChangeFact]] = defaultdict(list)
    rows = db.session.execute(
        select(PlacementChange.placement_id, PlacementChange.kind, PlacementChange.effective_on)
        .where(PlacementChange.placement_id.in_(placement_ids), PlacementChange.kind.in_(_RESTS))
        .order_by(PlacementChange.id)
    )
    for placement_id, kind, effective_on in rows:
        facts[placement_id].append(ChangeFact(kind, effective_on))
    return {one: interruptions_of(facts[one]) for one in placement_ids}


def interruptions(placement_id: int) -> list[Span]:
    """When one placement rested."""
    return read_interruptions([placement_id])[placement_id]


def _readable(placement: Placement, actor: Actor) -> ColumnElement[bool]:
    """A draft is the trainee's own; the others read what was handed in once."""
    own = LogEntry.placement_id == placement.id
    if Part.TRAINEE in parts_of(placement, actor):
        return own
    return own & (LogEntry.status != EntryStatus.DRAFT)


def list_entries(
    placement: Placement, *, actor: Actor, page: int = 1, status: EntryStatus | None = None
) -> Page[LogEntry]:
    """The entries that the actor may read, the newest first."""
    condition = _readable(placement, actor)
    if status is not None:
        condition &= LogEntry.status == status
    total = db.session.scalar(select(func.count()).select_from(LogEntry).where(condition)) or 0
    rows = db.session.scalars(
        select(LogEntry)
        .where(condition)
        .options(selectinload(LogEntry.activities))
        .order_by(LogEntry.begins_on.desc())
        .limit(PAGE_SIZE)
        .offset((page - 1) * PAGE_SIZE)
    ).all()
    return Page(rows, page, PAGE_SIZE, total)


def no_entry() -> NotFound:
    return NotFound(_("There is no such entry in this log."))


def get_entry(entry_id: int, placement_id: int, *, actor: Actor) -> LogEntry:
    """An entry that the actor may read. Raises NotFound."""
    placement = get_placement(placement_id, actor=actor)
    found = db.session.scalar(
        select(LogEntry).where(LogEntry.id == entry_id, _readable(placement, actor))
    )
    if found is None:
        raise no_entry()
    return found


def list_periods(placement_id: int) -> list[tuple[date, date]]:
    """The days that entries are written about."""
    rows = db.session.execute(
        select(LogEntry.begins_on, LogEntry.ends_on)
        .where(LogEntry.placement_id == placement_id)
        .order_by(LogEntry.begins_on)
    )
    return [(row.begins_on, row.ends_on) for row in rows]


def find_entry_on(placement_id: int, begins_on: date, ends_on: date) -> LogEntry | None:
    """The entry that shares a day with these days."""
    return db.session.scalars(
        select(LogEntry)
        .where(
            LogEntry.placement_id == placement_id,
            LogEntry.begins_on <= ends_on,
            LogEntry.ends_on >= begins_on,
        )
        .order_by(LogEntry.begins_on)
    ).first()


def list_files(placement_id: int, entry_id: int | None) -> Sequence[PlacementFile]:
    """The files of an entry, or those of the placement itself, that were not taken away."""
    of_entry = (
        PlacementFile.entry_id.is_(None) if entry_id is None else PlacementFile.entry_id == entry_id
    )
    return db.session.scalars(
        select(PlacementFile)
        .where(
            PlacementFile.placement_id == placement_id, of_entry, PlacementFile.removed_at.is_(None)
        )
        .order_by(PlacementFile.id)
    ).all()


def get_file(file_id: int, placement_id: int, *, actor: Actor) -> PlacementFile:
    """A file of a placement that the actor sees, and of an entry they may read. Raises NotFound."""
    get_placement(placement_id, actor=actor)
    found = db.session.scalar(
        select(PlacementFile).where(
            PlacementFile.id == file_id,
            PlacementFile.placement_id == placement_id,
            PlacementFile.removed_at.is_(None),
        )
    )
    if found is None:
        raise NotFound(_("There is no such file in this placement."))
    if found.entry_id is not None:
        get_entry(found.entry_id, placement_id, actor=actor)
    return found


def count_activities(entries: Collection[LogEntry]) -> dict[int, dict[ActivityKind, int]]:
    """How many of each kind, by entry, from what is loaded already."""
    return {entry.id: _counts(entry.activities) for entry in entries}


def _counts(activities: Collection[Activity]) -> dict[ActivityKind, int]:
    counts: dict[ActivityKind, int] = defaultdict(int)
    for activity in activities:
        counts[activity.kind] += activity.count
    return dict(counts)
