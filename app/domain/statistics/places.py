"""Which row of a ledger a unit belongs to on a day. Source: CONTRACT.md, GET /statistics."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from app.core.db import db
from app.core.errors import NotFound
from app.core.i18n import gettext as _
from app.domain.statistics.expressions import Selection, all_places, place_parameters, places
from app.domain.statistics.rules import Part
from app.domain.units.models import Unit, UnitKind
from app.domain.units.rules import is_open

COUNTIES = (UnitKind.COUNTY, UnitKind.SPECIAL_ZONE)
ROW_KINDS: dict[UnitKind, tuple[UnitKind, ...]] = {
    UnitKind.PROVINCE: (UnitKind.PREFECTURE,),
    UnitKind.PREFECTURE: COUNTIES,
    UnitKind.COUNTY: (UnitKind.SCHOOL,),
    UnitKind.SPECIAL_ZONE: (UnitKind.SCHOOL,),
    UnitKind.SCHOOL: (),
}


@dataclass(frozen=True, slots=True)
class Place:
    """A unit as it was on the day: its name, where it hung, whether it was open."""

    unit_id: int
    code: str
    name: str
    kind: UnitKind
    path: str
    is_open: bool


@dataclass(frozen=True)
class Division:
    """A subtree, or the null row of a unit, cut into the rows of its ledger.

    ``without``: the subtrees that are not in it (a null row is what the other rows leave over).
    """

    unit: Place
    part: Part | None
    places: Sequence[Place]
    rows: Sequence[Place]
    null_part: Part | None
    without: tuple[str, ...] = ()

    def row_of(self) -> dict[int, int | None]:
        """For each unit the id of the row it belongs to; None: the null row."""
        rows = {row.unit_id for row in self.rows}
        start = len(self.unit.path)
        found: dict[int, int | None] = {}
        for place in self.places:
            inside = place.path[start:].split("/", 1)[0]
            child = int(inside) if inside else None
            found[place.unit_id] = child if child in rows else None
        return found


def null_part(kind: UnitKind) -> Part | None:
    """What the row without a unit is called in the ledger of a unit of this kind; a school has none."""
    if kind is UnitKind.SCHOOL:
        return None
    return Part.MUNICIPAL_SCHOOLS if kind is UnitKind.PREFECTURE else Part.OWN


def divide(session: Session, unit_id: int, day: date, part: Part | None = None) -> Division:
    """The unit's subtree as it hung on the day; with ``part`` only its null row, cut by school.

    Raises NotFound for a part that the unit does not have.
    """
    unit = get_place(session, unit_id, day)
    subtree = _list_subtree(session, unit.path, day)
    rows = _children(unit, subtree, ROW_KINDS[unit.kind])
    if part is None:
        return Division(unit, None, subtree, rows, null_part(unit.kind))
    if part is not null_part(unit.kind):
        raise NotFound(_("This unit has no such part."), "unknown_part")
    without = tuple(row.path for row in rows)
    left = (
        [place for place in subtree if not place.path.startswith(without)] if without else subtree
    )
    schools = _children(unit, left, (UnitKind.SCHOOL,))
    return Division(unit, part, left, schools, Part.OWN, without)


def get_place(session: Session, unit_id: int, day: date) -> Place:
    """The unit as it was on the day."""
    statement = _select(all_places()).where(Unit.id == unit_id)
    row = session.execute(statement, place_parameters(day)).first()
    if row is None:
        raise NotFound(_("There is no such unit."))
    return _place(row, day)


def _select(where: Any) -> Selection:
    return select(
        Unit.id,
        Unit.code,
        where.c.name,
        Unit.kind,
        where.c.path,
        Unit.opened_on,
        Unit.closed_on,
    ).join(where, where.c.unit_id == Unit.id)


def _place(row: Row[Any], day: date) -> Place:
    return Place(
        row.id, row.code, row.name, row.kind, row.path, is_open(row.opened_on, row.closed_on, day)
    )


def _list_subtree(session: Session, path: str, day: date) -> list[Place]:
    """Every unit that hung in the subtree on the day, the unit itself included, by code."""
    statement = _select(places()).order_by(Unit.code, Unit.id)
    return [_place(row, day) for row in session.execute(statement, place_parameters(day, path))]


def _children(
    unit: Place, subtree: Sequence[Place], kinds: tuple[UnitKind, ...]
) -> tuple[Place, ...]:
    return tuple(
        place
        for place in subtree
        if place.kind in kinds and place.path == f"{unit.path}{place.unit_id}/"
    )


def list_above(path: str, *, scope: str, with_itself: bool = False) -> Sequence[Unit]:
    """The units on the way down to a path that lie in the scope, from the top; without the last one itself."""
    ids = [int(step) for step in path.strip("/").split("/")]
    wanted = ids if with_itself else ids[:-1]
    statement = select(Unit).where(Unit.id.in_(wanted), Unit.path.like(f"{scope}%"))
    return sorted(db.session.scalars(statement), key=lambda unit: len(unit.path))
