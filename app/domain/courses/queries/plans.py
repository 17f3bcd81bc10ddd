"""What publishing a course looks at, and which version learners meet."""

from __future__ import annotations

from sqlalchemy import case, func, or_, select

from app.core.db import db
from app.domain.courses.models import (
    Course,
    CourseTrainer,
    CourseVersion,
    Lesson,
    Question,
    QuizDraw,
)
from app.domain.courses.rules.planning import PlanFacts
from app.domain.courses.rules.words import LessonKind, QuestionKind, VersionStatus


def read_plan(course: Course) -> PlanFacts:
    """The facts that decide whether the course can be published; two statements."""
    short_answers = (
        select(QuizDraw.lesson_id)
        .join(Question, Question.bank_id == QuizDraw.bank_id)
        .where(Question.kind == QuestionKind.SHORT_ANSWER)
    )
    by_hand = or_(Lesson.kind == LessonKind.ASSIGNMENT, Lesson.id.in_(short_answers))
    row = db.session.execute(
        select(
            func.count(Lesson.id),
            func.sum(case((Lesson.required.is_(True), 1), else_=0)),
            func.sum(case((by_hand, 1), else_=0)),
        )
        .join(CourseVersion, CourseVersion.id == Lesson.version_id)
        .where(
            CourseVersion.course_id == course.id,
            CourseVersion.status == VersionStatus.PUBLISHED,
        )
    ).one()
    trainers = select(func.count(CourseTrainer.id)).where(CourseTrainer.course_id == course.id)
    return PlanFacts(
        kind=course.kind,
        hours=course.credit_hours,
        closes_on=course.closes_on,
        lessons=row[0],
        required=row[1] or 0,
        platform=course.platform,
        trainers=db.session.scalar(trainers) or 0,
        marked_by_hand=row[2] or 0,
    )


def find_published_version_id(course_id: int) -> int | None:
    """The version that whoever comes now learns."""
    return db.session.scalar(
        select(CourseVersion.id).where(
            CourseVersion.course_id == course_id,
            CourseVersion.status == VersionStatus.PUBLISHED,
        )
    )
