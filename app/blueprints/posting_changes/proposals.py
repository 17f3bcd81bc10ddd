"""Forms in which a school proposes a change of its list."""

from __future__ import annotations

from typing import Any

from flask import request, url_for
from flask_babel import gettext as _

from app.access.guards import current_actor, requires
from app.blueprints.people.acts import Answer, form_page
from app.blueprints.people.forms import ChangePostingForm, EndPostingForm, ProposeForm
from app.blueprints.people.postings import posting_context
from app.blueprints.posting_changes.blueprint import blueprint
from app.blueprints.units.acts import find_named_unit
from app.core import clock
from app.core.errors import DomainError
from app.domain.accounts.rules import Actor
from app.domain.people.operations import proposals
from app.domain.people.queries.record import get_posting


def _sent() -> str:
    return _("Proposed. The county is to confirm it; you will be told.")


@blueprint.route("/new", methods=["GET", "POST"])
@requires("people.propose")
def propose_addition() -> Answer:
    """Propose that somebody serves at the school."""
    form = ProposeForm()
    shown: dict[str, Any] = {"other": None}
    if request.method == "GET":
        actor = current_actor()
        if actor.unit_kind == "school":
            form.unit.data = f"{actor.unit_code} {actor.unit_name}"
        form.valid_from.data = clock.today()

    def act(actor: Actor) -> str:
        unit = find_named_unit(form.unit.data, "unit", actor)
        proposals.propose_addition(
            form.person_facts(),
            unit_id=unit.id,
            posting=form.posting_facts(form.recruited_on.data),
            on=form.valid_from.data or clock.today(),
            actor=actor,
            note=form.remark.data,
            namesake_known=form.namesake_known.data,
        )
        return url_for("posting_changes.index")

    def refused(error: DomainError) -> None:
        shown["other"] = error.details.get("person_id")
        shown["namesake"] = error.code == "namesake"

    return form_page(form, "posting_changes/add.html", act, _sent, lambda: shown, refused)


@blueprint.route("/postings/<int:posting_id>/end", methods=["GET", "POST"])
@requires("people.propose")
def propose_posting_end(posting_id: int) -> Answer:
    """Propose that a posting ends."""
    get_posting(posting_id, scope=current_actor().unit_path)
    form = EndPostingForm()
    if request.method == "GET":
        form.on.data = clock.today()

    def act(actor: Actor) -> str:
        proposals.propose_end(
            posting_id,
            on=form.on.data,
            reason=form.end_reason.data,
            actor=actor,
            note=form.note.data,
        )
        return url_for("posting_changes.index")

    return form_page(
        form, "posting_changes/end.html", act, _sent, lambda: posting_context(posting_id)
    )


@blueprint.route("/postings/<int:posting_id>/change", methods=["GET", "POST"])
@requires("people.propose")
def propose_posting_change(posting_id: int) -> Answer:
    """Propose another role, subject or title from a day on."""
    posting = get_posting(posting_id, scope=current_actor().unit_path)
    form = ChangePostingForm()
    if request.method == "GET":
        form.on.data = clock.today()
        for name in ("role", "subject", "title"):
            form[name].data = getattr(posting, name)

    def act(actor: Actor) -> str:
        proposals.propose_change(
            posting_id,
            facts=form.posting_facts(),
            on=form.on.data,
            actor=actor,
            note=form.note.data,
        )
        return url_for("posting_changes.index")

    return form_page(
        form, "posting_changes/change.html", act, _sent, lambda: posting_context(posting_id)
    )
