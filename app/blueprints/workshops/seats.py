"""Distribute the seats of a workshop: capacity, quotas per unit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import request, url_for
from flask_babel import gettext as _

from app.access.guards import requires
from app.blueprints.people.acts import Answer, form_page, seen_version
from app.blueprints.units.acts import find_named_unit
from app.blueprints.workshops.blueprint import blueprint
from app.blueprints.workshops.forms import MOST_SEATS, CapacityForm
from app.blueprints.workshops.planning import address, planned
from app.core.errors import InvalidInput
from app.domain.accounts.rules import Actor
from app.domain.workshops.models import Workshop
from app.domain.workshops.operations.capacity import set_seats
from app.domain.workshops.operations.locking import lock_editable
from app.domain.workshops.queries.overview import list_pools, list_quota_units

BLANK_ROWS = 3
MOST_ROWS = 500


@dataclass(frozen=True)
class QuotaRow:
    """One line of the form: the unit as typed, the seats as typed, and how many of them are taken."""

    unit: str
    seats: str
    taken: int = 0


@blueprint.route("/<int:workshop_id>/seats", methods=["GET", "POST"])
@requires("workshops.plan")
def seats(workshop_id: int) -> Answer:
    """Capacity and quotas of a workshop."""
    form = CapacityForm(obj=planned(workshop_id))

    def act(actor: Actor) -> str:
        lock_editable(workshop_id, actor=actor, expected_version=seen_version(form))
        quotas = _typed_quotas(actor)
        set_seats(workshop_id, form.capacity.data, quotas, actor=actor)
        return address(workshop_id)

    return form_page(
        form,
        "workshops/seats.html",
        act,
        _("Saved. Seats that became free went to those who waited for them."),
        lambda: _context(planned(workshop_id)),
    )


def _context(workshop: Workshop) -> dict[str, Any]:
    rows = _typed_rows() if request.method == "POST" else _known_rows(workshop)
    return {
        "workshop": workshop,
        "rows": [*rows, *[QuotaRow("", "")] * BLANK_ROWS],
        "pools": list_pools(workshop.id),
        "cancel": url_for("workshops.show", workshop_id=workshop.id),
    }


def _known_rows(workshop: Workshop) -> list[QuotaRow]:
    """The quotas there are, then the units that usually get one."""
    pools = [pool for pool in list_pools(workshop.id) if pool.unit_id is not None]
    rows = [QuotaRow(f"{pool.code} {pool.name}", str(pool.seats), pool.taken) for pool in pools]
    known = {pool.unit_id for pool in pools}
    if workshop.quotas_released_at is None:
        rows += [
            QuotaRow(f"{unit.code} {unit.name}", "")
            for unit in list_quota_units(workshop)
            if unit.id not in known
        ]
    return rows


def _typed_rows() -> list[QuotaRow]:
    units, numbers = request.form.getlist("unit"), request.form.getlist("seats")
    pairs = list(zip(units, numbers, strict=False))[:MOST_ROWS]
    return [
        QuotaRow(unit.strip()[:160], number.strip()[:12])
        for unit, number in pairs
        if unit.strip() or number.strip()
    ]


def _typed_quotas(actor: Actor) -> dict[int, int]:
    """Seats by unit id. A line without a number gives its unit no quota."""
    quotas: dict[int, int] = {}
    for row in _typed_rows():
        if not row.seats or row.seats == "0":
            continue
        number = _number(row)
        unit = find_named_unit(row.unit, "quotas", actor)
        if unit.id in quotas:
            raise InvalidInput(
                _("%(unit)s has two quotas. Give one.", unit=unit.name), "unit_twice", "quotas"
            )
        quotas[unit.id] = number
    return quotas


def _number(row: QuotaRow) -> int:
    if not (row.seats.isascii() and row.seats.isdecimal() and int(row.seats) <= MOST_SEATS):
        raise InvalidInput(
            _("“%(text)s” is no number of seats (%(unit)s).", text=row.seats, unit=row.unit),
            "bad_number",
            "quotas",
        )
    if not row.unit:
        raise InvalidInput(
            _("Say which unit gets the %(seats)s seats.", seats=row.seats), "unit_missing", "quotas"
        )
    return int(row.seats)
