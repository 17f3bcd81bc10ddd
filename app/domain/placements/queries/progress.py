"""How far the trainees of some placements are: one query for all of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlalchemy import CompoundSelect, Numeric, String, cast, func, literal, select, union_all

from app.core.db import db
from app.domain.placements.models import Activity, Cohort, LogEntry, Presence
from app.domain.placements.rules.progress import (
    LoggedWork,
    Measure,
    Progress,
    Required,
    measures_of,
    progress_of,
)
from app.domain.placements.rules.words import ActivityKind, EntryStatus, PresenceState

_HOURS, _ENTRIES, _DAYS = "hours", "entries", "days"


@dataclass
class _Sums:
    hours: dict[EntryStatus, Decimal] = field(default_factory=dict)
    entries: dict[EntryStatus, int] = field(default_factory=dict)
    counts: dict[ActivityKind, int] = field(default_factory=dict)
    days: dict[PresenceState, int] = field(default_factory=dict)


def read_progress(placement_ids: Collection[int]) -> dict[int, Progress]:
    """Hours, counters and attendance by placement; everyone asked for is in it."""
    sums: dict[int, _Sums] = defaultdict(_Sums)
    for placement_id, what, key, amount in db.session.execute(_tallies(placement_ids)):
        found = sums[placement_id]
        if what == _HOURS:
            found.hours[EntryStatus(key)] = Decimal(str(amount))
        elif what == _ENTRIES:
            found.entries[EntryStatus(key)] = int(amount)
        elif what == _DAYS:
            found.days[PresenceState(key)] = int(amount)
        else:
            found.counts[ActivityKind(key)] = int(amount)
    return {one: _progress(sums[one]) for one in placement_ids}


def _progress(sums: _Sums) -> Progress:
    work = [
        LoggedWork(
            status,
            sums.hours.get(status, Decimal(0)),
            sums.counts if status is EntryStatus.SIGNED else {},
            entries,
        )
        for status, entries in sums.entries.items()
    ]
    return progress_of(work, sums.days)


def _tallies(placement_ids: Collection[int]) -> CompoundSelect[Any]:
    """Rows of placement, what, key and amount. Activities of signed entries only: the others never count."""
    amount = Numeric(12, 1)
    of_entries = LogEntry.placement_id.in_(placement_ids)
    status = cast(LogEntry.status, String)
    hours = select(
        LogEntry.placement_id, literal(_HOURS), status, cast(func.sum(LogEntry.hours), amount)
    ).where(of_entries)
    entries = select(
        LogEntry.placement_id, literal(_ENTRIES), status, cast(func.count(), amount)
    ).where(of_entries)
    activities = (
        select(
            LogEntry.placement_id,
            literal("activities"),
            cast(Activity.kind, String),
            cast(func.sum(Activity.count), amount),
        )
        .join(Activity, Activity.entry_id == LogEntry.id)
        .where(of_entries, LogEntry.status == EntryStatus.SIGNED)
    )
    days = select(
        Presence.placement_id,
        literal(_DAYS),
        cast(Presence.state, String),
        cast(func.count(), amount),
    ).where(Presence.placement_id.in_(placement_ids))
    return union_all(
        hours.group_by(LogEntry.placement_id, LogEntry.status),
        entries.group_by(LogEntry.placement_id, LogEntry.status),
        activities.group_by(LogEntry.placement_id, Activity.kind),
        days.group_by(Presence.placement_id, Presence.state),
    )


def required_of(cohort: Cohort) -> Required:
    """What the cohort asks for."""
    return Required(
        hours=cohort.required_hours,
        observations=cohort.required_observations,
        lessons=cohort.required_lessons,
        group_sessions=cohort.required_group_sessions,
        case_sessions=cohort.required_case_sessions,
        attendance=cohort.required_attendance,
    )


def read_measures(placement_id: int, cohort: Cohort) -> list[Measure]:
    """What one trainee reached beside what the cohort asks for."""
    return measures_of(read_progress([placement_id])[placement_id], required_of(cohort))
