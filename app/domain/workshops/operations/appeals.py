"""Appeals (申诉) against a published result: made by the person, answered with a reason, granted by changing marks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from app.core import clock
from app.core.db import db
from app.core.errors import DomainError, InvalidInput, NotFound, explain_constraint
from app.core.i18n import gettext as _
from app.domain.accounts.models import Account
from app.domain.accounts.rules import Actor
from app.domain.audit.operations import record
from app.domain.outbox.operations import notify
from app.domain.people.models import Person
from app.domain.workshops.models import Appeal, Enrolment, Workshop
from app.domain.workshops.operations.changing import change_published_mark
from app.domain.workshops.operations.resettling import settle_anew
from app.domain.workshops.operations.results import (
    lock_for_results,
    refuse_no_reason,
    result_page,
)
from app.domain.workshops.operations.seating import lock_workshop
from app.domain.workshops.queries.appeals import get_appeal, read_window
from app.domain.workshops.rules.words import RequestState
from app.domain.workshops.telling import tell_people

LONGEST_TEXT = 2000
explain_constraint("uq_appeals_open", lambda: window_refusal("already_open"))


def window_refusal(code: str, until: Any = None) -> DomainError:
    """Why one may not appeal, in words."""
    words = {
        "not_published": _("There is no published result yet."),
        "too_late": _("One could appeal until %(day)s.", day=until),
        "already_open": _("Your appeal is being looked at; it will be answered."),
        "already_answered": _("Your appeal against this result was answered."),
    }
    return DomainError(words[code], code)


def make_appeal(workshop_id: int, *, reason: str, actor: Actor) -> Appeal:
    """Appeal against one's own published result, until ``appeal_days`` days after it (the last day counts).

    The trainers are told. Raises ``reason_missing``, ``not_published``, ``too_late``, ``already_open``,
    ``already_answered``.
    """
    enrolment = own_enrolment(workshop_id, actor)
    workshop = lock_workshop(workshop_id)
    window = read_window(workshop, enrolment.id)
    if window.code is not None:
        raise window_refusal(window.code, window.until)
    refuse_no_reason(reason)
    _refuse_long(reason, "reason")
    appeal = Appeal(enrolment_id=enrolment.id, reason=reason.strip(), made_at=clock.now())
    db.session.add(appeal)
    db.session.flush()
    _audit(actor, "workshops.appeal", appeal, enrolment)
    _tell_trainers(workshop, appeal, enrolment.person.name)
    return appeal


def own_enrolment(workshop_id: int, actor: Actor) -> Enrolment:
    """The actor's own latest enrolment in a workshop; NotFound for who never was in it."""
    enrolment = db.session.scalars(
        select(Enrolment)
        .join(Person, Person.id == Enrolment.person_id)
        .where(Enrolment.workshop_id == workshop_id, Person.account_id == actor.account_id)
        .order_by(Enrolment.id.desc())
    ).first()
    if enrolment is None or actor.account_id is None:
        raise NotFound(_("You are not enrolled in this workshop."))
    return enrolment


def _refuse_long(text: str, field: str) -> None:
    if len(text) > LONGEST_TEXT:
        raise InvalidInput(_("At most 2000 characters."), "too_long", field)


def _tell_trainers(workshop: Workshop, appeal: Appeal, name: str) -> None:
    """Who trains in it is told; without trainers, who planned it."""
    ids = {trainer.account_id for trainer in workshop.trainers}
    if not ids and workshop.created_by is not None:
        ids = {workshop.created_by}
    accounts = db.session.scalars(
        select(Account)
        .where(Account.id.in_(ids), Account.disabled_at.is_(None))
        .order_by(Account.id)
    )
    for account in accounts:
        notify(
            account.id,
            "workshops.appeal_made",
            {"title": workshop.title, "name": name},
            link=f"/workshops/{workshop.id}/appeals/{appeal.id}",
            email=account.email,
            language=account.language,
        )


def withdraw_appeal(workshop_id: int, *, actor: Actor) -> None:
    """Take one's own open appeal back; one may appeal again while there is time."""
    enrolment = own_enrolment(workshop_id, actor)
    lock_workshop(workshop_id)
    appeal = db.session.scalars(
        select(Appeal).where(Appeal.enrolment_id == enrolment.id, Appeal.state == RequestState.OPEN)
    ).first()
    if appeal is None:
        raise DomainError(_("You have no open appeal."), "no_open_appeal")
    appeal.state = RequestState.WITHDRAWN
    _audit(actor, "workshops.withdraw_appeal", appeal, enrolment)


def answer_appeal(
    appeal_id: int,
    *,
    workshop_id: int,
    granted: bool,
    answer: str,
    actor: Actor,
    changes: Mapping[int, str] | None = None,
) -> Appeal:
    """Answer with a reason; granted, with the marks that change (``changes``: new value by criterion).

    Raises ``reason_missing``, ``not_open``, ``nothing_changes`` when it is granted without a change, and what
    changing a published mark refuses.
    """
    workshop = lock_for_results(workshop_id, actor=actor)
    appeal = get_appeal(appeal_id, workshop_id)
    if appeal.state is not RequestState.OPEN:
        raise DomainError(_("This appeal was answered or withdrawn meanwhile."), "not_open")
    refuse_no_reason(answer)
    _refuse_long(answer, "answer")
    if granted and not changes:
        raise InvalidInput(
            _("Granting it means that a mark changes: enter the new one."), "nothing_changes"
        )
    for criterion_id, text in (changes or {}).items() if granted else ():
        change_published_mark(
            workshop, appeal.enrolment_id, criterion_id, text, reason=answer, actor=actor
        )
    if granted:
        settle_anew(workshop, appeal.enrolment_id, reason=answer.strip(), actor=actor)
    appeal.state = RequestState.GRANTED if granted else RequestState.REFUSED
    appeal.answer, appeal.answered_by, appeal.answered_at = (
        answer.strip(),
        actor.account_id,
        clock.now(),
    )
    _audit(actor, "workshops.answer_appeal", appeal, appeal.enrolment, granted=granted)
    tell_people(
        [appeal.enrolment.person_id],
        "workshops.appeal_answered",
        {"title": workshop.title, "answer": appeal.answer},
        link=result_page(workshop_id),
    )
    return appeal


def _audit(actor: Actor, action: str, appeal: Appeal, enrolment: Enrolment, **details: Any) -> None:
    record(
        actor,
        action,
        object_type="enrolment",
        object_id=enrolment.id,
        subject_id=enrolment.person_id,
        details={"appeal": appeal.id, **details},
        reason=appeal.answer,
        unit_path=enrolment.unit_path,
    )
