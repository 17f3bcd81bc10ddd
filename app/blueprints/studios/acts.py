"""Open, correct and end a studio."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _

from app.access.guards import current_actor, requires
from app.blueprints.people.acts import Answer, form_page
from app.blueprints.studios import forms
from app.blueprints.studios.routes import blueprint
from app.blueprints.units.acts import find_named_unit
from app.core import clock
from app.domain.accounts.rules import Actor
from app.domain.people.models import Studio
from app.domain.people.operations import studios as operations
from app.domain.people.queries.studios import get_studio


def read_studio(studio_id: int) -> Studio:
    return get_studio(studio_id, scope=current_actor().unit_path)


def studio_address(studio_id: int) -> str:
    return url_for("studios.show", studio_id=studio_id)


@blueprint.route("/new", methods=["GET", "POST"])
@requires("studios.edit")
def add() -> Answer:
    """Open a studio or trainer team."""
    actor = current_actor()
    form = forms.OpenForm(
        data={"valid_from": clock.today(), "unit": f"{actor.unit_code} {actor.unit_name}"}
    )

    def act(actor: Actor) -> str:
        unit = find_named_unit(form.unit.data, "unit", actor)
        return studio_address(operations.open_studio(unit, form.facts(), actor=actor).id)

    return form_page(form, "studios/add.html", act, _("Opened. Add its host and members now."))


@blueprint.route("/<int:studio_id>/correct", methods=["GET", "POST"])
@requires("studios.edit")
def correct(studio_id: int) -> Answer:
    """Rename a studio, mend its kind and days."""
    form = forms.CorrectForm(obj=read_studio(studio_id))

    def act(actor: Actor) -> str:
        operations.correct_studio(studio_id, form.facts(), reason=form.reason.data, actor=actor)
        return studio_address(studio_id)

    return form_page(
        form,
        "studios/correct.html",
        act,
        _("Saved."),
        lambda: {"studio": read_studio(studio_id)},
    )


@blueprint.route("/<int:studio_id>/end", methods=["GET", "POST"])
@requires("studios.edit")
def end(studio_id: int) -> Answer:
    """End a studio, and with it the memberships."""
    read_studio(studio_id)
    form = forms.EndForm(data={"on": clock.today()})

    def act(actor: Actor) -> str:
        operations.end_studio(studio_id, on=form.on.data, reason=form.reason.data, actor=actor)
        return studio_address(studio_id)

    return form_page(
        form,
        "studios/end.html",
        act,
        _("Ended; it stays in the history."),
        lambda: {"studio": read_studio(studio_id)},
    )
