"""What was finished on another platform ends the learning in the external course of that name."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from app.core import clock
from app.core.db import db
from app.domain.accounts.rules import Actor
from app.domain.audit.operations import record as audit
from app.domain.courses.models import Course, CourseEnrolment
from app.domain.courses.rules.words import CourseKind, CourseStatus, LearnerStatus
from app.domain.people.models import TrainingRecord
from app.domain.people.rules.trainings import online_event_key

_OPEN = (LearnerStatus.ENROLLED,)


def complete_reported(
    made: TrainingRecord, *, course_id: int | None = None, actor: Actor
) -> Sequence[CourseEnrolment]:
    """Whoever is in the external course that a passed record speaks of has completed it.

    ``course_id``: the course is known; else it is the one whose title means the same training.
    """
    wanted = [course_id] if course_id is not None else _courses_of(made)
    return _complete(made, wanted, actor) if wanted else []


def complete_imported(import_id: int, *, actor: Actor) -> int:
    """Whoever is in an external course of which an import brought a passed record has completed it; how many.

    The import has written its records already, in the same transaction.
    """
    courses = _external_courses()
    if not courses:
        return 0
    found = db.session.execute(
        select(TrainingRecord, CourseEnrolment.course_id)
        .join(CourseEnrolment, CourseEnrolment.person_id == TrainingRecord.person_id)
        .where(
            TrainingRecord.import_id == import_id,
            TrainingRecord.passed.is_(True),
            CourseEnrolment.course_id.in_([course_id for course_id, _title in courses]),
            CourseEnrolment.status.in_(_OPEN),
        )
        .order_by(TrainingRecord.id)
    ).all()
    titles = dict(courses)
    completed = 0
    for made, course_id in found:
        if online_event_key(titles[course_id], made.ended_on) == made.event_key:
            completed += len(_complete(made, [course_id], actor))
    return completed


def reopen_imported(import_id: int, *, actor: Actor) -> None:
    """An import is taken back: who had completed an external course by its records is in the course again."""
    records = select(TrainingRecord.id).where(TrainingRecord.import_id == import_id)
    ids = db.session.scalars(
        select(CourseEnrolment.training_record_id)
        .where(CourseEnrolment.training_record_id.in_(records))
        .distinct()
    ).all()
    for record_id in ids:
        if record_id is not None:
            reopen_reported(record_id, actor=actor)


def list_external_ids() -> set[int]:
    """The courses held on other platforms: what is in them stands on records of elsewhere."""
    return set(db.session.scalars(select(Course.id).where(Course.kind == CourseKind.EXTERNAL)))


def _complete(
    made: TrainingRecord, course_ids: Sequence[int], actor: Actor
) -> Sequence[CourseEnrolment]:
    rows = db.session.scalars(
        select(CourseEnrolment)
        .where(
            CourseEnrolment.person_id == made.person_id,
            CourseEnrolment.course_id.in_(course_ids),
            CourseEnrolment.status.in_(_OPEN),
        )
        .order_by(CourseEnrolment.id)
        .with_for_update(of=CourseEnrolment)
        .execution_options(populate_existing=True)
    ).all()
    for enrolment in rows:
        enrolment.status, enrolment.completed_at = LearnerStatus.COMPLETED, clock.now()
        enrolment.completed_on, enrolment.credit_hours = made.ended_on, made.hours
        enrolment.training_record_id = made.id
        enrolment.stamp += 1
        _audit(enrolment, "courses.complete", actor)
    db.session.flush()
    return rows


def reopen_reported(record_id: int, *, actor: Actor) -> Sequence[CourseEnrolment]:
    """The record counts no longer: who had completed an external course by it is in the course again."""
    rows = db.session.scalars(
        select(CourseEnrolment)
        .join(Course, Course.id == CourseEnrolment.course_id)
        .where(
            CourseEnrolment.training_record_id == record_id,
            CourseEnrolment.status == LearnerStatus.COMPLETED,
            Course.kind == CourseKind.EXTERNAL,
        )
        .order_by(CourseEnrolment.id)
        .with_for_update(of=CourseEnrolment)
        .execution_options(populate_existing=True)
    ).all()
    for enrolment in rows:
        enrolment.status = LearnerStatus.ENROLLED
        enrolment.completed_at = enrolment.completed_on = None
        enrolment.credit_hours = enrolment.training_record_id = None
        enrolment.stamp += 1
        _audit(enrolment, "courses.reopen", actor)
    db.session.flush()
    return rows


def _courses_of(made: TrainingRecord) -> list[int]:
    """The external courses whose title and year mean the training of a record."""
    return [
        course_id
        for course_id, title in _external_courses()
        if online_event_key(title, made.ended_on) == made.event_key
    ]


def _external_courses() -> list[tuple[int, str]]:
    rows = db.session.execute(
        select(Course.id, Course.title).where(
            Course.kind == CourseKind.EXTERNAL, Course.status == CourseStatus.PUBLISHED
        )
    )
    return [(row.id, row.title) for row in rows]


def _audit(enrolment: CourseEnrolment, action: str, actor: Actor) -> None:
    audit(
        actor,
        action,
        object_type="course_enrolment",
        object_id=enrolment.id,
        subject_id=enrolment.person_id,
        details={"course": enrolment.course_id},
        unit_path=enrolment.unit_path,
    )
