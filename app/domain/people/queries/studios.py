"""Reads of studios and trainer teams: the list of a subtree, a record, its people on a day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, ScalarSelect, and_, func, or_, select
from sqlalchemy.orm import joinedload

from app.core import clock
from app.core.db import db
from app.core.errors import NotFound
from app.core.i18n import gettext as _
from app.core.paging import PAGE_SIZE, Page
from app.core.text import like_pattern, name_key
from app.domain.people.models import Person, Studio, StudioMembership
from app.domain.people.queries.places import main_unit_name
from app.domain.people.queries.search import matching
from app.domain.people.queries.visibility import is_visible
from app.domain.people.rules import StudioKind, StudioRole
from app.domain.units.models import Unit
from app.domain.units.queries import in_subtree


@dataclass(frozen=True)
class StudioFilter:
    """What the list is narrowed to; ``running``: on the day asked for, else those that ended before."""

    path: str
    q: str = ""
    kind: StudioKind | None = None
    running: bool = True


def _on(table: type[Studio] | type[StudioMembership], day: date) -> ColumnElement[bool]:
    return and_(table.valid_from <= day, or_(table.valid_until.is_(None), table.valid_until >= day))


def _conditions(wanted: StudioFilter, today: date) -> list[ColumnElement[bool]]:
    conditions = [in_subtree(wanted.path)]
    lasts = or_(Studio.valid_until.is_(None), Studio.valid_until >= today)
    conditions.append(lasts if wanted.running else ~lasts)
    if wanted.kind is not None:
        conditions.append(Studio.kind == wanted.kind)
    if wanted.q:
        key = like_pattern(name_key(wanted.q))
        conditions.append(Studio.name_key.like(key, escape="\\"))
    return conditions


def _count(role: StudioRole, day: date) -> ScalarSelect[Any]:
    return (
        select(func.count())
        .select_from(StudioMembership)
        .where(
            StudioMembership.studio_id == Studio.id,
            StudioMembership.role == role,
            _on(StudioMembership, day),
        )
        .correlate(Studio)
        .scalar_subquery()
    )


def list_studios(
    wanted: StudioFilter, *, page: int = 1, size: int = PAGE_SIZE
) -> tuple[Page[Row[Any]], dict[int, list[str]]]:
    """Studios by unit and name: rows of id, name, kind, unit_code, unit_name, valid_from, valid_until, members;
    and the names of today's hosts of each.
    """
    today = clock.today()
    conditions = _conditions(wanted, today)
    joined = select(func.count()).select_from(Studio).join(Unit, Unit.id == Studio.unit_id)
    total = db.session.scalar(joined.where(*conditions)) or 0
    statement = (
        select(
            Studio.id,
            Studio.name,
            Studio.kind,
            Unit.code.label("unit_code"),
            Unit.name.label("unit_name"),
            Studio.valid_from,
            Studio.valid_until,
            _count(StudioRole.MEMBER, today).label("members"),
        )
        .join(Unit, Unit.id == Studio.unit_id)
        .where(*conditions)
        .order_by(Unit.code, Studio.kind, Studio.name_key, Studio.id)
        .limit(size)
        .offset((page - 1) * size)
    )
    rows = db.session.execute(statement).all()
    return Page(rows, page, size, total), _hosts([row.id for row in rows], today)


def _hosts(studio_ids: Sequence[int], day: date) -> dict[int, list[str]]:
    rows = db.session.execute(
        select(StudioMembership.studio_id, Person.name)
        .join(Person, Person.id == StudioMembership.person_id)
        .where(
            StudioMembership.studio_id.in_(studio_ids),
            StudioMembership.role == StudioRole.HOST,
            _on(StudioMembership, day),
        )
        .order_by(StudioMembership.studio_id, StudioMembership.valid_from, Person.sort_key)
    )
    hosts: dict[int, list[str]] = {}
    for studio_id, name in rows:
        hosts.setdefault(studio_id, []).append(name)
    return hosts


def get_studio(studio_id: int, *, scope: str) -> Studio:
    """A studio of a unit of the scope; NotFound outside."""
    studio = db.session.scalar(
        select(Studio)
        .join(Unit, Unit.id == Studio.unit_id)
        .where(Studio.id == studio_id, in_subtree(scope))
        .options(joinedload(Studio.unit))
    )
    if studio is None:
        raise NotFound(_("There is no such studio within your unit."))
    return studio


@dataclass(frozen=True)
class MemberFilter:
    """What a studio's people are narrowed to; without a day: everybody who ever belonged."""

    q: str = ""
    on: date | None = None


def list_members(
    studio_id: int, wanted: MemberFilter, *, scope: str, page: int = 1, size: int = PAGE_SIZE
) -> Page[Row[Any]]:
    """A studio's people, hosts first: rows of id, person_id, name, visible, posted_at, role, valid_from,
    valid_until, end_reason.
    """
    today = clock.today()
    conditions: list[ColumnElement[bool]] = [StudioMembership.studio_id == studio_id]
    if wanted.on is not None:
        conditions.append(_on(StudioMembership, wanted.on))
    searched = matching(wanted.q)
    if searched is not None:
        conditions.append(searched)
    total = (
        db.session.scalar(
            select(func.count()).select_from(StudioMembership).join(Person).where(*conditions)
        )
        or 0
    )
    statement = (
        select(
            StudioMembership.id,
            StudioMembership.person_id,
            Person.name,
            is_visible(scope, today=today).label("visible"),
            main_unit_name(wanted.on or today).label("posted_at"),
            StudioMembership.role,
            StudioMembership.valid_from,
            StudioMembership.valid_until,
            StudioMembership.end_reason,
        )
        .select_from(StudioMembership)
        .join(Person, Person.id == StudioMembership.person_id)
        .where(*conditions)
        .order_by(
            StudioMembership.valid_until.is_not(None),
            StudioMembership.role != StudioRole.HOST,
            Person.sort_key,
            StudioMembership.valid_from,
            StudioMembership.id,
        )
        .limit(size)
        .offset((page - 1) * size)
    )
    return Page(db.session.execute(statement).all(), page, size, total)


def get_membership(studio_id: int, membership_id: int) -> StudioMembership:
    """A membership of a studio (whose scope was asked before), with its person; NotFound without."""
    membership = db.session.scalar(
        select(StudioMembership)
        .where(StudioMembership.id == membership_id, StudioMembership.studio_id == studio_id)
        .options(joinedload(StudioMembership.person))
    )
    if membership is None:
        raise NotFound(_("There is no such member in this studio."))
    return membership


def list_hosts(studio_id: int, on: date) -> Sequence[Row[Any]]:
    """Who hosts a studio on a day: rows of id, person_id, name."""
    statement: Any = (
        select(StudioMembership.id, StudioMembership.person_id, Person.name)
        .join(Person, Person.id == StudioMembership.person_id)
        .where(
            StudioMembership.studio_id == studio_id,
            StudioMembership.role == StudioRole.HOST,
            _on(StudioMembership, on),
        )
        .order_by(StudioMembership.valid_from, StudioMembership.id)
    )
    return db.session.execute(statement).all()
