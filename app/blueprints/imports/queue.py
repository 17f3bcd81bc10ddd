"""Rows that wait for an officer to say who is meant."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.access.guards import acting, current_actor, requires
from app.blueprints.asking import asked_page, asked_text, refuse_beyond
from app.blueprints.imports.blueprint import blueprint
from app.blueprints.imports.forms import ReasonForm
from app.blueprints.imports.views import show_row
from app.blueprints.imports.words import KIND_NAMES
from app.core.errors import DomainError
from app.domain.accounts.rules import Actor
from app.domain.exchange import operations
from app.domain.exchange.models import ImportRow, RowState
from app.domain.exchange.queries import get_row, list_waiting
from app.domain.people.queries.candidates import search_candidates

NEW_PERSON = "new"


@blueprint.get("/queue/")
@requires("imports.use")
def queue() -> str:
    """Everything that waits, the oldest first."""
    page = list_waiting(scope=current_actor().unit_path, page=asked_page())
    refuse_beyond(page)
    rows = [(show_row(row), row.batch) for row in page.items]
    return render_template("imports/queue.html", page=page, rows=rows, kind_names=KIND_NAMES)


@blueprint.get("/queue/<int:row_id>")
@requires("imports.use")
def queue_row(row_id: int) -> str:
    """One row, and who it may be."""
    actor = current_actor()
    return _page(get_row(row_id, scope=actor.unit_path), actor, ReasonForm())


def _page(row: ImportRow, actor: Actor, form: ReasonForm) -> str:
    shown = show_row(row)
    searched = asked_text()
    return render_template(
        "imports/queue_row.html",
        row=shown,
        batch=row.batch,
        form=form,
        waits=row.state is RowState.UNRESOLVED,
        candidates=search_candidates(searched or shown.name, scope=actor.unit_path),
        searched=searched,
        kind_names=KIND_NAMES,
    )


@blueprint.post("/queue/<int:row_id>/resolve")
@requires("imports.use")
def resolve(row_id: int) -> ResponseReturnValue:
    """It is this person, or a new one; the row lands as part of its import."""
    picked = request.form.get("person", "")
    if picked != NEW_PERSON and not (picked.isascii() and picked.isdecimal() and len(picked) < 10):
        abort(400, _("Choose a person, or say that it is a new one."))
    person_id = None if picked == NEW_PERSON else int(picked)
    try:
        operations.resolve(row_id, person_id, acting, actor=current_actor())
    except DomainError as error:
        if error.status != 409:
            raise
        flash(str(error.message), "warning")
        return redirect(url_for("imports.queue_row", row_id=row_id))
    flash(_("Settled; the row has been imported."), "success")
    return redirect(url_for("imports.queue"))


@blueprint.post("/queue/<int:row_id>/dismiss")
@requires("imports.use")
def dismiss(row_id: int) -> ResponseReturnValue:
    """Leave the row out, with a reason."""
    form = ReasonForm()
    actor = current_actor()
    if not form.validate_on_submit():
        return _page(get_row(row_id, scope=actor.unit_path), actor, form), 422
    with acting() as fresh:
        operations.dismiss(row_id, form.reason.data, actor=fresh)
    flash(_("Left out."), "success")
    return redirect(url_for("imports.queue"))
