"""Decide on hours learnt elsewhere (学时认定): check, recognise, send back. What is recognised is a training record."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import select

from app.core import clock
from app.core.db import db
from app.core.errors import DomainError, Forbidden, InvalidInput
from app.core.i18n import gettext as _
from app.domain.accounts.rules import Actor
from app.domain.courses.models import Recognition
from app.domain.courses.operations.locking import keep_people_of, refuse_stale
from app.domain.courses.operations.recognition_notices import audit_act, tell_act
from app.domain.courses.operations.reporting import complete_reported, reopen_reported
from app.domain.courses.queries.recognitions import counts_already, get_recognition
from app.domain.courses.rules.recognition import (
    RecognitionAct,
    may_follow,
    permission_for,
    state_after,
    why_not_recognised_hours,
)
from app.domain.courses.rules.words import RecognitionStatus
from app.domain.people.operations.dated import optional_text, required_reason
from app.domain.people.operations.finished import record_finished, withdraw_finished
from app.domain.people.operations.training_facts import TrainingFacts, TrainingOutcome
from app.domain.people.rules import TrainingKind


def counts_once() -> DomainError:
    """The refusal of hours that count for the person already."""
    return DomainError(
        _("The hours of this training are in the record already; they count once."),
        "already_recorded",
        "title",
    )


def check(recognition_id: int, *, actor: Actor, expected_version: int | None = None) -> Recognition:
    """Say that the evidence fits; the county or bureau decides next, and is told by a school's check."""
    made = lock_recognition(recognition_id, RecognitionAct.CHECK, actor, expected_version)
    _note_check(made, actor)
    made.status = state_after(RecognitionAct.CHECK)
    db.session.flush()
    audit_act(made, "check", actor=actor)
    if not actor.may("recognitions.decide"):  # else the next step is their own
        tell_act(made, "checked")
    return made


def recognise(
    recognition_id: int,
    *,
    actor: Actor,
    hours: Decimal | None = None,
    reason: str = "",
    expected_version: int | None = None,
) -> Recognition:
    """Let the hours count, all or fewer with a reason: they become a training record of the person.

    Raises ``not_waiting``, ``already_recorded``, ``bad_hours``, ``reason_missing``.
    """
    made = lock_recognition(recognition_id, RecognitionAct.RECOGNISE, actor, expected_version)
    granted = made.hours_claimed if hours is None else hours
    _refuse_hours(made.hours_claimed, granted, reason)
    if counts_already(made.person_id, made.event_key, made.course_id):
        raise counts_once()
    if made.checked_at is None:
        _note_check(made, actor)
    facts = facts_of(made, granted)
    outcomes = {made.person_id: (made.unit, TrainingOutcome())}
    record = record_finished(outcomes, facts, actor=actor)[made.person_id]
    made.training_record_id, made.hours_recognised = record.id, granted
    _settle(made, RecognitionAct.RECOGNISE, optional_text(reason), actor)
    complete_reported(record, course_id=made.course_id, actor=actor)
    tell_act(made, "recognised")
    return made


def send_back(
    recognition_id: int, reason: str, *, actor: Actor, expected_version: int | None = None
) -> Recognition:
    """Give a request back with what is wrong; of a recognised one the hours count no longer."""
    said = required_reason(reason)
    seen = get_recognition(recognition_id, actor=actor)
    taken_back = seen.status is RecognitionStatus.RECOGNISED
    act = RecognitionAct.TAKE_BACK if taken_back else RecognitionAct.SEND_BACK
    made = lock_recognition(recognition_id, act, actor, expected_version)
    if made.training_record_id is not None:
        reopen_reported(made.training_record_id, actor=actor)
        withdraw_finished([made.training_record_id], reason=said, actor=actor)
        made.training_record_id = made.hours_recognised = None
    _settle(made, act, said, actor)
    tell_act(made, "taken_back" if taken_back else "sent_back")
    return made


def _settle(made: Recognition, act: RecognitionAct, reason: str | None, actor: Actor) -> None:
    made.status, made.reason = state_after(act), reason
    made.decided_by, made.decided_at = actor.account_id, clock.now()
    db.session.flush()
    audit_act(made, act.value, actor=actor, reason=reason)


def _note_check(made: Recognition, actor: Actor) -> None:
    made.checked_by, made.checked_at = actor.account_id, clock.now()


def lock_recognition(
    recognition_id: int, act: RecognitionAct, actor: Actor, expected_version: int | None
) -> Recognition:
    """The request, locked, when this act may follow and is this actor's; the person is kept before it."""
    keep_people_of(select(Recognition.person_id).where(Recognition.id == recognition_id))
    db.session.scalars(
        select(Recognition)
        .where(Recognition.id == recognition_id)
        .with_for_update(of=Recognition)
        .execution_options(populate_existing=True)
    ).first()
    made = get_recognition(recognition_id, actor=actor)
    if not may_follow(act, made.status):
        raise DomainError(
            _("This request no longer waits for that; somebody else was first. Look at it again."),
            "not_waiting",
        )
    refuse_stale(made.row_version, expected_version)
    _refuse_actor(made, act, actor)
    return made


def _refuse_actor(made: Recognition, act: RecognitionAct, actor: Actor) -> None:
    if not actor.may(permission_for(act, made.status)):
        raise Forbidden(_("This step is not yours to decide."), "not_your_step")
    is_own = actor.account_id is not None and made.person.account_id == actor.account_id
    asks = act in {RecognitionAct.RESUBMIT, RecognitionAct.WITHDRAW}
    if is_own and not asks:
        raise Forbidden(
            _("Nobody checks or decides their own request. Leave it to a colleague."),
            "own_request",
        )


def facts_of(made: Recognition, hours: Decimal) -> TrainingFacts:
    """What a request says of its training, with so many hours."""
    return TrainingFacts(
        title=made.title,
        level=made.level,
        started_on=made.started_on,
        ended_on=made.finished_on,
        kind=TrainingKind.ONLINE,
        organiser=made.platform,
        hours=hours,
    )


def _refuse_hours(claimed: Decimal, granted: Decimal, reason: str) -> None:
    why = why_not_recognised_hours(claimed, granted, reason)
    if why is None:
        return
    if why == "fewer_without_reason":
        raise InvalidInput(
            _("Fewer hours than asked for need a reason."), "reason_missing", "reason"
        )
    words = {
        "not_positive": _("Recognise at least half an hour, or send the request back."),
        "not_half": _("Give whole or half hours of 45 minutes."),
        "more_than_claimed": _("Not more than the %(hours)s asked for.", hours=f"{claimed:f}"),
    }
    raise InvalidInput(words[why], "bad_hours", "hours")
