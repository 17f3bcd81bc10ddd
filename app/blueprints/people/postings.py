"""Forms about one posting: begin, end, take an end back, correct."""

from __future__ import annotations

from typing import Any

from flask import request, url_for
from flask_babel import gettext as _

from app.access.guards import current_actor, requires
from app.blueprints.people.acts import Answer, form_page, seen_version
from app.blueprints.people.blueprint import blueprint
from app.blueprints.people.forms import (
    AddPostingForm,
    CorrectPostingForm,
    EndPostingForm,
    ReasonForm,
)
from app.blueprints.units.acts import find_named_unit
from app.core import clock
from app.domain.accounts.rules import Actor
from app.domain.people.models import Posting
from app.domain.people.operations.postings import (
    add_posting,
    correct_posting,
    end_posting,
    undo_end,
)
from app.domain.people.queries.record import get_person, get_posting, list_running_postings


def posting_context(posting_id: int) -> dict[str, Any]:
    """The posting a form is about, with its person."""
    posting = get_posting(posting_id, scope=current_actor().unit_path)
    return {"posting": posting, "person": posting.person}


def record_address(posting: Posting) -> str:
    return url_for("people.show", person_id=posting.person_id)


@blueprint.route("/<int:person_id>/postings/new", methods=["GET", "POST"], endpoint="add_posting")
@requires("people.edit")
def begin(person_id: int) -> Answer:
    """Another posting, at this or another unit."""
    form = AddPostingForm()
    if request.method == "GET":
        form.valid_from.data = clock.today()
    get_person(person_id, scope=current_actor().unit_path)

    def act(actor: Actor) -> str:
        unit = find_named_unit(form.unit.data, "unit", actor)
        facts = form.posting_facts(form.recruited_on.data)
        add_posting(
            person_id, unit_id=unit.id, facts=facts, valid_from=form.valid_from.data, actor=actor
        )
        return url_for("people.show", person_id=person_id)

    def context() -> dict[str, Any]:
        return {
            "person": get_person(person_id, scope=current_actor().unit_path),
            "running": list_running_postings(person_id),
        }

    return form_page(form, "people/add_posting.html", act, _("The posting begins."), context)


@blueprint.route("/postings/<int:posting_id>/end", methods=["GET", "POST"], endpoint="end_posting")
@requires("people.edit")
def end(posting_id: int) -> Answer:
    """End a posting on its last day."""
    posting = get_posting(posting_id, scope=current_actor().unit_path)
    form = EndPostingForm()
    if request.method == "GET":
        form.on.data = clock.today()
        form.row_version.data = str(posting.row_version)

    def act(actor: Actor) -> str:
        ended = end_posting(
            posting_id,
            actor=actor,
            on=form.on.data,
            reason=form.end_reason.data,
            note=form.note.data,
            row_version=seen_version(form),
        )
        return record_address(ended)

    return form_page(
        form,
        "people/end_posting.html",
        act,
        _("The posting ends."),
        lambda: posting_context(posting_id),
    )


@blueprint.route("/postings/<int:posting_id>/undo-end", methods=["GET", "POST"])
@requires("people.edit")
def undo_posting_end(posting_id: int) -> Answer:
    """Take a mistaken end back."""
    get_posting(posting_id, scope=current_actor().unit_path)
    form = ReasonForm()

    def act(actor: Actor) -> str:
        return record_address(undo_end(posting_id, actor=actor, reason=form.reason.data))

    return form_page(
        form,
        "people/undo_end.html",
        act,
        _("The posting runs on."),
        lambda: posting_context(posting_id),
    )


@blueprint.route("/postings/<int:posting_id>/correct", methods=["GET", "POST"])
@requires("people.edit")
def correct_posting_facts(posting_id: int) -> Answer:
    """Put right what was entered wrongly."""
    posting = get_posting(posting_id, scope=current_actor().unit_path)
    form = CorrectPostingForm()
    if request.method == "GET":
        for name in ("role", "subject", "title", "recruited_on", "valid_from", "valid_until"):
            form[name].data = getattr(posting, name)
        form.row_version.data = str(posting.row_version)

    def act(actor: Actor) -> str:
        corrected = correct_posting(
            posting_id,
            facts=form.posting_facts(form.recruited_on.data),
            valid_from=form.valid_from.data,
            valid_until=form.valid_until.data,
            actor=actor,
            reason=form.reason.data,
            row_version=seen_version(form),
        )
        return record_address(corrected)

    return form_page(
        form,
        "people/correct_posting.html",
        act,
        _("Corrected."),
        lambda: posting_context(posting_id),
    )
