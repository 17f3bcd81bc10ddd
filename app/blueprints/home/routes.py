"""The front page: what needs doing."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask_login import current_user

from app.access.guards import current_actor, signed_in
from app.access.session import previous_sign_in
from app.blueprints.home.places import places_for
from app.blueprints.home.tasks import home_tasks

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
@signed_in
def index() -> str:
    """What needs doing in the present role, with counts, and where to go otherwise."""
    actor = current_actor()
    return render_template(
        "home/index.html",
        tasks=home_tasks(actor),
        places=places_for(actor),
        actor=actor,
        name=current_user.display_name,
        previous=previous_sign_in(),
    )
