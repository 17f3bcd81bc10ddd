"""Bring a list of duties as a workbook: see each row with what it would come to, then confirm."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from werkzeug.wrappers import Response

from app.access.guards import acting, current_actor, requires
from app.blueprints.choice_fields import SelectField
from app.blueprints.downloads import workbook
from app.blueprints.duties.routes import blueprint
from app.blueprints.duties.words import REFUSALS
from app.blueprints.people.forms import one_of
from app.blueprints.people.words import DUTIES
from app.core import clock
from app.core.errors import DomainError, Forbidden, NotFound
from app.domain.exchange.duty_sheets import (
    DutySheet,
    open_rows,
    read_duties,
    seal_rows,
    write_template,
)
from app.domain.exchange.reading import message_of
from app.domain.people.operations.duties import enter_duties
from app.domain.people.rules import Duty

MOST_MESSAGES = 50


class SheetForm(FlaskForm):
    file = FileField(_l("Workbook"), [FileRequired(_l("Choose the workbook."))])
    duty = SelectField(
        _l("Duty of rows that say none"),
        choices=[("", _l("none: each row says its own"))]
        + [(duty.value, text) for duty, text in DUTIES.items()],
        coerce=one_of(Duty),
        validate_choice=False,
    )


@blueprint.get("/template")
@requires("duties.edit")
def template() -> Response:
    """An empty list with the usual headers."""
    return workbook(write_template(), "班主任德育干部名单.xlsx")


@blueprint.route("/sheet", methods=["GET", "POST"])
@requires("duties.edit")
def sheet() -> ResponseReturnValue:
    """Bring a list; what it would do is shown first, nothing is stored."""
    form = SheetForm()
    if form.validate_on_submit():
        upload = form.file.data
        try:
            found = read_duties(
                upload.read(),
                upload.filename or "",
                actor=current_actor(),
                duty=form.duty.data,
                today=clock.today(),
            )
        except DomainError as error:
            form.file.errors = [str(error.message)]
        else:
            return _preview(found)
    return render_template("duties/sheet.html", form=form), 422 if form.errors else 200


def _preview(found: DutySheet) -> ResponseReturnValue:
    sealed = ""
    if not found.is_broken:
        sealed = seal_rows(found.rows, account_id=current_actor().account_id, now=clock.now())
    page = render_template(
        "duties/preview.html",
        rows=found.rows,
        broken=found.is_broken,
        new=sum(row.is_new for row in found.rows),
        refused=sum(row.refusal is not None for row in found.rows),
        messages=[
            (message_of(problem), problem.severity == "error")
            for problem in found.problems[:MOST_MESSAGES]
        ],
        sealed=sealed,
        duties=DUTIES,
        refusals=REFUSALS,
    )
    return page, 422 if found.is_broken else 200


@blueprint.post("/confirm")
@requires("duties.edit")
def confirm() -> Response:
    """Take over the rows that were just shown, all or none."""
    try:
        rows = open_rows(
            request.form.get("rows", ""),
            account_id=current_actor().account_id,
            now=clock.now(),
        )
        with acting() as actor:
            begun, held = enter_duties(rows, actor=actor)
    except (Forbidden, NotFound):
        raise
    except DomainError as error:
        flash(str(error.message), "danger")
        return redirect(url_for("duties.sheet"))
    flash(ngettext("%(num)s duty was noted.", "%(num)s duties were noted.", begun), "success")
    if held:
        flash(ngettext("%(num)s was noted before.", "%(num)s were noted before.", held), "info")
    return redirect(url_for("duties.index"))
