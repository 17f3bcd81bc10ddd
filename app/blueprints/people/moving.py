"""Forms that hold from a day on: another role or title, another unit."""

from __future__ import annotations

from flask import request
from flask_babel import gettext as _

from app.access.guards import current_actor, requires
from app.blueprints.people.acts import Answer, form_page, seen_version
from app.blueprints.people.blueprint import blueprint
from app.blueprints.people.forms import ChangePostingForm, TransferForm
from app.blueprints.people.postings import posting_context, record_address
from app.blueprints.units.acts import find_named_unit
from app.core import clock
from app.domain.accounts.rules import Actor
from app.domain.people.operations.moves import change_posting, transfer
from app.domain.people.queries.record import get_posting


@blueprint.route("/postings/<int:posting_id>/change", methods=["GET", "POST"])
@requires("people.edit")
def change_posting_from(posting_id: int) -> Answer:
    """Another role, subject or title from a day on."""
    posting = get_posting(posting_id, scope=current_actor().unit_path)
    form = ChangePostingForm()
    if request.method == "GET":
        form.on.data = clock.today()
        form.row_version.data = str(posting.row_version)
        for name in ("role", "subject", "title"):
            form[name].data = getattr(posting, name)

    def act(actor: Actor) -> str:
        changed = change_posting(
            posting_id,
            facts=form.posting_facts(),
            on=form.on.data,
            actor=actor,
            reason=form.note.data,
            row_version=seen_version(form),
        )
        return record_address(changed)

    return form_page(
        form,
        "people/change_posting.html",
        act,
        _("Changed. The old posting stays in the history."),
        lambda: posting_context(posting_id),
    )


@blueprint.route("/postings/<int:posting_id>/transfer", methods=["GET", "POST"])
@requires("people.edit")
def transfer_posting(posting_id: int) -> Answer:
    """To another unit from a day on."""
    posting = get_posting(posting_id, scope=current_actor().unit_path)
    form = TransferForm()
    if request.method == "GET":
        form.on.data = clock.today()
        form.role.data = posting.role
        form.row_version.data = str(posting.row_version)

    def act(actor: Actor) -> str:
        unit = find_named_unit(form.unit.data, "unit", actor)
        moved = transfer(
            posting_id,
            unit_id=unit.id,
            on=form.on.data,
            actor=actor,
            role=form.role.data,
            reason=form.note.data,
            row_version=seen_version(form),
        )
        return record_address(moved)

    return form_page(
        form,
        "people/transfer.html",
        act,
        _("Transferred. The old posting stays in the history."),
        lambda: posting_context(posting_id),
    )
