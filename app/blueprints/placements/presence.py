"""Attendance: the register of a day for all trainees at once, one trainee's days, leave asked and answered."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from app.access.guards import acting, current_actor, requires
from app.blueprints.asking import asked_day
from app.blueprints.placements import semester_page_words as words
from app.blueprints.placements.blueprint import blueprint
from app.blueprints.placements.log_forms import LeaveForm
from app.blueprints.registers import changed_lines
from app.blueprints.units.acts import show_refusal
from app.core import clock
from app.core.errors import DomainError, Forbidden, NotFound
from app.domain.accounts.rules import Actor
from app.domain.placements.operations import leave as leaves
from app.domain.placements.operations.presence import RECORDS, Wish, record_day
from app.domain.placements.queries.guiding import (
    list_leave,
    list_open_leave,
    list_presence,
    list_register,
)
from app.domain.placements.queries.progress import read_progress
from app.domain.placements.queries.visibility import Part, get_placement, parts_of
from app.domain.placements.rules.presence import RUNS
from app.domain.placements.rules.words import PresenceState


@blueprint.route("/attendance", methods=["GET", "POST"])
@requires("placements.record_presence")
def day_register() -> ResponseReturnValue:
    """Who was there on a day (``?day=``, today without): of all trainees of the mentor or the base school."""
    actor, day = current_actor(), asked_day("day") or clock.today()
    if request.method == "GET":
        return _register_page(actor, day)
    wishes = {
        line.id: Wish(_state(line.wanted), line.seen, line.note)
        for line in changed_lines(request.form)
    }
    _only_own(wishes, actor, day)
    try:
        with acting() as actor:
            saved = record_day(day, wishes, actor=actor)
    except (Forbidden, NotFound):
        raise
    except DomainError as error:
        flash(str(error.message), "danger")
        chosen = {one: wish.state for one, wish in wishes.items()}
        return _register_page(current_actor(), day, chosen), 422
    if saved.conflicts:
        chosen = {one: wishes[one].state for one in saved.conflicts}
        return _register_page(current_actor(), day, chosen, conflicts=True), 409
    flash(
        ngettext("%(num)s line saved.", "%(num)s lines saved.", len(saved.changed))
        if saved.changed
        else _("Nothing was changed."),
        "success",
    )
    return redirect(url_for("placements.day_register", day=day.isoformat()))


def _only_own(wishes: Mapping[int, Wish], actor: Actor, day: date) -> None:
    known = {line.placement_id for line in list_register(actor, day)}
    if not set(wishes) <= known:
        raise NotFound(_("There is no such placement within your unit."))


def _state(text: str) -> PresenceState | None:
    if not text:
        return None
    if text not in set(PresenceState):
        abort(400)
    return PresenceState(text)


def _register_page(
    actor: Actor,
    day: date,
    chosen: Mapping[int, PresenceState | None] | None = None,
    *,
    conflicts: bool = False,
) -> str:
    today = clock.today()
    return render_template(
        "placements/day_register.html",
        day=day,
        today=today,
        before=day - timedelta(days=1),
        after=day + timedelta(days=1) if day < today else None,
        people=list_register(actor, day),
        requests=list_open_leave(actor),
        chosen=chosen or {},
        conflicts=set(chosen or {}) if conflicts else set(),
        words=words,
    )


@blueprint.route("/<int:placement_id>/presence", methods=["GET", "POST"])
@requires("placements.see")
def presence(placement_id: int) -> ResponseReturnValue:
    """The days recorded of one trainee, and leave; the trainee asks for it here."""
    get_placement(placement_id, actor=current_actor())
    form = LeaveForm()
    if form.validate_on_submit():
        try:
            with acting() as actor:
                leaves.ask_leave(
                    placement_id,
                    form.begins_on.data,
                    form.ends_on.data,
                    form.reason.data or "",
                    actor=actor,
                )
        except (Forbidden, NotFound):
            raise
        except DomainError as error:
            show_refusal(form, error)
        else:
            flash(_("Your request is on its way to the mentor."), "success")
            return redirect(url_for("placements.presence", placement_id=placement_id))
    page = _presence_page(placement_id, form)
    return (page, 422) if form.errors else page


def _presence_page(placement_id: int, form: LeaveForm) -> str:
    actor = current_actor()
    placement = get_placement(placement_id, actor=actor)
    parts = parts_of(placement, actor)
    runs = placement.status in RUNS
    return render_template(
        "placements/presence.html",
        placement=placement,
        days=list_presence(placement.id),
        progress=read_progress([placement.id])[placement.id],
        leaves=list_leave(placement.id),
        form=form,
        asks=runs and Part.TRAINEE in parts,
        keeps=runs and bool(RECORDS & parts),
        words=words,
    )


@blueprint.post("/<int:placement_id>/leave/<int:leave_id>/answer")
@requires("placements.see")
def answer_placement_leave(placement_id: int, leave_id: int) -> ResponseReturnValue:
    """Grant leave, or refuse it with a reason; back to the page it was answered on."""
    get_placement(placement_id, actor=current_actor())
    grant = request.form.get("decision") == "grant"
    try:
        with acting() as actor:
            leaves.decide_leave(
                leave_id,
                placement_id=placement_id,
                grant=grant,
                answer=request.form.get("answer", ""),
                actor=actor,
            )
    except (Forbidden, NotFound):
        raise
    except DomainError as error:
        flash(str(error.message), "danger")
    else:
        flash(_("Leave granted.") if grant else _("Leave refused."), "success")
    return redirect(url_for("placements.presence", placement_id=placement_id))


@blueprint.post("/<int:placement_id>/leave/<int:leave_id>/withdraw")
@requires("placements.keep_log")
def withdraw_placement_leave(placement_id: int, leave_id: int) -> ResponseReturnValue:
    """Take back a request that waits for an answer."""
    get_placement(placement_id, actor=current_actor())
    try:
        with acting() as actor:
            leaves.withdraw_leave(leave_id, placement_id=placement_id, actor=actor)
    except (Forbidden, NotFound):
        raise
    except DomainError as error:
        flash(str(error.message), "danger")
    else:
        flash(_("The request is withdrawn."), "success")
    return redirect(url_for("placements.presence", placement_id=placement_id))
