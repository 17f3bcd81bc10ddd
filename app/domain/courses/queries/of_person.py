"""What a person learns and has learnt online, for the record of the person. Who may see the person was asked before."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, Select, select

from app.core.db import db
from app.domain.courses.models import Course, CourseEnrolment, Recognition
from app.domain.courses.rules.words import LearnerStatus

MOST = 100


def list_learning_of_person(person_id: int) -> Sequence[Row[Any]]:
    """Courses under way, then finished ones, the newest first: rows of id, course_id, title, status, done, required,
    completed_on, credit_hours, score, end_reason. Who left a course is not listed.
    """
    columns: tuple[Any, ...] = (
        CourseEnrolment.id,
        CourseEnrolment.course_id,
        Course.title,
        CourseEnrolment.status,
        CourseEnrolment.done,
        CourseEnrolment.required,
        CourseEnrolment.completed_on,
        CourseEnrolment.credit_hours,
        CourseEnrolment.score,
        CourseEnrolment.end_reason,
    )
    statement: Select[Any] = select(*columns)
    statement = (
        statement.join(Course, Course.id == CourseEnrolment.course_id)
        .where(
            CourseEnrolment.person_id == person_id,
            CourseEnrolment.status != LearnerStatus.WITHDRAWN,
        )
        .order_by(
            (CourseEnrolment.status == LearnerStatus.ENROLLED).desc(),
            CourseEnrolment.completed_on.desc(),
            CourseEnrolment.id.desc(),
        )
        .limit(MOST)
    )
    return db.session.execute(statement).all()


def list_recognitions_of_person(person_id: int) -> Sequence[Row[Any]]:
    """Requests to have hours recognised, the newest first: rows of id, title, platform, status, hours_claimed,
    hours_recognised, finished_on.
    """
    columns: tuple[Any, ...] = (
        Recognition.id,
        Recognition.title,
        Recognition.platform,
        Recognition.status,
        Recognition.hours_claimed,
        Recognition.hours_recognised,
        Recognition.finished_on,
    )
    statement: Select[Any] = select(*columns)
    statement = (
        statement.where(Recognition.person_id == person_id)
        .order_by(Recognition.id.desc())
        .limit(MOST)
    )
    return db.session.execute(statement).all()
