"""The grade book: people × criteria, saved as one types; without scripts the whole page is one form."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask import abort, flash, get_template_attribute, jsonify, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from app.access.guards import acting, current_actor, requires
from app.blueprints.asking import asked_page, asked_text, refuse_beyond
from app.blueprints.impossible import LARGEST_ID
from app.blueprints.template_helpers import url_with
from app.blueprints.workshops.blueprint import blueprint
from app.blueprints.workshops.grading_words import GRADE_TONES, GRADES, state_of
from app.core.errors import DomainError
from app.core.paging import Page
from app.core.text import name_key
from app.domain.workshops.operations.marking import save_marks
from app.domain.workshops.operations.marking_desk import Entry, Marking, clash_words
from app.domain.workshops.queries.appeals import count_open_appeals
from app.domain.workshops.queries.gradebook import Book, BookRow, load_book, marker_of
from app.domain.workshops.queries.workshops import get_run_workshop
from app.domain.workshops.rules.grade_sheet import read_seen, write_seen
from app.domain.workshops.rules.grading import NotAMark, plain, read_value
from app.domain.workshops.rules.words import CriterionKind

PAGE = 100
MOST_CELLS = 20_000
LONGEST_TEXT = 40
WIDEST = Decimal(10_000)


@dataclass(frozen=True, slots=True)
class CellNote:
    """What is said under a cell that was not saved: what was typed, why, and the mark that was shown beside it."""

    text: str
    message: str
    seen: str


Notes = dict[tuple[int, int], CellNote]


@blueprint.get("/<int:workshop_id>/grades")
@requires("workshops.grade")
def grades(workshop_id: int) -> str:
    """The grade book of a workshop."""
    return _page(workshop_id, {})


def _page(workshop_id: int, notes: Notes) -> str:
    actor = current_actor()
    workshop = get_run_workshop(workshop_id, actor=actor)
    book = load_book(workshop, marker_of(workshop, actor))
    rows = _wanted(book.rows)
    number = asked_page()
    page = Page(rows[(number - 1) * PAGE : number * PAGE], number, PAGE, len(rows))
    refuse_beyond(page)
    return render_template(
        "workshops/grades.html",
        workshop=workshop,
        book=book,
        page=page,
        notes=notes,
        done=sum(1 for row in book.rows if not row.assessment.missing),
        missing_only=bool(request.args.get("missing")),
        open_appeals=count_open_appeals(workshop_id),
        unpublished=sum(1 for row in book.rows if row.published_at is None),
        to_agree=sum(1 for row in book.rows if row.assessment.to_agree),
        **shared_words(),
    )


def shared_words() -> dict[str, Any]:
    """What every page that shows marks needs."""
    return {
        "grade_words": GRADES,
        "grade_tones": GRADE_TONES,
        "state_of": state_of,
        "attendance_kind": CriterionKind.ATTENDANCE,
        "seen_of": seen_of,
        "plain": plain,
    }


def seen_of(row: BookRow, criterion_id: int) -> str:
    """The own mark as the page saw it."""
    cell = row.own[criterion_id]
    return write_seen((cell.version, cell.value))


def _wanted(rows: list[BookRow]) -> list[BookRow]:
    """Only who misses a mark, only who is called so."""
    if request.args.get("missing"):
        rows = [row for row in rows if row.assessment.missing or row.assessment.to_agree]
    text = name_key(asked_text())
    return [row for row in rows if text in name_key(row.name)] if text else rows


@blueprint.post("/<int:workshop_id>/grades")
@requires("workshops.grade")
def save_grades(workshop_id: int) -> ResponseReturnValue:
    """Save the whole page where no script saves cell by cell; what could not be saved is shown beside its cell."""
    get_run_workshop(workshop_id, actor=current_actor())
    entries = [entry for entry in read_typed() if was_touched(entry)]
    with acting() as actor:
        marking = save_marks(workshop_id, entries, actor=actor)
    if marking.changed:
        flash(ngettext("%(num)s mark saved.", "%(num)s marks saved.", marking.changed), "success")
    notes = read_notes(marking)
    if notes:
        flash(
            ngettext(
                "%(num)s mark was not saved; see below.",
                "%(num)s marks were not saved; see below.",
                len(notes),
            ),
            "danger",
        )
        return _page(workshop_id, notes), 409
    if not marking.changed:
        flash(_("Nothing had changed."), "info")
    return redirect(url_with())


def read_typed() -> list[Entry]:
    """What stands in the fields ``m-<enrolment>-<criterion>``, each with what the page had shown (``s-…``)."""
    entries = []
    for name, text in request.form.items():
        head, _dash, key = name.partition("-")
        ids = key.split("-")
        if head != "m" or len(ids) != 2:
            continue
        entry = read_entry(ids[0], ids[1], text, request.form.get(f"s-{key}", ""))
        if entry is None:
            abort(400)
        entries.append(entry)
    return entries


def read_entry(enrolment: Any, criterion: Any, text: Any, seen: Any) -> Entry | None:
    """One cell as it was sent; None for what no page of ours sends."""
    ids = [str(one) for one in (enrolment, criterion)]
    if not all(one.isascii() and one.isdecimal() and len(one) <= 10 for one in ids):
        return None
    known = read_seen(seen) if isinstance(seen, str) else None
    enrolment_id, criterion_id = (int(one) for one in ids)
    too_large = max(enrolment_id, criterion_id) > LARGEST_ID
    if known is None or too_large or not isinstance(text, str) or len(text) > LONGEST_TEXT:
        return None
    return Entry(enrolment_id, criterion_id, text, known[0], known[1])


def was_touched(entry: Entry) -> bool:
    """Whether somebody changed the field. Any range will do: the desk knows the criterion's."""
    try:
        return read_value(entry.text, WIDEST) != entry.seen
    except NotAMark:
        return True


