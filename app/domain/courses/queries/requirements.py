"""Courses assigned to groups: how each group stands, part by part and person by person."""

from __future__ import annotations

import enum
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import aliased, joinedload

from app.core.db import db
from app.core.errors import NotFound
from app.core.i18n import gettext as _
from app.core.paging import PAGE_SIZE, Page
from app.core.text import like_pattern, name_key
from app.domain.accounts.rules import SYSTEM_ROLE, Actor
from app.domain.courses.models import Course, CourseEnrolment, RequiredLearner, Requirement
from app.domain.courses.queries.visibility import may_plan
from app.domain.courses.rules.words import LearnerStatus
from app.domain.people.models import Person
from app.domain.units.models import Unit
from app.domain.units.queries import in_subtree


class Standing(enum.StrEnum):
    """How somebody of a group stands. ``not_enrolled``: the course did not take them."""

    FINISHED = "finished"
    LEARNING = "learning"
    NOT_STARTED = "not_started"
    NOT_ENROLLED = "not_enrolled"


@dataclass(frozen=True, slots=True)
class Tally:
    """How many of a group have finished, are at it, have not begun, could not be enrolled."""

    members: int
    finished: int
    learning: int
    not_started: int
    not_enrolled: int


@dataclass(frozen=True, slots=True)
class MemberFilter:
    q: str = ""
    standing: Standing | None = None
    unit_path: str = ""


_FINISHED = CourseEnrolment.status == LearnerStatus.COMPLETED
_AT_IT = and_(
    CourseEnrolment.status == LearnerStatus.ENROLLED, CourseEnrolment.started_at.is_not(None)
)
_NOT_BEGUN = and_(
    CourseEnrolment.status == LearnerStatus.ENROLLED, CourseEnrolment.started_at.is_(None)
)
_OUTSIDE = or_(
    RequiredLearner.enrolment_id.is_(None),
    CourseEnrolment.status.not_in((LearnerStatus.ENROLLED, LearnerStatus.COMPLETED)),
)
_IS: dict[Standing, ColumnElement[bool]] = {
    Standing.FINISHED: _FINISHED,
    Standing.LEARNING: _AT_IT,
    Standing.NOT_STARTED: _NOT_BEGUN,
    Standing.NOT_ENROLLED: _OUTSIDE,
}
STANDING = case(*((condition, name.value) for name, condition in _IS.items())).label("standing")


def _sums() -> list[Any]:
    return [
        func.count(RequiredLearner.id),
        *(func.coalesce(func.sum(case((condition, 1), else_=0)), 0) for condition in _IS.values()),
    ]


def get_requirement(requirement_id: int, *, actor: Actor) -> Requirement:
    """A requirement whose group lies in the actor's unit, or of a course they plan. Raises NotFound."""
    found = db.session.scalar(
        select(Requirement)
        .where(Requirement.id == requirement_id)
        .options(joinedload(Requirement.course), joinedload(Requirement.unit))
    )
    seen = found is not None and (
        actor.role == SYSTEM_ROLE
        or (
            actor.may("courses.nominate")
            and (actor.reaches(found.unit.path) or may_plan(found.course, actor))
        )
    )
    if found is None or not seen:
        raise NotFound(_("There is no such group within your unit."))
    return found


def list_requirements(course: Course, *, actor: Actor) -> list[tuple[Requirement, Tally]]:
    """The groups a course is assigned to that the actor sees, standing ones first, with how they stand."""
    conditions = [Requirement.course_id == course.id]
    if not may_plan(course, actor):
        conditions.append(in_subtree(actor.unit_path))
    found = db.session.scalars(
        select(Requirement)
        .join(Unit, Unit.id == Requirement.unit_id)
        .where(*conditions)
        .options(joinedload(Requirement.unit))
        .order_by(Requirement.ended_at.is_not(None), Requirement.due_on, Requirement.id)
    ).all()
    tallies = _tallies([made.id for made in found])
    return [(made, tallies.get(made.id, Tally(0, 0, 0, 0, 0))) for made in found]


