"""Papers of a cohort: add, download, take back."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.access.guards import acting, current_actor, requires
from app.blueprints.downloads import attachment as download
from app.blueprints.people.acts import Answer
from app.blueprints.placements.blueprint import blueprint
from app.blueprints.placements.cohorts import planned
from app.blueprints.placements.forms import FileForm
from app.blueprints.units.acts import show_refusal
from app.core import files
from app.core.errors import DomainError, Forbidden, NotFound
from app.core.uploads import check_file
from app.domain.placements.operations.files import add_file, get_file, remove_file
from app.domain.placements.queries.seats import list_files


@blueprint.route("/cohorts/<int:cohort_id>/files", methods=["GET", "POST"])
@requires("placements.plan")
def cohort_files(cohort_id: int) -> Answer:
    """The papers of a cohort, and a form for one more."""
    planned(cohort_id)
    form = FileForm()
    if form.validate_on_submit():
        try:
            _keep(cohort_id, form.file.data.read(), form.file.data.filename or "")
        except (Forbidden, NotFound):
            raise
        except DomainError as error:
            show_refusal(form, error)
        else:
            flash(_("Added."), "success")
            return redirect(url_for("placements.cohort_files", cohort_id=cohort_id))
    page = render_template(
        "placements/cohort_files.html",
        form=form,
        cohort=planned(cohort_id),
        files=list_files(cohort_id),
    )
    return (page, 422) if form.errors else page


def _keep(cohort_id: int, data: bytes, name: str) -> None:
    """Check and store before the transaction: nothing slow happens inside it."""
    kind = check_file(data, name)
    key = files.store(data)
    try:
        with acting() as actor:
            add_file(cohort_id, file_key=key, name=name, kind=kind, size=len(data), actor=actor)
    except BaseException:
        files.remove(key)
        raise


@blueprint.get("/cohort-files/<int:cohort_file_id>")
@requires("placements.see")
def cohort_file(cohort_file_id: int) -> Response:
    """Download a paper of a cohort."""
    kept = get_file(cohort_file_id, actor=current_actor())
    return download(files.load(kept.file_key), kept.file_name, kept.content_type)


@blueprint.post("/cohort-files/<int:cohort_file_id>/remove")
@requires("placements.plan")
def remove_cohort_file(cohort_file_id: int) -> Response:
    """Take a paper back."""
    planned(get_file(cohort_file_id, actor=current_actor()).cohort_id)
    with acting() as actor:
        cohort_id, key = remove_file(cohort_file_id, actor=actor)
    files.remove(key)
    flash(_("Removed."), "success")
    return redirect(url_for("placements.cohort_files", cohort_id=cohort_id))
