"""Where learners are, as conditions on enrolments: the dashboard counts by them and the list of learners opens them."""

from __future__ import annotations

import enum
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, and_, exists, select

from app.core import clock
from app.core.db import db
from app.domain.courses.models import CourseEnrolment, CourseVersion, Lesson, LessonProgress
from app.domain.courses.rules.words import LearnerStatus, LessonStatus

ACTIVE_WITHIN = timedelta(days=7)
STUCK_AFTER = timedelta(days=14)
WEEK = timedelta(days=7)
# Whoever left counts nowhere, and is listed only when asked for.
COUNTED = (LearnerStatus.ENROLLED, LearnerStatus.COMPLETED, LearnerStatus.NOT_COMPLETED)


class Place(enum.StrEnum):
    """Where somebody is in a lesson. ``unfinished``: begun, not done. ``stuck``: the last one they worked on."""

    BEGUN = "begun"
    FINISHED = "finished"
    UNFINISHED = "unfinished"
    STUCK = "stuck"


def is_counted() -> ColumnElement[bool]:
    return CourseEnrolment.status.in_(COUNTED)


def is_active(now: datetime) -> ColumnElement[bool]:
    """Worked on it in the last 7 days."""
    return and_(is_counted(), CourseEnrolment.last_active_at >= now - ACTIVE_WITHIN)


def is_stuck(now: datetime) -> ColumnElement[bool]:
    """Began, is not done, and has not been back for 14 days."""
    return and_(
        CourseEnrolment.status == LearnerStatus.ENROLLED,
        CourseEnrolment.last_active_at < now - STUCK_AFTER,
    )


def is_not_begun() -> ColumnElement[bool]:
    return and_(
        CourseEnrolment.status == LearnerStatus.ENROLLED, CourseEnrolment.started_at.is_(None)
    )


def came_in(week: date) -> ColumnElement[bool]:
    """Was enrolled in the seven days from that one."""
    since = _midnight(week)
    return and_(
        CourseEnrolment.enrolled_at >= since, CourseEnrolment.enrolled_at < _midnight(week + WEEK)
    )


def finished_in(week: date) -> ColumnElement[bool]:
    """Completed the course in the seven days from that one."""
    return and_(
        CourseEnrolment.status == LearnerStatus.COMPLETED,
        CourseEnrolment.completed_on >= week,
        CourseEnrolment.completed_on < week + WEEK,
    )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=clock.zone())


def is_at(course_id: int, key: str, place: Place, now: datetime) -> ColumnElement[bool]:
    """Is at this place of a lesson, in whichever version they learn."""
    lessons = (
        select(Lesson.id)
        .join(CourseVersion, CourseVersion.id == Lesson.version_id)
        .where(CourseVersion.course_id == course_id, Lesson.key == key)
    )
    if place is Place.STUCK:
        return and_(is_stuck(now), CourseEnrolment.last_lesson_id.in_(lessons))
    conditions = [
        LessonProgress.enrolment_id == CourseEnrolment.id,
        LessonProgress.lesson_id.in_(lessons),
    ]
    if place is not Place.BEGUN:
        done = LessonProgress.status == LessonStatus.COMPLETED
        conditions.append(done if place is Place.FINISHED else ~done)
    return exists(select(LessonProgress.id).where(*conditions).correlate(CourseEnrolment))


def find_lesson_title(course_id: int, key: str) -> str | None:
    """What the newest version calls a lesson."""
    return db.session.scalar(
        select(Lesson.title)
        .join(CourseVersion, CourseVersion.id == Lesson.version_id)
        .where(CourseVersion.course_id == course_id, Lesson.key == key)
        .order_by(CourseVersion.number.desc())
        .limit(1)
    )
