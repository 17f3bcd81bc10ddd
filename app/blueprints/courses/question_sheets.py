"""Questions as workbooks: an empty one, the bank's own, and one brought back: first looked at, then taken."""

from __future__ import annotations

import base64
import json
import zlib
from typing import Any

from flask import Response, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_wtf import FlaskForm
from wtforms import HiddenField

from app.access.guards import acting, current_actor, requires
from app.blueprints.courses.blueprint import blueprint
from app.blueprints.courses.question_forms import QuestionSheetForm
from app.blueprints.courses.quiz_words import QUESTION_KINDS
from app.blueprints.downloads import workbook
from app.blueprints.units.acts import show_refusal
from app.core import clock, crypto
from app.core.errors import DomainError
from app.domain.courses.operations.question_import import (
    ImportPlan,
    import_questions,
    plan_import,
)
from app.domain.courses.operations.questions import QuestionDraft, text_of
from app.domain.courses.queries.banks import get_bank, get_written_bank, load_questions
from app.domain.courses.question_sheets.reading import Problem, SheetEntry, read_questions
from app.domain.courses.question_sheets.writing import SheetQuestion, write_questions
from app.domain.courses.rules.questions import QuestionText
from app.domain.courses.rules.words import QuestionKind
from app.domain.exchange.reading.container import open_container

MOST_SHOWN = 200
_LARGEST = 1_500_000  # of a form's field, once packed


class ConfirmQuestionsForm(FlaskForm):
    packed = HiddenField()
    mac = HiddenField()


@blueprint.get("/banks/template.xlsx")
@requires("courses.teach")
def question_template() -> Response:
    """An empty workbook with drop-downs and a sheet that explains it."""
    return workbook(write_questions("试题导入模板"), "试题导入模板.xlsx")


@blueprint.get("/banks/<int:bank_id>/questions.xlsx")
@requires("courses.teach")
def export_questions(bank_id: int) -> Response:
    """The questions of a bank with their right answers, to be changed elsewhere and brought back."""
    bank = get_bank(bank_id, actor=current_actor())
    rows = [
        SheetQuestion(question.code, revision.number, question.topic, text_of(question, revision))
        for question, revision in load_questions(bank_id)
        if question.retired_at is None
    ]
    return workbook(write_questions(bank.title, rows), f"{bank.title}.xlsx")


@blueprint.route("/banks/<int:bank_id>/import", methods=["GET", "POST"])
@requires("courses.teach")
def import_sheet_of_questions(bank_id: int) -> ResponseReturnValue:
    """Upload a filled sheet; what it would do is shown before anything is saved."""
    get_written_bank(bank_id, actor=current_actor())
    form, plan, entries = QuestionSheetForm(), None, list[SheetEntry]()
    if form.validate_on_submit():
        try:
            container = open_container(form.file.data.read())
            sheet = read_questions([container.load(name).rows for name in container.names])
            entries = sheet.entries
            plan = plan_import(bank_id, entries)
            plan.problems[:0] = sheet.problems
        except DomainError as error:
            show_refusal(form, error)
    page = _page(bank_id, form, plan, entries)
    return (page, 422) if form.errors or (plan and plan.problems) else page


def _page(bank_id: int, form: FlaskForm, plan: ImportPlan | None, entries: list[SheetEntry]) -> str:
    packed = _pack(entries) if plan and not plan.problems else ""
    if plan is not None and len(packed) > _LARGEST:
        words = _("The sheet is too long to be taken at once. Split it.")
        plan.problems.append(Problem(1, "", "", "too_many_rows", words))
    return render_template(
        "courses/banks/import.html",
        bank=get_written_bank(bank_id, actor=current_actor()),
        form=form,
        plan=plan,
        confirm=ConfirmQuestionsForm(formdata=None, packed=packed, mac=_mac(bank_id, packed)),
        kinds=QUESTION_KINDS,
        most=MOST_SHOWN,
    )


@blueprint.post("/banks/<int:bank_id>/import/confirm")
@requires("courses.teach")
def confirm_questions(bank_id: int) -> ResponseReturnValue:
    """Take what was previewed: everything, or nothing; what somebody changed meanwhile is left and told."""
    get_written_bank(bank_id, actor=current_actor())
    form = ConfirmQuestionsForm()
    packed = form.packed.data or ""
    if not packed or form.mac.data != _mac(bank_id, packed):
        abort(400)
    with acting() as actor:
        plan = import_questions(bank_id, _unpack(packed), actor=actor, now=clock.now())
        new, changed = len(plan.new), len(plan.changes)
        left = [conflict.entry.draft.code for conflict in plan.conflicts]
    flash(
        ngettext("%(num)s question added", "%(num)s questions added", new)
        + _(", ")
        + ngettext("%(num)s changed.", "%(num)s changed.", changed),
        "success",
    )
    if left:
        words = _("Left as they are, because somebody else changed them: %(codes)s")
        flash(words % {"codes": _(", ").join(left[:20])}, "warning")
    return redirect(url_for("courses.bank", bank_id=bank_id))


def _mac(bank_id: int, packed: str) -> str:
    """What was read belongs to this bank and this account, and was not changed on the way."""
    actor = current_actor()
    return crypto.mac(f"courses.questions\0{bank_id}\0{actor.account_id}\0{packed}".encode())


def _pack(entries: list[SheetEntry]) -> str:
    rows = [_packed(entry) for entry in entries]
    data = json.dumps(rows, ensure_ascii=False, separators=(",", ":")).encode()
    return base64.b64encode(zlib.compress(data, 9)).decode()


def _packed(entry: SheetEntry) -> list[Any]:
    draft, text = entry.draft, entry.draft.text
    said = [text.kind.value, text.stem, text.options, text.answer, text.explanation]
    return [entry.row, entry.seen, draft.code, draft.topic, *said]


def _unpack(packed: str) -> list[SheetEntry]:
    rows = json.loads(zlib.decompress(base64.b64decode(packed)))
    return [_entry(row) for row in rows]


def _entry(packed: list[Any]) -> SheetEntry:
    row, seen, code, topic, kind, stem, options, answer, explanation = packed
    right = tuple(tuple(part) if isinstance(part, list) else part for part in answer)
    text = QuestionText(QuestionKind(kind), stem, tuple(options), right, explanation)
    return SheetEntry(row, seen, QuestionDraft(text, topic, code))
