"""Reads of designations: the list of a subtree by nominating unit, one to be changed."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, or_, select
from sqlalchemy.orm import joinedload

from app.core import clock
from app.core.db import db
from app.core.errors import NotFound
from app.core.i18n import gettext as _
from app.core.paging import PAGE_SIZE, Page
from app.domain.people.models import LeadTeacherDesignation, Person
from app.domain.people.queries.places import main_unit_name
from app.domain.people.queries.search import matching
from app.domain.people.queries.visibility import is_visible
from app.domain.units.models import Unit
from app.domain.units.queries import in_subtree


class DesignationState(enum.StrEnum):
    OPEN = "open"
    ENDED = "ended"


@dataclass(frozen=True)
class DesignationFilter:
    """What the list is narrowed to; ``path``: the subtree of the nominating unit."""

    path: str
    q: str = ""
    state: DesignationState | None = DesignationState.OPEN


def _conditions(wanted: DesignationFilter, today: date) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [
        in_subtree(wanted.path),
        Person.merged_into_id.is_(None),
    ]
    table = LeadTeacherDesignation
    lasts = or_(table.valid_until.is_(None), table.valid_until >= today)
    if wanted.state is not None:
        conditions.append(lasts if wanted.state is DesignationState.OPEN else ~lasts)
    searched = matching(wanted.q)
    return conditions if searched is None else [*conditions, searched]


def _joined(statement: Select[Any]) -> Select[Any]:
    return (
        statement.select_from(LeadTeacherDesignation)
        .join(Person, Person.id == LeadTeacherDesignation.person_id)
        .join(Unit, Unit.id == LeadTeacherDesignation.nominating_unit_id)
    )


def list_designations(
    wanted: DesignationFilter, *, scope: str, page: int = 1, size: int = PAGE_SIZE
) -> Page[Row[Any]]:
    """Designations by nominating unit, then the latest first: rows of id, person_id, name, visible (whether the
    record may be opened), unit_code, unit_name, posted_at, valid_from, valid_until, basis, end_reason.
    """
    today = clock.today()
    conditions = _conditions(wanted, today)
    total = db.session.scalar(_joined(select(func.count())).where(*conditions)) or 0
    table = LeadTeacherDesignation
    columns = select(
        table.id,
        table.person_id,
        Person.name,
        is_visible(scope, today=today).label("visible"),
        Unit.code.label("unit_code"),
        Unit.name.label("unit_name"),
        main_unit_name(today).label("posted_at"),
        table.valid_from,
        table.valid_until,
        table.basis,
        table.end_reason,
    )
    statement = (
        _joined(columns)
        .where(*conditions)
        .order_by(Unit.code, table.valid_from.desc(), table.id)
        .limit(size)
        .offset((page - 1) * size)
    )
    return Page(db.session.execute(statement).all(), page, size, total)


def get_designation(designation_id: int, *, scope: str) -> LeadTeacherDesignation:
    """A designation by a unit of the scope, with person and unit; NotFound outside."""
    found = db.session.scalar(
        select(LeadTeacherDesignation)
        .join(Unit, Unit.id == LeadTeacherDesignation.nominating_unit_id)
        .where(LeadTeacherDesignation.id == designation_id, in_subtree(scope))
        .options(
            joinedload(LeadTeacherDesignation.person),
            joinedload(LeadTeacherDesignation.nominating_unit),
        )
    )
    if found is None:
        raise NotFound(_("There is no such designation within your unit."))
    return found
