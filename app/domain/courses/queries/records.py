"""What leads from a course to the training records it wrote, and from a training back to the course."""

from __future__ import annotations

from sqlalchemy import Select, select

from app.core.db import db
from app.domain.accounts.rules import Actor
from app.domain.courses.models import Course, CourseEnrolment
from app.domain.courses.queries.visibility import courses_visible_to
from app.domain.people.models import TrainingRecord


def records_of(course_id: int) -> Select[int | None]:
    """The ids of its training records."""
    return select(CourseEnrolment.training_record_id).where(
        CourseEnrolment.course_id == course_id, CourseEnrolment.training_record_id.is_not(None)
    )


def find_course_of(event_key: str, *, actor: Actor) -> Course | None:
    """The course that a training was, if it was one and the actor sees it."""
    return db.session.scalars(
        select(Course)
        .join(CourseEnrolment, CourseEnrolment.course_id == Course.id)
        .join(TrainingRecord, TrainingRecord.id == CourseEnrolment.training_record_id)
        .where(TrainingRecord.event_key == event_key, courses_visible_to(actor))
        .order_by(Course.id.desc())
        .limit(1)
    ).first()
