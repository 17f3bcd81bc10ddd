"""One question: written, read with its revisions, changed, retired."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, url_for
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from app.access.guards import acting, current_actor, requires
from app.blueprints.asking import asked_choice
from app.blueprints.courses.blueprint import blueprint
from app.blueprints.courses.question_forms import FORMS
from app.blueprints.courses.quiz_words import QUESTION_KINDS
from app.blueprints.people.acts import Answer, form_page
from app.core import clock
from app.core.errors import DomainError
from app.domain.accounts.rules import Actor
from app.domain.courses.models import Question
from app.domain.courses.operations import questions as operations
from app.domain.courses.operations.questions import QuestionDraft, text_of
from app.domain.courses.queries import banks as queries
from app.domain.courses.rules.questions import LETTERS
from app.domain.courses.rules.words import QuestionKind


@blueprint.route("/banks/<int:bank_id>/questions/new", methods=["GET", "POST"])
@requires("courses.teach")
def new_question(bank_id: int) -> Answer:
    """Write a question of the kind that the address names."""
    queries.get_written_bank(bank_id, actor=current_actor())
    kind = asked_choice("kind", QuestionKind) or QuestionKind.SINGLE
    form = FORMS[kind]()

    def act(actor: Actor) -> str:
        operations.add_question(bank_id, form.draft(kind), actor=actor, now=clock.now())
        return url_for("courses.new_question", bank_id=bank_id, kind=kind.value)

    return form_page(
        form,
        "courses/banks/question_new.html",
        act,
        _("The question is written. Here is room for the next one."),
        lambda: _context(bank_id, kind),
        lambda error: _beside(form, error),
    )


def _context(bank_id: int, kind: QuestionKind) -> dict[str, Any]:
    return {
        "bank": queries.get_written_bank(bank_id, actor=current_actor()),
        "kind": kind,
        "kinds": QUESTION_KINDS,
        "letters": LETTERS,
        "topics": [name for (_bank, name) in queries.count_topics([bank_id]) if name],
    }


def _beside(form: FlaskForm, error: DomainError) -> None:
    """A refusal that speaks of the options stands beside the first of them."""
    if error.field == "options":
        form.form_errors = [one for one in form.form_errors if one != str(error.message)]
        form["option_0"].errors = [*form["option_0"].errors, str(error.message)]


@blueprint.route("/banks/questions/<int:question_id>", methods=["GET", "POST"])
@requires("courses.teach")
def question(question_id: int) -> Answer:
    """A question as it stands, what it said before; who writes the bank changes it here."""
    actor = current_actor()
    found = queries.get_question(question_id, actor=actor)
    revision = queries.find_current_revision(question_id)
    kind, bank_id = found.kind, found.bank_id
    form = FORMS[kind]()
    if not form.is_submitted():
        text = text_of(found, revision)
        form.show(QuestionDraft(text, found.topic, found.code), revision.number)
    elif not queries.may_write_questions(found.bank, actor):
        queries.get_written_bank(bank_id, actor=actor)

    def act(actor: Actor) -> str:
        seen = str(form.seen.data or "")
        number = int(seen) if seen.isdecimal() and len(seen) < 6 else abort(400)
        operations.revise_question(
            question_id, form.draft(kind), seen=number, actor=actor, now=clock.now()
        )
        return url_for("courses.question", question_id=question_id)

    return form_page(
        form,
        "courses/banks/question.html",
        act,
        _("Saved."),
        lambda: _shown(question_id),
        lambda error: _beside(form, error),
    )


def _shown(question_id: int) -> dict[str, Any]:
    actor = current_actor()
    found = queries.get_question(question_id, actor=actor)
    revisions = queries.list_revisions(question_id)
    return {
        "question": found,
        "bank": found.bank,
        "kind": found.kind,
        "kinds": QUESTION_KINDS,
        "letters": LETTERS,
        "revisions": [(one, text_of(found, one)) for one in revisions],
        "may_write": queries.may_write_questions(found.bank, actor),
        "topics": [name for (_bank, name) in queries.count_topics([found.bank_id]) if name],
    }


@blueprint.post("/banks/questions/<int:question_id>/retire")
@requires("courses.teach")
def retire_question(question_id: int) -> Response:
    """Draw a question no more."""
    with acting() as actor:
        made = operations.retire_question(question_id, actor=actor, now=clock.now())
        target = _bank_of(made)
    flash(_("The question is retired; it is drawn no more."), "success")
    return redirect(target)


@blueprint.post("/banks/questions/<int:question_id>/restore")
@requires("courses.teach")
def restore_question(question_id: int) -> Response:
    """Let a question be drawn again."""
    with acting() as actor:
        operations.restore_question(question_id, actor=actor)
    flash(_("The question is drawn again."), "success")
    return redirect(url_for("courses.question", question_id=question_id))


def _bank_of(question: Question) -> str:
    return url_for("courses.bank", bank_id=question.bank_id)