def read_notes(marking: Marking) -> Notes:
    notes: Notes = {}
    for refused in marking.refused:
        key = (refused.enrolment_id, refused.criterion_id)
        typed = request.form.get(f"s-{key[0]}-{key[1]}", "0:")
        notes[key] = CellNote(refused.text, refused.message, typed)
    for clash in marking.clashes:
        seen = write_seen((clash.version, clash.theirs))
        note = CellNote(plain(clash.yours), clash_words(clash), seen)
        notes[(clash.enrolment_id, clash.criterion_id)] = note
    return notes


@blueprint.post("/<int:workshop_id>/grades/cells")
@requires("workshops.grade")
def save_cells(workshop_id: int) -> ResponseReturnValue:
    """Save cells as they are typed or pasted (JSON: ``cells`` of enrolment, criterion, value, seen)."""
    get_run_workshop(workshop_id, actor=current_actor())
    entries = _sent()
    try:
        with acting() as actor:
            marking = save_marks(workshop_id, entries, actor=actor)
    except DomainError as error:
        return jsonify(error=str(error.message)), error.status
    workshop = get_run_workshop(workshop_id, actor=current_actor())
    ids = {entry.enrolment_id for entry in entries}
    book = load_book(workshop, marker_of(workshop, current_actor()), enrolment_ids=ids)
    return jsonify(
        cells=[*_kept(marking), *_clashing(marking), *_refused(marking)], rows=_rows(book)
    )


def _sent() -> list[Entry]:
    body = request.get_json(silent=True)
    cells = body.get("cells") if isinstance(body, dict) else None
    if not isinstance(cells, list) or not 0 < len(cells) <= MOST_CELLS:
        abort(400)
    entries = [
        read_entry(c.get("enrolment"), c.get("criterion"), c.get("value"), c.get("seen"))
        for c in cells
        if isinstance(c, dict)
    ]
    if len(entries) < len(cells) or None in entries:
        abort(400)
    return [entry for entry in entries if entry is not None]


def _kept(marking: Marking) -> list[dict[str, Any]]:
    return [
        {
            "enrolment": kept.enrolment_id,
            "criterion": kept.criterion_id,
            "state": "saved",
            "value": plain(kept.value),
            "seen": write_seen((kept.version, kept.value)),
        }
        for kept in marking.kept
    ]


def _clashing(marking: Marking) -> list[dict[str, Any]]:
    return [
        {
            "enrolment": clash.enrolment_id,
            "criterion": clash.criterion_id,
            "state": "clash",
            "message": clash_words(clash),
            "theirs": plain(clash.theirs),
            "yours": plain(clash.yours),
            "seen": write_seen((clash.version, clash.theirs)),
        }
        for clash in marking.clashes
    ]


def _refused(marking: Marking) -> list[dict[str, Any]]:
    return [
        {
            "enrolment": refused.enrolment_id,
            "criterion": refused.criterion_id,
            "state": "refused",
            "message": refused.message,
        }
        for refused in marking.refused
    ]


def _rows(book: Book) -> list[dict[str, Any]]:
    total, state = (
        get_template_attribute("workshops/_grade_sums.html", name) for name in ("total", "state")
    )
    return [
        {
            "enrolment": row.enrolment_id,
            "total": str(total(row, GRADES, GRADE_TONES)),
            "state": str(state(row, state_of(row))),
            "done": not row.assessment.missing,
        }
        for row in book.rows
    ]
