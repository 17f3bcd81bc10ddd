"""Verify many by a list that was checked elsewhere: bring it, see each row with what it means, confirm."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from werkzeug.wrappers import Response

from app.access.guards import current_actor, requires
from app.blueprints.credentials.routes import blueprint
from app.blueprints.downloads import workbook
from app.core import clock
from app.core.errors import DomainError
from app.core.file_types import clean_name
from app.domain.exchange.reading import message_of
from app.domain.exchange.verifications import CheckedSheet, read_checked, write_checked_template

MOST_MESSAGES = 50


class CheckedListForm(FlaskForm):
    file = FileField(_l("Workbook"), [FileRequired(_l("Choose the workbook."))])


def _refusal_words() -> dict[str, str]:
    return {
        "unknown": _("Nobody of your unit has brought this number."),
        "other_name": _("This number was brought by somebody of another name."),
        "other_identity": _("The identity number is another one than in the registry."),
        "other_kind": _("This number was brought as another kind of certificate."),
        "ambiguous": _("Several certificates bear this number; add the identity number and kind."),
        "twice": _("This certificate stands in the list twice."),
        "verified": _("It is verified already."),
        "dropped": _("It was sent back or rejected."),
    }


@blueprint.get("/workbook/template")
@requires("credentials.verify")
def checked_template() -> Response:
    """An empty list."""
    title = _("Certificates that were checked")
    return workbook(write_checked_template(title), f"{title}.xlsx")


@blueprint.route("/workbook", methods=["GET", "POST"])
@requires("credentials.verify")
def checked_list() -> ResponseReturnValue:
    """Bring the list; what it would do is shown first, nothing is stored."""
    form = CheckedListForm()
    if form.validate_on_submit():
        upload = form.file.data
        name = upload.filename or ""
        try:
            sheet = read_checked(
                upload.read(), name, scope=current_actor().unit_path, today=clock.today()
            )
        except DomainError as error:
            form.file.errors = [str(error.message)]
        else:
            return _preview(sheet, clean_name(name))
    page = render_template("credentials/workbook.html", form=form)
    return page, 422 if form.errors else 200


def _preview(sheet: CheckedSheet, name: str) -> ResponseReturnValue:
    ready = [row for row in sheet.rows if row.credential_id is not None]
    page = render_template(
        "credentials/workbook_preview.html",
        rows=sorted(sheet.rows, key=lambda row: row.credential_id is not None),
        ready=ready,
        refusals=_refusal_words(),
        evidence=_("List of checked certificates: %(name)s", name=name),
        broken=sheet.is_broken,
        messages=[
            (message_of(problem), problem.severity == "error")
            for problem in sheet.problems[:MOST_MESSAGES]
        ],
    )
    return page, 422 if sheet.is_broken else 200
