"""Somebody finished an external course, says their office or the platform: recognised as hours are, and once only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import select

from app.core import clock
from app.core.db import db
from app.core.errors import DomainError, Forbidden, InvalidInput, NotFound
from app.core.i18n import gettext as _
from app.domain.accounts.rules import Actor
from app.domain.courses.models import Course, CourseEnrolment, Recognition
from app.domain.courses.operations.enrolling import enrol_people
from app.domain.courses.operations.locking import lock_course
from app.domain.courses.operations.recognising import check, recognise
from app.domain.courses.operations.recognition_notices import audit_act
from app.domain.courses.operations.reporting import complete_reported
from app.domain.courses.queries.candidates import Candidate, are_within, read_candidates
from app.domain.courses.rules.recognition import STANDING
from app.domain.courses.rules.words import (
    CourseKind,
    CourseStatus,
    EnrolmentSource,
    LearnerStatus,
    RecognitionStatus,
)
from app.domain.people.models import Person, TrainingRecord
from app.domain.people.operations.dated import optional_text
from app.domain.people.operations.locking import hold_people
from app.domain.people.operations.training_facts import TrainingFacts, key_of, refuse_facts
from app.domain.people.rules import TrainingKind

_TAKES_REPORTS = (CourseStatus.PUBLISHED, CourseStatus.ENDED)


@dataclass(frozen=True)
class Finished:
    """What is reported. ``hours`` None: the hours of the course; fewer need a ``reason``."""

    person_id: int
    completed_on: date
    started_on: date | None = None
    hours: Decimal | None = None
    reason: str = ""


@dataclass(frozen=True)
class Reported:
    """What a report came to. ``new``: it was not known; each id None where there is none."""

    new: bool
    person_id: int
    recognition: Recognition | None
    record: TrainingRecord | None
    enrolment_id: int | None


def report_finished(course_id: int, told: Finished, *, actor: Actor) -> Reported:
    """Note that a person of the actor's finished an external course; told again, nothing happens twice.

    Who decides on hours lets them count at once; a school checks them, and the county or bureau decides.
    Raises NotFound, Forbidden, ``own_course``, ``not_open``, ``own_request``, refusals of days and hours.
    """
    if not actor.may("recognitions.check"):
        raise Forbidden(_("Only a school, county or bureau reports who finished a course."))
    course = _lock_external(course_id, actor)
    person = _hold_person(told.person_id, actor)
    facts = _facts(course, told)
    known = _find_known(course, person.person_id, facts, actor)
    if known is not None:
        return known
    _refuse_hours(course, told)
    made = _write(course, person, told, facts, actor)
    if actor.may("courses.edit"):
        # Whoever cannot come in any more (it has ended, it is full) still has the hours.
        enrol_people(
            course.id,
            [person.person_id],
            source=EnrolmentSource.REPORTED,
            actor=actor,
            now=clock.now(),
        )
    if actor.may("recognitions.decide"):
        recognise(made.id, hours=told.hours, reason=told.reason, actor=actor)
    else:
        check(made.id, actor=actor)
    return _reported(course, person.person_id, made, _record_of(made), new=True)


def _lock_external(course_id: int, actor: Actor) -> Course:
    course = lock_course(course_id, actor=actor)
    if course.kind is not CourseKind.EXTERNAL:
        raise DomainError(
            _("This course is learnt here; its hours come by themselves."), "own_course"
        )
    if course.status not in _TAKES_REPORTS:
        raise DomainError(_("Nobody can have finished a course that is not held."), "not_open")
    return course


def _hold_person(person_id: int, actor: Actor) -> Candidate:
    hold_people([person_id])
    today = clock.today()
    person = read_candidates([person_id], today=today).get(person_id)
    if person is None or not are_within([person_id], actor=actor, today=today):
        raise NotFound(_("There is no such person within your unit."))
    own = db.session.get_one(Person, person_id).account_id
    if actor.account_id is not None and own == actor.account_id:
        raise Forbidden(
            _("Nobody checks or decides their own request. Leave it to a colleague."), "own_request"
        )
    return person


def _facts(course: Course, told: Finished) -> TrainingFacts:
    facts = TrainingFacts(
        title=course.title,
        level=course.level,
        started_on=told.started_on,
        ended_on=told.completed_on,
        kind=TrainingKind.ONLINE,
        organiser=course.platform or course.organiser.name,
        hours=course.credit_hours if told.hours is None else told.hours,
    )
    try:
        refuse_facts(facts)
    except InvalidInput as refusal:
        if refusal.field == "ended_on":
            refusal.field = "completed_on"
        raise
    return facts


def _find_known(
    course: Course, person_id: int, facts: TrainingFacts, actor: Actor
) -> Reported | None:
    """What stands of this completion already: hours that count, or a request for them."""
    enrolment = db.session.scalars(
        select(CourseEnrolment).where(
            CourseEnrolment.course_id == course.id,
            CourseEnrolment.person_id == person_id,
            CourseEnrolment.status == LearnerStatus.COMPLETED,
        )
    ).first()
    record = None
    if enrolment is not None and enrolment.training_record_id is not None:
        record = db.session.get(TrainingRecord, enrolment.training_record_id)
    key = key_of(facts)
    record = (
        record
        or db.session.scalars(
            select(TrainingRecord).where(
                TrainingRecord.person_id == person_id,
                TrainingRecord.event_key == key,
                TrainingRecord.passed.is_(True),
                TrainingRecord.withdrawn_at.is_(None),
            )
        ).first()
    )
    asked = db.session.scalars(
        select(Recognition)
        .where(
            Recognition.person_id == person_id,
            (Recognition.event_key == key) | (Recognition.course_id == course.id),
            Recognition.status.in_(STANDING),
        )
        .order_by(Recognition.id)
    ).first()
    if enrolment is None and record is None and asked is None:
        return None
    if record is not None:
        complete_reported(record, course_id=course.id, actor=actor)
    return _reported(course, person_id, asked, record, new=False)


def _refuse_hours(course: Course, told: Finished) -> None:
    if course.credit_hours <= 0 or (told.hours is not None and told.hours <= 0):
        raise InvalidInput(_("State how many hours."), "bad_hours", "credit_hours")
    if told.hours is not None and told.hours > course.credit_hours:
        raise InvalidInput(
            _("Not more than the %(hours)s of the course.", hours=f"{course.credit_hours:f}"),
            "bad_hours",
            "credit_hours",
        )


def _write(
    course: Course, person: Candidate, told: Finished, facts: TrainingFacts, actor: Actor
) -> Recognition:
    site = person.site_in(actor.unit_path)
    decides = actor.may("recognitions.decide")
    made = Recognition(
        person_id=person.person_id,
        unit_id=site.unit_id,
        unit_path=site.path,
        course_id=course.id,
        title=facts.title,
        event_key=key_of(facts),
        platform=facts.organiser,
        level=facts.level,
        started_on=facts.started_on,
        finished_on=facts.ended_on,
        hours_claimed=course.credit_hours if decides else facts.hours,
        note=optional_text(told.reason),
        status=RecognitionStatus.SUBMITTED,
        submitted_by=actor.account_id,
        submitted_at=clock.now(),
    )
    db.session.add(made)
    db.session.flush()
    audit_act(made, "submit", actor=actor)
    return made


def _record_of(made: Recognition) -> TrainingRecord | None:
    found = made.training_record_id
    return None if found is None else db.session.get(TrainingRecord, found)


def _reported(
    course: Course,
    person_id: int,
    made: Recognition | None,
    record: TrainingRecord | None,
    *,
    new: bool,
) -> Reported:
    enrolment_id = db.session.scalar(
        select(CourseEnrolment.id).where(
            CourseEnrolment.course_id == course.id,
            CourseEnrolment.person_id == person_id,
            CourseEnrolment.status == LearnerStatus.COMPLETED,
        )
    )
    return Reported(new, person_id, made, record, enrolment_id)
