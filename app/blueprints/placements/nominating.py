"""Nominate somebody, and one nomination: correct it, take it back, release it, decide it."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.access.guards import acting, current_actor, requires
from app.blueprints.asking import asked_page, asked_text, refuse_beyond
from app.blueprints.people.acts import Answer, form_page, seen_version
from app.blueprints.placements import words
from app.blueprints.placements.blueprint import blueprint
from app.blueprints.placements.nominating_forms import (
    PREFERENCES,
    NominateForm,
    NoteForm,
    ReasonForm,
    WishForm,
)
from app.blueprints.placements.nominations import nominated_cohort
from app.blueprints.units.words import STAGE_NAMES
from app.core import clock
from app.core.errors import DomainError, Forbidden, NotFound
from app.domain.accounts.rules import Actor
from app.domain.people.queries.record import get_person
from app.domain.placements.models import Cohort, Nomination
from app.domain.placements.operations import deciding
from app.domain.placements.operations import nominating as operations
from app.domain.placements.operations.nominations import LIVE
from app.domain.placements.queries.candidates import list_candidates
from app.domain.placements.queries.nominations import is_to_be_placed
from app.domain.placements.queries.seats import list_offering_schools
from app.domain.placements.queries.visibility import get_nomination, may_plan
from app.domain.placements.refusals import reason_words
from app.domain.placements.rules.nominating import (
    Call,
    may_become,
    why_not_open,
)
from app.domain.placements.rules.words import NominationStatus


def _page(nomination_id: int) -> str:
    return url_for("placements.nomination", nomination_id=nomination_id)


def closed_words(cohort: Cohort) -> str:
    """Why the cohort takes no nominations now, in words; empty while it does."""
    call = Call(cohort.status, cohort.nominations_open_on, cohort.nominations_close_on, None, 0)
    reason = why_not_open(call, clock.today())
    return reason_words()[reason] if reason else ""


@blueprint.get("/cohorts/<int:cohort_id>/nominate")
@requires("placements.nominate")
def nominate(cohort_id: int) -> str:
    """Counselors of the unit, each with whether they can be nominated and why not."""
    cohort = nominated_cohort(cohort_id)
    page = list_candidates(cohort, current_actor(), q=asked_text(), page=asked_page())
    refuse_beyond(page)
    return render_template(
        "placements/nominate.html",
        cohort=cohort,
        page=page,
        closed=closed_words(cohort),
        why_not=reason_words(),
    )


@blueprint.route("/cohorts/<int:cohort_id>/nominate/<int:person_id>", methods=["GET", "POST"])
@requires("placements.nominate")
def nominate_person(cohort_id: int, person_id: int) -> Answer:
    """Nominate one person: motivation and preferences."""
    cohort = nominated_cohort(cohort_id)
    actor = current_actor()
    get_person(person_id, scope=actor.unit_path)
    form = NominateForm().offer(cohort)

    def act(actor: Actor) -> str:
        made = operations.nominate(
            cohort_id, person_id, form.wish(), release_note=form.release_note.data, actor=actor
        )
        return _page(made.id)

    return form_page(
        form,
        "placements/nominate_person.html",
        act,
        _("Nominated, as the last of your ranking. Change the order in the list of nominations."),
        lambda: {
            "cohort": nominated_cohort(cohort_id),
            "person": get_person(person_id, scope=current_actor().unit_path),
            "on_paper": actor.unit_kind != "school",
        },
    )


@blueprint.get("/nominations/<int:nomination_id>")
@requires("placements.read")
def nomination(nomination_id: int) -> str:
    """One nomination: what it says, what the school and the bureau said, what can be done."""
    actor = current_actor()
    found = get_nomination(nomination_id, actor=actor)
    live = found.cohort.status in LIVE
    own = actor.may("placements.nominate") and actor.reaches(found.unit.path)
    waits = found.status in (NominationStatus.SUBMITTED, NominationStatus.SENT_BACK)
    return render_template(
        "placements/nomination.html",
        nomination=found,
        words=words,
        stages=STAGE_NAMES,
        schools={school.id: school.name for school in list_offering_schools(found.cohort_id)},
        edits=live and own and waits,
        withdraws=live and own and may_become(found.status, NominationStatus.WITHDRAWN),
        releases=live
        and waits
        and found.released_at is None
        and actor.may("placements.release")
        and actor.reaches(found.school.path),
        on_paper=actor.unit_id != found.school_id,
        decides=live and deciding.may_decide(found, actor),
        planner=may_plan(found.cohort, actor),
        places=may_plan(found.cohort, actor) and is_to_be_placed(found),
    )


@blueprint.route("/nominations/<int:nomination_id>/edit", methods=["GET", "POST"])
@requires("placements.nominate")
def edit_nomination(nomination_id: int) -> Answer:
    """Correct a nomination; one that was sent back is handed in again by this."""
    found = get_nomination(nomination_id, actor=current_actor())
    data = {
        "motivation": found.motivation,
        "stage": found.stage,
        "subject": found.subject,
        "row_version": found.row_version,
        **{name: str(number) for name, number in zip(PREFERENCES, found.preferences, strict=False)},
    }
    form = WishForm(data=data).offer(found.cohort)
    again = found.status is NominationStatus.SENT_BACK

    def act(actor: Actor) -> str:
        operations.edit_nomination(
            nomination_id, form.wish(), expected_version=seen_version(form), actor=actor
        )
        return _page(nomination_id)

    return form_page(
        form,
        "placements/nomination_edit.html",
        act,
        _("Handed in again.") if again else _("Saved."),
        lambda: {"nomination": get_nomination(nomination_id, actor=current_actor())},
    )


def _reasoned(
    nomination_id: int, template: str, done: str, operation: Callable[..., Nomination]
) -> Answer:
    """An act that needs a reason, on a page of its own."""
    found = get_nomination(nomination_id, actor=current_actor())
    form = ReasonForm(data={"row_version": found.row_version})

    def act(actor: Actor) -> str:
        operation(
            nomination_id,
            reason=form.reason.data or "",
            expected_version=seen_version(form),
            actor=actor,
        )
        return _page(nomination_id)

    return form_page(
        form,
        "placements/nomination_reason.html",
        act,
        done,
        lambda: {
            "nomination": get_nomination(nomination_id, actor=current_actor()),
            "what": template,
        },
    )


@blueprint.route("/nominations/<int:nomination_id>/withdraw", methods=["GET", "POST"])
@requires("placements.nominate")
def withdraw_nomination(nomination_id: int) -> Answer:
    """Take a nomination back."""
    return _reasoned(nomination_id, "withdraw", _("Withdrawn."), operations.withdraw_nomination)


@blueprint.route("/nominations/<int:nomination_id>/refuse", methods=["GET", "POST"])
@requires("placements.release")
def refuse_release(nomination_id: int) -> Answer:
    """The school does not let the nominee go."""
    return _reasoned(nomination_id, "refuse", _("Refused."), deciding.refuse_release)


@blueprint.route("/nominations/<int:nomination_id>/send-back", methods=["GET", "POST"])
@requires("placements.decide")
def send_back_nomination(nomination_id: int) -> Answer:
    """The bureau asks for a correction."""
    return _reasoned(nomination_id, "send_back", _("Sent back."), deciding.send_back)


@blueprint.route("/nominations/<int:nomination_id>/reject", methods=["GET", "POST"])
@requires("placements.decide")
def reject_nomination(nomination_id: int) -> Answer:
    """The bureau says no."""
    return _reasoned(nomination_id, "reject", _("Rejected."), deciding.reject)


@blueprint.route("/nominations/<int:nomination_id>/release", methods=["GET", "POST"])
@requires("placements.release")
def release_nomination(nomination_id: int) -> Answer:
    """The nominee's school agrees, or an office above records its consent on paper."""
    found = get_nomination(nomination_id, actor=current_actor())
    form = NoteForm(data={"row_version": found.row_version})

    def act(actor: Actor) -> str:
        deciding.release(
            nomination_id,
            note=form.note.data,
            expected_version=seen_version(form),
            actor=actor,
        )
        return _page(nomination_id)

    return form_page(
        form,
        "placements/nomination_release.html",
        act,
        _("Released. The nomination waits for the bureau."),
        lambda: {
            "nomination": get_nomination(nomination_id, actor=current_actor()),
            "on_paper": current_actor().unit_id
            != get_nomination(nomination_id, actor=current_actor()).school_id,
        },
    )


@blueprint.post("/nominations/<int:nomination_id>/approve")
@requires("placements.decide")
def approve_nomination(nomination_id: int) -> Response:
    """The bureau approves."""
    get_nomination(nomination_id, actor=current_actor())
    text = request.form.get("row_version", "")
    version = int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None
    try:
        with acting() as actor:
            deciding.approve(nomination_id, expected_version=version, actor=actor)
    except (Forbidden, NotFound):
        raise
    except DomainError as error:
        flash(str(error.message), "danger")
    else:
        flash(_("Approved."), "success")
    return redirect(_page(nomination_id))
