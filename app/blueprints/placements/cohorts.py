"""Cohorts: the list, one cohort, plan it, publish it, call it off, copy it as the next one."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup
from werkzeug.wrappers import Response

from app.access.guards import acting, current_actor, requires
from app.blueprints.asking import asked_choice, asked_number, asked_page, asked_text, refuse_beyond
from app.blueprints.certificates.trainings import issue_address
from app.blueprints.people.acts import Answer, form_page, seen_version
from app.blueprints.placements import words
from app.blueprints.placements.blueprint import blueprint
from app.blueprints.placements.forms import CohortForm, CopyForm, NewCohortForm, ReasonForm
from app.blueprints.units.acts import find_named_unit
from app.blueprints.units.words import STAGE_NAMES
from app.core import clock
from app.core.errors import DomainError, Forbidden, NotFound
from app.core.rich_text import render_markdown
from app.domain.accounts.rules import Actor
from app.domain.placements.models import Cohort
from app.domain.placements.operations import copying, planning, standing
from app.domain.placements.queries.cohort_placements import list_cohort_placements
from app.domain.placements.queries.cohorts import CohortFilter, count_cohort, list_cohorts
from app.domain.placements.queries.records import records_of
from app.domain.placements.queries.seats import (
    list_criteria,
    list_files,
    list_quotas,
    list_seats,
)
from app.domain.placements.queries.visibility import get_cohort, may_plan
from app.domain.placements.rules.planning import EDITABLE
from app.domain.placements.rules.words import CohortStatus, Phase, PlacementStatus


def address(cohort_id: int) -> str:
    return url_for("placements.cohort", cohort_id=cohort_id)


def planned(cohort_id: int) -> Cohort:
    """A cohort that the reader plans; 404 for everybody else."""
    actor = current_actor()
    found = get_cohort(cohort_id, actor=actor)
    if not may_plan(found, actor):
        raise NotFound(_("There is no such cohort within your unit."))
    return found


@blueprint.get("/cohorts/")
@requires("placements.see")
def cohorts() -> str:
    """The cohorts that the reader sees, the latest first."""
    wanted = CohortFilter(
        q=asked_text(),
        status=asked_choice("status", CohortStatus),
        year=asked_number("year", 1900, 2200),
    )
    page = list_cohorts(current_actor(), wanted, page=asked_page())
    refuse_beyond(page)
    return render_template(
        "placements/cohorts.html", page=page, words=words, years=_years(), chips=_chips(wanted)
    )


def _years() -> list[tuple[str, str]]:
    this_year = clock.today().year
    return [(str(year), str(year)) for year in range(this_year + 1, this_year - 8, -1)]


def _chips(wanted: CohortFilter) -> list[tuple[str, str, str]]:
    chosen = [
        ("q", _("Search"), wanted.q),
        ("status", _("Status"), wanted.status and words.COHORT_STATUSES[wanted.status]),
        ("year", _("Year"), wanted.year),
    ]
    return [(name, label, str(value)) for name, label, value in chosen if value]


@blueprint.get("/cohorts/<int:cohort_id>")
@requires("placements.see")
def cohort(cohort_id: int) -> str:
    """One cohort: its term, seats, requirements, plan and criteria."""
    actor = current_actor()
    found = get_cohort(cohort_id, actor=actor)
    planner = may_plan(found, actor)
    draft = found.status is CohortStatus.DRAFT and planner
    plan = standing.read_readiness(found) if draft else None
    return render_template(
        "placements/cohort.html",
        cohort=found,
        words=words,
        stages=STAGE_NAMES,
        planner=planner,
        open=planner and found.status in EDITABLE,
        counts=count_cohort(found, actor),
        seats=list_seats(found.id),
        quotas=[row for row in list_quotas(found.id) if planner or _is_of(row.unit_id, actor)],
        criteria={phase: _of(phase, found.id) for phase in Phase},
        files=list_files(found.id),
        plan_text=Markup(render_markdown(found.plan)) if found.plan else None,
        missing=standing.missing_words(plan) if plan else [],
        hints=standing.hint_words(plan) if plan else [],
        issue=issue_address(records_of(found.id), found.title, actor=actor),
    )


def _is_of(unit_id: int, actor: Actor) -> bool:
    return unit_id == actor.unit_id


def _of(phase: Phase, cohort_id: int) -> list[Any]:
    return [item for item in list_criteria(cohort_id) if item.phase is phase]


@blueprint.route("/cohorts/new", methods=["GET", "POST"])
@requires("placements.plan")
def new_cohort() -> Answer:
    """Plan a cohort as a draft."""
    actor = current_actor()
    form = NewCohortForm(data={"unit": f"{actor.unit_code} {actor.unit_name}"})

    def act(actor: Actor) -> str:
        unit = find_named_unit(form.unit.data or "", "unit", actor)
        return address(planning.create_cohort(unit.id, form.facts(), actor=actor).id)

    return form_page(
        form,
        "placements/cohort_edit.html",
        act,
        _("Saved as a draft. Say which base schools offer seats, then publish it."),
        lambda: {"cohort": None},
    )


@blueprint.route("/cohorts/<int:cohort_id>/edit", methods=["GET", "POST"])
@requires("placements.plan")
def edit_cohort(cohort_id: int) -> Answer:
    """Change what a cohort says."""
    form = CohortForm(obj=planned(cohort_id))

    def act(actor: Actor) -> str:
        planning.edit_cohort(
            cohort_id, form.facts(), expected_version=seen_version(form), actor=actor
        )
        return address(cohort_id)

    return form_page(
        form,
        "placements/cohort_edit.html",
        act,
        _("Saved."),
        lambda: {"cohort": planned(cohort_id)},
    )


@blueprint.post("/cohorts/<int:cohort_id>/publish")
@requires("placements.plan")
def publish_cohort(cohort_id: int) -> Response:
    """Open a draft to those who nominate."""
    planned(cohort_id)
    try:
        with acting() as actor:
            told = standing.publish_cohort(cohort_id, actor=actor)
    except (Forbidden, NotFound):
        raise
    except DomainError as error:
        flash(str(error.message), "danger")
    else:
        flash(
            ngettext(
                "Published. %(num)s account was told.",
                "Published. %(num)s accounts were told.",
                told,
            ),
            "success",
        )
    return redirect(address(cohort_id))


@blueprint.route("/cohorts/<int:cohort_id>/cancel", methods=["GET", "POST"])
@requires("placements.plan")
def cancel_cohort(cohort_id: int) -> Answer:
    """Call a cohort off; everybody in it is told why."""
    planned(cohort_id)
    told = 0
    form = ReasonForm()

    def act(actor: Actor) -> str:
        nonlocal told
        told = standing.cancel_cohort(cohort_id, reason=form.reason.data or "", actor=actor)
        return address(cohort_id)

    return form_page(
        form,
        "placements/cohort_cancel.html",
        act,
        lambda: _("Cancelled. People told: %(number)s.", number=told),
        lambda: {"cohort": planned(cohort_id)},
    )


@blueprint.route("/cohorts/<int:cohort_id>/copy", methods=["GET", "POST"])
@requires("placements.plan")
def copy_cohort(cohort_id: int) -> Answer:
    """Copy a cohort as the next one."""
    form = CopyForm(data={"title": copying.next_title(planned(cohort_id))})
    left_out: list[str] = []

    def act(actor: Actor) -> str:
        title, starts_on = form.chosen()
        made, names = copying.copy_cohort(cohort_id, title=title, starts_on=starts_on, actor=actor)
        left_out.extend(names)
        return address(made.id)

    def done() -> str:
        text = _("Copied as a draft. Look through its days, then publish it.")
        if left_out:
            text += _(
                " Without seats, because they cannot take as many then: %(schools)s.",
                schools="、".join(left_out),
            )
        return text

    return form_page(
        form,
        "placements/cohort_copy.html",
        act,
        done,
        lambda: {"cohort": planned(cohort_id)},
    )


@blueprint.get("/cohorts/<int:cohort_id>/placements")
@requires("placements.see")
def cohort_placements(cohort_id: int) -> str:
    """Who is placed in a cohort, where and with whom."""
    actor = current_actor()
    found = get_cohort(cohort_id, actor=actor)
    q, status = asked_text(), asked_choice("status", PlacementStatus)
    page = list_cohort_placements(cohort_id, actor, q=q, status=status, page=asked_page())
    refuse_beyond(page)
    chips = [
        (name, label, str(value))
        for name, label, value in (
            ("q", _("Search"), q),
            ("status", _("Status"), status and words.PLACEMENT_STATUSES[status]),
        )
        if value
    ]
    return render_template(
        "placements/cohort_placements.html", cohort=found, page=page, words=words, chips=chips
    )
