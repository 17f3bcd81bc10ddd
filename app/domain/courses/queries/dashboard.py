"""A course in figures: how many learn and finish, where they stop, by unit and over time. The same few statements
for ten learners and ten thousand; a county or school reads its own people's figures.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Float, and_, extract, func, or_, select
from sqlalchemy.orm import aliased

from app.core import clock
from app.core.db import db
from app.domain.accounts.rules import Actor
from app.domain.courses.models import Course, CourseEnrolment
from app.domain.courses.queries.item_analysis import QuizFigures, analyse_quiz
from app.domain.courses.queries.learner_places import (
    WEEK,
    came_in,
    finished_in,
    is_active,
    is_counted,
    is_not_begun,
    is_stuck,
)
from app.domain.courses.queries.lesson_figures import (
    LessonFigures,
    number_who,
    over_learners,
    read_lessons,
)
from app.domain.courses.queries.visibility import may_teach
from app.domain.courses.rules.words import LearnerStatus, LessonKind
from app.domain.units.models import Unit

WEEKS = 12


@dataclass(frozen=True, slots=True)
class Totals:
    """``enrolled``: everybody but who left. ``begun``: of those; ``left``: who was taken out or went."""

    enrolled: int
    begun: int
    active: int
    finished: int
    not_begun: int
    stuck: int
    left: int

    @property
    def unfinished(self) -> float | None:
        """The share who began and has not finished."""
        return (self.begun - self.finished) / self.begun if self.begun else None


@dataclass(frozen=True, slots=True)
class PartFigures:
    """A county or school in figures; ``path`` empty: everybody who is in none of the parts."""

    code: str
    name: str
    path: str
    enrolled: int
    begun: int
    active: int
    finished: int
    stuck: int


@dataclass(frozen=True, slots=True)
class Week:
    """Seven days from a Monday: who came in, who finished."""

    monday: date
    enrolled: int
    finished: int


@dataclass(frozen=True, slots=True)
class QuizLesson:
    key: str
    title: str
    figures: QuizFigures


@dataclass(frozen=True, slots=True)
class Dashboard:
    totals: Totals
    median_days: float | None
    lessons: tuple[LessonFigures, ...]
    parts: tuple[PartFigures, ...]
    weeks: tuple[Week, ...]
    quizzes: tuple[QuizLesson, ...]


def read_dashboard(course: Course, *, actor: Actor, now: datetime) -> Dashboard:
    """The figures of a course as the actor sees it; what the questions do, only for who teaches or plans it."""
    lessons = read_lessons(course, actor=actor, now=now)
    return Dashboard(
        totals=_read_totals(course, actor, now),
        median_days=_read_median_days(course, actor),
        lessons=lessons,
        parts=_read_parts(course, actor, now),
        weeks=_read_weeks(course, actor, now),
        quizzes=read_quizzes(course, lessons, actor=actor),
    )


def read_quizzes(
    course: Course, lessons: Sequence[LessonFigures], *, actor: Actor
) -> tuple[QuizLesson, ...]:
    """The quizzes of a course with the figures of their questions; none for who neither teaches nor plans it."""
    if not may_teach(course, actor):
        return ()
    return tuple(
        QuizLesson(one.key, one.title, analyse_quiz(course.id, one.key))
        for one in lessons
        if one.kind is LessonKind.QUIZ
    )


_FINISHED = CourseEnrolment.status == LearnerStatus.COMPLETED
# Somebody whose completion was reported from elsewhere has opened nothing here, and yet began.
_BEGUN = and_(is_counted(), or_(CourseEnrolment.started_at.is_not(None), _FINISHED))


def _read_totals(course: Course, actor: Actor, now: datetime) -> Totals:
    row = db.session.execute(
        over_learners(
            course,
            actor,
            number_who(is_counted()),
            number_who(_BEGUN),
            number_who(is_active(now)),
            number_who(_FINISHED),
            number_who(is_not_begun()),
            number_who(is_stuck(now)),
            number_who(CourseEnrolment.status == LearnerStatus.WITHDRAWN),
        )
    ).one()
    return Totals(*row)


def _days_taken() -> ColumnElement[Any]:
    """From the first lesson (or the enrolment, where nothing was opened here) to the completion, in days."""
    since = func.coalesce(CourseEnrolment.started_at, CourseEnrolment.enrolled_at)
    until = CourseEnrolment.completed_at
    if db.session.get_bind().dialect.name == "sqlite":
        return func.julianday(until, type_=Float) - func.julianday(since, type_=Float)
    return extract("epoch", until - since) / 86400.0


def _read_median_days(course: Course, actor: Actor) -> float | None:
    days = _days_taken()
    ranked = (
        over_learners(
            course,
            actor,
            days.label("days"),
            func.row_number().over(order_by=days).label("place"),
            func.count().over().label("number"),
        )
        .where(_FINISHED, CourseEnrolment.completed_at.is_not(None))
        .subquery()
    )
    middle = or_(
        ranked.c.place * 2 == ranked.c.number,
        ranked.c.place * 2 == ranked.c.number + 1,
        ranked.c.place * 2 == ranked.c.number + 2,
    )
    median = db.session.scalar(select(func.avg(ranked.c.days)).where(middle))
    return None if median is None else max(0.0, round(float(median), 1))


def _base(course: Course, actor: Actor) -> int:
    """The unit whose parts are compared: the organiser for who works on the course, else the reader's own."""
    return course.organiser_id if may_teach(course, actor) else actor.unit_id


def _read_parts(course: Course, actor: Actor, now: datetime) -> tuple[PartFigures, ...]:
    part = aliased(Unit)
    within = and_(
        part.parent_id == _base(course, actor), CourseEnrolment.unit_path.startswith(part.path)
    )
    rows = db.session.execute(
        over_learners(
            course,
            actor,
            func.coalesce(part.code, ""),
            func.coalesce(part.name, ""),
            func.coalesce(part.path, ""),
            func.count(CourseEnrolment.id),
            number_who(_BEGUN),
            number_who(is_active(now)),
            number_who(_FINISHED),
            number_who(is_stuck(now)),
        )
        .outerjoin(part, within)
        .where(is_counted())
        .group_by(part.code, part.name, part.path)
        .order_by(part.code.is_(None), part.code)
    )
    return tuple(PartFigures(*row) for row in rows)


def _read_weeks(course: Course, actor: Actor, now: datetime) -> tuple[Week, ...]:
    """The last twelve weeks, the present one last; one statement."""
    today = clock.local(now).date()
    this = today - timedelta(days=today.weekday())
    mondays = [this - WEEK * back for back in range(WEEKS - 1, -1, -1)]
    sums = [
        column
        for monday in mondays
        for column in (
            number_who(and_(is_counted(), came_in(monday))),
            number_who(finished_in(monday)),
        )
    ]
    row = tuple(db.session.execute(over_learners(course, actor, *sums)).one())
    return tuple(
        Week(monday, row[2 * index], row[2 * index + 1]) for index, monday in enumerate(mondays)
    )
