"""Who trains in a workshop."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.access.guards import acting, current_actor, requires
from app.blueprints.asking import asked_text
from app.blueprints.people.acts import Answer, form_page
from app.blueprints.workshops import words
from app.blueprints.workshops.blueprint import blueprint
from app.blueprints.workshops.forms import TrainerForm
from app.blueprints.workshops.planning import planned
from app.blueprints.workshops.timetable import regular_sessions
from app.domain.accounts.queries.trainers import search_trainer_accounts
from app.domain.accounts.rules import Actor
from app.domain.workshops.operations.trainers import assign_trainer, remove_trainer
from app.domain.workshops.queries.trainers import find_trained_workshop_id, list_trainers


@blueprint.route("/<int:workshop_id>/trainers", methods=["GET", "POST"])
@requires("workshops.plan")
def trainers(workshop_id: int) -> Answer:
    """The trainers, and a form for one more."""
    actor = current_actor()
    planned(workshop_id)
    found = search_trainer_accounts(asked_text(), scope=actor.unit_path)
    form = TrainerForm()
    form.account.choices = [
        ("", _("Choose")),
        *((str(row.id), f"{row.display_name or row.username} · {row.unit_name}") for row in found),
    ]
    form.session.choices = [
        ("", _("All sessions")),
        *((str(key), text) for key, text in regular_sessions(workshop_id)),
    ]

    def act(actor: Actor) -> str:
        assign_trainer(
            workshop_id,
            form.account.data,
            form.role.data,
            session_id=form.session.data,
            actor=actor,
        )
        return _address(workshop_id)

    return form_page(
        form, "workshops/trainers.html", act, _("Assigned."), lambda: _context(workshop_id)
    )


def _address(workshop_id: int) -> str:
    return url_for("workshops.trainers", workshop_id=workshop_id)


def _context(workshop_id: int) -> dict[str, Any]:
    return {
        "workshop": planned(workshop_id),
        "trainers": list_trainers(workshop_id),
        "words": words,
        "searched": asked_text(),
    }


@blueprint.post("/trainers/<int:trainer_id>/remove")
@requires("workshops.plan")
def remove(trainer_id: int) -> Response:
    """Take a trainer off a workshop."""
    workshop_id = find_trained_workshop_id(trainer_id)
    if workshop_id is None:
        abort(404)
    planned(workshop_id)
    with acting() as actor:
        remove_trainer(trainer_id, actor=actor)
    flash(_("Removed."), "success")
    return redirect(_address(workshop_id))
