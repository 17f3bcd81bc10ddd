"""Enrol, withdraw, substitute. Every act locks the workshop, and leaves no free seat that fits somebody waiting."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select

from app.core import clock
from app.core.db import db
from app.core.errors import DomainError, InvalidInput, NotFound
from app.core.i18n import gettext as _
from app.domain.audit.operations import Who, record
from app.domain.outbox.operations import Telling, tell
from app.domain.workshops import refusals
from app.domain.workshops.models import Enrolment, Workshop
from app.domain.workshops.operations.arriving import (
    ACTIVE,
    Arrival,
    Entered,
    Standing,
    draw_number,
    enter,
    hold_newcomer,
    is_as_read,
    read_standing,
)
from app.domain.workshops.operations.seating import (
    Promoted,
    bind,
    free_seat,
    is_waited_for,
    lock_workshop,
    promote,
    release_due_quotas,
    take_seat,
)
from app.domain.workshops.queries.candidates import (
    Application,
    Reader,
    read_application,
    read_clashing,
)
from app.domain.workshops.rules import enrolling as rules
from app.domain.workshops.rules import seats
from app.domain.workshops.rules.words import EnrolmentStatus
from app.domain.workshops.telling import page_of, tell_people

_ACTIVE = select(Enrolment).where(
    Enrolment.workshop_id == bindparam("workshop_id"),
    Enrolment.person_id == bindparam("person_id"),
    Enrolment.status.in_(ACTIVE),
)
_AHEAD = (
    select(func.count())
    .select_from(Enrolment)
    .where(
        Enrolment.workshop_id == bindparam("workshop_id"),
        Enrolment.pool_id.is_(None),
        Enrolment.status.in_(tuple(rules.WAITING)),
        Enrolment.number <= bindparam("number"),
    )
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What enrolling came to; ``created`` is False when the person was enrolled already."""

    enrolment_id: int
    status: EnrolmentStatus
    created: bool
    position: int | None

    @property
    def enrolment(self) -> Enrolment:
        """The enrolment itself, read when somebody asks for it."""
        return db.session.get_one(Enrolment, self.enrolment_id)


def find_active(workshop_id: int, person_id: int) -> Enrolment | None:
    """The enrolment by which the person is in the workshop or in its line."""
    values = {"workshop_id": workshop_id, "person_id": person_id}
    return db.session.scalars(_ACTIVE, values).first()


def position_of(enrolment: Enrolment) -> int | None:
    """The place in the whole line, from 1; None for who holds a seat or is out."""
    if enrolment.pool_id is not None or enrolment.status not in rules.WAITING:
        return None
    values = {"workshop_id": enrolment.workshop_id, "number": enrolment.number}
    return db.session.scalar(_AHEAD, values)


def enrol(
    application: Application,
    *,
    actor: Who,
    nominated_by: str | None = None,
    note: str | None = None,
    needs_lodging: bool | None = None,
) -> Outcome:
    """Give the person a seat or a place in line. Enrolling again returns the first enrolment.

    ``application`` is read before (queries.candidates), so that the workshop is locked only for the seat itself; when
    the person is bound is read again, and the rest where plan, people or units have changed since.
    Raises ``not_open``, ``not_eligible``, ``clash``.
    """
    now = clock.now()
    db.session.flush()
    application = _hold_time(application)
    arrival = draw_number(application.workshop_id)
    standing = read_standing(arrival.workshop_id, application.person_id)
    if standing.active_id is not None:
        return _enrolled_already(standing.active_id)
    if not is_as_read(arrival, standing, application):
        application = read_application(_as_locked(arrival), application.person_id)
    _refuse(arrival, application, now)
    pool, waiting = _find_seat(arrival, standing, application, actor=actor, now=now)
    step = rules.first_step(arrival.approval, nominated_by=nominated_by)
    status = rules.first_status(step, seated=pool is not None)
    if pool is not None:
        take_seat(pool.id)
    entered = enter(
        arrival,
        application,
        status=status,
        pool_id=pool.id if pool else None,
        approval_step=step,
        applied_at=now,
        applied_by=actor.account_id,
        nominated=nominated_by is not None,
        needs_lodging=needs_lodging,
        note=note,
        seated_at=now if pool else None,
    )
    if pool is not None:
        bind(entered.id, entered.person_id, arrival.title, application.sessions)
    position = None if pool is not None else waiting + 1
    audit_enrolment(actor, "enrol", entered, status=status, position=position)
    if reader := application.reader:
        tell(outcome_notice(arrival.workshop_id, arrival.title, status, reader, position))
    return Outcome(entered.id, status, created=True, position=position)


def _enrolled_already(enrolment_id: int) -> Outcome:
    existing = db.session.get_one(Enrolment, enrolment_id)
    return Outcome(existing.id, existing.status, created=False, position=position_of(existing))


def _as_locked(arrival: Arrival) -> Workshop:
    return db.session.get_one(Workshop, arrival.workshop_id, populate_existing=True)


