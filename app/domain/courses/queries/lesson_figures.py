"""Sums over the learners of a course that a reader sees, and each lesson in figures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, select

from app.core.db import db
from app.domain.accounts.rules import Actor
from app.domain.courses.models import (
    Course,
    CourseEnrolment,
    CourseVersion,
    Lesson,
    LessonProgress,
    Section,
)
from app.domain.courses.queries.learner_places import is_counted, is_stuck
from app.domain.courses.queries.visibility import enrolments_visible_to
from app.domain.courses.rules.words import LessonKind, LessonStatus, VersionStatus


@dataclass(frozen=True, slots=True)
class LessonFigures:
    """A lesson in figures. ``current``: it stands in the newest published version."""

    key: str
    title: str
    section: str
    kind: LessonKind
    required: bool
    current: bool
    begun: int
    finished: int
    stuck: int

    @property
    def unfinished(self) -> float | None:
        """The share of those who began it and have not finished it."""
        return (self.begun - self.finished) / self.begun if self.begun else None


def number_who(condition: ColumnElement[bool]) -> ColumnElement[int]:
    """How many of the rows meet a condition."""
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def over_learners(course: Course, actor: Actor, *columns: Any) -> Select[Any]:
    """Columns over the enrolments of the course that the actor sees."""
    statement: Select[Any] = select(*columns)
    return (
        statement.select_from(CourseEnrolment)
        .join(Course, Course.id == CourseEnrolment.course_id)
        .where(CourseEnrolment.course_id == course.id, enrolments_visible_to(actor))
    )


def read_lessons(course: Course, *, actor: Actor, now: datetime) -> tuple[LessonFigures, ...]:
    """Every lesson that was ever published, those of the newest version first and in its order."""
    begun = {
        row.key: (row.begun, row.finished)
        for row in db.session.execute(
            over_learners(
                course,
                actor,
                Lesson.key,
                func.count(LessonProgress.id).label("begun"),
                number_who(LessonProgress.status == LessonStatus.COMPLETED).label("finished"),
            )
            .join(LessonProgress, LessonProgress.enrolment_id == CourseEnrolment.id)
            .join(Lesson, Lesson.id == LessonProgress.lesson_id)
            .where(is_counted())
            .group_by(Lesson.key)
        )
    }
    stuck = {
        row.key: row.number
        for row in db.session.execute(
            over_learners(course, actor, Lesson.key, func.count(CourseEnrolment.id).label("number"))
            .join(Lesson, Lesson.id == CourseEnrolment.last_lesson_id)
            .where(is_stuck(now))
            .group_by(Lesson.key)
        )
    }
    found: dict[str, LessonFigures] = {}
    newest = None
    for row in db.session.execute(_published_lessons(course.id)):
        newest = newest or row.number
        if row.key not in found and (row.number == newest or row.key in begun):
            opened, done = begun.get(row.key, (0, 0))
            found[row.key] = LessonFigures(
                key=row.key,
                title=row.title,
                section=row.section,
                kind=row.kind,
                required=row.required,
                current=row.number == newest,
                begun=opened,
                finished=done,
                stuck=stuck.get(row.key, 0),
            )
    return tuple(found.values())


def _published_lessons(course_id: int) -> Select[Any]:
    """Lessons of all published versions, the newest version first."""
    columns: tuple[Any, ...] = (
        Lesson.key,
        Lesson.title,
        Section.title.label("section"),
        Lesson.kind,
        Lesson.required,
        CourseVersion.number,
    )
    statement: Select[Any] = select(*columns)
    return (
        statement.join(CourseVersion, CourseVersion.id == Lesson.version_id)
        .join(Section, Section.id == Lesson.section_id)
        .where(CourseVersion.course_id == course_id, CourseVersion.status != VersionStatus.DRAFT)
        .order_by(
            CourseVersion.number.desc(), Section.position, Section.id, Lesson.position, Lesson.id
        )
    )
