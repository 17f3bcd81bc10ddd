"""A workshop as programs send it: facts, seats, sessions and guide in one act, checked together at the end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from app.core.db import db
from app.domain.accounts.rules import Actor
from app.domain.workshops.models import SeatPool, Workshop
from app.domain.workshops.operations import checks
from app.domain.workshops.operations.capacity import set_seats
from app.domain.workshops.operations.guide import set_guide
from app.domain.workshops.operations.locking import lock_editable
from app.domain.workshops.operations.planning import create_workshop, edit_workshop
from app.domain.workshops.operations.sessions import SessionFacts, replace_sessions
from app.domain.workshops.rules.planning import GuideItem


@dataclass(frozen=True)
class Whole:
    """What is said of a workshop; None: nothing is said of that part. ``quotas``: seats by unit id."""

    facts: Mapping[str, Any] = field(default_factory=dict)
    capacity: int | None = None
    quotas: Mapping[int, int] | None = None
    sessions: Sequence[SessionFacts] | None = None
    guide: Sequence[GuideItem] | None = None


def create_whole(organiser_id: int, whole: Whole, *, actor: Actor) -> Workshop:
    """A draft with everything that is said of it."""
    workshop = create_workshop(
        organiser_id, whole.facts, capacity=whole.capacity or 0, quotas=whole.quotas, actor=actor
    )
    _write_parts(workshop.id, whole, actor)
    checks.refuse_hours(workshop, checks.periods_of(workshop.id))
    return workshop


def change_whole(workshop_id: int, whole: Whole, *, actor: Actor) -> Workshop:
    """Change what is said, leave the rest. The hours are checked against the sessions as they are afterwards."""
    workshop = lock_editable(workshop_id, actor=actor)
    _write_parts(workshop.id, whole, actor)
    if whole.facts:
        edit_workshop(workshop.id, whole.facts, actor=actor)
    if whole.capacity is not None or whole.quotas is not None:
        capacity = workshop.capacity if whole.capacity is None else whole.capacity
        quotas = read_quotas(workshop.id) if whole.quotas is None else dict(whole.quotas)
        set_seats(workshop.id, capacity, quotas, actor=actor)
    checks.refuse_hours(workshop, checks.periods_of(workshop.id))
    return workshop


def _write_parts(workshop_id: int, whole: Whole, actor: Actor) -> None:
    if whole.sessions is not None:
        replace_sessions(workshop_id, whole.sessions, actor=actor)
    if whole.guide is not None:
        set_guide(workshop_id, whole.guide, actor=actor)


def read_quotas(workshop_id: int) -> dict[int, int]:
    """The seats of each quota, by unit id."""
    rows = db.session.execute(
        select(SeatPool.unit_id, SeatPool.seats).where(
            SeatPool.workshop_id == workshop_id, SeatPool.unit_id.is_not(None)
        )
    )
    return {row.unit_id: row.seats for row in rows if row.unit_id is not None}
