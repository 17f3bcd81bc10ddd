"""Reads of the tree: by code, by name, children, history, what a unit was on a day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from app.core.db import db
from app.core.errors import Forbidden, NotFound
from app.core.i18n import gettext as _
from app.core.paging import PAGE_SIZE, Page
from app.core.text import like_pattern, name_key
from app.domain.units.models import (
    BaseSchoolPeriod,
    FacilityReturn,
    SchoolStage,
    Unit,
    UnitAlias,
    UnitKind,
    UnitVersion,
)


def in_subtree(path: str) -> ColumnElement[bool]:
    """The condition that a unit lies in the subtree with this path, now."""
    return Unit.path.like(f"{path}%")


def open_on(day: date) -> ColumnElement[bool]:
    """The condition that a unit is open on a day."""
    return or_(Unit.opened_on.is_(None), Unit.opened_on <= day) & or_(
        Unit.closed_on.is_(None), Unit.closed_on >= day
    )


def valid_on(day: date) -> ColumnElement[bool]:
    """The condition that a version of a unit holds on a day."""
    return or_(UnitVersion.valid_from.is_(None), UnitVersion.valid_from <= day) & or_(
        UnitVersion.valid_until.is_(None), UnitVersion.valid_until >= day
    )


def find_unit(code: str) -> Unit | None:
    """The unit with this code, or the one whose old code it was."""
    unit = db.session.scalar(select(Unit).where(Unit.code == code))
    if unit is not None:
        return unit
    return db.session.scalar(
        select(Unit).join(UnitAlias).where(UnitAlias.kind == "old_code", UnitAlias.key == code)
    )


def get_unit(code: str, *, scope: str) -> Unit:
    """The unit with this code in the scope. Outside it: Forbidden, whether or not it exists."""
    unit = find_unit(code)
    if unit is None or not unit.path.startswith(scope):
        raise Forbidden(_("This unit is not within your unit."), "unit_out_of_scope")
    return unit


def get_unit_by_id(unit_id: int, *, scope: str = "/") -> Unit:
    unit = db.session.get(Unit, unit_id)
    if unit is None or not unit.path.startswith(scope):
        raise NotFound(_("There is no such unit within your unit."))
    return unit


def find_unit_by_text(text: str, *, scope: str) -> Unit | None:
    """What a person typed into a unit field: a code, a name, an alias, or "code name". None unless exactly one fits."""
    text = text.strip()
    head = text.split(maxsplit=1)[0] if text else ""
    if head.isalnum() and head.isascii():
        unit = find_unit(head)
        return unit if unit is not None and unit.path.startswith(scope) else None
    key = name_key(text)
    if not key:
        return None
    found = db.session.scalars(_matching_key(key, scope).limit(2)).unique().all()
    return found[0] if len(found) == 1 else None


def _matching_key(key: str, scope: str) -> Select[Unit]:
    named = select(UnitAlias.unit_id).where(UnitAlias.key == key)
    return select(Unit).where(or_(Unit.name_key == key, Unit.id.in_(named)), in_subtree(scope))


def suggest_units(text: str, *, scope: str, limit: int = 12) -> Sequence[Row[Any]]:
    """Open units whose name, alias or code contains the text: rows of code, name, parent_name; divisions first."""
    parent = select(Unit.id, Unit.name).subquery()
    key = name_key(text)
    if not key:
        return []
    aliased = select(UnitAlias.unit_id).where(UnitAlias.key.like(like_pattern(key), escape="\\"))
    matches = or_(
        Unit.name_key.like(like_pattern(key), escape="\\"),
        Unit.code.like(like_pattern(key.upper(), prefix=True), escape="\\"),
        Unit.id.in_(aliased),
    )
    statement = (
        select(Unit.code, Unit.name, parent.c.name.label("parent_name"))
        .outerjoin(parent, parent.c.id == Unit.parent_id)
        .where(matches, in_subtree(scope), Unit.closed_on.is_(None))
        .order_by(func.length(Unit.path), func.length(Unit.name), Unit.code)
        .limit(limit)
    )
    return db.session.execute(statement).all()


@dataclass(frozen=True)
class UnitFilter:
    """What the list of a unit's parts is narrowed to."""

    q: str = ""
    stage: SchoolStage | None = None
    kind: UnitKind | None = None
    closed: bool = False
    base_schools: bool = False
    everything_below: bool = False


def list_parts(
    unit: Unit, wanted: UnitFilter, *, on: date, page: int = 1, size: int = PAGE_SIZE
) -> Page[Row[Any]]:
    """What hangs under a unit (directly, or anywhere below): rows of id, code, name, kind, stage, opened_on,
    closed_on, parent_name, parts (how many open units directly under it), is_base_school; divisions first.
    """
    conditions = _part_conditions(unit, wanted, on)
    total = db.session.scalar(select(func.count()).select_from(Unit).where(*conditions)) or 0
    child = select(Unit.parent_id.label("parent_id"), Unit.closed_on).subquery()
    parts = (
        select(func.count())
        .select_from(child)
        .where(child.c.parent_id == Unit.id, child.c.closed_on.is_(None))
        .correlate(Unit)
        .scalar_subquery()
    )
    parent = select(Unit.id, Unit.name).subquery()
    statement = (
        select(
            Unit.id,
            Unit.code,
            Unit.name,
            Unit.kind,
            Unit.stage,
            Unit.opened_on,
            Unit.closed_on,
            parent.c.name.label("parent_name"),
            parts.label("parts"),
            _is_base_school(on).label("is_base_school"),
        )
        .outerjoin(parent, parent.c.id == Unit.parent_id)
        .where(*conditions)
        .order_by(Unit.kind == UnitKind.SCHOOL, Unit.code, Unit.id)
        .limit(size)
        .offset((page - 1) * size)
    )
    return Page(db.session.execute(statement).all(), page, size, total)


