"""Changes of the tree: open, rename, restage, move, correct, close, merge, other names."""

from __future__ import annotations

from datetime import date, timedelta

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.access.guards import acting, current_actor, requires
from app.blueprints.units import forms
from app.blueprints.units.acts import find_named_unit, show_refusal, unit_form
from app.blueprints.units.routes import blueprint
from app.blueprints.units.words import STAGE_NAMES
from app.core import clock
from app.core.errors import DomainError, Forbidden
from app.domain.accounts.rules import Actor
from app.domain.people.unit_changes import count_postings_after, end_postings_at, move_postings
from app.domain.placements.operations.hosting import refuse_needed_after
from app.domain.units import operations, queries, rules
from app.domain.units.models import Unit, UnitKind

Answer = Response | str | tuple[str, int]


@blueprint.route("/<string:code>/new", methods=["GET", "POST"])
@requires("units.edit")
def add(code: str) -> Answer:
    """Open a unit under this one."""
    parent = queries.get_unit(code, scope=current_actor().unit_path)
    kinds = [kind for kind in UnitKind if rules.may_hang_under(kind, parent.kind)]
    form = forms.OpenForm(kind=UnitKind.SCHOOL.value).offer(kinds)
    if form.validate_on_submit():
        try:
            with acting() as actor:
                parent = queries.get_unit(code, scope=actor.unit_path)
                unit = operations.open_unit(parent, _new_unit(form), actor=actor)
                new_code = unit.code
        except Forbidden:
            raise
        except DomainError as error:
            show_refusal(form, error)
        else:
            flash(_("Added."), "success")
            return redirect(url_for("units.show", code=new_code))
    page = render_template("units/add.html", form=form, unit=parent)
    return (page, 422) if form.errors else page


def _new_unit(form: forms.OpenForm) -> operations.NewUnit:
    names = (form.short_names.data or "").replace("，", " ").replace("、", " ").split()
    return operations.NewUnit(
        name=form.name.data or "",
        kind=form.kind.data,
        code=form.code.data or "",
        stage=form.stage.data,
        opened_on=form.opened_on.data,
        short_names=tuple(names),
    )


def _version(unit: Unit) -> dict[str, int]:
    return {"row_version": unit.row_version}


def _unit(code: str) -> Unit:
    return queries.get_unit(code, scope=current_actor().unit_path)


@blueprint.route("/<string:code>/rename", methods=["GET", "POST"])
@requires("units.edit")
def rename(code: str) -> Answer:
    form = forms.RenameForm(data=_version(_unit(code)) | {"on": clock.today()})

    def act(unit: Unit, actor: Actor) -> None:
        operations.rename_unit(
            unit, form.name.data or "", on=_day(form), actor=actor, reason=form.reason.data
        )

    return unit_form(code, form, "rename", act, _("Renamed; the old name stays in the history."))


def _day(form: forms.DatedForm) -> date:
    day: date = form.on.data
    return day


@blueprint.route("/<string:code>/stage", methods=["GET", "POST"])
@requires("units.edit")
def change_stage(code: str) -> Answer:
    unit = _unit(code)
    form = forms.StageForm(data=_version(unit) | {"on": clock.today()})
    form.stage.choices = [choice for choice in forms.stage_choices() if choice[0] != unit.stage]

    def act(unit: Unit, actor: Actor) -> None:
        operations.change_stage(
            unit, form.stage.data, on=_day(form), actor=actor, reason=form.reason.data
        )

    return unit_form(code, form, "stage", act, _("Changed."), stage_names=STAGE_NAMES)


@blueprint.route("/<string:code>/move", methods=["GET", "POST"])
@requires("units.edit")
def move(code: str) -> Answer:
    form = forms.MoveForm(data=_version(_unit(code)) | {"on": clock.today()})

    def act(unit: Unit, actor: Actor) -> None:
        parent = find_named_unit(form.parent.data or "", "parent", actor)
        operations.move_unit(unit, parent, on=_day(form), actor=actor, reason=form.reason.data)

    return unit_form(
        code, form, "move", act, _("Moved; figures of earlier days stay as they were.")
    )


