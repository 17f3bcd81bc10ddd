"""The list of courses that somebody sees, with how many of their people are in each; who teaches in one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, ScalarSelect, Select, String, cast, func, select

from app.core.db import db
from app.core.errors import NotFound
from app.core.i18n import gettext as _
from app.core.paging import PAGE_SIZE, Page
from app.core.text import like_pattern
from app.domain.accounts.models import Account
from app.domain.accounts.rules import Actor
from app.domain.courses.models import Course, CourseEnrolment, CourseTrainer
from app.domain.courses.queries.visibility import (
    courses_visible_to,
    enrolments_visible_to,
    get_course,
    may_plan,
)
from app.domain.courses.rules.enrolling import HELD
from app.domain.courses.rules.words import CourseKind, CourseStatus, LearnerStatus
from app.domain.people.rules import Audience, TrainingLevel
from app.domain.units.models import Unit
from app.domain.units.queries import in_subtree


@dataclass(frozen=True, slots=True)
class CourseFilter:
    """What the list is narrowed to; ``unit_path``: organised in this subtree."""

    q: str = ""
    status: CourseStatus | None = None
    kind: CourseKind | None = None
    level: TrainingLevel | None = None
    audience: Audience | None = None
    unit_path: str | None = None


def _conditions(actor: Actor, wanted: CourseFilter) -> list[ColumnElement[bool]]:
    conditions = [courses_visible_to(actor)]
    if wanted.status is not None:
        conditions.append(Course.status == wanted.status)
    if wanted.kind is not None:
        conditions.append(Course.kind == wanted.kind)
    if wanted.level is not None:
        conditions.append(Course.level == wanted.level)
    if wanted.audience is not None:
        listed = cast(Course.audiences, String)
        conditions.append(listed.like(f'%"{wanted.audience.value}"%'))
    if wanted.unit_path is not None:
        below = select(Unit.id).where(in_subtree(wanted.unit_path))
        conditions.append(Course.organiser_id.in_(below))
    if wanted.q:
        conditions.append(Course.title.ilike(like_pattern(wanted.q), escape="\\"))
    return conditions


def select_courses(actor: Actor, wanted: CourseFilter) -> Select[Any]:
    """The statement of the courses the actor sees, for lists that page in another way."""
    statement: Select[Any] = select(Course).where(*_conditions(actor, wanted))
    return statement


def _people(actor: Actor, *statuses: LearnerStatus) -> ScalarSelect[Any]:
    """How many of those the actor sees are in a course."""
    return (
        select(func.count(CourseEnrolment.id))
        .where(
            CourseEnrolment.course_id == Course.id,
            CourseEnrolment.status.in_(statuses),
            enrolments_visible_to(actor),
        )
        .correlate(Course)
        .scalar_subquery()
    )


def list_courses(
    actor: Actor, wanted: CourseFilter, *, page: int = 1, size: int = PAGE_SIZE
) -> Page[Row[Any]]:
    """Courses the actor sees, the newest first: rows of id, title, kind, level, status, credit_hours, capacity,
    opens_on, closes_on, organiser (name), learners and completed (of the people the actor sees).
    """
    conditions = _conditions(actor, wanted)
    total = db.session.scalar(select(func.count()).select_from(Course).where(*conditions)) or 0
    columns: tuple[Any, ...] = (
        Course.id,
        Course.title,
        Course.kind,
        Course.level,
        Course.status,
        Course.credit_hours,
        Course.capacity,
        Course.opens_on,
        Course.closes_on,
        Unit.name.label("organiser"),
        _people(actor, *HELD).label("learners"),
        _people(actor, LearnerStatus.COMPLETED).label("completed"),
    )
    statement: Select[Any] = select(*columns)
    statement = (
        statement.join(Unit, Unit.id == Course.organiser_id)
        .where(*conditions)
        .order_by(Course.id.desc())
        .limit(size)
        .offset((page - 1) * size)
    )
    return Page(db.session.execute(statement).all(), page, size, total)


def get_planned_course(course_id: int, *, actor: Actor) -> Course:
    """A course the actor plans (``may_plan``); NotFound for everybody else."""
    course = get_course(course_id, actor=actor)
    if not may_plan(course, actor):
        raise NotFound(_("There is no such course within your unit."))
    return course


def list_trainers(course_id: int) -> Sequence[Row[Any]]:
    """Who teaches: rows of id, account_id, name."""
    name = func.coalesce(func.nullif(Account.display_name, ""), Account.username).label("name")
    columns: tuple[Any, ...] = (CourseTrainer.id, CourseTrainer.account_id, name)
    statement: Select[Any] = select(*columns)
    statement = (
        statement.join(Account, Account.id == CourseTrainer.account_id)
        .where(CourseTrainer.course_id == course_id)
        .order_by(CourseTrainer.id)
    )
    return db.session.execute(statement).all()
