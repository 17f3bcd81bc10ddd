"""Assignments: set and read by who runs the workshop, handed in by who has a seat."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.access.guards import acting, current_actor, requires
from app.blueprints.people.acts import form_page, seen_version
from app.blueprints.workshops.blueprint import blueprint
from app.blueprints.workshops.grading_forms import AssignmentForm
from app.core import clock
from app.domain.accounts.rules import Actor
from app.domain.workshops.models import Assignment, Workshop
from app.domain.workshops.operations import assignments as operations
from app.domain.workshops.operations.appeals import own_enrolment
from app.domain.workshops.queries.assignments import (
    count_graded,
    get_assignment,
    list_assignments,
    list_hand_ins,
    newest_own_submissions,
)
from app.domain.workshops.queries.gradebook import list_criteria
from app.domain.workshops.queries.workshops import get_run_workshop, get_workshop, may_run
from app.domain.workshops.rules.planning import EDITABLE, instant
from app.domain.workshops.rules.words import CriterionKind


@blueprint.get("/<int:workshop_id>/assignments")
@requires("workshops.read")
def assignments(workshop_id: int) -> str:
    """The assignments of a workshop: with counts for who runs it, with the own state for who takes part."""
    actor = current_actor()
    workshop = get_workshop(workshop_id, actor=actor)
    if may_run(workshop, actor):
        return render_template(
            "workshops/assignments.html",
            workshop=workshop,
            assignments=list_assignments(workshop_id),
            people=count_graded(workshop_id),
            editable=workshop.status in EDITABLE,
        )
    enrolment = own_enrolment(workshop_id, actor)
    return render_template(
        "workshops/own_assignments.html",
        workshop=workshop,
        assignments=list_assignments(workshop_id),
        submissions=newest_own_submissions(workshop_id, enrolment.id),
        now=clock.now(),
    )


def _read(workshop_id: int, assignment_id: int) -> tuple[Workshop, Assignment]:
    workshop = get_run_workshop(workshop_id, actor=current_actor())
    return workshop, get_assignment(assignment_id, workshop_id)


@blueprint.get("/<int:workshop_id>/assignments/<int:assignment_id>")
@requires("workshops.grade")
def assignment(workshop_id: int, assignment_id: int) -> str:
    """Who handed in what, and who has not."""
    workshop, found = _read(workshop_id, assignment_id)
    rows = list_hand_ins(found)
    return render_template(
        "workshops/assignment.html",
        workshop=workshop,
        assignment=found,
        rows=rows,
        handed_in=sum(1 for row in rows if row.newest is not None),
        editable=workshop.status in EDITABLE,
    )


def _form(workshop_id: int, **values: Any) -> AssignmentForm:
    form = AssignmentForm(data=values)
    form.criterion.choices = [(0, _("No criterion"))] + [
        (criterion.id, criterion.title)
        for criterion in list_criteria(workshop_id)
        if criterion.kind is not CriterionKind.ATTENDANCE
    ]
    return form


def _facts(form: AssignmentForm) -> operations.AssignmentFacts:
    return operations.AssignmentFacts(
        title=form.title.data or "",
        instructions=form.instructions.data,
        due_at=_instant(form.due_at.data),
        accepts_late=form.accepts_late.data,
        criterion_id=form.criterion.data or None,
    )


def _instant(wall: datetime | None) -> datetime | None:
    if wall is None:
        return None
    if not 2000 <= wall.year <= 2100:
        abort(400)
    return instant(wall, clock.zone()) or wall.replace(tzinfo=clock.zone())


@blueprint.route("/<int:workshop_id>/assignments/new", methods=["GET", "POST"])
@requires("workshops.grade")
def new_assignment(workshop_id: int) -> ResponseReturnValue:
    """Set work; everybody with a seat is told."""
    get_run_workshop(workshop_id, actor=current_actor())
    form = _form(workshop_id, accepts_late=True)

    def act(actor: Actor) -> str:
        made = operations.add_assignment(workshop_id, _facts(form), actor=actor)
        return url_for("workshops.assignment", workshop_id=workshop_id, assignment_id=made.id)

    return form_page(
        form,
        "workshops/assignment_form.html",
        act,
        _("Set, and everybody told."),
        lambda: {
            "workshop": get_run_workshop(workshop_id, actor=current_actor()),
            "assignment": None,
        },
    )


@blueprint.route("/<int:workshop_id>/assignments/<int:assignment_id>/edit", methods=["GET", "POST"])
@requires("workshops.grade")
def edit_assignment(workshop_id: int, assignment_id: int) -> ResponseReturnValue:
    """Change what is set."""
    _workshop, known = _read(workshop_id, assignment_id)
    form = _form(
        workshop_id,
        title=known.title,
        instructions=known.instructions,
        due_at=clock.local(known.due_at) if known.due_at else None,
        accepts_late=known.accepts_late,
        criterion=known.criterion_id or 0,
        row_version=known.row_version,
    )
    target = url_for("workshops.assignment", workshop_id=workshop_id, assignment_id=assignment_id)

    def act(actor: Actor) -> str:
        operations.edit_assignment(
            assignment_id,
            _facts(form),
            workshop_id=workshop_id,
            actor=actor,
            expected_version=seen_version(form),
        )
        return target

    def context() -> dict[str, Any]:
        workshop, found = _read(workshop_id, assignment_id)
        return {"workshop": workshop, "assignment": found}

    return form_page(form, "workshops/assignment_form.html", act, _("Saved."), context)


@blueprint.post("/<int:workshop_id>/assignments/<int:assignment_id>/remove")
@requires("workshops.grade")
def remove_assignment(workshop_id: int, assignment_id: int) -> ResponseReturnValue:
    """Take away an assignment nobody has handed anything in for."""
    with acting() as actor:
        operations.remove_assignment(assignment_id, workshop_id=workshop_id, actor=actor)
    flash(_("Removed."), "success")
    return redirect(url_for("workshops.assignments", workshop_id=workshop_id))
