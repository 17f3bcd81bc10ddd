"""The grade sheet for Excel: out, back in as a preview, then taken."""

from __future__ import annotations

import json
from typing import Any

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from app.access.guards import acting, current_actor, requires
from app.blueprints.downloads import workbook
from app.blueprints.units.acts import show_refusal
from app.blueprints.workshops.blueprint import blueprint
from app.blueprints.workshops.grading import MOST_CELLS, read_entry
from app.blueprints.workshops.grading_forms import ConfirmSheetForm, SheetForm
from app.core.errors import DomainError
from app.domain.exchange.reading.container import open_container
from app.domain.workshops.grade_sheets.reading import SheetPlan, plan_sheet
from app.domain.workshops.grade_sheets.writing import write_grade_sheet
from app.domain.workshops.models import Workshop
from app.domain.workshops.operations.marking import save_marks
from app.domain.workshops.operations.marking_desk import Entry, clash_words
from app.domain.workshops.queries.gradebook import Book, load_book, marker_of
from app.domain.workshops.queries.workshops import get_run_workshop
from app.domain.workshops.rules.grade_sheet import write_seen
from app.domain.workshops.rules.grading import plain


@blueprint.get("/<int:workshop_id>/grades/sheet.xlsx")
@requires("workshops.grade")
def grade_sheet(workshop_id: int) -> ResponseReturnValue:
    """成绩登记表 with everybody's marks, to be filled in elsewhere and brought back."""
    workshop, book = _read(workshop_id)
    data = write_grade_sheet(workshop, book)
    return workbook(data, f"{workshop.title}成绩登记表.xlsx")


def _read(workshop_id: int) -> tuple[Workshop, Book]:
    actor = current_actor()
    workshop = get_run_workshop(workshop_id, actor=actor)
    return workshop, load_book(workshop, marker_of(workshop, actor))


@blueprint.route("/<int:workshop_id>/grades/import", methods=["GET", "POST"])
@requires("workshops.grade")
def import_grades(workshop_id: int) -> ResponseReturnValue:
    """Upload a filled sheet; what it would change is shown before anything is saved."""
    workshop, book = _read(workshop_id)
    form, plan = SheetForm(), None
    if form.validate_on_submit():
        try:
            container = open_container(form.file.data.read())
            grids = [container.load(name).rows for name in container.names]
            plan = plan_sheet(grids, book)
        except DomainError as error:
            show_refusal(form, error)
    page = _page(workshop, book, form, plan)
    return (page, 422) if form.errors or (plan and plan.problems) else page


def _page(workshop: Workshop, book: Book, form: SheetForm, plan: SheetPlan | None) -> str:
    cells = json.dumps([_packed(entry) for entry in plan.entries]) if plan else ""
    return render_template(
        "workshops/grade_import.html",
        workshop=workshop,
        form=form,
        plan=plan,
        confirm=ConfirmSheetForm(formdata=None, cells=cells),
        people={row.enrolment_id: row.name for row in book.rows},
        criteria={criterion.id: criterion.title for criterion in book.criteria},
        plain=plain,
        clash_words=clash_words,
    )


def _packed(entry: Entry) -> list[Any]:
    seen = write_seen((entry.version, entry.seen))
    return [entry.enrolment_id, entry.criterion_id, entry.text, seen]


@blueprint.post("/<int:workshop_id>/grades/import/confirm")
@requires("workshops.grade")
def confirm_grades(workshop_id: int) -> ResponseReturnValue:
    """Take what was previewed: everything, or nothing; what somebody changed meanwhile is left and listed."""
    _workshop, book = _read(workshop_id)
    title_of = {criterion.id: criterion.title for criterion in book.criteria}
    name_of = {row.enrolment_id: row.name for row in book.rows}
    entries = _unpacked(ConfirmSheetForm().cells.data or "")
    with acting() as actor:
        marking = save_marks(workshop_id, entries, actor=actor, strict=True)
    flash(ngettext("%(num)s mark saved.", "%(num)s marks saved.", marking.changed), "success")
    for clash in marking.clashes:
        who = f"{name_of.get(clash.enrolment_id, '')} · {title_of.get(clash.criterion_id, '')}"
        flash(f"{who}{_(': ')}{clash_words(clash)}", "warning")
    return redirect(url_for("workshops.grades", workshop_id=workshop_id))


def _unpacked(text: str) -> list[Entry]:
    try:
        cells = json.loads(text)
    except ValueError:
        abort(400)
    if not isinstance(cells, list) or not 0 < len(cells) <= MOST_CELLS:
        abort(400)
    entries = [
        read_entry(*cell) if isinstance(cell, list) and len(cell) == 4 else None for cell in cells
    ]
    if None in entries:
        abort(400)
    return [entry for entry in entries if entry is not None]
