"""The versions of a course, how many learn by each, and who would move to a new one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from app.core.db import db
from app.domain.courses.models import CourseEnrolment, CourseVersion, Lesson
from app.domain.courses.rules.words import LearnerStatus, VersionStatus


@dataclass(frozen=True, slots=True)
class VersionLine:
    """A version in the list: ``learners`` are those who learn or have learnt by it."""

    id: int
    number: int
    status: VersionStatus
    note: str | None
    created_at: datetime
    published_at: datetime | None
    row_version: int
    lessons: int
    learners: int


def list_versions(course_id: int) -> list[VersionLine]:
    """All versions, the newest first; one statement."""
    lessons = (
        select(func.count(Lesson.id))
        .where(Lesson.version_id == CourseVersion.id)
        .correlate(CourseVersion)
        .scalar_subquery()
    )
    learners = (
        select(func.count(CourseEnrolment.id))
        .where(
            CourseEnrolment.version_id == CourseVersion.id,
            CourseEnrolment.status != LearnerStatus.WITHDRAWN,
        )
        .correlate(CourseVersion)
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(CourseVersion, lessons, learners)
        .where(CourseVersion.course_id == course_id)
        .order_by(CourseVersion.number.desc())
    ).all()
    return [
        VersionLine(
            id=version.id,
            number=version.number,
            status=version.status,
            note=version.note,
            created_at=version.created_at,
            published_at=version.published_at,
            row_version=version.row_version,
            lessons=lesson_count,
            learners=learner_count,
        )
        for version, lesson_count, learner_count in rows
    ]


def count_waiting(course_id: int) -> tuple[int, int]:
    """Who is enrolled and has not begun, and who learns already."""
    row = db.session.execute(
        select(
            func.count(CourseEnrolment.id).filter(CourseEnrolment.started_at.is_(None)),
            func.count(CourseEnrolment.id).filter(CourseEnrolment.started_at.is_not(None)),
        ).where(
            CourseEnrolment.course_id == course_id,
            CourseEnrolment.status == LearnerStatus.ENROLLED,
        )
    ).one()
    return row[0], row[1]
