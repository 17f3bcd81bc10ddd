"""A person's own result, their appeal against it, and the answer."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.access.guards import acting, current_actor, requires
from app.blueprints.people.acts import form_page
from app.blueprints.workshops.blueprint import blueprint
from app.blueprints.workshops.grading import shared_words
from app.blueprints.workshops.grading_forms import AnswerForm, AppealForm
from app.blueprints.workshops.grading_words import APPEALS
from app.domain.accounts.rules import Actor
from app.domain.workshops.operations import appeals as operations
from app.domain.workshops.queries.appeals import (
    get_appeal,
    list_appeals,
    list_appeals_of,
    read_window,
)
from app.domain.workshops.queries.gradebook import load_book
from app.domain.workshops.queries.results import find_own_result
from app.domain.workshops.queries.workshops import get_run_workshop, get_workshop
from app.domain.workshops.rules import grading as rules
from app.domain.workshops.rules.words import RequestState


@blueprint.route("/<int:workshop_id>/result", methods=["GET", "POST"])
@requires("workshops.enrol")
def result(workshop_id: int) -> ResponseReturnValue:
    """One's own marks, total and grade; a POST appeals against them."""
    form = AppealForm()

    def act(actor: Actor) -> str:
        operations.make_appeal(workshop_id, reason=form.reason.data or "", actor=actor)
        return url_for("workshops.result", workshop_id=workshop_id)

    def context() -> dict[str, Any]:
        actor = current_actor()
        workshop = get_workshop(workshop_id, actor=actor)
        enrolment = operations.own_enrolment(workshop_id, actor)
        appeals = list_appeals_of(enrolment.id)
        found = find_own_result(workshop, enrolment.id)
        return {
            "workshop": workshop,
            "result": found,
            "titles": {one.criterion.id: one.criterion.title for one in found.marks}
            if found
            else {},
            "window": read_window(workshop, enrolment.id),
            "appeals": appeals,
            "appeal_words": APPEALS,
            "open": RequestState.OPEN,
            **shared_words(),
        }

    context()  # a page of somebody else's workshop is none, whatever is sent to it
    done = _("Your appeal was made. You will be told the answer.")
    return form_page(form, "workshops/result.html", act, done, context)


@blueprint.post("/<int:workshop_id>/result/withdraw-appeal")
@requires("workshops.enrol")
def withdraw_appeal(workshop_id: int) -> ResponseReturnValue:
    """Take one's open appeal back."""
    with acting() as actor:
        get_workshop(workshop_id, actor=actor)
        operations.withdraw_appeal(workshop_id, actor=actor)
    flash(_("Your appeal was withdrawn."), "success")
    return redirect(url_for("workshops.result", workshop_id=workshop_id))


@blueprint.get("/<int:workshop_id>/appeals")
@requires("workshops.grade")
def appeals(workshop_id: int) -> str:
    """Appeals in a workshop, those that wait first."""
    workshop = get_run_workshop(workshop_id, actor=current_actor())
    return render_template(
        "workshops/appeals.html",
        workshop=workshop,
        appeals=list_appeals(workshop_id),
        appeal_words=APPEALS,
    )


@blueprint.route("/<int:workshop_id>/appeals/<int:appeal_id>", methods=["GET", "POST"])
@requires("workshops.grade")
def appeal(workshop_id: int, appeal_id: int) -> ResponseReturnValue:
    """What somebody appeals against, their marks, and the answer with its reason."""
    get_run_workshop(workshop_id, actor=current_actor())
    get_appeal(appeal_id, workshop_id)
    form = AnswerForm()

    def act(actor: Actor) -> str:
        operations.answer_appeal(
            appeal_id,
            workshop_id=workshop_id,
            granted=form.decision.data == "grant",
            answer=form.answer.data or "",
            changes=_new_marks(),
            actor=actor,
        )
        return url_for("workshops.appeals", workshop_id=workshop_id)

    def context() -> dict[str, Any]:
        workshop = get_run_workshop(workshop_id, actor=current_actor())
        found = get_appeal(appeal_id, workshop_id)
        book = load_book(workshop, rules.FIRST, enrolment_ids=[found.enrolment_id], blind=False)
        return {
            "workshop": workshop,
            "appeal": found,
            "book": book,
            "row": book.rows[0] if book.rows else None,
            "typed": request.form,
            "appeal_words": APPEALS,
            "open": RequestState.OPEN,
            **shared_words(),
        }

    done = _("Answered, and the person told.")
    return form_page(form, "workshops/appeal.html", act, done, context)


def _new_marks() -> dict[int, str]:
    """The marks that differ from what the page showed: fields ``mark-<criterion>`` and ``was-<criterion>``."""
    changes = {}
    for name, text in request.form.items():
        key = name.removeprefix("mark-")
        if key == name or not (key.isascii() and key.isdecimal() and len(key) <= 10):
            continue
        if text.strip() != request.form.get(f"was-{key}", ""):
            changes[int(key)] = text
    return changes
