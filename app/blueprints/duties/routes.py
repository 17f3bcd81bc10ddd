"""The list of duties in a unit; one begins, some end."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response as Redirect
from wtforms import DateField, StringField
from wtforms.validators import Length, Optional

from app.access.guards import acting, current_actor, requires
from app.blueprints.asking import asked_choice, asked_page, asked_text, asked_unit, refuse_beyond
from app.blueprints.choice_fields import SelectField
from app.blueprints.downloads import workbook
from app.blueprints.duties.words import REFUSALS
from app.blueprints.people.acts import Answer, form_page
from app.blueprints.people.forms import needed, one_of
from app.blueprints.people.words import DUTIES
from app.blueprints.units.acts import find_named_unit
from app.core import clock
from app.core.errors import DomainError, InvalidInput
from app.core.spreadsheet import Column, write_table
from app.domain.accounts.rules import Actor
from app.domain.people.operations.duties import NewDuty, end_duties, enter_duties
from app.domain.people.queries.duties import DutyFilter, iterate_duties, list_duties
from app.domain.people.queries.matching import match_person
from app.domain.people.rules import Duty
from app.domain.people.rules.facts import PersonFacts
from app.domain.units.models import Unit

blueprint = Blueprint("duties", __name__)


class BeginForm(FlaskForm):
    name = StringField(_l("Full name"), [needed(), Length(max=80)])
    id_number = StringField(_l("Identity number"), [Optional(), Length(max=40)])
    phone = StringField(_l("Phone"), [Optional(), Length(max=40)])
    unit = StringField(_l("Unit"), [needed(), Length(max=160)])
    duty = SelectField(
        _l("Duty"),
        [needed()],
        choices=[(duty.value, text) for duty, text in DUTIES.items()],
        coerce=one_of(Duty),
    )
    valid_from = DateField(_l("From"), [needed()])


@blueprint.get("/")
@requires("duties.edit")
def index() -> str:
    """Who has which duty in the unit."""
    wanted, unit = _filter()
    actor = current_actor()
    page = list_duties(
        unit.path if unit else actor.unit_path, wanted, today=clock.today(), page=asked_page()
    )
    refuse_beyond(page)
    return render_template(
        "duties/index.html",
        page=page,
        duties=DUTIES,
        wanted=wanted,
        today=clock.today(),
        chips=_chips(wanted, unit),
        unit_kind=actor.unit_kind,
    )


def _filter() -> tuple[DutyFilter, Unit | None]:
    wanted = DutyFilter(asked_text(), asked_choice("duty", Duty), asked_text("show") == "ended")
    return wanted, asked_unit(current_actor())


def _chips(wanted: DutyFilter, unit: Unit | None) -> list[tuple[str, str, str]]:
    chips = []
    if wanted.q:
        chips.append(("q", _("Search"), wanted.q))
    if unit is not None:
        chips.append(("unit", _("Unit"), unit.name))
    if wanted.duty is not None:
        chips.append(("duty", _("Duty"), str(DUTIES[wanted.duty])))
    if wanted.ended:
        chips.append(("show", _("Show"), _("Ended")))
    return chips


@blueprint.get("/export")
@requires("duties.edit")
def export() -> Response:
    """The list as a workbook, in the shape in which it comes in."""
    actor = current_actor()
    wanted, unit = _filter()
    title = _("Duties in %(unit)s", unit=unit.name if unit else actor.unit_name)
    columns = [
        Column(_("No."), 6),
        Column(_("Unit"), 30),
        Column(_("Full name"), 14),
        Column(_("Duty"), 16),
        Column(_("From"), 12, "yyyy-mm-dd"),
        Column(_("Last day"), 12, "yyyy-mm-dd"),
    ]
    found = iterate_duties(unit.path if unit else actor.unit_path, wanted, today=clock.today())
    rows = (
        (
            number,
            row.unit_name,
            row.name,
            str(DUTIES[row.duty]),
            row.valid_from,
            row.valid_until,
        )
        for number, row in enumerate(found, 1)
    )
    data = write_table(title, columns, rows, sheet_name=_("Duties"))
    return workbook(data, f"{title} {clock.today().isoformat()}.xlsx")


@blueprint.route("/new", methods=["GET", "POST"])
@requires("duties.edit")
def add() -> Answer:
    """Note one person's duty; who is not registered yet is entered."""
    form = BeginForm()
    if request.method == "GET":
        actor = current_actor()
        form.valid_from.data = clock.today()
        if actor.unit_kind == "school":
            form.unit.data = f"{actor.unit_code} {actor.unit_name}"

    def act(actor: Actor) -> str:
        unit = find_named_unit(form.unit.data, "unit", actor)
        facts = PersonFacts(form.name.data, form.id_number.data or None, form.phone.data or None)
        _begun, held = enter_duties(
            [
                NewDuty(
                    unit.id,
                    form.duty.data,
                    form.valid_from.data,
                    _find_meant(facts, unit, actor),
                    facts,
                )
            ],
            actor=actor,
        )
        if held:
            raise DomainError(
                _("This person has that duty at this unit already."), "duty_held", "duty"
            )
        return url_for("duties.index")

    return form_page(form, "duties/add.html", act, _("Noted."))


def _find_meant(facts: PersonFacts, unit: Unit, actor: Actor) -> int | None:
    """Whom the form means at the unit; None: somebody new. Raises when that cannot be said."""
    person_id, refusal = match_person(facts, unit, scope=actor.unit_path)
    if refusal is not None:
        raise InvalidInput(str(REFUSALS[refusal]), refusal, "name")
    return person_id


@blueprint.post("/end")
@requires("duties.edit")
def end() -> Redirect:
    """End the chosen duties with one last day and reason, all or none."""
    try:
        ids = [int(text) for text in request.form.getlist("id") if text.isdecimal()]
        on = _last_day()
        with acting() as actor:
            count = end_duties(ids, on=on, reason=request.form.get("reason"), actor=actor)
    except DomainError as error:
        flash(str(error.message), "danger")
    else:
        flash(ngettext("%(num)s duty has ended.", "%(num)s duties have ended.", count), "success")
    return redirect(url_for("duties.index"))


def _last_day() -> date:
    try:
        return date.fromisoformat(request.form.get("on", ""))
    except ValueError:
        raise InvalidInput(_("Give the last day."), "day_missing", "on") from None
