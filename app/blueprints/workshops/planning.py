"""Plan a workshop: new, edit, seats, publish, begin, cancel, copy as the next cohort."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.access.guards import acting, current_actor, requires
from app.blueprints.asking import asked_choice
from app.blueprints.people.acts import Answer, form_page, seen_version
from app.blueprints.units.acts import find_named_unit
from app.blueprints.workshops.blueprint import blueprint
from app.blueprints.workshops.forms import CopyForm, NewWorkshopForm, ReasonForm, WorkshopForm
from app.core.cohort_names import next_cohort
from app.core.errors import DomainError, Forbidden, NotFound
from app.domain.accounts.rules import Actor
from app.domain.people.rules import TrainingLevel
from app.domain.workshops.models import Workshop
from app.domain.workshops.operations import copying, planning, standing
from app.domain.workshops.queries.programmes import offered_programmes
from app.domain.workshops.queries.workshops import get_planned_workshop, get_run_workshop
from app.domain.workshops.rules.words import WorkshopKind


def planned(workshop_id: int) -> Workshop:
    return get_planned_workshop(workshop_id, actor=current_actor())


def address(workshop_id: int) -> str:
    return url_for("workshops.show", workshop_id=workshop_id)


def level_of(actor: Actor) -> str:
    """The level a unit of this kind usually plans for."""
    kinds = {"prefecture": TrainingLevel.PREFECTURE, "county": TrainingLevel.COUNTY}
    return kinds.get(actor.unit_kind, TrainingLevel.COUNTY).value


def _facts(form: WorkshopForm, actor: Actor) -> dict[str, Any]:
    facts = form.facts()
    text = (form.eligible_unit.data or "").strip()
    unit = find_named_unit(text, "eligible_unit", actor) if text else None
    facts["eligible_unit_id"] = unit.id if unit else None
    return facts


@blueprint.route("/new", methods=["GET", "POST"])
@requires("workshops.plan")
def new() -> Answer:
    """Plan a workshop as a draft."""
    actor = current_actor()
    form = NewWorkshopForm(
        data={
            "organiser": f"{actor.unit_code} {actor.unit_name}",
            "kind": asked_choice("kind", WorkshopKind) or WorkshopKind.WORKSHOP,
            "level": level_of(actor),
            "programme_id": request.args.get("programme", type=int),
        }
    )
    form.offer(offered_programmes(actor))

    def act(actor: Actor) -> str:
        organiser = find_named_unit(form.organiser.data, "organiser", actor)
        workshop = planning.create_workshop(
            organiser.id, _facts(form, actor), capacity=form.capacity.data, actor=actor
        )
        return address(workshop.id)

    return form_page(
        form,
        "workshops/new.html",
        act,
        _("Saved as a draft. Add its sessions, distribute the seats, then publish it."),
        lambda: {"workshop": None, "draft": True},
    )


@blueprint.route("/<int:workshop_id>/edit", methods=["GET", "POST"])
@requires("workshops.plan")
def edit(workshop_id: int) -> Answer:
    """Change what a workshop says."""
    workshop = planned(workshop_id)
    form = WorkshopForm(obj=workshop).offer(offered_programmes(current_actor()))
    if request.method == "GET" and workshop.eligible_unit:
        form.eligible_unit.data = f"{workshop.eligible_unit.code} {workshop.eligible_unit.name}"

    def act(actor: Actor) -> str:
        planning.edit_workshop(
            workshop_id, _facts(form, actor), actor=actor, expected_version=seen_version(form)
        )
        return address(workshop_id)

    return form_page(
        form,
        "workshops/edit.html",
        act,
        _("Saved."),
        lambda: {"workshop": planned(workshop_id)},
    )


@blueprint.post("/<int:workshop_id>/publish")
@requires("workshops.plan")
def publish(workshop_id: int) -> Response:
    """Show a draft to those it is for."""
    planned(workshop_id)
    return _move(
        workshop_id, lambda actor: standing.publish(workshop_id, actor=actor), _("Published.")
    )


@blueprint.post("/<int:workshop_id>/start")
@requires("workshops.read")
def start(workshop_id: int) -> Response:
    """Say that a workshop runs now."""
    get_run_workshop(workshop_id, actor=current_actor())
    return _move(
        workshop_id, lambda actor: standing.start(workshop_id, actor=actor), _("It runs now.")
    )


def _move(workshop_id: int, act: Any, done: str) -> Response:
    """An act of one button: its refusal is shown on the workshop's page."""
    try:
        with acting() as actor:
            act(actor)
    except (Forbidden, NotFound):
        raise
    except DomainError as error:
        flash(str(error.message), "danger")
    else:
        flash(done, "success")
    return redirect(address(workshop_id))


@blueprint.route("/<int:workshop_id>/cancel", methods=["GET", "POST"])
@requires("workshops.plan")
def cancel(workshop_id: int) -> Answer:
    """Call a workshop off; everybody in it is told why."""
    planned(workshop_id)
    told = 0

    def act(actor: Actor) -> str:
        nonlocal told
        told = standing.cancel(workshop_id, actor=actor, reason=form.reason.data)
        return address(workshop_id)

    form = ReasonForm()
    return form_page(
        form,
        "workshops/cancel.html",
        act,
        lambda: _("Cancelled. People told: %(number)s.", number=told),
        lambda: {"workshop": planned(workshop_id)},
    )


@blueprint.route("/<int:workshop_id>/copy", methods=["GET", "POST"])
@requires("workshops.plan")
def copy(workshop_id: int) -> Answer:
    """Copy a workshop as the next cohort."""
    workshop = planned(workshop_id)
    form = CopyForm(data={"cohort": next_cohort(workshop.cohort)})

    def act(actor: Actor) -> str:
        made = copying.copy_workshop(
            workshop_id,
            actor=actor,
            cohort=form.cohort.data,
            begins_on=form.begins_on.data,
            with_files=form.with_files.data,
        )
        return address(made.id)

    return form_page(
        form,
        "workshops/copy.html",
        act,
        _("Copied as a draft. Look through its dates, then publish it."),
        lambda: {"workshop": planned(workshop_id)},
    )
