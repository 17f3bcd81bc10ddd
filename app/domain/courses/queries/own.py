"""A teacher's own courses: what is to be learnt and until when, what is finished, what else is open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, case, func, or_, select
from sqlalchemy.orm import joinedload

from app.core.db import db
from app.core.paging import Page
from app.domain.accounts.rules import Actor
from app.domain.courses.models import Course, CourseEnrolment
from app.domain.courses.queries.assigned import due_on_of
from app.domain.courses.queries.openings import places_left, terms_of
from app.domain.courses.queries.visibility import offered_to
from app.domain.courses.rules.enrolling import HELD, why_cannot_enrol
from app.domain.courses.rules.words import (
    CourseKind,
    CourseStatus,
    EnrolmentSource,
    EnrolmentWay,
    LearnerStatus,
)
from app.domain.people.rules import TrainingLevel
from app.domain.units.models import Unit

MOST_AT_ONCE = 100
_OVER = (LearnerStatus.COMPLETED, LearnerStatus.NOT_COMPLETED)


@dataclass(frozen=True, slots=True)
class OwnCourse:
    """A course somebody is in, and how far they are; ``due_on``: assigned to them until that day."""

    course_id: int
    title: str
    kind: CourseKind
    level: TrainingLevel
    credit_hours: float
    organiser: str
    status: LearnerStatus
    done: int
    required: int
    started: bool
    due_on: date | None
    opens_on: date | None
    closes_on: date | None
    completed_on: date | None

    @property
    def percent(self) -> int:
        if self.status is LearnerStatus.COMPLETED:
            return 100
        return 100 * self.done // self.required if self.required else 0

    def is_overdue(self, today: date) -> bool:
        return self.due_on is not None and self.due_on < today


@dataclass(frozen=True, slots=True)
class OpenCourse:
    """A course that is offered; ``reason``: why one cannot come in now (rules.enrolling)."""

    course: Course
    reason: str | None


def _own(person_id: int, today: date) -> Select[Any]:
    columns: tuple[Any, ...] = (
        CourseEnrolment.status,
        CourseEnrolment.done,
        CourseEnrolment.required,
        CourseEnrolment.started_at,
        CourseEnrolment.completed_on,
        CourseEnrolment.credit_hours.label("given_hours"),
        Course.id.label("course_id"),
        Course.title,
        Course.kind,
        Course.level,
        Course.credit_hours,
        Course.opens_on,
        Course.closes_on,
        Unit.name.label("organiser"),
        due_on_of(person_id, today).label("due_on"),
        func.count().over().label("total"),
    )
    statement: Select[Any] = select(*columns)
    return (
        statement.join(Course, Course.id == CourseEnrolment.course_id)
        .join(Unit, Unit.id == Course.organiser_id)
        .where(CourseEnrolment.person_id == person_id)
    )


def _as_own(row: Row[Any]) -> OwnCourse:
    hours = row.credit_hours if row.given_hours is None else row.given_hours
    return OwnCourse(
        course_id=row.course_id,
        title=row.title,
        kind=row.kind,
        level=row.level,
        credit_hours=float(hours),
        organiser=row.organiser,
        status=row.status,
        done=row.done,
        required=row.required,
        started=row.started_at is not None,
        due_on=row.due_on,
        opens_on=row.opens_on,
        closes_on=row.closes_on,
        completed_on=row.completed_on,
    )


def list_current(person_id: int, *, today: date) -> list[OwnCourse]:
    """What somebody is learning: assigned first, by due day, then what was last worked on; one statement."""
    due_on = due_on_of(person_id, today)
    rows = db.session.execute(
        _own(person_id, today)
        .where(
            CourseEnrolment.status == LearnerStatus.ENROLLED,
            Course.status == CourseStatus.PUBLISHED,
        )
        .order_by(
            due_on.is_(None),
            due_on,
            case((CourseEnrolment.last_active_at.is_(None), 1), else_=0),
            CourseEnrolment.last_active_at.desc(),
            CourseEnrolment.id.desc(),
        )
        .limit(MOST_AT_ONCE)
    ).all()
    return [_as_own(row) for row in rows]


def list_finished(person_id: int, *, today: date, page: int = 1, size: int = 25) -> Page[OwnCourse]:
    """What somebody completed, or did not before it ended; the newest first; one statement."""
    rows = db.session.execute(
        _own(person_id, today)
        .where(CourseEnrolment.status.in_(_OVER))
        .order_by(
            func.coalesce(CourseEnrolment.completed_at, CourseEnrolment.ended_at).desc(),
            CourseEnrolment.id.desc(),
        )
        .limit(size)
        .offset((page - 1) * size)
    ).all()
    return Page([_as_own(row) for row in rows], page, size, rows[0].total if rows else 0)


def list_open(
    person_id: int, *, actor: Actor, today: date, page: int = 1, size: int = 25
) -> Page[OpenCourse]:
    """What is offered to the actor's unit and not over, and the person is not in.

    What one can come into stands first, and of that what ends first.
    """
    rows = db.session.execute(
        select(Course, func.count().over())
        .options(joinedload(Course.organiser), joinedload(Course.eligible_unit))
        .where(
            offered_to(actor.unit_path),
            or_(Course.closes_on.is_(None), Course.closes_on >= today),
            Course.id.not_in(_held_ids(person_id)),
        )
        .order_by(
            _takes_nobody_now(today),
            Course.closes_on.is_(None),
            Course.closes_on,
            Course.id.desc(),
        )
        .limit(size)
        .offset((page - 1) * size)
    ).all()
    items = [OpenCourse(course, _why_not(course, actor, today)) for course, _total in rows]
    return Page(items, page, size, rows[0][1] if rows else 0)


def _takes_nobody_now(today: date) -> ColumnElement[int]:
    """What one can come into stands before what one cannot."""
    return case(
        (Course.way != EnrolmentWay.SELF, 3),
        (func.coalesce(Course.taken >= Course.capacity, False), 2),
        (func.coalesce(Course.opens_on > today, False), 1),
        else_=0,
    )


def _held_ids(person_id: int) -> Select[int]:
    return select(CourseEnrolment.course_id).where(
        CourseEnrolment.person_id == person_id, CourseEnrolment.status.in_(tuple(HELD))
    )


def _why_not(course: Course, actor: Actor, today: date) -> str | None:
    """By the unit of the account; what the person's own postings say is asked on the page of the course."""
    return why_cannot_enrol(
        terms_of(course),
        [actor.unit_path],
        source=EnrolmentSource.SELF,
        places_left=places_left(course),
        today=today,
    )
