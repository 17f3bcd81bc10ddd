"""Where a person serves: the main posting of a day, as a value and as a column of lists."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import ScalarSelect, Select, case, or_, select
from sqlalchemy.orm import aliased

from app.core.db import db
from app.domain.people.models import Person, Posting
from app.domain.people.rules import PostingRole
from app.domain.units.models import Unit


def _main_first(statement: Select[Any], posting: type[Posting], day: date) -> Select[Any]:
    full_time_first = case((posting.role == PostingRole.FULL_TIME, 0), else_=1)
    return (
        statement.where(
            posting.valid_from <= day,
            or_(posting.valid_until.is_(None), posting.valid_until >= day),
        )
        .order_by(full_time_first, posting.valid_from, posting.id)
        .limit(1)
    )


def main_unit_name(day: date) -> ScalarSelect[Any]:
    """The name of the unit of a person's main posting on a day, as a column beside ``Person``; null without one."""
    return _of_main_unit("name", day)


def main_unit_id(day: date) -> ScalarSelect[Any]:
    """The id of that unit, as a column beside ``Person``; null without one."""
    return _of_main_unit("id", day)


def _of_main_unit(column: str, day: date) -> ScalarSelect[Any]:
    posting, unit = aliased(Posting), aliased(Unit)
    statement = (
        select(getattr(unit, column))
        .join(posting, posting.unit_id == unit.id)
        .where(posting.person_id == Person.id)
    )
    return _main_first(statement, posting, day).correlate(Person).scalar_subquery()


def find_unit_on(person: Person, day: date) -> Unit:
    """The unit of the main posting on a day; of who had none, the unit that registered the person."""
    statement = (
        select(Unit).join(Posting, Posting.unit_id == Unit.id).where(Posting.person_id == person.id)
    )
    unit: Unit | None = db.session.scalar(_main_first(statement, Posting, day))
    return unit or person.registered_unit
