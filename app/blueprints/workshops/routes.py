"""The list of workshops and a workshop's overview."""

from __future__ import annotations

from flask import render_template

from app.blueprints.access import current_actor, requires
from app.blueprints.asking import asked_page, refuse_beyond
from app.blueprints.workshops.blueprint import blueprint
from app.domain.workshops.queries.workshops import WorkshopFilter, get_workshop, list_workshops


@blueprint.get("/")
@requires("workshops.read")
def index() -> str:
    """Workshops that the reader sees."""
    page = list_workshops(current_actor(), WorkshopFilter(), page=asked_page())
    refuse_beyond(page)
    return render_template("workshops/index.html", page=page)


@blueprint.get("/<int:workshop_id>")
@requires("workshops.read")
def show(workshop_id: int) -> str:
    """One workshop: facts, sessions, seats."""
    workshop = get_workshop(workshop_id, actor=current_actor())
    return render_template("workshops/show.html", workshop=workshop)
