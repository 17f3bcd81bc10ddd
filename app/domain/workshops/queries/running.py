"""What waits for who runs workshops: requests for leave, sessions of today, workshops that are over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import joinedload

from app.core.db import db
from app.domain.accounts.rules import Actor, Role
from app.domain.units.models import Unit
from app.domain.workshops.models import (
    LeaveRequest,
    Workshop,
    WorkshopSession,
    WorkshopTrainer,
)
from app.domain.workshops.rules.completion import CLOSABLE
from app.domain.workshops.rules.words import RequestState


def run_by(actor: Actor) -> ColumnElement[bool]:
    """The condition for the workshops that the actor runs: a trainer those assigned, an office its own."""
    if actor.role == Role.TRAINER:
        assigned = select(WorkshopTrainer.workshop_id).where(
            WorkshopTrainer.account_id == actor.account_id
        )
        return Workshop.id.in_(assigned)
    below = select(Unit.id).where(Unit.path.like(f"{actor.unit_path}%"))
    return Workshop.organiser_id.in_(below)


@dataclass(frozen=True, slots=True)
class Waiting:
    """How much waits, and the workshop in which the first of it does."""

    count: int
    workshop_id: int | None


def count_leave_to_answer(actor: Actor) -> Waiting:
    """Requests for leave without an answer, in workshops the actor runs that are not over."""
    row = db.session.execute(
        select(func.count(), func.min(Workshop.id))
        .select_from(LeaveRequest)
        .join(WorkshopSession, WorkshopSession.id == LeaveRequest.session_id)
        .join(Workshop, Workshop.id == WorkshopSession.workshop_id)
        .where(
            LeaveRequest.state == RequestState.OPEN,
            Workshop.status.in_(tuple(CLOSABLE)),
            run_by(actor),
        )
    ).one()
    return Waiting(int(row[0]), row[1])


def count_to_close(actor: Actor, now: datetime) -> Waiting:
    """Workshops of the actor whose sessions are all over and that nobody has closed."""
    last = (
        select(func.max(WorkshopSession.ends_at))
        .where(WorkshopSession.workshop_id == Workshop.id, WorkshopSession.cancelled_at.is_(None))
        .correlate(Workshop)
        .scalar_subquery()
    )
    row = db.session.execute(
        select(func.count(), func.min(Workshop.id))
        .select_from(Workshop)
        .where(Workshop.status.in_(tuple(CLOSABLE)), last <= now, run_by(actor))
    ).one()
    return Waiting(int(row[0]), row[1])


def list_sessions_to_hold(
    account_id: int | None, after: datetime, before: datetime
) -> list[WorkshopSession]:
    """Sessions not yet over that begin before a moment, of workshops the account trains in, in order of time."""
    assigned = select(WorkshopTrainer.workshop_id).where(WorkshopTrainer.account_id == account_id)
    return list(
        db.session.scalars(
            select(WorkshopSession)
            .join(Workshop, Workshop.id == WorkshopSession.workshop_id)
            .where(
                Workshop.status.in_(tuple(CLOSABLE)),
                WorkshopSession.workshop_id.in_(assigned),
                WorkshopSession.cancelled_at.is_(None),
                WorkshopSession.ends_at > after,
                WorkshopSession.starts_at < before,
            )
            .options(joinedload(WorkshopSession.workshop))
            .order_by(WorkshopSession.starts_at, WorkshopSession.id)
        )
    )
