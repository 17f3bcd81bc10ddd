"""Whose ledger an account may open. Source: CONTRACT.md, Roles."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from app.core.db import db
from app.core.errors import DomainError, Forbidden
from app.core.i18n import gettext as _
from app.domain.accounts.rules import Actor
from app.domain.statistics.places import COUNTIES
from app.domain.statistics.rules import Part
from app.domain.units import queries as units
from app.domain.units.models import Unit, UnitKind
from app.domain.units.rules import is_code


class MalformedAddress(DomainError):
    """What stands in the address is no unit code, day or part at all (400)."""

    status = 400


@dataclass(frozen=True)
class View:
    """The unit (or its null row) whose ledger is opened, and whether the rows behind it may be."""

    unit_id: int
    code: str
    part: Part | None
    rows: bool


def read_view(actor: Actor, code: str | None, part: str | None = None) -> View:
    """The ledger that is asked for; without a code the account's own.

    Raises MalformedAddress for what is no code, Forbidden for a unit outside the scope, known or not.
    """
    if code is not None and not is_code(code):
        raise MalformedAddress(
            _("“%(code)s” is not the code of a unit.", code=code), "malformed_unit"
        )
    if part is not None and part not in {p.value for p in Part}:
        raise MalformedAddress(
            _("“%(part)s” is not a part of a unit.", part=part), "malformed_part"
        )
    wanted = Part(part) if part is not None else None
    if not actor.may("ledger.rows"):
        return _without_rows(actor, code, wanted)
    if code in {None, actor.unit_code} and actor.unit_id:
        return View(actor.unit_id, actor.unit_code, wanted, rows=True)
    unit = units.get_unit(code or actor.unit_code, scope=actor.unit_path)
    return View(unit.id, unit.code, wanted, rows=True)


def _without_rows(actor: Actor, code: str | None, part: Part | None) -> View:
    """A teacher: the ledger of the own county or school; at a municipal school that of the municipal schools."""
    above = [int(step) for step in actor.unit_path.strip("/").split("/")]
    found = db.session.scalars(select(Unit).where(Unit.id.in_(above))).all()
    own = max(found, key=lambda unit: len(unit.path))
    county = next((unit for unit in found if unit.kind in COUNTIES), None)
    prefecture = next((unit for unit in found if unit.kind is UnitKind.PREFECTURE), None)
    if county is not None:
        usual = View(county.id, county.code, None, rows=False)
    elif prefecture is not None and own.is_school:
        usual = View(prefecture.id, prefecture.code, Part.MUNICIPAL_SCHOOLS, rows=False)
    else:
        usual = View(own.id, own.code, None, rows=False)
    if code is None or (code, part) == (usual.code, usual.part):
        return usual
    if (code, part) == (own.code, None):
        return View(own.id, own.code, None, rows=False)
    raise Forbidden(_("This unit is not within your unit."), "unit_out_of_scope")
