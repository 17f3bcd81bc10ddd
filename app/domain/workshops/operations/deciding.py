"""Approve and reject applications, step by step."""

from __future__ import annotations

from app.core import clock
from app.core.db import db
from app.core.errors import DomainError, Forbidden, InvalidInput
from app.core.i18n import gettext as _
from app.domain.accounts.rules import Actor
from app.domain.workshops.models import Enrolment, EnrolmentDecision, Workshop
from app.domain.workshops.operations.enrolling import (
    audit_enrolment,
    end_enrolment,
    lock_enrolment,
    settle,
)
from app.domain.workshops.rules import enrolling as rules
from app.domain.workshops.rules.words import EnrolmentStatus
from app.domain.workshops.telling import page_of, tell_people


def decide(
    enrolment_id: int,
    *,
    approve: bool,
    actor: Actor,
    reason: str = "",
    step: str | None = None,
) -> Enrolment:
    """Approve an application (on to the next step, or confirmed) or reject it with a reason.

    ``step`` is the one the officer saw: if somebody has decided it meanwhile, the act is refused. A seat that a
    rejection frees goes on at once.
    """
    workshop, enrolment = lock_enrolment(enrolment_id)
    _refuse(enrolment, actor, approve=approve, reason=reason, seen=step)
    now = clock.now()
    db.session.add(
        EnrolmentDecision(
            enrolment_id=enrolment.id,
            step=enrolment.approval_step or "",
            approved=approve,
            decided_by=actor.account_id,
            decided_by_name=actor.username,
            decided_at=now,
            reason=reason.strip() or None,
        )
    )
    if approve:
        _approve(workshop, enrolment)
        audit_enrolment(actor, "approve", enrolment, status=enrolment.status)
        return enrolment
    end_enrolment(workshop, enrolment, EnrolmentStatus.REJECTED, now=now, reason=reason)
    audit_enrolment(actor, "reject", enrolment, reason=reason)
    _tell(workshop, enrolment, "workshops.rejected", reason=reason)
    settle(workshop, actor=actor, now=now)
    return enrolment


def _refuse(
    enrolment: Enrolment, actor: Actor, *, approve: bool, reason: str, seen: str | None
) -> None:
    if enrolment.status is not EnrolmentStatus.PENDING or enrolment.approval_step is None:
        raise DomainError(
            _("This application waits for no decision any more; it was decided or withdrawn."),
            "not_pending",
        )
    if seen is not None and seen != enrolment.approval_step:
        raise DomainError(_("Somebody else has decided this step meanwhile."), "already_decided")
    if not actor.reaches(enrolment.unit_path) or not rules.may_decide(
        enrolment.approval_step, actor.role
    ):
        raise Forbidden(_("This step is not yours to decide."), "not_your_step")
    if not approve and not reason.strip():
        raise InvalidInput(_("A rejection needs a reason."), "reason_missing", "reason")


def _approve(workshop: Workshop, enrolment: Enrolment) -> None:
    enrolment.approval_step = rules.next_step(workshop.approval, enrolment.approval_step or "")
    if enrolment.approval_step is not None:
        return
    seated = enrolment.pool_id is not None
    enrolment.status = EnrolmentStatus.CONFIRMED if seated else EnrolmentStatus.WAITLISTED
    _tell(workshop, enrolment, "workshops.approved" if seated else "workshops.waitlisted")


def _tell(workshop: Workshop, enrolment: Enrolment, kind: str, *, reason: str = "") -> None:
    parameters = {"title": workshop.title, "reason": reason}
    tell_people([enrolment.person_id], kind, parameters, link=page_of(workshop.id))
