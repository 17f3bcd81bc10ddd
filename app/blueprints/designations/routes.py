"""The list of lead teachers by nominating unit, the counties without one, and the export."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from app.access.guards import current_actor, requires
from app.blueprints.asking import (
    asked_choice,
    asked_page,
    asked_text,
    asked_unit,
    refuse_beyond,
)
from app.blueprints.downloads import workbook
from app.core import clock
from app.core.db import db
from app.core.paging import refuse_part
from app.core.spreadsheet import Column, write_table
from app.domain.accounts.rules import Actor
from app.domain.people.queries.designations import (
    DesignationFilter,
    DesignationState,
    list_designations,
)
from app.domain.statistics.gaps import list_counties_without_lead_teacher
from app.domain.units.models import Unit

blueprint = Blueprint("designations", __name__)
STATES = {
    DesignationState.OPEN: lazy_gettext("Serving as lead teacher"),
    DesignationState.ENDED: lazy_gettext("Ended"),
}
ALL = "all"
MOST_EXPORTED = 20_000


@blueprint.get("/")
@requires("designations.read")
def index() -> str:
    """Lead teachers of the unit, and above them the counties that have none."""
    actor = current_actor()
    wanted, unit = _filter(actor)
    page = list_designations(wanted, scope=actor.unit_path, page=asked_page())
    refuse_beyond(page)
    missing = list_counties_without_lead_teacher(db.session(), wanted.path, clock.today())
    return render_template(
        "designations/index.html",
        page=page,
        wanted=wanted,
        states=STATES,
        missing=missing,
        chips=_chips(wanted, unit),
    )


def _filter(actor: Actor) -> tuple[DesignationFilter, Unit | None]:
    unit = asked_unit(actor)
    state = asked_choice("state", DesignationState)
    if state is None and asked_text("state") != ALL:
        state = DesignationState.OPEN
    path = unit.path if unit else actor.unit_path
    return DesignationFilter(path, asked_text(), state), unit


def _chips(wanted: DesignationFilter, unit: Unit | None) -> list[tuple[str, str, str]]:
    chips = []
    if wanted.q:
        chips.append(("q", _("Search"), wanted.q))
    if unit is not None:
        chips.append(("unit", _("Nominated by"), unit.name))
    if wanted.state is not DesignationState.OPEN:
        word = STATES[wanted.state] if wanted.state else _("All")
        chips.append(("state", _("State"), str(word)))
    return chips


@blueprint.get("/export")
@requires("designations.read")
def export() -> Response:
    """The list as a workbook."""
    actor = current_actor()
    wanted, unit = _filter(actor)
    page = list_designations(wanted, scope=actor.unit_path, size=MOST_EXPORTED)
    refuse_part(page)
    title = _("Lead teachers of %(unit)s", unit=unit.name if unit else actor.unit_name)
    columns = [
        Column(_("No."), 6),
        Column(_("Full name"), 14),
        Column(_("Nominated by"), 30),
        Column(_("Posted now at"), 30),
        Column(_("From"), 12),
        Column(_("Last day"), 12),
        Column(_("Document or basis"), 40),
        Column(_("Reason for the end"), 30),
    ]
    rows = (
        (
            number,
            row.name,
            row.unit_name,
            row.posted_at,
            row.valid_from,
            row.valid_until,
            row.basis,
            row.end_reason,
        )
        for number, row in enumerate(page.items, 1)
    )
    data = write_table(title, columns, rows, sheet_name=_("Lead teachers"))
    return workbook(data, f"{title} {clock.today().isoformat()}.xlsx")


def list_address() -> str:
    return url_for("designations.index")
