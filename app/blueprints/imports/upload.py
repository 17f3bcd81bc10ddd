"""Bring a workbook: the form, and the empty workbooks to fill in."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.access.guards import acting, current_actor, requires
from app.blueprints.imports.blueprint import blueprint
from app.blueprints.imports.forms import UploadForm
from app.blueprints.imports.words import KIND_NAMES, kinds_for
from app.core import files
from app.core.errors import DomainError, InvalidInput
from app.domain.accounts.rules import Actor
from app.domain.exchange.background import check_later, is_large
from app.domain.exchange.mappings import list_mappings
from app.domain.exchange.models import ImportKind
from app.domain.exchange.operations import Submission, check, preview, submit
from app.domain.exchange.queries import list_divisions
from app.domain.units.models import Unit
from app.domain.units.queries import get_unit


@blueprint.route("/new", methods=["GET", "POST"])
@requires("imports.read")
def new() -> ResponseReturnValue:
    """Upload a workbook; what it would do is shown before anything lands."""
    actor = current_actor()
    form = _form(actor)
    if form.validate_on_submit():
        try:
            unit = get_unit(form.unit.data or actor.unit_code, scope=actor.unit_path)
            import_id = _bring(_submission(form, unit), unit, actor)
        except DomainError as error:
            if error.status == 403:
                raise
            _show_refusal(form, error)
        else:
            return redirect(url_for("imports.show", import_id=import_id))
    page = render_template("imports/new.html", form=form, kinds=kinds_for(actor), names=KIND_NAMES)
    return page, 422 if form.errors else 200


def _form(actor: Actor) -> UploadForm:
    kinds = kinds_for(actor)
    usual = ImportKind.COUNSELORS if ImportKind.COUNSELORS in kinds else kinds[0]
    form = UploadForm(
        unit=actor.unit_code,
        kind=request.args.get("kind", usual.value),
        mapping=request.args.get("mapping", ""),
    )
    form.kind.choices = [(kind.value, KIND_NAMES[kind]) for kind in kinds]
    form.unit.choices = [(unit.code, unit.name) for unit in list_divisions(actor.unit_path)]
    known = list_mappings(actor) if actor.may("imports.use") else ()
    form.mapping.choices = [
        ("", _("none: the usual headers")),
        *((str(m.id), m.name) for m in known),
    ]
    return form


def _submission(form: UploadForm, unit: Unit) -> Submission:
    upload = form.file.data
    return Submission(
        kind=ImportKind(form.kind.data),
        unit_id=unit.id,
        file_name=upload.filename or "",
        data=upload.read(),
        date_given=form.date.data,
        complete=bool(form.complete.data),
        mapping_id=_mapping_id(form),
    )


def _mapping_id(form: UploadForm) -> int | None:
    """The mapping chosen, one of those offered."""
    chosen = form.mapping.data or ""
    offered = {choice.value for choice in form.mapping.choices}
    if chosen not in offered:
        raise InvalidInput(_("Choose a mapping from the list."), "mapping_unknown", "mapping")
    return int(chosen) if chosen else None


def _bring(submission: Submission, unit: Unit, actor: Actor) -> int:
    """Check a small workbook at once; leave a large one to the worker. The file is kept encrypted."""
    large = is_large(submission.data)
    plan = None if large else preview(submission, unit, actor=actor)
    file_key = files.store(submission.data)
    try:
        with acting() as fresh:
            batch = submit(submission, file_key, actor=fresh)
            if plan is None:
                check_later(batch, fresh)
            else:
                check(batch.id, plan, actor=fresh)
            return batch.id
    except BaseException:
        files.remove(file_key)
        raise


def _show_refusal(form: UploadForm, error: DomainError) -> None:
    message = str(error.message)
    if error.field and error.field in form:
        form[error.field].errors = [*form[error.field].errors, message]
    else:
        form.form_errors.append(message)
