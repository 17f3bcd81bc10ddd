"""A lesson is done; with the last required one the course is, and its hours go into the person's record."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import func, select

from app.core import clock
from app.core.db import db
from app.core.text import plain_number
from app.domain.accounts.rules import Actor
from app.domain.audit.operations import record
from app.domain.courses.models import CourseEnrolment, Lesson, LessonProgress
from app.domain.courses.rules.words import LearnerStatus, LessonStatus
from app.domain.courses.telling import course_page
from app.domain.people.models import TrainingRecord
from app.domain.people.operations.finished import record_finished
from app.domain.people.operations.telling import tell_people
from app.domain.people.operations.training_facts import TrainingFacts, TrainingOutcome
from app.domain.people.rules import TrainingKind


def complete_lesson(
    enrolment: CourseEnrolment,
    lesson: Lesson,
    *,
    actor: Actor,
    now: datetime,
    score: Decimal | None = None,
) -> LessonProgress:
    """Note that a lesson is done, once; with the last required one the course is completed.

    The enrolment is locked already (``locking.lock_enrolment``). ``score``: 0 to 100, the best one stays.
    """
    progress = enter_lesson(enrolment, lesson, now=now)
    if score is not None and (progress.score is None or score > progress.score):
        progress.score = score
        enrolment.stamp += 1
    if progress.status is LessonStatus.COMPLETED:
        return progress
    progress.status, progress.completed_at = LessonStatus.COMPLETED, now
    enrolment.stamp += 1
    if lesson.required and enrolment.done < enrolment.required:
        enrolment.done += 1
    db.session.flush()
    if enrolment.status is LearnerStatus.ENROLLED and enrolment.done == enrolment.required:
        complete_course(enrolment, actor=actor, now=now)
    return progress


def enter_lesson(enrolment: CourseEnrolment, lesson: Lesson, *, now: datetime) -> LessonProgress:
    """The progress in a lesson, begun now if it was not; remembers where to go on. The enrolment is locked."""
    progress = db.session.scalar(
        select(LessonProgress).where(
            LessonProgress.enrolment_id == enrolment.id, LessonProgress.lesson_id == lesson.id
        )
    )
    if progress is None:
        progress = LessonProgress(
            enrolment_id=enrolment.id, lesson_id=lesson.id, started_at=now, last_at=now
        )
        progress.status = LessonStatus.STARTED
        db.session.add(progress)
        enrolment.stamp += 1
    if enrolment.last_lesson_id != lesson.id:
        enrolment.last_lesson_id = lesson.id
        enrolment.stamp += 1
    progress.last_at = now
    enrolment.started_at = enrolment.started_at or now
    enrolment.last_active_at = now
    db.session.flush()
    return progress


def complete_course(enrolment: CourseEnrolment, *, actor: Actor, now: datetime) -> None:
    """The course is done: its hours become a training record of the day, the person is told.

    Whoever has a record of the same online training (from a platform's export, say) keeps that one.
    """
    course, today = enrolment.course, clock.today()
    # Who changes the hours holds every enrolment first: with this one held, what stands now stays.
    db.session.refresh(course, ["credit_hours", "title"])
    facts = finished_facts(enrolment, course.credit_hours, today)
    made = record_completion(enrolment, facts, actor=actor)
    enrolment.status, enrolment.completed_at, enrolment.completed_on = (
        LearnerStatus.COMPLETED,
        now,
        today,
    )
    enrolment.credit_hours, enrolment.training_record_id = course.credit_hours, made.id
    enrolment.score = _mean_score(enrolment)
    enrolment.stamp += 1
    db.session.flush()
    record(
        actor,
        "courses.complete",
        object_type="course_enrolment",
        object_id=enrolment.id,
        subject_id=enrolment.person_id,
        details={"course": course.id, "hours": str(course.credit_hours)},
        unit_path=enrolment.unit_path,
    )
    parameters = {"title": course.title, "hours": plain_number(course.credit_hours)}
    tell_people([enrolment.person_id], "courses.completed", parameters, link=course_page(course.id))


def finished_facts(enrolment: CourseEnrolment, hours: Decimal | None, day: date) -> TrainingFacts:
    """What the training record of an own course says of somebody who completed it on that day."""
    course, started = enrolment.course, enrolment.started_at
    begun = day if started is None else min(clock.local(started).date(), day)
    return TrainingFacts(
        title=course.title,
        level=course.level,
        started_on=begun,
        ended_on=day,
        kind=TrainingKind.ONLINE,
        organiser=course.organiser.name,
        hours=hours,
    )


def record_completion(
    enrolment: CourseEnrolment, facts: TrainingFacts, *, actor: Actor
) -> TrainingRecord:
    """The training record of somebody who completed an own course, at the unit they came from."""
    outcomes = {enrolment.person_id: (enrolment.unit, TrainingOutcome())}
    return record_finished(outcomes, facts, actor=actor)[enrolment.person_id]


def _mean_score(enrolment: CourseEnrolment) -> Decimal | None:
    """The mean of the lessons that have a score; None without any."""
    mean = db.session.scalar(
        select(func.avg(LessonProgress.score)).where(LessonProgress.enrolment_id == enrolment.id)
    )
    return None if mean is None else round(Decimal(mean), 2)
