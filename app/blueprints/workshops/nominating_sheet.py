"""Nominate by a 报名表: bring it, see each row with what it would come to, confirm."""

from __future__ import annotations

from dataclasses import dataclass

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from werkzeug.wrappers import Response

from app.access.guards import current_actor, requires
from app.blueprints.downloads import workbook
from app.blueprints.workshops.blueprint import blueprint
from app.blueprints.workshops.enrolment_words import why_not_nominee
from app.blueprints.workshops.nominating import Wish, closed_words, nominated_page, posted_ids
from app.core import clock
from app.core.errors import DomainError
from app.domain.exchange.nominations import (
    NominatedRow,
    NominationSheet,
    read_nominations,
    write_template,
)
from app.domain.exchange.reading import message_of
from app.domain.workshops.models import Workshop
from app.domain.workshops.queries.nominees import Nominee, read_nominees
from app.domain.workshops.queries.workshops import get_workshop

LONGEST_NOTE = 200


class SheetForm(FlaskForm):
    file = FileField(_l("Workbook"), [FileRequired(_l("Choose the workbook."))])


@dataclass(frozen=True)
class PreviewRow:
    """A row of the sheet with who is meant and why it is refused (empty: it can go through)."""

    row: NominatedRow
    nominee: Nominee | None
    refusal: str

    @property
    def goes_through(self) -> bool:
        return self.nominee is not None and not self.refusal


def _refusal_words() -> dict[str, str]:
    return {
        "unknown": _("Nobody of this number or name is posted in your unit."),
        "ambiguous": _("Several people have this name there; add the identity number."),
        "other_name": _("This identity number belongs to somebody of another name."),
        "twice": _("This person stands in the list twice."),
    }


@blueprint.get("/<int:workshop_id>/nominate/template")
@requires("workshops.nominate")
def nominate_template(workshop_id: int) -> Response:
    """An empty 报名表 of this workshop."""
    workshop = get_workshop(workshop_id, actor=current_actor())
    return workbook(write_template(workshop.title), f"{workshop.title}报名表.xlsx")


@blueprint.route("/<int:workshop_id>/nominate/sheet", methods=["GET", "POST"])
@requires("workshops.nominate")
def nominate_sheet(workshop_id: int) -> ResponseReturnValue:
    """Bring a 报名表; what it would do is shown first, nothing is stored."""
    workshop = get_workshop(workshop_id, actor=current_actor())
    form = SheetForm()
    if form.validate_on_submit():
        upload = form.file.data
        try:
            sheet = read_nominations(
                upload.read(),
                upload.filename or "",
                scope=current_actor().unit_path,
                today=clock.today(),
            )
        except DomainError as error:
            form.file.errors = [str(error.message)]
        else:
            return _preview(workshop, sheet)
    page = render_template(
        "workshops/nominate_sheet.html", workshop=workshop, form=form, closed=closed_words(workshop)
    )
    return page, 422 if form.errors else 200


def _preview(workshop: Workshop, sheet: NominationSheet) -> ResponseReturnValue:
    ids = [row.person_id for row in sheet.rows if row.person_id is not None]
    nominees = {nominee.facts.person_id: nominee for nominee in read_nominees(workshop, ids)}
    rows = [_preview_row(row, nominees) for row in sheet.rows]
    page = render_template(
        "workshops/nominate_preview.html",
        workshop=workshop,
        rows=rows,
        ready=[row for row in rows if row.goes_through],
        broken=sheet.is_broken,
        messages=[
            (message_of(problem), problem.severity == "error") for problem in sheet.problems[:50]
        ],
        closed=closed_words(workshop),
    )
    return page, 422 if sheet.is_broken else 200


def _preview_row(row: NominatedRow, nominees: dict[int, Nominee]) -> PreviewRow:
    nominee = nominees.get(row.person_id) if row.person_id is not None else None
    if nominee is None:
        return PreviewRow(row, None, _refusal_words()[row.refusal or "unknown"])
    refused = nominee.enrolment is None and not nominee.verdict.fits
    return PreviewRow(row, nominee, why_not_nominee(nominee.verdict) if refused else "")


@blueprint.post("/<int:workshop_id>/nominate/confirm")
@requires("workshops.nominate")
def nominate_confirm(workshop_id: int) -> ResponseReturnValue:
    """Nominate the people of the sheet that was just shown."""
    workshop = get_workshop(workshop_id, actor=current_actor())
    wishes = [
        Wish(
            person_id,
            note=request.form.get(f"note-{person_id}", "")[:LONGEST_NOTE],
            needs_lodging=_lodging(request.form.get(f"lodging-{person_id}", "")),
        )
        for person_id in posted_ids()
    ]
    if not wishes:
        flash(_("Nobody in the list can be nominated."), "warning")
        return redirect(url_for("workshops.nominate_sheet", workshop_id=workshop.id))
    return nominated_page(workshop, wishes)


def _lodging(text: str) -> bool | None:
    choices = {"": None, "yes": True, "no": False}
    if text not in choices:
        abort(400)
    return choices[text]
