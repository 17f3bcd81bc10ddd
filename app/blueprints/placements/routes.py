"""The front page of placements, by role."""

from __future__ import annotations

from flask import render_template

from app.access.guards import current_actor, requires
from app.blueprints.placements import words
from app.blueprints.placements.blueprint import blueprint
from app.blueprints.placements.front import front_page, front_page_for
from app.domain.accounts.rules import Actor
from app.domain.placements.queries.cohorts import CohortFilter, list_cohorts
from app.domain.placements.queries.visibility import get_cohort


@blueprint.get("/")
@requires("placements.see")
def index() -> str:
    """Placements as the reader's role meets them."""
    return front_page_for(current_actor())


@front_page("placements.read")
@front_page("placements.guide")
@front_page("placements.keep_log")
def office(actor: Actor) -> str:
    """Of a school or county: the cohorts it can nominate for."""
    return render_template(
        "placements/index.html", page=list_cohorts(actor, CohortFilter(), page=1), words=words
    )


@blueprint.get("/cohorts/<int:cohort_id>")
@requires("placements.see")
def cohort(cohort_id: int) -> str:
    """One cohort: its facts, seats, plan and criteria."""
    found = get_cohort(cohort_id, actor=current_actor())
    return render_template("placements/cohort.html", cohort=found, words=words)
