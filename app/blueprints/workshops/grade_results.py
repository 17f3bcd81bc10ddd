"""From marks to results: agree, moderate, publish; one person's marks, comments and changes."""

from __future__ import annotations

from decimal import Decimal

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from app.access.guards import acting, current_actor, requires
from app.blueprints.impossible import LARGEST_ID
from app.blueprints.people.acts import form_page
from app.blueprints.template_helpers import url_with
from app.blueprints.workshops.blueprint import blueprint
from app.blueprints.workshops.grading import read_notes, read_typed, shared_words, was_touched
from app.blueprints.workshops.grading_forms import ChangeMarkForm, ModerateForm
from app.blueprints.workshops.grading_words import APPEALS
from app.core.errors import DomainError, NotFound
from app.domain.accounts.rules import Actor
from app.domain.workshops.models import Criterion, Workshop
from app.domain.workshops.operations.changing import change_mark as change
from app.domain.workshops.operations.commenting import set_comment
from app.domain.workshops.operations.marking import save_marks
from app.domain.workshops.operations.results import moderate, publish_results, read_readiness
from app.domain.workshops.queries.appeals import list_appeals_of
from app.domain.workshops.queries.gradebook import (
    EMPTY,
    Book,
    BookRow,
    account_names,
    load_book,
    marker_of,
)
from app.domain.workshops.queries.results import list_changes, read_moderation
from app.domain.workshops.queries.workshops import get_run_workshop
from app.domain.workshops.rules import grading as rules
from app.domain.workshops.rules.grade_sheet import write_seen
from app.domain.workshops.rules.words import CriterionKind


def _first_marker(workshop_id: int) -> Workshop:
    """The workshop for who decides about results; second markers only mark."""
    actor = current_actor()
    workshop = get_run_workshop(workshop_id, actor=actor)
    if marker_of(workshop, actor) != rules.FIRST:
        raise NotFound(_("The first marker decides about results."))
    return workshop


def _grades_address(workshop_id: int) -> str:
    return url_for("workshops.grades", workshop_id=workshop_id)


@blueprint.route("/<int:workshop_id>/grades/publish", methods=["GET", "POST"])
@requires("workshops.grade")
def publish_grades(workshop_id: int) -> ResponseReturnValue:
    """Who is ready and who misses what, then publish and lock."""
    workshop = _first_marker(workshop_id)
    refusal = None
    if request.method == "POST":
        left_out = {int(text) for text in request.form.getlist("leave_out") if _is_id(text)}
        try:
            with acting() as actor:
                count = publish_results(workshop_id, leave_out=left_out, actor=actor)
        except NotFound:
            raise
        except DomainError as error:
            refusal = str(error.message)
            workshop = _first_marker(workshop_id)
        else:
            words = ngettext("%(num)s result published.", "%(num)s results published.", count)
            flash(words, "success")
            return redirect(_grades_address(workshop_id))
    book, readiness = read_readiness(workshop)
    page = render_template(
        "workshops/grade_publish.html",
        workshop=workshop,
        book=book,
        readiness=readiness,
        titles={criterion.id: criterion.title for criterion in book.criteria},
        chosen=set(request.form.getlist("leave_out")),
        refusal=refusal,
        **shared_words(),
    )
    return (page, 409) if refusal else page


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 10


@blueprint.route("/<int:workshop_id>/grades/moderate", methods=["GET", "POST"])
@requires("workshops.grade")
def moderate_grades(workshop_id: int) -> ResponseReturnValue:
    """Raise or lower the totals of everybody not published yet, or of one person (``?enrolment=``)."""
    workshop = _first_marker(workshop_id)
    ids = _asked_enrolment()
    rows = load_book(workshop, rules.FIRST, enrolment_ids=ids, blind=False).rows
    form = ModerateForm()

    def act(actor: Actor) -> str:
        moderate(
            workshop_id,
            form.points.data or Decimal(0),
            reason=form.reason.data or "",
            actor=actor,
            enrolment_ids=ids,
        )
        return _grades_address(workshop_id)

    return form_page(
        form,
        "workshops/grade_moderate.html",
        act,
        _("Moderated."),
        lambda: {
            "workshop": _first_marker(workshop_id),
            "who": rows[0].name if ids and rows else None,
            "count": sum(1 for row in rows if row.published_at is None),
        },
    )


@blueprint.route("/<int:workshop_id>/grades/agree", methods=["GET", "POST"])
@requires("workshops.grade")
def agree_grades(workshop_id: int) -> ResponseReturnValue:
    """Where two markers differ too much (``?enrolment=``: all of one person): both marks, and the one agreed on."""
    workshop = _first_marker(workshop_id)
    only = _asked_enrolment()
    notes = {}
    if request.method == "POST":
        entries = [entry for entry in read_typed() if was_touched(entry)]
        with acting() as actor:
            marking = save_marks(workshop_id, entries, actor=actor, agreed=True)
        notes = read_notes(marking)
        if marking.changed:
            flash(
                ngettext("%(num)s mark agreed on.", "%(num)s marks agreed on.", marking.changed),
                "success",
            )
        if not notes:
            return redirect(url_with())
        workshop = _first_marker(workshop_id)
    book = load_book(workshop, rules.FIRST, enrolment_ids=only)
    page = render_template(
        "workshops/grade_agree.html",
        workshop=workshop,
        pairs=_pairs(book, everything=only is not None),
        seen_of=_agreed_seen,
        notes=notes,
        plain=rules.plain,
    )
    return (page, 409) if notes else page


