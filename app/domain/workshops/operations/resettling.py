"""Settle one person of a closed workshop anew, when a published mark of theirs was changed after closing."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from app.core import clock
from app.core.db import db
from app.domain.accounts.rules import Actor
from app.domain.people.models import TrainingRecord
from app.domain.people.operations.finished import withdraw_finished
from app.domain.workshops.completion_words import kept_unmet, read_settled
from app.domain.workshops.models import Enrolment, Workshop
from app.domain.workshops.operations.completing import audit_one, tell_settled, write_records
from app.domain.workshops.queries.completion import Completion, CompletionRow, load_completion
from app.domain.workshops.rules.completion import Days
from app.domain.workshops.rules.words import EnrolmentStatus, WorkshopStatus


def settle_anew(workshop: Workshop, enrolment_id: int, *, reason: str, actor: Actor) -> None:
    """After a change of marks: the record says the new grade; who now meets the conditions completes, who no longer
    does does not. The workshop is locked; one that is not closed yet is settled when it is closed.

    An exception made at closing stays one.
    """
    if workshop.status is not WorkshopStatus.COMPLETED:
        return
    db.session.flush()
    completion = load_completion(workshop, _days_of(workshop.id))
    row = next((row for row in completion.rows if row.enrolment_id == enrolment_id), None)
    if row is None:
        return
    enrolment = db.session.get_one(Enrolment, enrolment_id, populate_existing=True)
    _unmet, exception = read_settled(enrolment.unmet)
    enrolment.unmet = kept_unmet(row.unmet, exception)
    if (not row.unmet or exception) and completion.days is not None:
        _complete(workshop, completion, row, enrolment, actor)
    elif enrolment.status is EnrolmentStatus.COMPLETED:
        _take_back(workshop, completion, row, enrolment, reason, actor)


def _days_of(workshop_id: int) -> Days | None:
    """When a workshop without sessions was: as closing wrote it."""
    row = db.session.execute(
        select(TrainingRecord.started_on, TrainingRecord.ended_on)
        .join(Enrolment, Enrolment.training_record_id == TrainingRecord.id)
        .where(Enrolment.workshop_id == workshop_id)
        .limit(1)
    ).first()
    return None if row is None else Days(row.started_on, row.ended_on)


def _complete(
    workshop: Workshop,
    completion: Completion,
    row: CompletionRow,
    enrolment: Enrolment,
    actor: Actor,
) -> None:
    records = write_records(workshop, completion, [row], actor)
    enrolment.training_record_id = records[row.person_id]
    if enrolment.status is EnrolmentStatus.COMPLETED:
        return
    _write(enrolment, EnrolmentStatus.COMPLETED, clock.now())
    enrolment.credit_hours = completion.hours
    audit_one(actor, "complete", enrolment, None)
    tell_settled(workshop, completion, [row], [])


def _take_back(
    workshop: Workshop,
    completion: Completion,
    row: CompletionRow,
    enrolment: Enrolment,
    reason: str,
    actor: Actor,
) -> None:
    record_id, enrolment.training_record_id = enrolment.training_record_id, None
    enrolment.credit_hours = None
    _write(enrolment, EnrolmentStatus.NOT_COMPLETED, clock.now())
    db.session.flush()
    if record_id is not None:
        withdraw_finished([record_id], reason=reason, actor=actor)
    audit_one(actor, "not_complete", enrolment, reason)
    tell_settled(workshop, completion, [], [row])


def _write(enrolment: Enrolment, status: EnrolmentStatus, now: datetime) -> None:
    enrolment.status, enrolment.ended_at = status, now
