"""Presence by the day (考勤), kept by the mentor or the base school: of all trainees at once, or of one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select

from app.core import clock
from app.core.db import db
from app.core.errors import explain_constraint
from app.core.lengths import fitting
from app.domain.accounts.rules import Actor
from app.domain.audit.operations import record
from app.domain.placements.models import Placement, Presence
from app.domain.placements.operations.locking import lock_placement
from app.domain.placements.queries.log import read_interruptions
from app.domain.placements.queries.visibility import Part, parts_of
from app.domain.placements.refusals import changed_meanwhile
from app.domain.placements.rules.presence import why_no_presence
from app.domain.placements.rules.words import PresenceState
from app.domain.placements.semester_words import refusal

LONGEST_NOTE = 200
RECORDS = frozenset({Part.MENTOR, Part.BASE_SCHOOL})

explain_constraint("uq_placement_presences_placement_id", changed_meanwhile)


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants recorded: the state (None: nothing), and the version of the row they saw (0: none)."""

    state: PresenceState | None
    seen: int
    note: str | None = None


@dataclass
class Saved:
    """What came of it: placements changed, and those where somebody else was quicker (left as they are)."""

    changed: list[int] = field(default_factory=list)
    conflicts: list[int] = field(default_factory=list)


def record_day(day: date, wishes: Mapping[int, Wish], *, actor: Actor) -> Saved:
    """Record who was there on a day, by placement. A row changed since it was seen is not overwritten but told.

    Raises NotFound for a placement the actor does not see, ``not_guide`` for one that is not theirs to keep,
    ``outside``, ``future``, ``interrupted``, ``placement_over``; then nothing is recorded.
    """
    saved = Saved()
    rests = read_interruptions(wishes.keys())
    for placement_id in sorted(wishes):
        placement, wish = lock_placement(placement_id, actor=actor), wishes[placement_id]
        row = find_presence(placement.id, day)
        if not _differs(row, wish):
            continue
        if not RECORDS & parts_of(placement, actor):
            raise refusal("presence", "not_guide")
        why = why_no_presence(
            day,
            starts_on=placement.starts_on,
            ends_on=placement.ends_on,
            interruptions=rests[placement_id],
            status=placement.status,
            today=clock.today(),
        )
        if why is not None:
            raise refusal("presence", why, "day")
        if (0 if row is None else row.row_version) != wish.seen:
            saved.conflicts.append(placement_id)
            continue
        before = None if row is None else row.state.value
        _write(row, placement, day, wish, actor)
        saved.changed.append(placement_id)
        _audit(actor, placement, day, before, wish)
    return saved


def find_presence(placement_id: int, day: date) -> Presence | None:
    """What is recorded of a day."""
    return db.session.scalar(
        select(Presence)
        .where(Presence.placement_id == placement_id, Presence.day == day)
        .execution_options(populate_existing=True)
    )


def _differs(row: Presence | None, wish: Wish) -> bool:
    if row is None:
        return wish.state is not None
    return (row.state, row.note) != (wish.state, _note(wish))


def _note(wish: Wish) -> str | None:
    return fitting(wish.note or "", LONGEST_NOTE, "note") or None


def _write(row: Presence | None, placement: Placement, day: date, wish: Wish, actor: Actor) -> None:
    if wish.state is None:
        if row is not None:
            db.session.delete(row)
    else:
        if row is None:
            row = Presence(placement_id=placement.id, day=day)
            db.session.add(row)
        row.state, row.note = wish.state, _note(wish)
        row.recorded_by, row.recorded_at = actor.account_id, clock.now()
    db.session.flush()


def _audit(actor: Actor, placement: Placement, day: date, before: str | None, wish: Wish) -> None:
    record(
        actor,
        "placements.record_presence",
        object_type="placement",
        object_id=placement.id,
        subject_id=placement.person_id,
        details={
            "day": day.isoformat(),
            "before": before,
            "after": None if wish.state is None else wish.state.value,
        },
        unit_path=placement.unit.path,
    )
