"""Open a closed workshop again, when what was settled was wrong."""

from __future__ import annotations

from app.core.db import db
from app.core.errors import DomainError, InvalidInput
from app.core.i18n import gettext as _
from app.domain.accounts.rules import Actor
from app.domain.people.operations.finished import withdraw_finished
from app.domain.workshops.models import Workshop
from app.domain.workshops.operations.completing import audit_workshop, read_enrolments
from app.domain.workshops.operations.locking import lock_planned
from app.domain.workshops.rules.words import EnrolmentStatus, WorkshopStatus
from app.domain.workshops.telling import page_of, tell_people


def reopen_workshop(workshop_id: int, *, actor: Actor, reason: str) -> Workshop:
    """Take the closing back: records are withdrawn, everybody is on their seat again, the register is open.

    Raises ``reason_missing``, ``not_closed``.
    """
    workshop = lock_planned(workshop_id, actor=actor)
    if not reason.strip():
        raise InvalidInput(_("Say why."), "reason_missing", "reason")
    if workshop.status is not WorkshopStatus.COMPLETED:
        raise DomainError(_("Only a closed workshop can be opened again."), "not_closed")
    settled = [
        one
        for one in read_enrolments(workshop.id).values()
        if one.status in {EnrolmentStatus.COMPLETED, EnrolmentStatus.NOT_COMPLETED}
    ]
    records = [one.training_record_id for one in settled if one.training_record_id is not None]
    for enrolment in settled:
        enrolment.status, enrolment.ended_at = EnrolmentStatus.CONFIRMED, None
        enrolment.credit_hours, enrolment.training_record_id = None, None
        enrolment.unmet = []
    workshop.status, workshop.closed_at = WorkshopStatus.RUNNING, None
    workshop.row_version += 1
    db.session.flush()
    withdraw_finished(records, reason=reason.strip(), actor=actor)
    audit_workshop(actor, "reopen", workshop, reason=reason.strip(), records=len(records))
    tell_people(
        [one.person_id for one in settled],
        "workshops.reopened",
        {"title": workshop.title, "reason": reason.strip()},
        link=page_of(workshop.id),
    )
    return workshop
