"""Confirm, discard and take back an import."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.access.guards import acting, current_actor, requires
from app.blueprints.imports import routes
from app.blueprints.imports.blueprint import blueprint
from app.blueprints.imports.forms import ReasonForm
from app.blueprints.imports.words import TABLE_NAMES
from app.core.errors import DomainError
from app.domain.exchange import operations
from app.domain.exchange.background import confirm_later, has_many_rows


@blueprint.post("/<int:import_id>/confirm")
@requires("imports.read")
def confirm(import_id: int) -> ResponseReturnValue:
    """Let it land as the preview showed it, or (many rows) ask the worker to."""
    actor = current_actor()
    batch = routes.visible_import(import_id, actor)
    shown = redirect(url_for("imports.show", import_id=import_id))
    try:
        if has_many_rows(batch):
            with acting() as fresh:
                confirm_later(import_id, actor=fresh)
            return shown
        operations.confirm(import_id, acting, actor=actor)
    except DomainError as error:
        flash(str(error.message), "warning")
        return shown
    flash(_("Imported."), "success")
    return shown


@blueprint.post("/<int:import_id>/discard")
@requires("imports.read")
def discard(import_id: int) -> ResponseReturnValue:
    with acting() as actor:
        operations.discard(import_id, actor=actor)
    flash(_("Discarded. Nothing was changed."), "success")
    return redirect(url_for("imports.index"))


@blueprint.route("/<int:import_id>/undo", methods=["GET", "POST"])
@requires("imports.read")
def undo(import_id: int) -> ResponseReturnValue:
    """Take a landed import back; what builds on it is named."""
    actor = current_actor()
    batch = routes.visible_import(import_id, actor)
    form = ReasonForm()
    if form.validate_on_submit():
        try:
            with acting() as fresh:
                operations.undo(import_id, form.reason.data, actor=fresh)
        except DomainError as error:
            form.form_errors.append(str(error.message))
        else:
            flash(_("Taken back. Everything is as it was before."), "success")
            return redirect(url_for("imports.show", import_id=import_id))
        batch = routes.visible_import(import_id, actor)
    blockers = operations.list_blockers(import_id, scope=actor.unit_path)
    page = render_template(
        "imports/undo.html", batch=batch, form=form, blockers=blockers, table_names=TABLE_NAMES
    )
    return page, 422 if form.errors else 200
