"""The front page of placements, by role."""

from __future__ import annotations

from flask import render_template

from app.access.guards import current_actor, requires
from app.blueprints.placements import words
from app.blueprints.placements.blueprint import blueprint
from app.blueprints.placements.front import front_page, front_page_for
from app.domain.accounts.rules import Actor
from app.domain.placements.queries.cohorts import CohortFilter, list_cohorts
from app.domain.placements.queries.nominations import count_waiting


@blueprint.get("/")
@requires("placements.see")
def index() -> str:
    """Placements as the reader's role meets them."""
    return front_page_for(current_actor())


@front_page("placements.read")
def office(actor: Actor) -> str:
    """Of a school or county: the cohorts it can nominate for, what waits for it."""
    return render_template(
        "placements/index.html",
        page=list_cohorts(actor, CohortFilter(), page=1),
        words=words,
        waiting=count_waiting(actor),
    )