def _asked_enrolment() -> set[int] | None:
    """The one person asked for; None for everybody."""
    asked = request.args.get("enrolment", "")
    if not asked:
        return None
    if not _is_id(asked) or int(asked) > LARGEST_ID:
        abort(400)
    return {int(asked)}


def _pairs(book: Book, *, everything: bool) -> list[tuple[BookRow, Criterion]]:
    """Whose marks are to be agreed on, or, of the person asked for, everything that both have marked."""
    return [
        (row, criterion)
        for row in book.rows
        for criterion in book.criteria
        if (everything and row.open and row.published_at is None and _is_marked_twice(criterion))
        or criterion.id in row.assessment.to_agree
    ]


def _is_marked_twice(criterion: Criterion) -> bool:
    return criterion.kind is not CriterionKind.ATTENDANCE


def _agreed_seen(row: BookRow, criterion: Criterion) -> str:
    cell = row.marks[criterion.id].get(rules.AGREED, EMPTY)
    return write_seen((cell.version, cell.value))


@blueprint.get("/<int:workshop_id>/grades/<int:enrolment_id>")
@requires("workshops.grade")
def person_grades(workshop_id: int, enrolment_id: int) -> str:
    """One person's marks with comments, what was changed, appeals."""
    workshop, book, row = _read_person(workshop_id, enrolment_id)
    markers = {cell.marked_by for cells in row.marks.values() for cell in cells.values()}
    changes = list_changes(enrolment_id)
    return render_template(
        "workshops/grade_person.html",
        workshop=workshop,
        book=book,
        row=row,
        changes=changes,
        appeals=list_appeals_of(enrolment_id),
        appeal_words=APPEALS,
        moderation=read_moderation(enrolment_id),
        names=account_names({*markers, *(one.changed_by for one in changes)}),
        titles={criterion.id: criterion.title for criterion in book.criteria},
        **shared_words(),
    )


def _read_person(workshop_id: int, enrolment_id: int) -> tuple[Workshop, Book, BookRow]:
    actor = current_actor()
    workshop = get_run_workshop(workshop_id, actor=actor)
    book = load_book(workshop, marker_of(workshop, actor), enrolment_ids=[enrolment_id])
    if not book.rows:
        raise NotFound(_("There is no such person in this workshop."))
    return workshop, book, book.rows[0]


@blueprint.post("/<int:workshop_id>/grades/<int:enrolment_id>/comments")
@requires("workshops.grade")
def comment_marks(workshop_id: int, enrolment_id: int) -> ResponseReturnValue:
    """Save what is said to the marks: fields ``comment-<criterion>``."""
    _read_person(workshop_id, enrolment_id)
    comments = {
        int(name.removeprefix("comment-")): text
        for name, text in request.form.items()
        if name.startswith("comment-") and _is_id(name.removeprefix("comment-"))
    }
    back = url_for("workshops.person_grades", workshop_id=workshop_id, enrolment_id=enrolment_id)
    with acting() as actor:
        for criterion_id, text in comments.items():
            set_comment(enrolment_id, criterion_id, text, actor=actor, workshop_id=workshop_id)
    flash(_("Comments saved."), "success")
    return redirect(back)


@blueprint.route("/<int:workshop_id>/grades/<int:enrolment_id>/change", methods=["GET", "POST"])
@requires("workshops.grade")
def change_mark(workshop_id: int, enrolment_id: int) -> ResponseReturnValue:
    """Change a mark of a published result, with a reason that the person is told."""
    _first_marker(workshop_id)
    _workshop, book, row = _read_person(workshop_id, enrolment_id)
    form = ChangeMarkForm(seen=_seen(row))
    form.criterion.choices = [
        (c.id, f"{c.title} ({rules.plain(row.assessment.values.get(c.id))})") for c in book.criteria
    ]

    def act(actor: Actor) -> str:
        known = dict(
            part.split("=", 1) for part in (form.seen.data or "").split("|") if "=" in part
        )
        change(
            enrolment_id,
            form.criterion.data,
            form.value.data or "",
            reason=form.reason.data or "",
            actor=actor,
            workshop_id=workshop_id,
            expected=known.get(str(form.criterion.data)),
        )
        return url_for(
            "workshops.person_grades", workshop_id=workshop_id, enrolment_id=enrolment_id
        )

    return form_page(
        form,
        "workshops/grade_change.html",
        act,
        _("The mark was changed, and the person told."),
        lambda: {"workshop": get_run_workshop(workshop_id, actor=current_actor()), "row": row},
    )


def _seen(row: BookRow) -> str:
    """The marks as the page showed them."""
    return "|".join(f"{key}={rules.plain(value)}" for key, value in row.assessment.values.items())
