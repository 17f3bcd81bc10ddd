"""Enrol, withdraw, substitute. Every act locks the workshop, and leaves no free seat that fits somebody waiting."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select, update

from app.core import clock
from app.core.db import db
from app.core.errors import DomainError, InvalidInput, NotFound
from app.core.i18n import gettext as _
from app.domain.audit.operations import Who, record
from app.domain.outbox.operations import notify
from app.domain.people.models import Person
from app.domain.workshops import refusals
from app.domain.workshops.models import Enrolment, Workshop
from app.domain.workshops.operations.seating import (
    Promoted,
    bind,
    free_seat,
    is_waited_for,
    lock_workshop,
    promote,
    read_pools,
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

ACTIVE = tuple(rules.OPEN | rules.SEATED)


# Built once: these run in the rush of an opening, while the workshop is locked.
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
_HOLD = (
    select(Person.id)
    .where(Person.id == bindparam("person_id"))
    .with_for_update(of=Person, key_share=True)
)
_DRAW = (
    update(Workshop)
    .where(Workshop.id == bindparam("workshop_id"))
    .values(next_number=Workshop.next_number + 1)
    .returning(Workshop)
    .execution_options(synchronize_session=False, populate_existing=True)
)


@dataclass(frozen=True)
class Outcome:
    """What enrolling came to; ``created`` is False when the person was enrolled already."""

    enrolment: Enrolment
    created: bool
    position: int | None


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

    ``application`` is read before (queries.candidates), so that the workshop is locked only for the seat itself; what
    may have become another since (the plan, when the person is bound) is read again.
    Raises ``not_open``, ``not_eligible``, ``clash``.
    """
    now = clock.now()
    application = _hold_time(application)
    workshop, number = draw_number(application.workshop_id)
    existing = find_active(workshop.id, application.person_id)
    if existing is not None:
        return Outcome(existing, created=False, position=position_of(existing))
    if workshop.row_version != application.workshop_version:
        application = read_application(workshop, application.person_id)
    _refuse(workshop, application, now)
    pool = _find_seat(workshop, application.candidate.unit_path, actor=actor, now=now)
    step = rules.first_step(workshop.approval, nominated_by=nominated_by)
    enrolment = Enrolment(
        workshop_id=workshop.id,
        person_id=application.person_id,
        unit_id=application.unit_id,
        unit_path=application.candidate.unit_path,
        number=number,
        status=_first_status(pool, step),
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
        take_seat(pool.id)
    db.session.add(enrolment)
    db.session.flush()
    if pool is not None:
        bind(enrolment.id, enrolment.person_id, workshop.title, application.sessions)
    position = position_of(enrolment)
    audit_enrolment(actor, "enrol", enrolment, status=enrolment.status, position=position)
    tell_outcome(workshop, enrolment, application.reader, position)
    return Outcome(enrolment, created=True, position=position)


def _hold_time(application: Application) -> Application:
    """What binds the person, read once nobody else can seat them at the same time elsewhere.

    Whoever is in the workshop already is not held: their seat may be given at this very moment.
    """
    if not application.sessions:
        return application
    if db.engine.dialect.name != "sqlite":
        if find_active(application.workshop_id, application.person_id) is not None:
            return application
        hold_person(application.person_id)
    return replace(application, clashing=read_clashing(application))


def hold_person(person_id: int) -> None:
    """Hold a person against getting a seat elsewhere in this moment; before any workshop is locked."""
    db.session.execute(_HOLD, {"person_id": person_id})


def _find_seat(
    workshop: Workshop, unit_path: str, *, actor: Who, now: datetime
) -> seats.Pool | None:
    """The seat for a newcomer, after those who wait and fit: a clash of theirs may have ended since."""
    if release_due_quotas(workshop, now=now):
        settle(workshop, actor=actor, now=now)
    pool = seats.choose_pool(read_pools(workshop.id), unit_path)
    if pool is None or not is_waited_for(workshop.id, pool):
        return pool
    settle(workshop, actor=actor, now=now)
    return seats.choose_pool(read_pools(workshop.id), unit_path)


def draw_number(workshop_id: int) -> tuple[Workshop, int]:
    """Lock the workshop and draw the next number of arrival, in one statement."""
    workshop = db.session.scalars(_DRAW, {"workshop_id": workshop_id}).one_or_none()
    if workshop is None:
        raise NotFound(_("There is no such workshop."))
    return workshop, workshop.next_number - 1


def _refuse(workshop: Workshop, application: Application, now: datetime) -> None:
    window = rules.Window(
        workshop.status, workshop.enrolment_opens_at, workshop.enrolment_closes_at
    )
    if reason := rules.why_not_open(window, now):
        raise refusals.not_open(reason)
    if reasons := rules.why_not_eligible(application.candidate, application.conditions):
        raise refusals.not_eligible(reasons)
    if application.clashing:
        raise refusals.clash(application.clashing)


def _first_status(pool: seats.Pool | None, step: str | None) -> EnrolmentStatus:
    if step is not None:
        return EnrolmentStatus.PENDING
    return EnrolmentStatus.CONFIRMED if pool else EnrolmentStatus.WAITLISTED


def tell_outcome(
    workshop: Workshop, enrolment: Enrolment, reader: Reader | None, position: int | None
) -> None:
    if reader is None:
        return
    notify(
        reader.account_id,
        f"workshops.{enrolment.status.value}",
        {"title": workshop.title, "position": position},
        link=page_of(workshop.id),
        email=reader.email,
        language=reader.language,
    )


def audit_enrolment(
    actor: Who, action: str, enrolment: Enrolment, *, reason: str | None = None, **details: Any
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
