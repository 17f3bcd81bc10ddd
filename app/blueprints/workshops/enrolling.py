"""Enrol and withdraw: a page with the facts and one big button."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.access.enrolling import enrol_with_others
from app.access.guards import acting, current_actor, requires
from app.blueprints.certificates.words import KINDS
from app.blueprints.workshops.blueprint import blueprint
from app.blueprints.workshops.enrolment_words import (
    GRADES,
    STATUSES,
    STEPS,
    outcome_words,
    why_not,
)
from app.blueprints.workshops.own import own_certificates, own_person_id
from app.core import clock
from app.core.errors import DomainError
from app.domain.statistics.words import LEVELS
from app.domain.workshops.operations.enrolling import enrol, find_active, withdraw
from app.domain.workshops.queries.candidates import read_application
from app.domain.workshops.queries.openings import read_openings
from app.domain.workshops.queries.own import find_latest, read_places
from app.domain.workshops.queries.workshops import get_workshop

LONGEST_REASON = 500


@blueprint.get("/<int:workshop_id>/take-part")
@requires("workshops.enrol")
def take_part(workshop_id: int) -> str:
    """A workshop as a teacher meets it: facts and one button, or where the application stands."""
    workshop = get_workshop(workshop_id, actor=current_actor())
    person_id, now = own_person_id(), clock.now()
    opening = read_openings([workshop], person_id, now=now)[0]
    latest = opening.mine or find_latest(workshop.id, person_id)
    places = read_places([latest]) if latest is not None else []
    return render_template(
        "workshops/take_part.html",
        workshop=workshop,
        opening=opening,
        place=places[0] if places else None,
        certificates=[one for some in own_certificates(places, person_id).values() for one in some],
        kinds=KINDS,
        reasons=why_not(opening),
        late=workshop.withdraw_until is not None and now > workshop.withdraw_until,
        statuses=STATUSES,
        steps=STEPS,
        grades=GRADES,
        levels=LEVELS,
        outcome=outcome_words(opening.mine, opening.position) if opening.mine else "",
        now=now,
    )


@blueprint.post("/<int:workshop_id>/enrol")
@requires("workshops.enrol")
def enrol_me(workshop_id: int) -> ResponseReturnValue:
    """Take a seat, or a place in line. Pressed twice it is still one enrolment."""
    workshop, person_id = get_workshop(workshop_id, actor=current_actor()), own_person_id()
    lodging = True if request.form.get("needs_lodging") else None
    try:
        outcome = enrol_with_others(workshop_id, needs_lodging=lodging)
        if outcome is None:
            application = read_application(workshop, person_id)
            with acting() as actor:
                outcome = enrol(application, actor=actor, needs_lodging=lodging)
        words = outcome_words(outcome.enrolment, outcome.position)
    except DomainError as error:
        flash(str(error.message), "warning")
    else:
        text = words if outcome.created else _("You were enrolled already.") + words
        flash(text, "success" if outcome.created else "info")
    return redirect(url_for("workshops.take_part", workshop_id=workshop_id))


@blueprint.post("/<int:workshop_id>/withdraw")
@requires("workshops.enrol")
def withdraw_me(workshop_id: int) -> ResponseReturnValue:
    """Leave the workshop or its line; after the deadline with a reason."""
    get_workshop(workshop_id, actor=current_actor())
    person_id = own_person_id()
    reason = request.form.get("reason", "").strip()[:LONGEST_REASON]
    try:
        with acting() as actor:
            enrolment = find_active(workshop_id, person_id)
            if enrolment is None:
                raise DomainError(_("This enrolment has ended already."), "not_enrolled")
            withdraw(enrolment.id, actor=actor, reason=reason)
    except DomainError as error:
        flash(str(error.message), "warning")
    else:
        flash(_("You have withdrawn. The seat goes to the next in line."), "success")
    return redirect(url_for("workshops.take_part", workshop_id=workshop_id))
