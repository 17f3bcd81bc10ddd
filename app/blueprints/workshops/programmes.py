"""The yearly plan: programmes with what was planned, held and how many took part."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.access.guards import acting, current_actor, requires
from app.blueprints.asking import asked_number, asked_page, refuse_beyond
from app.blueprints.people.acts import Answer, form_page, seen_version
from app.blueprints.units.acts import find_named_unit
from app.blueprints.workshops import words
from app.blueprints.workshops.blueprint import blueprint
from app.blueprints.workshops.forms import NewProgrammeForm, ProgrammeForm
from app.blueprints.workshops.planning import level_of
from app.core import clock
from app.core.errors import DomainError, Forbidden, NotFound
from app.domain.accounts.rules import Actor
from app.domain.workshops.models import Programme
from app.domain.workshops.operations import programmes as operations
from app.domain.workshops.queries.programmes import get_programme, list_programmes, list_years


@blueprint.get("/programmes/")
@requires("workshops.plan")
def programmes() -> str:
    """The plan of the unit, the newest year first."""
    actor = current_actor()
    year = asked_number("year", operations.FIRST_YEAR, operations.LAST_YEAR)
    page = list_programmes(actor.unit_path, year=year, page=asked_page())
    refuse_beyond(page)
    return render_template(
        "workshops/programmes.html",
        page=page,
        words=words,
        years=[(str(one), str(one)) for one in list_years(actor.unit_path)],
        chips=[("year", _("Year"), str(year))] if year else [],
    )


def _list_address() -> str:
    return url_for("workshops.programmes")


@blueprint.route("/programmes/new", methods=["GET", "POST"])
@requires("workshops.plan")
def new_programme() -> Answer:
    """Plan a programme."""
    actor = current_actor()
    form = NewProgrammeForm(
        data={
            "year": clock.today().year,
            "level": level_of(actor),
            "unit": f"{actor.unit_code} {actor.unit_name}",
        }
    )

    def act(actor: Actor) -> str:
        unit = find_named_unit(form.unit.data, "unit", actor)
        operations.create_programme(unit.id, form.facts(), actor=actor)
        return _list_address()

    return form_page(
        form, "workshops/programme.html", act, _("Planned."), lambda: {"programme": None}
    )


@blueprint.route("/programmes/<int:programme_id>/edit", methods=["GET", "POST"])
@requires("workshops.plan")
def edit_programme(programme_id: int) -> Answer:
    """Change a programme."""
    form = ProgrammeForm(obj=_programme(programme_id))

    def act(actor: Actor) -> str:
        operations.edit_programme(
            programme_id, form.facts(), actor=actor, expected_version=seen_version(form)
        )
        return _list_address()

    return form_page(
        form,
        "workshops/programme.html",
        act,
        _("Saved."),
        lambda: {"programme": _programme(programme_id)},
    )


def _programme(programme_id: int) -> Programme:
    return get_programme(programme_id, scope=current_actor().unit_path)


@blueprint.post("/programmes/<int:programme_id>/remove")
@requires("workshops.plan")
def remove_programme(programme_id: int) -> Response:
    """Take a programme out of the plan."""
    _programme(programme_id)
    try:
        with acting() as actor:
            operations.remove_programme(programme_id, actor=actor)
    except (Forbidden, NotFound):
        raise
    except DomainError as error:
        flash(str(error.message), "danger")
    else:
        flash(_("Removed."), "success")
    return redirect(_list_address())
