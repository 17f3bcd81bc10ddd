"""Work handed in for lessons: one's own with its history, and what waits for who marks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import InstrumentedAttribute, joinedload

from app.core.db import db
from app.core.errors import NotFound
from app.core.i18n import gettext as _
from app.core.paging import PAGE_SIZE, Page
from app.domain.accounts.rules import Actor
from app.domain.courses.models import CourseEnrolment, HandIn, Lesson
from app.domain.courses.queries.visibility import get_course, may_teach, own_enrolment
from app.domain.courses.rules.words import HandInStatus, LearnerStatus
from app.domain.people.models import Person
from app.domain.units.models import Unit


@dataclass(frozen=True, slots=True)
class Work:
    """A piece of work in the list of who marks."""

    id: int
    name: str
    unit_name: str
    lesson_id: int
    lesson: str
    number: int
    handed_in_at: datetime
    status: HandInStatus
    marks: Decimal | None
    file_name: str | None


def find_newest_hand_in(enrolment_id: int, lesson_id: int) -> HandIn | None:
    """What counts of somebody in a lesson."""
    return db.session.scalars(
        select(HandIn)
        .where(HandIn.enrolment_id == enrolment_id, HandIn.lesson_id == lesson_id)
        .order_by(HandIn.number.desc())
        .limit(1)
    ).first()


def list_hand_ins(enrolment_id: int, lesson_id: int) -> list[HandIn]:
    """What somebody handed in for a lesson, the newest first."""
    return list(
        db.session.scalars(
            select(HandIn)
            .where(HandIn.enrolment_id == enrolment_id, HandIn.lesson_id == lesson_id)
            .order_by(HandIn.number.desc())
        )
    )


def page_of_work(
    course_id: int, number: int, *, status: HandInStatus | None, lesson_key: str | None
) -> Page[Work]:
    """The work of a course that counts, what has waited longest first; two statements."""
    conditions = _counting(course_id)
    if status is not None:
        conditions.append(HandIn.status == status)
    if lesson_key is not None:
        conditions.append(Lesson.key == lesson_key)
    total = db.session.scalar(_joined([func.count(HandIn.id)], conditions)) or 0
    rows = db.session.execute(
        _joined(
            [
                HandIn.id,
                Person.name,
                Unit.name,
                HandIn.lesson_id,
                Lesson.title,
                HandIn.number,
                HandIn.handed_in_at,
                HandIn.status,
                HandIn.marks,
                HandIn.file_name,
            ],
            conditions,
        )
        .order_by(HandIn.handed_in_at, HandIn.id)
        .limit(PAGE_SIZE)
        .offset((number - 1) * PAGE_SIZE)
    )
    items = [Work(*tuple(row)) for row in rows]
    return Page(items=items, number=number, size=PAGE_SIZE, total=total)


def _counting(course_id: int) -> list[ColumnElement[bool]]:
    """What was not replaced, of people who are still in the course or finished it."""
    return [
        CourseEnrolment.course_id == course_id,
        CourseEnrolment.status != LearnerStatus.WITHDRAWN,
        HandIn.replaced_at.is_(None),
    ]


def _joined(
    columns: Sequence[ColumnElement[Any] | InstrumentedAttribute[Any]],
    conditions: list[ColumnElement[bool]],
) -> Select[Any]:
    statement: Select[Any] = select(*columns)
    return (
        statement.select_from(HandIn)
        .join(CourseEnrolment, CourseEnrolment.id == HandIn.enrolment_id)
        .join(Lesson, Lesson.id == HandIn.lesson_id)
        .join(Person, Person.id == CourseEnrolment.person_id)
        .join(Unit, Unit.id == CourseEnrolment.unit_id)
        .where(*conditions)
    )


def count_waiting(course_id: int) -> int:
    """How many pieces of work wait to be marked in a course."""
    waiting = [*_counting(course_id), HandIn.status == HandInStatus.HANDED_IN]
    return db.session.scalar(_joined([func.count(HandIn.id)], waiting)) or 0


def list_marked_lessons(course_id: int) -> list[tuple[str, str]]:
    """Key and title of the lessons for which work was handed in, by their newest title."""
    rows = db.session.execute(
        select(Lesson.key, Lesson.title)
        .join(HandIn, HandIn.lesson_id == Lesson.id)
        .join(CourseEnrolment, CourseEnrolment.id == HandIn.enrolment_id)
        .where(CourseEnrolment.course_id == course_id)
        .distinct()
        .order_by(Lesson.title)
    )
    return list({key: (key, title) for key, title in rows}.values())


def get_taught_hand_in(hand_in_id: int, course_id: int, *, actor: Actor) -> HandIn:
    """A piece of work of a course that the actor teaches. Raises NotFound."""
    course = get_course(course_id, actor=actor)
    found = _find(hand_in_id, course_id) if may_teach(course, actor) else None
    if found is None:
        raise NotFound(_("There is no such work in a course of yours."))
    return found


def get_readable_hand_in(hand_in_id: int, course_id: int, *, actor: Actor) -> HandIn:
    """A piece of work: one's own, or of a course that one teaches. Raises NotFound."""
    if not actor.may("courses.learn"):
        return get_taught_hand_in(hand_in_id, course_id, actor=actor)
    mine = select(CourseEnrolment.id).where(own_enrolment(actor.account_id))
    found = _find(hand_in_id, course_id, HandIn.enrolment_id.in_(mine))
    if found is None:
        raise NotFound(_("There is no such work in a course of yours."))
    return found


def _find(hand_in_id: int, course_id: int, *conditions: ColumnElement[bool]) -> HandIn | None:
    return db.session.scalar(
        select(HandIn)
        .join(CourseEnrolment, CourseEnrolment.id == HandIn.enrolment_id)
        .where(HandIn.id == hand_in_id, CourseEnrolment.course_id == course_id, *conditions)
        .options(
            joinedload(HandIn.lesson),
            joinedload(HandIn.enrolment).joinedload(CourseEnrolment.person),
            joinedload(HandIn.enrolment).joinedload(CourseEnrolment.unit),
        )
    )


def find_next_waiting(course_id: int, after_id: int) -> int | None:
    """The piece of work that waits longest in a course, but for this one."""
    waiting = [
        *_counting(course_id),
        HandIn.status == HandInStatus.HANDED_IN,
        HandIn.id != after_id,
    ]
    statement = _joined([HandIn.id], waiting).order_by(HandIn.handed_in_at, HandIn.id)
    found: int | None = db.session.scalar(statement.limit(1))
    return found
