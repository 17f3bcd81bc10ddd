"""Completion: who would complete and who not, closing in one act, opening again."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.access.guards import acting, current_actor, requires
from app.blueprints.certificates.trainings import issue_address
from app.blueprints.people.acts import form_page
from app.blueprints.units.acts import show_refusal
from app.blueprints.workshops import words
from app.blueprints.workshops.attendance_forms import DaysForm, ReopenForm
from app.blueprints.workshops.blueprint import blueprint
from app.core.errors import DomainError, Forbidden, NotFound, StaleVersion
from app.domain.accounts.rules import Actor
from app.domain.workshops.completion_words import read_settled, unmet_words
from app.domain.workshops.operations.completing import close_workshop, refuse_closing
from app.domain.workshops.operations.reopening import reopen_workshop
from app.domain.workshops.queries.completion import Completion, CompletionRow, load_completion
from app.domain.workshops.queries.records import records_of
from app.domain.workshops.queries.workshops import (
    get_planned_workshop,
    get_run_workshop,
    may_plan,
)
from app.domain.workshops.rules.completion import Days
from app.domain.workshops.rules.words import EnrolmentStatus, WorkshopStatus

LONGEST_REASON = 500


@blueprint.get("/<int:workshop_id>/completion")
@requires("workshops.grade")
def completion(workshop_id: int) -> str:
    """What closing would do, or what it did."""
    return _page(workshop_id, DaysForm(formdata=None), {})


def _page(workshop_id: int, form: DaysForm, reasons: dict[int, str]) -> str:
    """``reasons``: exceptions typed so far, kept when the act was refused."""
    actor = current_actor()
    workshop = get_run_workshop(workshop_id, actor=actor)
    closed = workshop.status is WorkshopStatus.COMPLETED
    found = load_completion(workshop, _days(form))
    blocked = None
    if not closed:
        try:
            refuse_closing(workshop, found)
        except DomainError as error:
            blocked = str(error.message)
    return render_template(
        "workshops/completion.html",
        workshop=workshop,
        completion=found,
        closed=closed,
        blocked=blocked,
        form=form,
        reasons=reasons,
        rows=[_words_of(row, closed=closed) for row in found.rows],
        numbers=_numbers(found, closed=closed),
        may_close=may_plan(workshop, actor),
        issue=issue_address(records_of(workshop.id), workshop.title, actor=actor),
        words=words,
    )


def _words_of(row: CompletionRow, *, closed: bool) -> tuple[CompletionRow, list[str], str | None]:
    """A row, what is not met in words, and why it did not count."""
    if not closed:
        return row, unmet_words(row.unmet), None
    settled, reason = read_settled(row.settled)
    return row, unmet_words(settled), reason


def _numbers(found: Completion, *, closed: bool) -> tuple[int, int]:
    if not closed:
        return len(found.completing), len(found.failing)
    states = [row.status for row in found.rows]
    return states.count(EnrolmentStatus.COMPLETED), states.count(EnrolmentStatus.NOT_COMPLETED)


def _days(form: DaysForm) -> Days | None:
    ended_on = form.ended_on.data
    return None if ended_on is None else Days(form.started_on.data or ended_on, ended_on)


@blueprint.post("/<int:workshop_id>/completion/close")
@requires("workshops.plan")
def close(workshop_id: int) -> ResponseReturnValue:
    """Settle who completed; nothing is written when something has changed since it was looked at."""
    get_planned_workshop(workshop_id, actor=current_actor())
    form, reasons = DaysForm(), _reasons()
    if not form.validate_on_submit():
        return _page(workshop_id, form, reasons), 422
    try:
        with acting() as actor:
            closing = close_workshop(
                workshop_id,
                actor=actor,
                exceptions=reasons,
                seen=request.form.get("seen") or None,
                days=_days(form),
            )
    except (Forbidden, NotFound):
        raise
    except DomainError as error:
        show_refusal(form, error)
        status = 409 if isinstance(error, StaleVersion) else 422
        return _page(workshop_id, form, reasons), status
    if closing.again:
        flash(_("Somebody else has closed it already; nothing was written twice."), "info")
    else:
        flash(
            _(
                "Closed: %(done)s completed, %(failed)s did not. Everybody has been told.",
                done=closing.completed,
                failed=closing.not_completed,
            ),
            "success",
        )
    return redirect(url_for("workshops.completion", workshop_id=workshop_id))


def _reasons() -> dict[int, str]:
    """Exceptions by enrolment: ``reason-<id>`` that are filled in."""
    found = {}
    for name, text in request.form.items():
        key, _dash, number = name.partition("-")
        if key == "reason" and number.isascii() and number.isdecimal() and text.strip():
            found[int(number)] = text.strip()[:LONGEST_REASON]
    return found


@blueprint.route("/<int:workshop_id>/completion/reopen", methods=["GET", "POST"])
@requires("workshops.plan")
def reopen(workshop_id: int) -> ResponseReturnValue:
    """Take the closing back, with a reason."""
    get_planned_workshop(workshop_id, actor=current_actor())

    def act(actor: Actor) -> str:
        reopen_workshop(workshop_id, actor=actor, reason=form.reason.data or "")
        return url_for("workshops.completion", workshop_id=workshop_id)

    form = ReopenForm()
    return form_page(
        form,
        "workshops/reopen.html",
        act,
        _("Opened again."),
        lambda: {"workshop": get_planned_workshop(workshop_id, actor=current_actor())},
    )
