"""What is due in some placements and how it stands: the same few queries for one or for many."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import select

from app.core import clock
from app.core.db import db
from app.domain.placements.models import AppraisalOpinion, Cohort, LogEntry, Placement, Presence
from app.domain.placements.queries.log import read_interruptions
from app.domain.placements.rules.due import (
    OWED,
    DueItem,
    DueState,
    LogTerms,
    count_overdue,
    due_dates,
    due_items,
)
from app.domain.placements.rules.words import EntryStatus, Opinion, Phase, PresenceState

_AWAY = (PresenceState.LEAVE, PresenceState.ABSENT)


def terms_of(cohort: Cohort) -> LogTerms:
    """What the cohort asks of the log and the appraisals."""
    return LogTerms(cohort.log_rhythm, cohort.log_grace_days, cohort.mid_term_on)


def read_due(
    placements: Sequence[Placement], opinion: Opinion = Opinion.SELF, today: date | None = None
) -> dict[int, list[DueItem]]:
    """Everything due, by placement, for whoever signs ``opinion``; four queries (the cohorts are loaded already)."""
    today = today or clock.today()
    ids = [placement.id for placement in placements]
    rests, away, entries = read_interruptions(ids), _read_away(ids), _read_entries(ids)
    signed = read_signed(ids)
    return {
        one.id: due_items(
            due_dates(
                terms_of(one.cohort), one.starts_on, one.ends_on, rests[one.id], away[one.id]
            ),
            entries[one.id],
            signed[one.id],
            opinion,
            today,
        )
        for one in placements
    }


def read_signed(placement_ids: Collection[int]) -> dict[int, dict[Phase, set[Opinion]]]:
    """Which opinions stand, by placement and phase; everyone asked for is in it."""
    found: dict[int, dict[Phase, set[Opinion]]] = {
        one: {phase: set() for phase in Phase} for one in placement_ids
    }
    rows = db.session.execute(
        select(
            AppraisalOpinion.placement_id, AppraisalOpinion.phase, AppraisalOpinion.opinion
        ).where(
            AppraisalOpinion.placement_id.in_(placement_ids),
            AppraisalOpinion.withdrawn_at.is_(None),
        )
    )
    for placement_id, phase, opinion in rows:
        found[placement_id][phase].add(opinion)
    return found


def count_overdue_entries(placements: Sequence[Placement]) -> dict[int, int]:
    """How many log entries are overdue today, by placement."""
    return {one: count_overdue(items) for one, items in read_due(placements).items()}


def owed(items: Collection[DueItem]) -> list[DueItem]:
    """What somebody has to do now, what is overdue first."""
    return sorted(
        (item for item in items if item.state in OWED),
        key=lambda item: (item.state is not DueState.OVERDUE, item.due),
    )


def coming(items: Collection[DueItem], most: int = 3) -> list[DueItem]:
    """What comes next."""
    return [item for item in items if item.state is DueState.COMING][:most]


def _read_away(placement_ids: Collection[int]) -> dict[int, set[date]]:
    found: dict[int, set[date]] = defaultdict(set)
    rows = db.session.execute(
        select(Presence.placement_id, Presence.day).where(
            Presence.placement_id.in_(placement_ids), Presence.state.in_(_AWAY)
        )
    )
    for placement_id, day in rows:
        found[placement_id].add(day)
    return found


def _read_entries(placement_ids: Collection[int]) -> dict[int, dict[date, EntryStatus]]:
    found: dict[int, dict[date, EntryStatus]] = defaultdict(dict)
    rows = db.session.execute(
        select(LogEntry.placement_id, LogEntry.begins_on, LogEntry.status).where(
            LogEntry.placement_id.in_(placement_ids)
        )
    )
    for placement_id, begins_on, status in rows:
        found[placement_id][begins_on] = status
    return found