def _is_base_school(on: date) -> ColumnElement[bool]:
    return (
        select(BaseSchoolPeriod.id)
        .where(
            BaseSchoolPeriod.unit_id == Unit.id,
            BaseSchoolPeriod.valid_from <= on,
            or_(BaseSchoolPeriod.valid_until.is_(None), BaseSchoolPeriod.valid_until >= on),
        )
        .correlate(Unit)
        .exists()
    )


def _part_conditions(unit: Unit, wanted: UnitFilter, on: date) -> list[ColumnElement[bool]]:
    below = wanted.everything_below or bool(wanted.q) or wanted.base_schools
    conditions = (
        [in_subtree(unit.path), Unit.id != unit.id] if below else [Unit.parent_id == unit.id]
    )
    if wanted.q:
        key = like_pattern(name_key(wanted.q))
        aliased = select(UnitAlias.unit_id).where(UnitAlias.key.like(key, escape="\\"))
        conditions.append(
            or_(
                Unit.name_key.like(key, escape="\\"),
                Unit.code.like(like_pattern(wanted.q.strip().upper(), prefix=True), escape="\\"),
                Unit.id.in_(aliased),
            )
        )
    if wanted.stage is not None:
        conditions.append(Unit.stage == wanted.stage)
    if wanted.kind is not None:
        conditions.append(Unit.kind == wanted.kind)
    if wanted.base_schools:
        conditions.append(_is_base_school(on))
    conditions.append(~open_on(on) if wanted.closed else open_on(on))
    return conditions


def list_ancestors(unit: Unit, *, scope: str) -> list[Unit]:
    """The way from the top of the scope down to the unit's parent, for breadcrumbs."""
    ids = [int(part) for part in unit.path.strip("/").split("/")][:-1]
    found = db.session.scalars(select(Unit).where(Unit.id.in_(ids), in_subtree(scope))).all()
    return sorted(found, key=lambda ancestor: len(ancestor.path))


def get_record(code: str, *, scope: str) -> Unit:
    """A unit with everything its record page shows, in a fixed number of queries."""
    unit = get_unit(code, scope=scope)
    statement = (
        select(Unit)
        .where(Unit.id == unit.id)
        .options(selectinload(Unit.versions), selectinload(Unit.aliases), joinedload(Unit.parent))
        .execution_options(populate_existing=True)
    )
    return db.session.scalars(statement).unique().one()


def list_base_school_periods(unit_id: int) -> Sequence[BaseSchoolPeriod]:
    return db.session.scalars(
        select(BaseSchoolPeriod)
        .where(BaseSchoolPeriod.unit_id == unit_id)
        .order_by(BaseSchoolPeriod.valid_from)
    ).all()


def list_facility_returns(unit_id: int) -> Sequence[FacilityReturn]:
    return db.session.scalars(
        select(FacilityReturn)
        .where(FacilityReturn.unit_id == unit_id)
        .order_by(FacilityReturn.returned_on.desc())
    ).all()


def find_version(unit_id: int, on: date) -> UnitVersion | None:
    """What the unit was on a day."""
    return db.session.scalars(
        select(UnitVersion)
        .where(UnitVersion.unit_id == unit_id, valid_on(on))
        .order_by(UnitVersion.id.desc())
    ).first()


def list_codes_under(parent_id: int) -> Sequence[str]:
    return db.session.scalars(select(Unit.code).where(Unit.parent_id == parent_id)).all()


def units_statement(
    *,
    scope: str,
    on: date,
    parent_id: int | None = None,
    kind: UnitKind | None = None,
    stage: SchoolStage | None = None,
) -> Select[Any]:
    """Units of a subtree that are open on a day: rows of code, name, kind, stage, parent, opened_on, closed_on."""
    parent = select(Unit.id, Unit.code).subquery()
    statement = (
        select(
            Unit.code,
            Unit.name,
            Unit.kind,
            Unit.stage,
            parent.c.code.label("parent"),
            Unit.opened_on,
            Unit.closed_on,
        )
        .outerjoin(parent, parent.c.id == Unit.parent_id)
        .where(in_subtree(scope), open_on(on))
        .order_by(Unit.code)
    )
    if parent_id is not None:
        statement = statement.where(Unit.parent_id == parent_id)
    if kind is not None:
        statement = statement.where(Unit.kind == kind)
    return statement if stage is None else statement.where(Unit.stage == stage)
