"""The mentor's page: entries that wait, leave asked for, opinions due, every trainee with their counters; signing."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from app.access.guards import acting, current_actor, requires
from app.blueprints.asking import asked_page, refuse_beyond
from app.blueprints.people.acts import seen_version
from app.blueprints.placements import semester_page_words as words
from app.blueprints.placements import words as area_words
from app.blueprints.placements.appraisal_words import MEASURES
from app.blueprints.placements.blueprint import blueprint
from app.blueprints.placements.front import front_page
from app.blueprints.placements.log import entry_page
from app.blueprints.placements.log_forms import CommentForm
from app.blueprints.units.acts import show_refusal
from app.core import clock
from app.core.errors import DomainError, Forbidden, NotFound
from app.domain.accounts.rules import Actor
from app.domain.placements.operations import signing as operations
from app.domain.placements.queries.guiding import (
    find_next_waiting,
    list_open_leave,
    list_trainees,
    list_waiting,
)
from app.domain.placements.queries.log import get_entry
from app.domain.placements.rules.log import due_on


@blueprint.get("/mentoring")
@requires("placements.guide")
def mentoring() -> str:
    """All trainees, what waits first."""
    return mentoring_page(current_actor())


@front_page("placements.guide")
def mentoring_page(actor: Actor) -> str:
    """The mentor's page, also the front page of placements for a mentor."""
    page = list_trainees(actor, asked_page())
    refuse_beyond(page)
    return render_template(
        "placements/mentoring.html",
        page=page,
        waiting=list_waiting(actor),
        requests=list_open_leave(actor),
        today=clock.today(),
        words=words,
        area_words=area_words,
        MEASURES=MEASURES,
        due_on=due_on,
    )


@blueprint.post("/mentoring/sign")
@requires("placements.guide")
def sign_entries() -> ResponseReturnValue:
    """Sign several entries at once, each as it was seen."""
    versions = _asked_versions()
    try:
        with acting() as actor:
            outcome = operations.sign_entries(versions, actor=actor)
            refused = [str(error.message) for error in outcome.refused.values()]
            number = len(outcome.signed)
    except (Forbidden, NotFound):
        raise
    except DomainError as error:
        flash(str(error.message), "danger")
    else:
        if number:
            flash(ngettext("%(num)s entry signed.", "%(num)s entries signed.", number), "success")
        for message in dict.fromkeys(refused):
            flash(_("Not signed: %(reason)s", reason=message), "danger")
    return redirect(url_for("placements.mentoring"))


def _asked_versions() -> dict[int, int | None]:
    """The chosen entries as ``id.version``."""
    versions: dict[int, int | None] = {}
    for text in request.form.getlist("entry"):
        number, _dot, version = text.partition(".")
        if not (number.isdecimal() and version.isdecimal() and len(text) < 20 and text.isascii()):
            abort(400)
        versions[int(number)] = int(version)
    return versions


@blueprint.post("/<int:placement_id>/log/<int:entry_id>/answer")
@requires("placements.guide")
def answer_entry(placement_id: int, entry_id: int) -> ResponseReturnValue:
    """Sign an entry with a comment, or send it back with a reason; then the next that waits."""
    found = get_entry(entry_id, placement_id, actor=current_actor())
    begins_on = found.begins_on
    form, back = CommentForm(), request.form.get("act") == "send_back"
    if form.validate_on_submit():
        try:
            with acting() as actor:
                _answer(placement_id, entry_id, form, actor, back=back)
        except (Forbidden, NotFound):
            raise
        except DomainError as error:
            show_refusal(form, error)
            form.row_version.data = str(
                get_entry(entry_id, placement_id, actor=current_actor()).row_version
            )
        else:
            flash(_("Sent back.") if back else _("Signed."), "success")
            following = find_next_waiting(current_actor(), begins_on, entry_id)
            if following is None:
                return redirect(url_for("placements.mentoring"))
            return redirect(
                url_for(
                    "placements.entry",
                    placement_id=following.placement_id,
                    entry_id=following.id,
                )
            )
    return entry_page(placement_id, entry_id, form), 422


def _answer(
    placement_id: int, entry_id: int, form: CommentForm, actor: Actor, *, back: bool
) -> None:
    comment, version = form.comment.data or "", seen_version(form)
    if back:
        operations.send_back_entry(
            entry_id, comment, placement_id=placement_id, actor=actor, expected_version=version
        )
    else:
        operations.sign_entry(
            entry_id,
            placement_id=placement_id,
            actor=actor,
            comment=comment,
            expected_version=version,
        )


@blueprint.post("/<int:placement_id>/log/<int:entry_id>/reopen")
@requires("placements.guide")
def reopen_entry(placement_id: int, entry_id: int) -> ResponseReturnValue:
    """Open a signed entry again, with a reason."""
    get_entry(entry_id, placement_id, actor=current_actor())
    try:
        with acting() as actor:
            operations.reopen_entry(
                entry_id, request.form.get("reason", ""), placement_id=placement_id, actor=actor
            )
    except (Forbidden, NotFound):
        raise
    except DomainError as error:
        flash(str(error.message), "danger")
    else:
        flash(_("Opened again; the trainee is told."), "success")
    return redirect(url_for("placements.entry", placement_id=placement_id, entry_id=entry_id))