@blueprint.route("/<string:code>/correct", methods=["GET", "POST"])
@requires("units.edit")
def correct(code: str) -> Answer:
    unit = _unit(code)
    known = {"name": unit.name, "code": unit.code, "opened_on": unit.opened_on}
    form = forms.CorrectForm(data=_version(unit) | known)

    def act(unit: Unit, actor: Actor) -> None:
        operations.correct_unit(
            unit,
            name=form.name.data or "",
            code=form.code.data or "",
            opened_on=form.opened_on.data,
            actor=actor,
            reason=form.reason.data or "",
        )

    return unit_form(code, form, "correct", act, _("Corrected."))


@blueprint.route("/<string:code>/close", methods=["GET", "POST"])
@requires("units.edit")
def close(code: str) -> Answer:
    unit = _unit(code)
    form = forms.CloseForm(data=_version(unit) | {"on": clock.today()})
    posted = count_postings_after(unit.id, clock.today())

    def act(unit: Unit, actor: Actor) -> None:
        day = _day(form)
        refuse_needed_after(unit, day)
        operations.close_unit(unit, on=day, actor=actor, reason=form.reason.data or "")
        if form.end_postings.data:
            end_postings_at(unit, on=day, actor=actor, reason=form.reason.data or "")
        elif left := count_postings_after(unit.id, day):
            raise DomainError(
                _(
                    "%(count)s postings there last longer. End them too, or move them first.",
                    count=left,
                ),
                "postings_remain",
                "end_postings",
            )

    return unit_form(code, form, "close", act, _("Closed."), posted=posted)


@blueprint.post("/<string:code>/reopen")
@requires("units.edit")
def reopen(code: str) -> Answer:
    def act(unit: Unit, actor: Actor) -> None:
        operations.reopen_unit(unit, actor=actor, reason=form.reason.data or "")

    form = forms.ReasonForm()
    return unit_form(code, form, "reopen", act, _("Open again."))


@blueprint.route("/<string:code>/merge", methods=["GET", "POST"])
@requires("units.edit")
def merge(code: str) -> Answer:
    unit = _unit(code)
    form = forms.MergeForm(data=_version(unit) | {"on": clock.today()})
    posted = count_postings_after(unit.id, clock.today())

    def act(unit: Unit, actor: Actor) -> None:
        target = find_named_unit(form.target.data or "", "target", actor)
        day, reason = _day(form), form.reason.data or ""
        refuse_needed_after(unit, day - timedelta(days=1))
        operations.merge_unit(unit, target, on=day, actor=actor, reason=reason)
        move_postings(unit, target, on=day, actor=actor, reason=reason)

    return unit_form(
        code,
        form,
        "merge",
        act,
        _("Merged; its people serve at the other unit now."),
        posted=posted,
    )


@blueprint.route("/<string:code>/names", methods=["GET", "POST"])
@requires("units.edit")
def add_name(code: str) -> Answer:
    form = forms.AliasForm()

    def act(unit: Unit, actor: Actor) -> None:
        operations.name_alias(unit, form.alias.data or "", actor=actor)

    return unit_form(code, form, "names", act, _("Added."))


@blueprint.post("/<string:code>/names/<int:alias_id>/remove")
@requires("units.edit")
def remove_name(code: str, alias_id: int) -> Response:
    with acting() as actor:
        unit = queries.get_unit(code, scope=actor.unit_path)
        operations.remove_alias(unit, alias_id, actor=actor)
    flash(_("Removed."), "success")
    return redirect(url_for("units.show", code=code))


@blueprint.app_context_processor
def _unit_context() -> dict[str, object]:
    return {"unit_suggest_url": url_for("units.suggest")} if request.blueprint == "units" else {}
