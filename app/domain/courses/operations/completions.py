"""A completion of an own course that was wrong: revoked, taken up again, or its hours or day corrected.

Nothing is overwritten: the training record that was wrong is withdrawn with the reason and stays to be seen; what is
right is a new record. Figures, hours and the certificate of hours follow the records.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import update

from app.core import clock
from app.core.db import db
from app.core.errors import DomainError, Forbidden, InvalidInput, NotFound
from app.core.i18n import gettext as _
from app.core.i18n import lazy_gettext as _l
from app.core.text import plain_number
from app.domain.accounts.rules import Actor
from app.domain.audit.operations import record
from app.domain.courses.models import Course, CourseEnrolment, RequiredLearner
from app.domain.courses.operations.completing import finished_facts, record_completion
from app.domain.courses.operations.locking import lock_enrolment, lock_planned, refuse_stale
from app.domain.courses.operations.planning import recount, refuse_hours
from app.domain.courses.operations.recognising import counts_once
from app.domain.courses.queries.recognitions import counts_already
from app.domain.courses.queries.visibility import get_enrolment
from app.domain.courses.rules.words import CourseKind, LearnerStatus
from app.domain.courses.telling import course_page
from app.domain.outbox.wording import register_notice
from app.domain.people.models import TrainingRecord
from app.domain.people.operations.dated import required_reason
from app.domain.people.operations.finished import (
    replace_finished,
    withdraw_finished,
)
from app.domain.people.operations.telling import tell_people
from app.domain.people.operations.training_facts import (
    facts_of,
    key_of,
    refuse_facts,
)

register_notice(
    "courses.completion_revoked",
    _l("Your completion of an online course was revoked: %(title)s"),
    _l("Reason: %(reason)s Its hours count no longer. Ask who holds the course if you disagree."),
)
register_notice(
    "courses.completion_corrected",
    _l("Your completion of an online course was corrected: %(title)s"),
    _l("%(hours)s credit hours, completed on %(day)s. Reason: %(reason)s"),
)
register_notice(
    "courses.completion_restored",
    _l("Your completion of an online course counts again: %(title)s"),
    _l("%(hours)s credit hours are in your record. Reason: %(reason)s"),
)


@dataclass(frozen=True, slots=True)
class Correction:
    """What is right: the hours, and the day of completion."""

    credit_hours: Decimal
    completed_on: date


def revoke_completion(
    enrolment_id: int, *, reason: str, actor: Actor, now: datetime, seen: int | None = None
) -> CourseEnrolment:
    """Somebody has not completed the course after all: the hours count no longer, and they are told why.

    They may come into the course again and then begin anew; where it is assigned to them, it is to be done again.
    Raises NotFound, Forbidden, ``reason_missing``, ``reported``, ``not_completed``, StaleVersion.
    """
    course, enrolment = _lock(enrolment_id, actor, seen)
    why = required_reason(reason)
    _refuse_unless_completed(enrolment)
    if enrolment.training_record_id is not None:
        withdraw_finished([enrolment.training_record_id], reason=why, actor=actor)
    enrolment.status, enrolment.ended_at = LearnerStatus.NOT_COMPLETED, now
    enrolment.end_reason = why
    db.session.execute(
        update(RequiredLearner)
        .where(RequiredLearner.enrolment_id == enrolment.id)
        .values(enrolment_id=None)
    )
    _settle(course, enrolment, "revoke_completion", why, actor)
    _tell(enrolment, "courses.completion_revoked", {"reason": why})
    return enrolment


def restore_completion(
    enrolment_id: int, *, reason: str, actor: Actor, seen: int | None = None
) -> CourseEnrolment:
    """A revoked completion counts again, by a new record of the same hours and day.

    Raises NotFound, Forbidden, ``reason_missing``, ``not_revoked``, ``enrolled_already``, ``already_recorded``,
    StaleVersion.
    """
    course, enrolment = _lock(enrolment_id, actor, seen)
    why = required_reason(reason)
    if not enrolment.is_revoked:
        raise DomainError(_("This completion was not revoked."), "not_revoked")
    hours, day = enrolment.credit_hours, enrolment.completed_on or clock.today()
    facts = finished_facts(enrolment, hours or course.credit_hours, day)
    known = enrolment.training_record_id
    if known is not None:
        facts = facts_of(db.session.get_one(TrainingRecord, known))
    if counts_already(enrolment.person_id, key_of(facts), None):
        raise counts_once()
    enrolment.status = LearnerStatus.COMPLETED
    enrolment.ended_at = enrolment.end_reason = None
    db.session.flush()
    enrolment.training_record_id = record_completion(enrolment, facts, actor=actor).id
    _settle(course, enrolment, "restore_completion", why, actor)
    _tell(
        enrolment,
        "courses.completion_restored",
        {"hours": plain_number(enrolment.credit_hours) or "–", "reason": why},
    )
    return enrolment


def correct_completion(
    enrolment_id: int,
    right: Correction,
    *,
    reason: str,
    actor: Actor,
    seen: int | None = None,
) -> CourseEnrolment:
    """Other hours or another day of completion of one person; they are told why.

    Raises NotFound, Forbidden, ``reason_missing``, ``reported``, ``not_completed``, ``nothing_changed``,
    ``bad_hours``, ``not_ended``, ``before_start``, ``already_recorded``, StaleVersion.
    """
    course, enrolment = _lock(enrolment_id, actor, seen)
    why = required_reason(reason)
    _refuse_unless_completed(enrolment)
    before = _stated(enrolment)
    if (right.credit_hours, right.completed_on) == (enrolment.credit_hours, enrolment.completed_on):
        raise InvalidInput(_("Nothing was changed."), "nothing_changed")
    refuse_hours(right.credit_hours)
    _refuse_day(enrolment, right.completed_on)
    enrolment.training_record_id = _corrected_record(enrolment, right, why, actor).id
    enrolment.credit_hours, enrolment.completed_on = right.credit_hours, right.completed_on
    _settle(course, enrolment, "correct_completion", why, actor, before=before)
    _tell(
        enrolment,
        "courses.completion_corrected",
        {
            "hours": plain_number(right.credit_hours),
            "day": right.completed_on.isoformat(),
            "reason": why,
        },
    )
    return enrolment


def _corrected_record(
    enrolment: CourseEnrolment, right: Correction, reason: str, actor: Actor
) -> TrainingRecord:
    known = (
        None
        if enrolment.training_record_id is None
        else db.session.get(TrainingRecord, enrolment.training_record_id)
    )
    if known is None or known.withdrawn_at is not None:
        facts = finished_facts(enrolment, right.credit_hours, right.completed_on)
        return record_completion(enrolment, facts, actor=actor)
    stated = facts_of(known)
    begun = None if stated.started_on is None else min(stated.started_on, right.completed_on)
    facts = replace(stated, hours=right.credit_hours, started_on=begun, ended_on=right.completed_on)
    return replace_finished(known.id, facts, reason=reason, actor=actor)


def _lock(enrolment_id: int, actor: Actor, seen: int | None) -> tuple[Course, CourseEnrolment]:
    """Course, then enrolment, for who plans the course; nobody decides on their own learning."""
    found = get_enrolment(enrolment_id, actor=actor)
    course = lock_planned(found.course_id, actor=actor)
    enrolment = lock_enrolment(enrolment_id, actor=actor)
    if enrolment.course_id != course.id:
        raise NotFound(_("There is no such enrolment within your unit."))
    if course.kind is not CourseKind.OWN:
        raise DomainError(
            _(
                "This was learnt elsewhere: take its hours back where they were recognised, or undo the import."
            ),
            "reported",
        )
    if actor.account_id is not None and enrolment.person.account_id == actor.account_id:
        raise Forbidden(
            _("Nobody decides on their own learning. Leave it to a colleague."), "own_completion"
        )
    refuse_stale(enrolment.stamp, seen)
    return course, enrolment


def _refuse_unless_completed(enrolment: CourseEnrolment) -> None:
    if enrolment.status is not LearnerStatus.COMPLETED:
        raise DomainError(_("This person has not completed the course."), "not_completed")


def _refuse_day(enrolment: CourseEnrolment, day: date) -> None:
    begun = clock.local(enrolment.started_at or enrolment.enrolled_at).date()
    if day < begun:
        raise InvalidInput(
            _(
                "They began on %(day)s; it cannot have been completed before.",
                day=begun.isoformat(),
            ),
            "before_start",
            "completed_on",
        )
    try:
        refuse_facts(finished_facts(enrolment, None, day))
    except InvalidInput as refusal:
        refusal.field = "completed_on"
        raise


def _stated(enrolment: CourseEnrolment) -> dict[str, str | None]:
    day = enrolment.completed_on
    return {
        "hours": None if enrolment.credit_hours is None else str(enrolment.credit_hours),
        "completed_on": None if day is None else day.isoformat(),
    }


def _settle(
    course: Course,
    enrolment: CourseEnrolment,
    verb: str,
    reason: str,
    actor: Actor,
    *,
    before: dict[str, str | None] | None = None,
) -> None:
    enrolment.stamp += 1
    db.session.flush()
    recount(course)
    details: dict[str, object] = {"course": course.id, **_stated(enrolment)}
    if before is not None:
        details["before"] = before
    record(
        actor,
        f"courses.{verb}",
        object_type="course_enrolment",
        object_id=enrolment.id,
        subject_id=enrolment.person_id,
        details=details,
        reason=reason,
        unit_path=enrolment.unit_path,
    )


def _tell(enrolment: CourseEnrolment, kind: str, parameters: dict[str, str]) -> None:
    told = {"title": enrolment.course.title} | parameters
    tell_people([enrolment.person_id], kind, told, link=course_page(enrolment.course_id))