def _hold_time(application: Application) -> Application:
    """What binds the person, read once nobody else can seat them at the same time elsewhere."""
    if not application.sessions:
        return application
    if db.engine.dialect.name != "sqlite":
        hold_newcomer(application.workshop_id, application.person_id)
    return replace(application, clashing=read_clashing(application))


def _find_seat(
    arrival: Arrival, standing: Standing, application: Application, *, actor: Who, now: datetime
) -> tuple[seats.Pool | None, int]:
    """The seat for a newcomer, after those who wait and fit: a clash of theirs may have ended since.

    And how many wait.
    """
    unit_path = application.candidate.unit_path
    if arrival.is_release_due(now):
        settle(_as_locked(arrival), actor=actor, now=now)
        standing = read_standing(arrival.workshop_id, application.person_id)
    pool = seats.choose_pool(standing.pools, unit_path)
    if pool is None or not standing.waiting or not is_waited_for(arrival.workshop_id, pool):
        return pool, standing.waiting
    settle(_as_locked(arrival), actor=actor, now=now)
    standing = read_standing(arrival.workshop_id, application.person_id)
    return seats.choose_pool(standing.pools, unit_path), standing.waiting


def _refuse(arrival: Arrival, application: Application, now: datetime) -> None:
    if reason := rules.why_not_open(arrival.window, now):
        raise refusals.not_open(reason)
    if reasons := rules.why_not_eligible(application.candidate, application.conditions):
        raise refusals.not_eligible(reasons)
    if application.clashing:
        raise refusals.clash(application.clashing)


def outcome_notice(
    workshop_id: int, title: str, status: EnrolmentStatus, reader: Reader, position: int | None
) -> Telling:
    """What who applied is told of it."""
    return Telling(
        reader.account_id,
        f"workshops.{status.value}",
        {"title": title, "position": position},
        link=page_of(workshop_id),
        email=reader.email,
        language=reader.language,
    )


def audit_enrolment(
    actor: Who,
    action: str,
    enrolment: Enrolment | Entered,
    *,
    reason: str | None = None,
    **details: Any,
) -> None:
    """One audit entry about an enrolment, in the scope of the unit the person came from."""
    record(
        actor,
        f"workshops.{action}",
        object_type="enrolment",
        object_id=enrolment.id,
        subject_id=enrolment.person_id,
        details={"workshop": enrolment.workshop_id, **details},
        reason=reason,
        unit_path=enrolment.unit_path,
    )


def lock_enrolment(enrolment_id: int) -> tuple[Workshop, Enrolment]:
    """The enrolment with its workshop locked, both as they are now."""
    workshop_id = db.session.scalar(
        select(Enrolment.workshop_id).where(Enrolment.id == enrolment_id)
    )
    if workshop_id is None:
        raise NotFound(_("There is no such enrolment."))
    workshop = lock_workshop(workshop_id)
    return workshop, db.session.get_one(Enrolment, enrolment_id, populate_existing=True)


def withdraw(enrolment_id: int, *, actor: Who, reason: str = "") -> list[Promoted]:
    """Leave a workshop or its line; after the deadline with a reason. The seat goes on at once."""
    now = clock.now()
    workshop, enrolment = lock_enrolment(enrolment_id)
    refusal = rules.why_not_withdraw(enrolment.status, workshop.withdraw_until, now, reason=reason)
    if refusal == "not_enrolled":
        raise DomainError(_("This enrolment has ended already."), "not_enrolled")
    if refusal == "reason_needed":
        raise InvalidInput(
            _("The deadline for withdrawing has passed; say why."), "reason_missing", "reason"
        )
    end_enrolment(workshop, enrolment, EnrolmentStatus.WITHDRAWN, now=now, reason=reason)
    audit_enrolment(actor, "withdraw", enrolment, reason=reason or None)
    return settle(workshop, actor=actor, now=now)


def end_enrolment(
    workshop: Workshop,
    enrolment: Enrolment,
    status: EnrolmentStatus,
    *,
    now: datetime,
    reason: str | None = None,
) -> None:
    """Take somebody out of the workshop: status, seat, commitments. Call ``settle`` afterwards."""
    released = workshop.quotas_released_at is not None
    enrolment.status, enrolment.ended_at = status, now
    enrolment.end_reason, enrolment.approval_step = reason or None, None
    free_seat(enrolment, released=released)


def settle(workshop: Workshop, *, actor: Who, now: datetime) -> list[Promoted]:
    """Give freed seats to who waits for them, and tell them."""
    release_due_quotas(workshop, now=now)
    promoted = promote(workshop, now=now)
    for somebody in promoted:
        enrolment = db.session.get_one(Enrolment, somebody.enrolment_id)
        audit_enrolment(actor, "promote", enrolment, pool=enrolment.pool_id)
        if somebody.confirmed:
            parameters = {"title": workshop.title}
            tell_people(
                [somebody.person_id], "workshops.promoted", parameters, link=page_of(workshop.id)
            )
    return promoted
