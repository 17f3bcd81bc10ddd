"""The front page: what needs doing."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from app.blueprints.access import current_actor, signed_in
from app.blueprints.home.tasks import home_tasks

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
@signed_in
def index() -> ResponseReturnValue:
    """What needs doing in the present role, with counts."""
    actor = current_actor()
    return render_template("home/index.html", tasks=home_tasks(actor), actor=actor)
