"""Whose log is behind: entries that should have been handed in, over all placements under way."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from app.core.db import db
from app.domain.accounts.rules import Actor
from app.domain.people.models import Person
from app.domain.placements.models import Cohort, LogEntry, Placement, Presence
from app.domain.placements.queries.log import read_interruptions
from app.domain.placements.queries.visibility import placements_visible_to
from app.domain.placements.rules.due import LogTerms, count_overdue, due_dates, due_items
from app.domain.placements.rules.words import (
    EntryStatus,
    Opinion,
    PlacementStatus,
    PresenceState,
)
from app.domain.units.models import Unit

AWAY = (PresenceState.LEAVE, PresenceState.ABSENT)


@dataclass(frozen=True, slots=True)
class Overdue:
    """A trainee whose log is behind, and by how many entries."""

    placement_id: int
    name: str
    nominating_unit: str
    cohort: str
    entries: int


def list_overdue(actor: Actor, today: date) -> list[Overdue]:
    """Those behind, the furthest first; four queries, however many placements are under way."""
    rows = db.session.execute(
        select(
            Placement.id,
            Placement.starts_on,
            Placement.ends_on,
            Person.name,
            Unit.name.label("nominating_unit"),
            Cohort.title,
            Cohort.log_rhythm,
            Cohort.log_grace_days,
        )
        .join(Person, Person.id == Placement.person_id)
        .join(Unit, Unit.id == Placement.nominating_unit_id)
        .join(Cohort, Cohort.id == Placement.cohort_id)
        .where(
            placements_visible_to(actor),
            Placement.status == PlacementStatus.ACTIVE,
            Placement.starts_on <= today,
        )
        .order_by(Placement.id)
    ).all()
    behind = count_overdue_of(rows, today)
    found = [
        Overdue(row.id, row.name, row.nominating_unit, row.title, behind[row.id])
        for row in rows
        if behind[row.id]
    ]
    return sorted(found, key=lambda one: (-one.entries, one.placement_id))


def count_overdue_of(rows: Collection[Any], today: date) -> dict[int, int]:
    """How many entries are overdue, by placement. Rows: id, starts_on, ends_on, log_rhythm, log_grace_days."""
    ids = [row.id for row in rows]
    entries, away, rests = _entries(ids), _away(ids), read_interruptions(ids)
    counts = {}
    for row in rows:
        terms = LogTerms(row.log_rhythm, row.log_grace_days)
        dues = due_dates(terms, row.starts_on, row.ends_on, rests[row.id], away[row.id])
        counts[row.id] = count_overdue(due_items(dues, entries[row.id], {}, Opinion.SELF, today))
    return counts


def _entries(placement_ids: Collection[int]) -> dict[int, dict[date, EntryStatus]]:
    found: dict[int, dict[date, EntryStatus]] = defaultdict(dict)
    rows = db.session.execute(
        select(LogEntry.placement_id, LogEntry.begins_on, LogEntry.status).where(
            LogEntry.placement_id.in_(placement_ids)
        )
    )
    for placement_id, begins_on, status in rows:
        found[placement_id][begins_on] = status
    return found


def _away(placement_ids: Collection[int]) -> dict[int, set[date]]:
    found: dict[int, set[date]] = defaultdict(set)
    rows = db.session.execute(
        select(Presence.placement_id, Presence.day).where(
            Presence.placement_id.in_(placement_ids), Presence.state.in_(AWAY)
        )
    )
    for placement_id, day in rows:
        found[placement_id].add(day)
    return found
