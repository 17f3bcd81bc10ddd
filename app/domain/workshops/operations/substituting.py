"""Pass a seat on to a colleague."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from app.core import clock
from app.core.db import db
from app.core.errors import DomainError, InvalidInput
from app.core.i18n import gettext as _
from app.domain.audit.operations import Who
from app.domain.outbox.operations import tell
from app.domain.workshops import refusals
from app.domain.workshops.models import Enrolment, SeatPool, Workshop
from app.domain.workshops.operations.arriving import draw_number, hold_person
from app.domain.workshops.operations.enrolling import (
    audit_enrolment,
    end_enrolment,
    find_active,
    lock_enrolment,
    outcome_notice,
)
from app.domain.workshops.operations.seating import bind, take_seat
from app.domain.workshops.queries.candidates import Application, read_application
from app.domain.workshops.rules import enrolling as rules
from app.domain.workshops.rules.words import EnrolmentStatus


def substitute(enrolment_id: int, person_id: int, *, actor: Who, reason: str) -> Enrolment:
    """Send a colleague of the same unit instead: the seat passes on, nobody else moves."""
    now = clock.now()
    hold_person(person_id)
    workshop, enrolment = lock_enrolment(enrolment_id)
    if enrolment.status not in rules.OPEN or enrolment.pool_id is None:
        raise DomainError(_("Only a seat that is held can be passed on."), "not_seated")
    if not reason.strip():
        raise InvalidInput(_("Say why."), "reason_missing", "reason")
    if find_active(workshop.id, person_id) is not None:
        raise DomainError(_("The colleague is enrolled already."), "already_enrolled", "person")
    application = read_application(workshop, person_id)
    if application.unit_id != enrolment.unit_id:
        raise DomainError(
            _("Only a colleague of the same unit can take the seat."), "other_unit", "person"
        )
    if reasons := rules.why_not_eligible(application.candidate, application.conditions):
        raise refusals.not_eligible(reasons)
    if application.clashing:
        raise refusals.clash(application.clashing)
    return _pass_on(workshop, enrolment, application, actor=actor, now=now, reason=reason)


def _pass_on(
    workshop: Workshop,
    enrolment: Enrolment,
    application: Application,
    *,
    actor: Who,
    now: datetime,
    reason: str,
) -> Enrolment:
    pool_id, status, step = enrolment.pool_id, enrolment.status, enrolment.approval_step
    end_enrolment(workshop, enrolment, EnrolmentStatus.WITHDRAWN, now=now, reason=reason)
    if workshop.quotas_released_at is not None:
        pool_id = db.session.scalar(
            select(SeatPool.id).where(
                SeatPool.workshop_id == workshop.id, SeatPool.unit_id.is_(None)
            )
        )
    assert pool_id is not None
    take_seat(pool_id)
    successor = Enrolment(
        workshop_id=workshop.id,
        person_id=application.person_id,
        unit_id=application.unit_id,
        unit_path=application.candidate.unit_path,
        number=draw_number(workshop.id).number,
        status=status,
        pool_id=pool_id,
        approval_step=step,
        applied_at=now,
        applied_by=actor.account_id,
        nominated=True,
        seated_at=now,
        substitutes_id=enrolment.id,
    )
    db.session.add(successor)
    db.session.flush()
    bind(successor.id, successor.person_id, workshop.title, application.sessions)
    audit_enrolment(actor, "substitute", successor, reason=reason, instead_of=enrolment.id)
    if reader := application.reader:
        tell(outcome_notice(workshop.id, workshop.title, status, reader, None))
    return successor
