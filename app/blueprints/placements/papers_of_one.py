"""The papers of a placement: summary (总结), agreement (协议) and what else belongs to it, added by who is in it."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.access.guards import acting, current_actor, requires
from app.blueprints.placements.blueprint import blueprint
from app.blueprints.placements.forms import FileForm
from app.blueprints.placements.log_files import checked_uploads, store_and_add
from app.blueprints.units.acts import show_refusal
from app.core.errors import DomainError, Forbidden, NotFound
from app.domain.placements.operations.log_files import TAKEN
from app.domain.placements.operations.paper_files import add_papers, may_add, remove_paper
from app.domain.placements.queries.log import list_files
from app.domain.placements.queries.visibility import get_placement


@blueprint.route("/<int:placement_id>/files", methods=["GET", "POST"])
@requires("placements.see")
def placement_files(placement_id: int) -> ResponseReturnValue:
    """The papers of a placement, and a form for one more."""
    get_placement(placement_id, actor=current_actor())
    form = FileForm()
    if form.validate_on_submit():
        try:
            checked = checked_uploads()
            store_and_add(
                checked, lambda stored, actor: add_papers(placement_id, stored, actor=actor)
            )
        except (Forbidden, NotFound):
            raise
        except DomainError as error:
            show_refusal(form, error)
        else:
            flash(_("Added."), "success")
            return redirect(url_for("placements.placement_files", placement_id=placement_id))
    actor = current_actor()
    placement = get_placement(placement_id, actor=actor)
    page = render_template(
        "placements/placement_files.html",
        form=form,
        placement=placement,
        files=list_files(placement_id, None),
        adds=may_add(placement, actor),
        account_id=actor.account_id,
        accept=",".join(f".{suffix}" for suffix in TAKEN),
    )
    return (page, 422) if form.errors else page


@blueprint.post("/<int:placement_id>/files/<int:file_id>/remove")
@requires("placements.see")
def remove_placement_file(placement_id: int, file_id: int) -> ResponseReturnValue:
    """Take away a paper that one added oneself."""
    get_placement(placement_id, actor=current_actor())
    try:
        with acting() as actor:
            remove_paper(file_id, placement_id=placement_id, actor=actor)
    except (Forbidden, NotFound):
        raise
    except DomainError as error:
        flash(str(error.message), "danger")
    else:
        flash(_("Removed."), "success")
    return redirect(url_for("placements.placement_files", placement_id=placement_id))
