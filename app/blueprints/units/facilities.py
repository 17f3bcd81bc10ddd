"""Base schools, and what schools report of their counseling rooms."""

from __future__ import annotations

from datetime import date

from flask import request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.access.guards import current_actor, requires
from app.blueprints.units import forms
from app.blueprints.units.acts import unit_form
from app.blueprints.units.routes import blueprint
from app.core import clock
from app.domain.accounts.rules import Actor
from app.domain.placements.operations.hosting import refuse_needed_after
from app.domain.units import operations, queries
from app.domain.units.models import Unit

Answer = Response | str | tuple[str, int]


@blueprint.route("/<string:code>/base-school", methods=["GET", "POST"])
@requires("base_schools.edit")
def designate(code: str) -> Answer:
    """Make a school a base school from a day."""
    form = forms.BaseSchoolForm(data={"on": clock.today()})

    def act(unit: Unit, actor: Actor) -> None:
        day: date = form.on.data
        operations.designate_base_school(unit, on=day, basis=form.basis.data or "", actor=actor)

    return unit_form(code, form, "base_school", act, _("It is a base school from that day."))


@blueprint.route("/<string:code>/base-school/end", methods=["GET", "POST"])
@requires("base_schools.edit")
def end_base_school(code: str) -> Answer:
    """End a school's time as base school."""
    form = forms.EndBaseSchoolForm(data={"on": clock.today()})

    def act(unit: Unit, actor: Actor) -> None:
        day: date = form.on.data
        refuse_needed_after(unit, day)
        operations.end_base_school(unit, on=day, actor=actor, reason=form.reason.data or "")

    return unit_form(code, form, "base_school_end", act, _("Ended."))


@blueprint.route("/<string:code>/facilities", methods=["GET", "POST"])
@requires("units.edit")
def report_facilities(code: str) -> Answer:
    """Record or correct what a school reports of its counseling rooms on a day."""
    form = forms.FacilityForm(data=_known(code))

    def act(unit: Unit, actor: Actor) -> None:
        day: date = form.on.data
        operations.put_facility_return(
            unit,
            on=day,
            rooms=form.rooms.data or 0,
            room_area=form.room_area.data,
            pupils=form.pupils.data,
            actor=actor,
            reason=form.reason.data,
        )

    return unit_form(code, form, "facilities", act, _("Recorded."))


def _known(code: str) -> dict[str, object]:
    """The return of the day asked for, to be corrected; else an empty one for today."""
    unit = queries.get_unit(code, scope=current_actor().unit_path)
    asked = request.args.get("on", "")
    for known in queries.list_facility_returns(unit.id):
        if known.returned_on.isoformat() == asked:
            return {
                "on": known.returned_on,
                "rooms": known.rooms,
                "room_area": known.room_area,
                "pupils": known.pupils,
            }
    return {"on": clock.today()}
