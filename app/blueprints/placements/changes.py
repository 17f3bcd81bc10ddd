"""What was changed about a placement and why; the bureau changes it here, base school and mentor ask for it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.access.guards import acting, current_actor, requires
from app.blueprints.people.acts import form_page, seen_version
from app.blueprints.placements import semester_page_words as words
from app.blueprints.placements.blueprint import blueprint
from app.blueprints.placements.change_forms import AskForm, ChangeForm
from app.core import clock
from app.core.errors import DomainError, Forbidden, InvalidInput, NotFound
from app.domain.accounts.rules import Actor
from app.domain.placements.models import Placement, PlacementChange
from app.domain.placements.operations import changing, moving
from app.domain.placements.operations.change_requests import (
    ASKS,
    ask_change,
    refuse_change,
    withdraw_request,
)
from app.domain.placements.operations.change_writing import last_stay
from app.domain.placements.queries.changes import (
    list_changes,
    list_mentors_of,
    list_other_seats,
    list_requests,
)
from app.domain.placements.queries.visibility import Part, current_stay, get_placement, parts_of
from app.domain.placements.rules.changes import CHANGEABLE
from app.domain.placements.rules.words import ChangeKind, PlacementStatus
from app.domain.placements.semester_words import CHANGES

ICONS = {
    ChangeKind.EXTENSION: "calendar-event",
    ChangeKind.INTERRUPTION: "clock",
    ChangeKind.RESUMPTION: "player-play",
    ChangeKind.MENTOR: "user-edit",
    ChangeKind.BASE_SCHOOL: "school",
    ChangeKind.WITHDRAWAL: "user-minus",
}


@blueprint.get("/<int:placement_id>/changes")
@requires("placements.see")
def changes(placement_id: int) -> str:
    """Where the trainee was with whom, every change with its reason, and what is asked for."""
    actor = current_actor()
    placement = get_placement(placement_id, actor=actor)
    parts = parts_of(placement, actor)
    return render_template(
        "placements/changes.html",
        placement=placement,
        now=current_stay(placement),
        changes=list_changes(placement.id),
        requests=list_requests(placement.id),
        possible=possible_changes(placement, parts),
        asks=placement.status in CHANGEABLE and bool(ASKS & parts),
        decides=Part.BUREAU in parts,
        account_id=actor.account_id,
        CHANGES=CHANGES,
        ICONS=ICONS,
        words=words,
    )


def possible_changes(placement: Placement, parts: frozenset[Part]) -> list[ChangeKind]:
    """The changes that who is these parts may make now."""
    if placement.status not in CHANGEABLE or not placement.stays:
        return []
    if Part.BUREAU in parts:
        rests = placement.status is PlacementStatus.INTERRUPTED
        unfit = ChangeKind.INTERRUPTION if rests else ChangeKind.RESUMPTION
        return [kind for kind in ChangeKind if kind is not unfit]
    if Part.BASE_SCHOOL in parts and last_stay(placement).mentor_id is None:
        return [ChangeKind.MENTOR]
    return []


@blueprint.route("/<int:placement_id>/changes/<string:what>", methods=["GET", "POST"])
@requires("placements.host")
def change_placement(placement_id: int, what: str) -> ResponseReturnValue:
    """Make a change, with its day and reason."""
    actor = current_actor()
    placement = get_placement(placement_id, actor=actor)
    chosen = _kind(what)
    if chosen not in possible_changes(placement, parts_of(placement, actor)):
        raise Forbidden(_("This change is not yours to make, or does not fit the placement now."))
    form = ChangeForm()
    _offer(form, placement, chosen)
    address = url_for("placements.changes", placement_id=placement_id)

    def act(actor: Actor) -> str:
        _make(placement_id, chosen, form, actor)
        return address

    def context() -> dict[str, Any]:
        found = get_placement(placement_id, actor=current_actor())
        return {
            "placement": found,
            "kind": chosen,
            "stay": last_stay(found),
            "CHANGES": CHANGES,
            "consequence": consequences()[chosen],
        }

    return form_page(form, "placements/change.html", act, _("Changed; everybody is told."), context)


def _kind(what: str) -> ChangeKind:
    """The change that the address names: ``base-school``."""
    name = what.replace("-", "_")
    if name not in set(ChangeKind):
        raise NotFound(_("There is no such change."))
    return ChangeKind(name)


def consequences() -> dict[ChangeKind, str]:
    """What each change brings about."""
    return {
        ChangeKind.EXTENSION: _(
            "The placement ends on that day instead. Entries are due until then."
        ),
        ChangeKind.INTERRUPTION: _(
            "From that day on nothing is due and other trainings are free again. Seat and mentor are kept."
        ),
        ChangeKind.RESUMPTION: _("From that day on entries are due again."),
        ChangeKind.MENTOR: _(
            "From that day on the other mentor signs the log and the appraisal, also what waits."
        ),
        ChangeKind.BASE_SCHOOL: _(
            "The seat at the present base school becomes free; from that day on the trainee is at the other one."
        ),
        ChangeKind.WITHDRAWAL: _(
            "The placement ends without a result. The seat, the mentor and the trainee are free from that day on. "
            "This cannot be taken back."
        ),
    }


def _offer(form: ChangeForm, placement: Placement, kind: ChangeKind) -> None:
    """What the form lets choose from, and the day it proposes."""
    stay, today = last_stay(placement), clock.today()
    on = form.on.data or max(today, placement.starts_on)
    if kind is ChangeKind.BASE_SCHOOL:
        seats = list_other_seats(placement, stay.base_school_id)
        form.seats.choices = [
            (
                one.id,
                _(
                    "%(school)s, %(free)s free",
                    school=one.base_school.name,
                    free=one.seats - one.taken,
                ),
            )
            for one in seats
        ]
        mentors = list_mentors_of([one.base_school_id for one in seats], on)
    else:
        mentors = list_mentors_of([stay.base_school_id], on)
    named = [
        (one.id, f"{one.person.name} · {one.unit.name}")
        for one in mentors
        if one.id != stay.mentor_id and one.person_id != placement.person_id
    ]
    form.mentor.choices = [(0, "–"), *named] if kind is ChangeKind.BASE_SCHOOL else named
    if not form.is_submitted():
        form.row_version.data = str(placement.row_version)
        form.on.data = _proposed_day(kind, placement, today)


def _proposed_day(kind: ChangeKind, placement: Placement, today: date) -> date:
    if kind is ChangeKind.EXTENSION:
        return placement.ends_on + timedelta(days=28)
    return min(max(today, placement.starts_on), placement.ends_on)


def _make(placement_id: int, kind: ChangeKind, form: ChangeForm, actor: Actor) -> PlacementChange:
    on, reason = form.on.data, form.reason.data or ""
    version = seen_version(form)
    if kind is ChangeKind.MENTOR:
        if not form.mentor.data:
            raise InvalidInput(_("Choose a mentor."), "mentor_missing", "mentor")
        return moving.change_mentor(
            placement_id, form.mentor.data, on, reason, actor=actor, expected_version=version
        )
    if kind is ChangeKind.BASE_SCHOOL:
        if not form.seats.data:
            raise InvalidInput(_("Choose a base school."), "seats_missing", "seats")
        return moving.change_base_school(
            placement_id,
            form.seats.data,
            on,
            reason,
            actor=actor,
            mentor_id=form.mentor.data or None,
            expected_version=version,
        )
    acts = {
        ChangeKind.EXTENSION: changing.extend_placement,
        ChangeKind.INTERRUPTION: changing.interrupt_placement,
        ChangeKind.RESUMPTION: changing.resume_placement,
        ChangeKind.WITHDRAWAL: changing.withdraw_placement,
    }
    return acts[kind](placement_id, on, reason, actor=actor, expected_version=version)


@blueprint.route("/<int:placement_id>/changes/ask", methods=["GET", "POST"])
@requires("placements.see")
def ask_for_change(placement_id: int) -> ResponseReturnValue:
    """Ask the bureau for a change."""
    actor = current_actor()
    placement = get_placement(placement_id, actor=actor)
    if not ASKS & parts_of(placement, actor):
        raise Forbidden(_("Only the base school and the mentor ask for changes."))
    form = AskForm()
    form.kind.choices = [(kind.value, label) for kind, label in CHANGES.items()]
    address = url_for("placements.changes", placement_id=placement_id)

    def act(actor: Actor) -> str:
        ask_change(
            placement_id,
            ChangeKind(form.kind.data),
            form.on.data,
            form.reason.data or "",
            actor=actor,
        )
        return address

    def context() -> dict[str, Any]:
        return {"placement": get_placement(placement_id, actor=current_actor())}

    return form_page(
        form, "placements/change_ask.html", act, _("Asked; the bureau is told."), context
    )


@blueprint.post("/<int:placement_id>/changes/requests/<int:request_id>/refuse")
@requires("placements.decide")
def refuse_placement_change(placement_id: int, request_id: int) -> ResponseReturnValue:
    """Answer that a change is not made, and why."""
    return _answered(placement_id, request_id, request.form.get("reason", ""))


@blueprint.post("/<int:placement_id>/changes/requests/<int:request_id>/withdraw")
@requires("placements.see")
def withdraw_placement_change(placement_id: int, request_id: int) -> ResponseReturnValue:
    """Take back what one asked for."""
    return _answered(placement_id, request_id, None)


def _answered(placement_id: int, request_id: int, answer: str | None) -> ResponseReturnValue:
    get_placement(placement_id, actor=current_actor())
    try:
        with acting() as actor:
            if answer is None:
                withdraw_request(request_id, placement_id=placement_id, actor=actor)
            else:
                refuse_change(request_id, answer, placement_id=placement_id, actor=actor)
    except (Forbidden, NotFound):
        raise
    except DomainError as error:
        flash(str(error.message), "danger")
    else:
        flash(_("The request is withdrawn.") if answer is None else _("Refused."), "success")
    return redirect(url_for("placements.changes", placement_id=placement_id))
