"""Who teaches in an online course."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.access.guards import acting, current_actor, requires
from app.blueprints.asking import asked_text
from app.blueprints.courses.blueprint import blueprint
from app.blueprints.courses.forms import TrainerForm
from app.blueprints.courses.planning import planned
from app.blueprints.people.acts import Answer, form_page
from app.domain.accounts.queries.trainers import search_trainer_accounts
from app.domain.accounts.rules import Actor
from app.domain.courses.operations.trainers import assign_trainer, remove_trainer
from app.domain.courses.queries.courses import list_trainers


@blueprint.route("/<int:course_id>/trainers", methods=["GET", "POST"])
@requires("courses.edit")
def trainers(course_id: int) -> Answer:
    """Who teaches, and a form for one more."""
    actor = current_actor()
    planned(course_id)
    found = search_trainer_accounts(asked_text(), scope=actor.unit_path)
    form = TrainerForm()
    form.account.choices = [
        ("", _("Choose")),
        *((str(row.id), f"{row.display_name or row.username} · {row.unit_name}") for row in found),
    ]

    def act(actor: Actor) -> str:
        assign_trainer(course_id, form.account.data, actor=actor)
        return _address(course_id)

    return form_page(
        form, "courses/trainers.html", act, _("Assigned."), lambda: _context(course_id)
    )


def _address(course_id: int) -> str:
    return url_for("courses.trainers", course_id=course_id)


def _context(course_id: int) -> dict[str, Any]:
    return {
        "course": planned(course_id),
        "trainers": list_trainers(course_id),
        "searched": asked_text(),
    }


@blueprint.post("/<int:course_id>/trainers/<int:course_trainer_id>/remove")
@requires("courses.edit")
def remove_one(course_id: int, course_trainer_id: int) -> Response:
    """Take a trainer off a course."""
    planned(course_id)
    with acting() as actor:
        remove_trainer(course_id, course_trainer_id, actor=actor)
    flash(_("Removed."), "success")
    return redirect(_address(course_id))
