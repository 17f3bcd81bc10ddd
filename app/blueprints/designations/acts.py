"""Designate, end, correct, strike out."""

from __future__ import annotations

from flask import request
from flask_babel import gettext as _

from app.access.guards import current_actor, requires
from app.blueprints.choosing import chooser_page, chosen_people
from app.blueprints.designations import forms
from app.blueprints.designations.routes import blueprint, list_address
from app.blueprints.people.acts import Answer, form_page
from app.blueprints.units.acts import find_named_unit
from app.core import clock
from app.domain.accounts.rules import Actor
from app.domain.people.models import LeadTeacherDesignation
from app.domain.people.operations import designations as operations
from app.domain.people.queries.designations import get_designation


@blueprint.route("/new", methods=["GET", "POST"])
@requires("designations.edit")
def add() -> Answer:
    """Designate the person named in the address; without one, choose."""
    actor = current_actor()
    chosen = chosen_people(actor)
    title = _("Designate a lead teacher")
    if len(chosen) != 1:
        return chooser_page(actor, title, (_("Lead teachers"), list_address()))
    form = forms.DesignateForm(data={"valid_from": clock.today(), "unit": request.args.get("unit")})

    def act(actor: Actor) -> str:
        unit = find_named_unit(form.unit.data, "unit", actor)
        operations.designate(chosen[0].id, form.facts(unit), actor=actor)
        return list_address()

    return form_page(
        form,
        "designations/add.html",
        act,
        _("%(name)s is a lead teacher now.", name=chosen[0].name),
        lambda: {"person": chosen[0]},
    )


def _read(designation_id: int) -> LeadTeacherDesignation:
    return get_designation(designation_id, scope=current_actor().unit_path)


@blueprint.route("/<int:designation_id>/end", methods=["GET", "POST"])
@requires("designations.edit")
def end(designation_id: int) -> Answer:
    """End a designation on its last day."""
    _read(designation_id)
    form = forms.EndForm(data={"on": clock.today()})

    def act(actor: Actor) -> str:
        operations.end_designation(
            designation_id, on=form.on.data, reason=form.reason.data, actor=actor
        )
        return list_address()

    return form_page(
        form,
        "designations/end.html",
        act,
        _("Ended; it stays in the history."),
        lambda: {"designation": _read(designation_id)},
    )


@blueprint.route("/<int:designation_id>/correct", methods=["GET", "POST"])
@requires("designations.edit")
def correct(designation_id: int) -> Answer:
    """Mend what was entered wrongly."""
    known = _read(designation_id)
    unit = known.nominating_unit
    form = forms.CorrectForm(
        data={
            "unit": f"{unit.code} {unit.name}",
            "valid_from": known.valid_from,
            "valid_until": known.valid_until,
            "basis": known.basis,
        }
    )

    def act(actor: Actor) -> str:
        unit = find_named_unit(form.unit.data, "unit", actor)
        facts = form.facts(unit, form.valid_until.data)
        operations.correct_designation(designation_id, facts, reason=form.reason.data, actor=actor)
        return list_address()

    return form_page(
        form,
        "designations/correct.html",
        act,
        _("Corrected."),
        lambda: {"designation": _read(designation_id)},
    )


@blueprint.route("/<int:designation_id>/strike", methods=["GET", "POST"])
@requires("designations.edit")
def strike(designation_id: int) -> Answer:
    """Take out a designation that never was."""
    _read(designation_id)
    form = forms.ReasonForm()

    def act(actor: Actor) -> str:
        operations.strike_designation(designation_id, reason=form.reason.data, actor=actor)
        return list_address()

    return form_page(
        form,
        "designations/strike.html",
        act,
        _("Struck out; the audit log keeps what it said."),
        lambda: {"designation": _read(designation_id)},
    )
