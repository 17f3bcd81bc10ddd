"""Who learns in a course and how far they are; who of a unit could be sent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, select

from app.core.db import db
from app.core.paging import Page
from app.domain.accounts.rules import Actor
from app.domain.courses.models import Course, CourseEnrolment, RequiredLearner, Requirement
from app.domain.courses.queries.assigned import binds
from app.domain.courses.queries.candidates import Candidate, belongs_to, read_candidates
from app.domain.courses.queries.learner_places import (
    COUNTED,
    Place,
    came_in,
    finished_in,
    is_active,
    is_at,
    is_stuck,
)
from app.domain.courses.queries.openings import places_left, terms_of
from app.domain.courses.queries.visibility import enrolments_visible_to
from app.domain.courses.rules.enrolling import HELD, why_cannot_enrol
from app.domain.courses.rules.words import EnrolmentSource, LearnerStatus
from app.domain.people.models import Person
from app.domain.people.queries.duties import members_of
from app.domain.people.queries.search import matching
from app.domain.people.rules import Audience
from app.domain.people.sealed import masked_identity_number
from app.domain.units.models import Unit

SIZE = 50


@dataclass(frozen=True, slots=True)
class LearnerFilter:
    """What the list is narrowed to. ``not_begun``: who has opened nothing; ``overdue``: who is past the due day;
    ``active`` and ``stuck`` as of that moment; ``lesson``: its key, the place in it, and the moment.
    """

    q: str = ""
    status: LearnerStatus | None = None
    unit_path: str | None = None
    not_begun: bool = False
    overdue: bool = False
    active: datetime | None = None
    stuck: datetime | None = None
    lesson: tuple[str, Place, datetime] | None = None
    came_in: date | None = None
    finished_in: date | None = None


def _conditions(
    course: Course, wanted: LearnerFilter, actor: Actor, today: date
) -> list[ColumnElement[bool]]:
    conditions = [CourseEnrolment.course_id == course.id, enrolments_visible_to(actor)]
    if wanted.status is not None:
        conditions.append(CourseEnrolment.status == wanted.status)
    else:
        conditions.append(CourseEnrolment.status.in_(COUNTED))
    if wanted.unit_path is not None:
        conditions.append(CourseEnrolment.unit_path.like(f"{wanted.unit_path}%"))
    if wanted.not_begun:
        conditions.append(CourseEnrolment.started_at.is_(None))
    if wanted.overdue:
        conditions.append(CourseEnrolment.status == LearnerStatus.ENROLLED)
        conditions.append(CourseEnrolment.person_id.in_(_late(course.id, today)))
    conditions.extend(_places(course.id, wanted))
    searched = matching(wanted.q)
    if searched is not None:
        conditions.append(searched)
    return conditions


def _places(course_id: int, wanted: LearnerFilter) -> Iterator[ColumnElement[bool]]:
    """What a figure of the dashboard counts."""
    if wanted.active is not None:
        yield is_active(wanted.active)
    if wanted.stuck is not None:
        yield is_stuck(wanted.stuck)
    if wanted.lesson is not None:
        yield is_at(course_id, *wanted.lesson)
    if wanted.came_in is not None:
        yield came_in(wanted.came_in)
    if wanted.finished_in is not None:
        yield finished_in(wanted.finished_in)


def _late(course_id: int, today: date) -> Select[int]:
    return (
        select(RequiredLearner.person_id)
        .join(Requirement, Requirement.id == RequiredLearner.requirement_id)
        .where(binds(today), Requirement.course_id == course_id, Requirement.due_on < today)
    )


def list_learners(
    course: Course, wanted: LearnerFilter, *, actor: Actor, today: date, page: int = 1
) -> Page[Row[Any]]:
    """The learners that the actor sees, by unit and name: rows of id, person_id, name, unit_name, unit_path, status,
    source, done, required, started_at, last_active_at, completed_on, score, end_reason.
    """
    conditions = _conditions(course, wanted, actor, today)
    total = db.session.scalar(_joined(func.count(CourseEnrolment.id)).where(*conditions)) or 0
    statement = _listed().where(*conditions).limit(SIZE).offset((page - 1) * SIZE)
    return Page(db.session.execute(statement).all(), page, SIZE, total)


def iterate_learners(course: Course, *, actor: Actor, today: date) -> Iterator[Row[Any]]:
    """Everybody of the list but who left, as rows of ``list_learners``, for an export."""
    conditions = _conditions(course, LearnerFilter(), actor, today)
    yield from db.session.execute(_listed().where(*conditions).execution_options(yield_per=500))


def _listed() -> Select[Any]:
    return _joined(
        CourseEnrolment.id,
        CourseEnrolment.person_id,
        Person.name,
        Unit.name.label("unit_name"),
        CourseEnrolment.unit_path,
        CourseEnrolment.status,
        CourseEnrolment.source,
        CourseEnrolment.done,
        CourseEnrolment.required,
        CourseEnrolment.enrolled_at,
        CourseEnrolment.started_at,
        CourseEnrolment.last_active_at,
        CourseEnrolment.completed_on,
        CourseEnrolment.score,
        CourseEnrolment.credit_hours,
        CourseEnrolment.end_reason,
    ).order_by(CourseEnrolment.unit_path, Person.sort_key, CourseEnrolment.id)


def _joined(*columns: Any) -> Select[Any]:
    statement: Select[Any] = select(*columns)
    return (
        statement.select_from(CourseEnrolment)
        .join(Course, Course.id == CourseEnrolment.course_id)
        .join(Person, Person.id == CourseEnrolment.person_id)
        .join(Unit, Unit.id == CourseEnrolment.unit_id)
    )


def count_learners(course: Course, *, actor: Actor) -> dict[LearnerStatus, int]:
    """How many of the learners that the actor sees stand where."""
    rows = db.session.execute(
        select(CourseEnrolment.status, func.count(CourseEnrolment.id).label("number"))
        .join(Course, Course.id == CourseEnrolment.course_id)
        .where(CourseEnrolment.course_id == course.id, enrolments_visible_to(actor))
        .group_by(CourseEnrolment.status)
    )
    return {row.status: row.number for row in rows}


@dataclass(frozen=True, slots=True)
class Nominee:
    """Somebody of a unit: who and where, the masked number, how they stand in the course, or why they cannot come."""

    person: Candidate
    id_number: str
    status: LearnerStatus | None
    reason: str | None

    @property
    def may_come(self) -> bool:
        return self.status is None and self.reason is None


def list_nominees(
    course: Course,
    path: str,
    *,
    q: str = "",
    audience: Audience | None = None,
    everybody: bool = False,
    today: date,
    page: int = 1,
) -> Page[Nominee]:
    """People of a unit's subtree by pinyin, each with whether they can be sent; the same statements for any page.

    Those who are in the course already are left out unless ``everybody``.
    """
    conditions = [belongs_to(path, today=today)]
    searched = matching(q)
    if searched is not None:
        conditions.append(searched)
    if audience is not None:
        conditions.append(Person.id.in_(members_of(audience, path, today)))
    if not everybody:
        inside = select(CourseEnrolment.person_id).where(
            CourseEnrolment.course_id == course.id, CourseEnrolment.status.in_(tuple(HELD))
        )
        conditions.append(Person.id.not_in(inside))
    total = db.session.scalar(select(func.count(Person.id)).where(*conditions)) or 0
    rows = db.session.execute(
        select(Person.id, Person.id_number_sealed)
        .where(*conditions)
        .order_by(Person.sort_key, Person.id)
        .limit(SIZE)
        .offset((page - 1) * SIZE)
    ).all()
    ids = [row.id for row in rows]
    people = read_candidates(ids, today=today)
    held = _held(course.id, ids)
    terms, left = terms_of(course), places_left(course)
    items = [
        Nominee(
            person=people[row.id],
            id_number=masked_identity_number(row.id_number_sealed),
            status=held.get(row.id),
            reason=why_cannot_enrol(
                terms,
                people[row.id].paths,
                source=EnrolmentSource.NOMINATED,
                places_left=left,
                today=today,
            ),
        )
        for row in rows
    ]
    return Page(items, page, SIZE, total)


def _held(course_id: int, person_ids: list[int]) -> dict[int, LearnerStatus]:
    rows = db.session.execute(
        select(CourseEnrolment.person_id, CourseEnrolment.status).where(
            CourseEnrolment.course_id == course_id,
            CourseEnrolment.person_id.in_(person_ids),
            CourseEnrolment.status.in_(tuple(HELD)),
        )
    )
    return {row.person_id: row.status for row in rows}
