"""Where a workshop stands: draft → published → running (→ completed: operations of closing), or cancelled."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy import func, select, update

from app.core import clock
from app.core.db import db
from app.core.errors import DomainError, InvalidInput
from app.core.i18n import gettext as _
from app.domain.accounts.rules import Actor
from app.domain.audit.operations import Who, record
from app.domain.workshops.models import (
    Criterion,
    Enrolment,
    SeatPool,
    Workshop,
    WorkshopSession,
    WorkshopTrainer,
)
from app.domain.workshops.operations.checks import hours_words, periods_of
from app.domain.workshops.operations.locking import lock_planned, lock_run, over
from app.domain.workshops.operations.seating import unbind_all
from app.domain.workshops.rules import planning as rules
from app.domain.workshops.rules.enrolling import OPEN
from app.domain.workshops.rules.words import EnrolmentStatus, WorkshopStatus
from app.domain.workshops.telling import page_of, tell_people


def read_plan(workshop: Workshop) -> rules.PlanFacts:
    """What publishing looks at."""
    trainers = select(func.count()).where(WorkshopTrainer.workshop_id == workshop.id)
    return rules.PlanFacts(
        kind=workshop.kind,
        hours=Decimal(workshop.credit_hours),
        periods=periods_of(workshop.id),
        windows=rules.Windows(
            workshop.enrolment_opens_at,
            workshop.enrolment_closes_at,
            workshop.withdraw_until,
            workshop.quota_release_at,
        ),
        weights=db.session.scalars(
            select(Criterion.weight).where(Criterion.workshop_id == workshop.id)
        ).all(),
        minimum_grade=workshop.minimum_grade,
        trainers=db.session.scalar(trainers) or 0,
    )


def missing_words(plan: rules.PlanFacts) -> list[str]:
    """What keeps a draft from being published, in words."""
    words = {
        "no_session": _("Its hours need sessions: add when and where it takes place."),
        "hours_above_sessions": hours_words(plan.periods),
        "guide_weights": _("The weights of the marking guide do not come to 100."),
        "grade_without_guide": _("A minimum grade needs a marking guide."),
        "no_window": _("Say until when one can enrol, or add its sessions."),
    }
    return [words[code] for code in rules.missing(plan, clock.zone())]


def hint_words(plan: rules.PlanFacts) -> list[str]:
    """What is unusual about a draft, in words."""
    words = {
        "sessions_later": _("No sessions yet; clashes are checked once they are added."),
        "sessions_over": _("All its sessions are over."),
        "window_over": _("Its enrolment window has ended already."),
        "no_trainer": _("No trainer is assigned yet."),
        "no_hours": _("It gives no credit hours."),
    }
    return [words[code] for code in rules.hints(plan, clock.now())]


def publish(workshop_id: int, *, actor: Actor) -> Workshop:
    """Show a draft to those it is for. Raises ``not_ready`` with everything that is missing, ``not_draft``.

    Without an end of enrolment it ends as the first session begins.
    """
    workshop = lock_planned(workshop_id, actor=actor)
    if workshop.status is not WorkshopStatus.DRAFT:
        raise DomainError(_("Only a draft can be published."), "not_draft")
    plan = read_plan(workshop)
    if words := missing_words(plan):
        message = " ".join(words)
        raise DomainError(message, "not_ready", missing=rules.missing(plan, clock.zone()))
    if workshop.enrolment_closes_at is None:
        workshop.enrolment_closes_at = _first_start(plan, workshop.enrolment_opens_at)
    workshop.status, workshop.published_at = WorkshopStatus.PUBLISHED, clock.now()
    workshop.row_version += 1
    _audit(actor, "publish", workshop)
    return workshop


def _first_start(plan: rules.PlanFacts, opens_at: datetime | None) -> datetime | None:
    first = min(period.starts_at for period in plan.periods)
    return first if opens_at is None or first > opens_at else None


def start(workshop_id: int, *, actor: Actor) -> Workshop:
    """Say that a published workshop runs now (the worker says so as its first session begins)."""
    workshop = lock_run(workshop_id, actor=actor)
    if workshop.status is not WorkshopStatus.PUBLISHED:
        raise DomainError(_("Only a published workshop can begin."), "not_published")
    begin(workshop, actor=actor)
    return workshop


def begin(workshop: Workshop, *, actor: Who) -> None:
    """The transition itself; the workshop is locked and published."""
    workshop.status = WorkshopStatus.RUNNING
    workshop.row_version += 1
    _audit(actor, "start", workshop)


def cancel(workshop_id: int, *, actor: Actor, reason: str) -> int:
    """Call a workshop off: seats are freed, nobody is bound any more, everybody is told why. How many were told.

    Raises ``reason_missing``, ``workshop_over``.
    """
    workshop = lock_planned(workshop_id, actor=actor)
    if workshop.status in {WorkshopStatus.COMPLETED, WorkshopStatus.CANCELLED}:
        raise over(workshop.status)
    if not reason.strip():
        raise InvalidInput(_("Say why."), "reason_missing", "reason")
    now = clock.now()
    people = _end_all(workshop, now, reason.strip())
    workshop.status, workshop.cancelled_at = WorkshopStatus.CANCELLED, now
    workshop.cancel_reason = reason.strip()
    workshop.row_version += 1
    db.session.flush()
    _audit(actor, "cancel", workshop, reason=reason.strip(), people=len(people))
    return tell_people(
        people,
        "workshops.cancelled",
        {"title": workshop.title, "reason": reason.strip()},
        link=page_of(workshop.id),
    )


def _end_all(workshop: Workshop, now: datetime, reason: str) -> list[int]:
    """Take everybody out at once; the ids of the people."""
    standing = (Enrolment.workshop_id == workshop.id) & Enrolment.status.in_(tuple(OPEN))
    people = list(db.session.scalars(select(Enrolment.person_id).where(standing)))
    unbind_all(workshop.id)
    db.session.execute(
        update(Enrolment)
        .where(standing)
        .values(
            status=EnrolmentStatus.CANCELLED,
            pool_id=None,
            approval_step=None,
            ended_at=now,
            end_reason=reason,
            row_version=Enrolment.row_version + 1,
        )
        .execution_options(synchronize_session=False)
    )
    db.session.execute(
        update(SeatPool)
        .where(SeatPool.workshop_id == workshop.id)
        .values(taken=0)
        .execution_options(synchronize_session=False)
    )
    db.session.expire_all()
    return people


def first_session_start(workshop_id: int) -> datetime | None:
    """When the first session that takes place begins."""
    return db.session.scalar(
        select(func.min(WorkshopSession.starts_at)).where(
            WorkshopSession.workshop_id == workshop_id, WorkshopSession.cancelled_at.is_(None)
        )
    )


def _audit(
    actor: Who, action: str, workshop: Workshop, *, reason: str | None = None, **details: object
) -> None:
    record(
        actor,
        f"workshops.{action}",
        object_type="workshop",
        object_id=workshop.id,
        details=dict(details),
        reason=reason,
        unit_path=workshop.organiser.path,
    )