def _tallies(ids: Sequence[int]) -> dict[int, Tally]:
    rows = db.session.execute(
        select(RequiredLearner.requirement_id, *_sums())
        .outerjoin(CourseEnrolment, CourseEnrolment.id == RequiredLearner.enrolment_id)
        .where(RequiredLearner.requirement_id.in_(ids), RequiredLearner.until.is_(None))
        .group_by(RequiredLearner.requirement_id)
    )
    return {row[0]: Tally(*row[1:]) for row in rows}


def tally_of(requirement_id: int) -> Tally:
    """How one group stands."""
    return _tallies([requirement_id]).get(requirement_id, Tally(0, 0, 0, 0, 0))


def tally_by_part(made: Requirement) -> list[tuple[str, str, Tally]]:
    """(code, name, how it stands) of each part of the group's unit that has members, by code; then its own people."""
    part, home = aliased(Unit), aliased(Unit)
    rows = db.session.execute(
        select(part.code, part.name, *_sums())
        .select_from(RequiredLearner)
        .outerjoin(CourseEnrolment, CourseEnrolment.id == RequiredLearner.enrolment_id)
        .join(Person, Person.id == RequiredLearner.person_id)
        .join(home, home.id == func.coalesce(CourseEnrolment.unit_id, Person.registered_unit_id))
        .join(part, and_(part.parent_id == made.unit_id, home.path.startswith(part.path)))
        .where(RequiredLearner.requirement_id == made.id, RequiredLearner.until.is_(None))
        .group_by(part.id, part.code, part.name)
        .order_by(part.code)
    )
    return [(row[0], row[1], Tally(*row[2:])) for row in rows]


def _listed(requirement_id: int, wanted: MemberFilter) -> Any:
    home = aliased(Unit)
    conditions: list[ColumnElement[bool]] = [
        RequiredLearner.requirement_id == requirement_id,
        RequiredLearner.until.is_(None),
    ]
    if wanted.standing is not None:
        conditions.append(_IS[wanted.standing])
    if wanted.q:
        conditions.append(Person.name_key.like(like_pattern(name_key(wanted.q)), escape="\\"))
    if wanted.unit_path:
        conditions.append(home.path.startswith(wanted.unit_path))
    return (
        select(
            Person.id.label("person_id"),
            Person.name,
            home.name.label("unit_name"),
            CourseEnrolment.id.label("enrolment_id"),
            CourseEnrolment.done,
            CourseEnrolment.required,
            CourseEnrolment.last_active_at,
            CourseEnrolment.completed_on,
            STANDING,
        )
        .select_from(RequiredLearner)
        .outerjoin(CourseEnrolment, CourseEnrolment.id == RequiredLearner.enrolment_id)
        .join(Person, Person.id == RequiredLearner.person_id)
        .join(home, home.id == func.coalesce(CourseEnrolment.unit_id, Person.registered_unit_id))
        .where(*conditions)
        .order_by(home.path, Person.sort_key, Person.id)
    )


def list_members(requirement_id: int, wanted: MemberFilter, *, page: int = 1) -> Page[Any]:
    """A page of the people of a group, by unit and name, and how far each is."""
    listed = _listed(requirement_id, wanted)
    counted = listed.with_only_columns(RequiredLearner.id).order_by(None).subquery()
    total = db.session.scalar(select(func.count()).select_from(counted)) or 0
    rows = db.session.execute(listed.limit(PAGE_SIZE).offset((page - 1) * PAGE_SIZE)).all()
    return Page(rows, page, PAGE_SIZE, total)


def iterate_members(requirement_id: int, wanted: MemberFilter) -> Iterator[Any]:
    """Everybody of the list, for an export."""
    yield from db.session.execute(_listed(requirement_id, wanted).execution_options(yield_per=500))


def is_past(made: Requirement, today: date) -> bool:
    """Whether its day is over."""
    return made.due_on < today
