"""Question banks: the list, one bank with its questions, opened, renamed, retired."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.access.guards import acting, current_actor, requires
from app.blueprints.asking import asked_choice, asked_page, asked_text, refuse_beyond
from app.blueprints.courses.blueprint import blueprint
from app.blueprints.courses.question_forms import BankForm, NewBankForm
from app.blueprints.courses.quiz_words import QUESTION_KINDS
from app.blueprints.people.acts import Answer, form_page, seen_version
from app.core import clock
from app.core.errors import DomainError
from app.domain.accounts.rules import Actor
from app.domain.courses.operations import banks as operations
from app.domain.courses.queries import banks as queries
from app.domain.courses.queries.banks import QuestionFilter
from app.domain.courses.rules.words import QuestionKind

NO_TOPIC = "-"


@blueprint.get("/banks/")
@requires("courses.teach")
def banks() -> str:
    """The question banks that one may draw from."""
    actor = current_actor()
    retired = request.args.get("retired") == "1"
    page = queries.list_banks(actor, q=asked_text(), retired=retired, number=asked_page())
    refuse_beyond(page)
    return render_template(
        "courses/banks/index.html",
        page=page,
        retired=retired,
        may_open=bool(queries.list_bank_units(actor)),
    )


@blueprint.route("/banks/new", methods=["GET", "POST"])
@requires("courses.teach")
def new_bank() -> Answer:
    """Open a bank."""
    units = queries.list_bank_units(current_actor())
    form = NewBankForm()
    form.unit.choices = [(unit.id, unit.name) for unit in units]

    def act(actor: Actor) -> str:
        made = operations.create_bank(
            form.title.data or "",
            form.note.data,
            unit_id=form.unit.data,
            actor=actor,
            now=clock.now(),
        )
        return url_for("courses.bank", bank_id=made.id)

    return form_page(form, "courses/banks/new.html", act, _("The question bank is open."))


@blueprint.get("/banks/<int:bank_id>")
@requires("courses.teach")
def bank(bank_id: int) -> str:
    """A bank with its questions."""
    actor = current_actor()
    found = queries.get_bank(bank_id, actor=actor)
    topic = request.args.get("topic", "")[:80]
    wanted = QuestionFilter(
        q=asked_text(),
        topic=None if not topic else "" if topic == NO_TOPIC else topic,
        kind=asked_choice("kind", QuestionKind),
        retired=request.args.get("retired") == "1",
    )
    page = queries.list_questions(bank_id, wanted, number=asked_page())
    refuse_beyond(page)
    topics = queries.count_topics([bank_id])
    return render_template(
        "courses/banks/show.html",
        bank=found,
        page=page,
        wanted=wanted,
        topics=[
            (name or NO_TOPIC, f"{name or _('without a topic')} ({count})")
            for (_bank, name), count in topics.items()
        ],
        total=sum(topics.values()),
        may_write=queries.may_write_questions(found, actor),
        kinds=QUESTION_KINDS,
        short=_short,
    )


def _short(text: str, longest: int = 140) -> str:
    """The beginning of a long question; the whole stands on its page."""
    return text if len(text) <= longest else f"{text[:longest].rstrip()} …"


@blueprint.route("/banks/<int:bank_id>/edit", methods=["GET", "POST"])
@requires("courses.teach")
def edit_bank(bank_id: int) -> Answer:
    """Rename a bank, change its note."""
    found = queries.get_written_bank(bank_id, actor=current_actor())
    form = BankForm(obj=found)

    def act(actor: Actor) -> str:
        operations.edit_bank(
            bank_id,
            form.title.data or "",
            form.note.data,
            expected_version=seen_version(form),
            actor=actor,
        )
        return url_for("courses.bank", bank_id=bank_id)

    return form_page(
        form,
        "courses/banks/edit.html",
        act,
        _("Saved."),
        lambda: {"bank": queries.get_written_bank(bank_id, actor=current_actor())},
    )


@blueprint.post("/banks/<int:bank_id>/retire")
@requires("courses.teach")
def retire_bank(bank_id: int) -> Response:
    """Draw from a bank no more."""
    queries.get_written_bank(bank_id, actor=current_actor())
    try:
        with acting() as actor:
            reason = request.form.get("reason", "")
            operations.retire_bank(bank_id, reason=reason, actor=actor, now=clock.now())
    except DomainError as error:
        if error.field != "reason":
            raise
        flash(str(error.message), "danger")
    else:
        flash(_("The question bank is retired."), "success")
    return redirect(url_for("courses.bank", bank_id=bank_id))


@blueprint.post("/banks/<int:bank_id>/restore")
@requires("courses.teach")
def restore_bank(bank_id: int) -> Response:
    """Take a retired bank up again."""
    with acting() as actor:
        operations.restore_bank(bank_id, actor=actor)
    flash(_("The question bank is in use again."), "success")
    return redirect(url_for("courses.bank", bank_id=bank_id))
