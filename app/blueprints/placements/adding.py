"""Place one more nominee in a cohort whose matching is confirmed: on a seat that is free, or has become so."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField
from wtforms.validators import Optional

from app.access.guards import current_actor, requires
from app.blueprints.choice_fields import SelectField
from app.blueprints.people.acts import form_page
from app.blueprints.people.forms import needed
from app.blueprints.placements.blueprint import blueprint
from app.core.errors import NotFound
from app.domain.accounts.rules import Actor
from app.domain.placements.models import Nomination
from app.domain.placements.operations.placing import Choice, place
from app.domain.placements.queries.changes import list_mentors_of
from app.domain.placements.queries.seats import list_seats
from app.domain.placements.queries.visibility import get_nomination, may_plan


class PlaceForm(FlaskForm):
    """A seat and who guides there; without days over the whole term."""

    seats = SelectField(_l("Base school"), [needed()], coerce=int, validate_choice=False)
    mentor = SelectField(_l("Mentor"), coerce=int, validate_choice=False)
    starts_on = DateField(_l("First day"), [Optional()])
    ends_on = DateField(_l("Last day"), [Optional()])


@blueprint.route("/nominations/<int:nomination_id>/place", methods=["GET", "POST"])
@requires("placements.plan")
def place_nominee(nomination_id: int) -> ResponseReturnValue:
    """Place an approved nominee after the matching was confirmed."""
    _planned(nomination_id)
    form = _form(nomination_id)

    def act(actor: Actor) -> str:
        nomination = get_nomination(nomination_id, actor=actor)
        choice = Choice(nomination_id, form.seats.data, form.mentor.data or None)
        made = place(
            nomination.cohort_id,
            choice,
            starts_on=form.starts_on.data,
            ends_on=form.ends_on.data,
            actor=actor,
        )
        return url_for("placements.show", placement_id=made.id)

    def context() -> dict[str, Any]:
        return {"nomination": _planned(nomination_id)}

    done = _("Placed. Trainee, mentor, base school and nominating unit are told.")
    return form_page(form, "placements/place.html", act, done, context)


def _planned(nomination_id: int) -> Nomination:
    actor = current_actor()
    nomination = get_nomination(nomination_id, actor=actor)
    if not may_plan(nomination.cohort, actor):
        raise NotFound(_("There is no such nomination within your unit."))
    return nomination


def _form(nomination_id: int) -> PlaceForm:
    cohort = _planned(nomination_id).cohort
    seats = list_seats(cohort.id)
    mentors = list_mentors_of([line.base_school_id for line in seats], cohort.starts_on)
    form = PlaceForm()
    form.seats.choices = [
        (
            line.id,
            _(
                "%(school)s (%(free)s of %(seats)s seats free)",
                school=line.base_school.name,
                free=line.seats - line.taken,
                seats=line.seats,
            ),
        )
        for line in seats
    ]
    form.mentor.choices = [
        (0, _("The base school names one later")),
        *((one.id, f"{one.unit.name} · {one.person.name}") for one in mentors),
    ]
    return form
