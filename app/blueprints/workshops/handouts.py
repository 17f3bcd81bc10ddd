"""Files handed out with a workshop: add, download, remove."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.access.guards import acting, current_actor, requires
from app.blueprints.downloads import attachment as download
from app.blueprints.people.acts import Answer
from app.blueprints.units.acts import show_refusal
from app.blueprints.workshops.blueprint import blueprint
from app.blueprints.workshops.forms import FileForm
from app.blueprints.workshops.planning import planned
from app.core import files
from app.core.errors import DomainError, Forbidden, NotFound
from app.core.uploads import check_file
from app.domain.workshops.operations.attachments import (
    add_attachment,
    discard,
    remove_attachment,
)
from app.domain.workshops.queries.overview import get_attachment, list_attachments


def _address(workshop_id: int) -> str:
    return url_for("workshops.handouts", workshop_id=workshop_id)


@blueprint.route("/<int:workshop_id>/files", methods=["GET", "POST"])
@requires("workshops.plan")
def handouts(workshop_id: int) -> Answer:
    """The files, and a form for one more."""
    planned(workshop_id)
    form = FileForm()
    if form.validate_on_submit():
        try:
            _keep(workshop_id, form.file.data.read(), form.file.data.filename or "")
        except (Forbidden, NotFound):
            raise
        except DomainError as error:
            show_refusal(form, error)
        else:
            flash(_("Added."), "success")
            return redirect(_address(workshop_id))
    page = render_template(
        "workshops/files.html",
        form=form,
        workshop=planned(workshop_id),
        attachments=list_attachments(workshop_id),
    )
    return (page, 422) if form.errors else page


def _keep(workshop_id: int, data: bytes, name: str) -> None:
    """Check and store before the transaction: nothing slow happens inside it."""
    kind = check_file(data, name)
    key = files.store(data)
    try:
        with acting() as actor:
            add_attachment(
                workshop_id, file_key=key, name=name, kind=kind, size=len(data), actor=actor
            )
    except BaseException:
        files.remove(key)
        raise


@blueprint.get("/files/<int:attachment_id>")
@requires("workshops.read")
def handout(attachment_id: int) -> Response:
    """Download a file."""
    kept = get_attachment(attachment_id, actor=current_actor())
    return download(files.load(kept.file_key), kept.file_name, kept.content_type)


@blueprint.post("/files/<int:attachment_id>/remove")
@requires("workshops.plan")
def remove_handout(attachment_id: int) -> Response:
    """Take a file back."""
    planned(get_attachment(attachment_id, actor=current_actor()).workshop_id)
    with acting() as actor:
        workshop_id, key = remove_attachment(attachment_id, actor=actor)
    discard(key)
    flash(_("Removed."), "success")
    return redirect(_address(workshop_id))
