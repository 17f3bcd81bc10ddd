"""Which courses are assigned to somebody, and until when."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, and_, func, or_, select

from app.core.db import db
from app.domain.courses.models import Course, RequiredLearner, Requirement


def binds(today: date) -> ColumnElement[bool]:
    """The condition that a requirement joined to its learners stands for them on the day."""
    return and_(
        Requirement.ended_at.is_(None),
        or_(RequiredLearner.until.is_(None), RequiredLearner.until >= today),
    )


def is_assigned(course_id: int, person_id: int, today: date) -> bool:
    """Whether the course is assigned to a group that the person is in."""
    return find_due_on(course_id, person_id, today) is not None


def find_due_on(course_id: int, person_id: int, today: date) -> date | None:
    """Until when the person is to finish the course, by the earliest assignment; None when it is not assigned."""
    return list_due_days(course_id, [person_id], today=today).get(person_id)


def list_due_days(course_id: int, person_ids: Collection[int], *, today: date) -> dict[int, date]:
    """Until when these people are to finish the course, by person, by the earliest assignment of each."""
    rows = db.session.execute(
        select(RequiredLearner.person_id, func.min(Requirement.due_on).label("due_on"))
        .join(Requirement, Requirement.id == RequiredLearner.requirement_id)
        .where(
            binds(today),
            Requirement.course_id == course_id,
            RequiredLearner.person_id.in_(person_ids),
        )
        .group_by(RequiredLearner.person_id)
    )
    return {row.person_id: row.due_on for row in rows}


def due_on_of(person_id: ColumnElement[int] | int, today: date) -> ScalarSelect[Any]:
    """The same as a column of lists, beside ``Course``; null where it is not assigned."""
    return (
        select(func.min(Requirement.due_on))
        .join(RequiredLearner, RequiredLearner.requirement_id == Requirement.id)
        .where(
            binds(today),
            Requirement.course_id == Course.id,
            RequiredLearner.person_id == person_id,
        )
        .correlate(Course)
        .scalar_subquery()
    )
