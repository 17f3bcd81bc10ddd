"""Copy a workshop as the next cohort: 第1期 becomes 第2期, with seats, guide, trainers, files and, moved, sessions."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from app.core import clock
from app.core.cohort_names import next_cohort
from app.core.db import db
from app.core.errors import DomainError, InvalidInput
from app.core.i18n import gettext as _
from app.domain.accounts.rules import Actor
from app.domain.audit.operations import record
from app.domain.workshops.models import (
    Assignment,
    Attachment,
    Criterion,
    SeatPool,
    Workshop,
    WorkshopSession,
    WorkshopTrainer,
)
from app.domain.workshops.operations.capacity import set_seats
from app.domain.workshops.operations.locking import lock_planned
from app.domain.workshops.operations.whole import read_quotas
from app.domain.workshops.queries.gradebook import list_criteria
from app.domain.workshops.queries.overview import list_attachments
from app.domain.workshops.rules.planning import instant

_KEPT = (
    "programme_id", "organiser_id", "title", "kind", "level", "audiences", "description", "contact",
    "approval", "eligible_roles", "eligible_stages", "eligible_unit_id", "required_level",
    "not_trained_since", "credit_hours", "minimum_attendance", "minimum_grade", "pass_bound",
    "excellent_bound", "second_marking", "agree_within", "appeal_days", "place_check",
)  # fmt: skip
_MOVED = ("enrolment_opens_at", "enrolment_closes_at", "withdraw_until", "quota_release_at")


def copy_workshop(
    workshop_id: int,
    *,
    actor: Actor,
    cohort: str | None = None,
    begins_on: date | None = None,
    with_files: bool = True,
) -> Workshop:
    """A draft of the next cohort. With ``begins_on`` its first session is on that day and everything else moves by
    as many days, at the same time of the wall clock; without it has no sessions and no window yet.

    ``with_files``: it hands out the same files. Their bytes are shared, each goes with the last that has it.
    """
    source = lock_planned(workshop_id, actor=actor)
    sessions = _regular(source.id)
    days = None
    if begins_on is not None:
        if not sessions:
            raise InvalidInput(
                _("The workshop has no session whose day could be moved."),
                "no_session",
                "begins_on",
            )
        days = (begins_on - clock.local(sessions[0].starts_at).date()).days
    copy = Workshop(
        **{name: getattr(source, name) for name in _KEPT},
        **_moved(source, days),
        cohort=(cohort or "").strip() or next_cohort(source.cohort),
        capacity=source.capacity,
        copied_from_id=source.id,
        created_by=actor.account_id,
        created_at=clock.now(),
    )
    db.session.add(copy)
    db.session.flush()
    record(
        actor,
        "workshops.copy",
        object_type="workshop",
        object_id=copy.id,
        details={"workshop": source.id, "cohort": copy.cohort},
        unit_path=source.organiser.path,
    )
    if days is not None:
        _copy_sessions(sessions, copy.id, days)
    _copy_guide(source.id, copy.id)
    _copy_trainers(source, copy.id)
    if with_files:
        _copy_files(source.id, copy.id, actor)
    set_seats(copy.id, source.capacity, _planned_quotas(source), actor=actor)
    return copy


def _planned_quotas(source: Workshop) -> dict[int, int]:
    """The quotas as they were before their release, by unit id; those of now where they no longer fit."""
    rows = db.session.execute(
        select(SeatPool.unit_id, func.coalesce(SeatPool.planned, SeatPool.seats)).where(
            SeatPool.workshop_id == source.id, SeatPool.unit_id.is_not(None)
        )
    ).all()
    planned = {unit_id: seats for unit_id, seats in rows if unit_id is not None}
    return planned if sum(planned.values()) <= source.capacity else read_quotas(source.id)


def _regular(workshop_id: int) -> list[WorkshopSession]:
    return list(
        db.session.scalars(
            select(WorkshopSession)
            .where(
                WorkshopSession.workshop_id == workshop_id,
                WorkshopSession.cancelled_at.is_(None),
                WorkshopSession.makes_up_for_id.is_(None),
            )
            .order_by(WorkshopSession.starts_at, WorkshopSession.id)
        )
    )


def shift(moment: datetime | None, days: int | None) -> datetime | None:
    """The same time of the wall clock some days later; None where there is nothing to move."""
    if moment is None or days is None:
        return None
    wall = (clock.local(moment) + timedelta(days=days)).replace(tzinfo=None)
    moved = instant(wall, clock.zone())
    if moved is None:
        raise DomainError(
            _(
                "The clock is changed at %(when)s; choose another day.",
                when=f"{wall:%Y-%m-%d %H:%M}",
            ),
            "no_such_time",
            "begins_on",
        )
    return moved


def _moved(source: Workshop, days: int | None) -> dict[str, Any]:
    return {name: shift(getattr(source, name), days) for name in _MOVED}


def _copy_sessions(sessions: list[WorkshopSession], copy_id: int, days: int) -> None:
    db.session.add_all(
        WorkshopSession(
            workshop_id=copy_id,
            title=session.title,
            part=session.part,
            starts_at=shift(session.starts_at, days),
            ends_at=shift(session.ends_at, days),
            place=session.place,
            latitude=session.latitude,
            longitude=session.longitude,
        )
        for session in sessions
    )
    db.session.flush()


def _copy_guide(source_id: int, copy_id: int) -> None:
    """The criteria, and the assignments under them; their dates are set anew."""
    copies: dict[int, Criterion] = {}
    for row in list_criteria(source_id):
        copies[row.id] = Criterion(
            workshop_id=copy_id,
            position=row.position,
            title=row.title,
            kind=row.kind,
            weight=row.weight,
            maximum=row.maximum,
            levels=list(row.levels),
        )
    db.session.add_all(copies.values())
    db.session.flush()
    assignments = db.session.scalars(
        select(Assignment).where(Assignment.workshop_id == source_id).order_by(Assignment.id)
    )
    for item in assignments.all():
        criterion = copies.get(item.criterion_id) if item.criterion_id else None
        db.session.add(
            Assignment(
                workshop_id=copy_id,
                criterion_id=criterion.id if criterion else None,
                title=item.title,
                instructions=item.instructions,
                accepts_late=item.accepts_late,
            )
        )
    db.session.flush()


def _copy_trainers(source: Workshop, copy_id: int) -> None:
    db.session.add_all(
        WorkshopTrainer(workshop_id=copy_id, account_id=trainer.account_id, role=trainer.role)
        for trainer in source.trainers
    )
    db.session.flush()


def _copy_files(source_id: int, copy_id: int, actor: Actor) -> None:
    now = clock.now()
    db.session.add_all(
        Attachment(
            workshop_id=copy_id,
            file_key=kept.file_key,
            file_name=kept.file_name,
            content_type=kept.content_type,
            size=kept.size,
            uploaded_by=actor.account_id,
            uploaded_at=now,
        )
        for kept in list_attachments(source_id)
    )
    db.session.flush()
