"""Nominate people of one's own unit from a list."""

from __future__ import annotations

from dataclasses import dataclass

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.access.guards import acting, current_actor, requires
from app.blueprints.asking import (
    asked_choice,
    asked_page,
    asked_text,
    asked_unit,
    refuse_beyond,
)
from app.blueprints.workshops.blueprint import blueprint
from app.blueprints.workshops.enrolment_words import STATUSES, outcome_words, why_not_nominee
from app.core import clock
from app.core.errors import DomainError, NotFound
from app.domain.people.queries.record import find_person
from app.domain.people.rules import PostingRole
from app.domain.statistics.words import ROLES
from app.domain.workshops.models import Workshop
from app.domain.workshops.operations.nominating import nominate as nominate_person
from app.domain.workshops.queries.nominees import list_nominees
from app.domain.workshops.queries.workshops import get_workshop
from app.domain.workshops.refusals import not_open
from app.domain.workshops.rules.enrolling import Window, why_not_open

MOST_AT_ONCE = 200


@dataclass(frozen=True)
class Wish:
    """Somebody to be nominated, with what the list said beside the name."""

    person_id: int
    note: str | None = None
    needs_lodging: bool | None = None


@dataclass(frozen=True)
class Nomination:
    """What came of one nomination: the words, their tone, the name."""

    name: str
    words: str
    tone: str


def closed_words(workshop: Workshop) -> str:
    """Why the workshop takes no enrolments now, in words; empty while it does."""
    window = Window(workshop.status, workshop.enrolment_opens_at, workshop.enrolment_closes_at)
    reason = why_not_open(window, clock.now())
    return str(not_open(reason).message) if reason else ""


@blueprint.get("/<int:workshop_id>/nominate")
@requires("workshops.nominate")
def nominate(workshop_id: int) -> str:
    """People of the unit, 50 a page, each with whether they fit and why not."""
    actor = current_actor()
    workshop = get_workshop(workshop_id, actor=actor)
    unit = asked_unit(actor)
    page = list_nominees(
        workshop,
        unit.path if unit else actor.unit_path,
        q=asked_text(),
        role=asked_choice("role", PostingRole),
        page=asked_page(),
    )
    refuse_beyond(page)
    return render_template(
        "workshops/nominate.html",
        workshop=workshop,
        page=page,
        why_not=why_not_nominee,
        closed=closed_words(workshop),
        statuses=STATUSES,
        roles=ROLES,
        unit=unit,
    )


@blueprint.post("/<int:workshop_id>/nominate")
@requires("workshops.nominate")
def nominate_many(workshop_id: int) -> ResponseReturnValue:
    """Nominate the ticked people; each gets a seat, a place in line, or is told why not."""
    workshop = get_workshop(workshop_id, actor=current_actor())
    wishes = [Wish(person_id) for person_id in posted_ids()]
    if not wishes:
        flash(_("Tick at least one person."), "warning")
        return redirect(url_for("workshops.nominate", workshop_id=workshop.id))
    return nominated_page(workshop, wishes)


def posted_ids() -> list[int]:
    """The ids of the ticked people, each once."""
    texts = list(dict.fromkeys(request.form.getlist("id")))
    if len(texts) > MOST_AT_ONCE or not all(
        text.isascii() and text.isdecimal() and len(text) < 10 for text in texts
    ):
        abort(400)
    return [int(text) for text in texts]


def nominated_page(workshop: Workshop, wishes: list[Wish]) -> str:
    """Nominate everybody, each in a transaction of their own, and show what came of it. Sent twice it acts once.

    Who has left the unit since the list was shown is told with the others; when nobody is left, it is not found.
    """
    workshop_id, scope = workshop.id, current_actor().unit_path
    people = [find_person(wish.person_id, scope=scope) for wish in wishes]
    names = [None if person is None else person.name for person in people]
    if not any(names):
        raise NotFound(_("There is no such person within your unit."))
    outcomes = [
        _nominate_one(workshop_id, wish, name) for wish, name in zip(wishes, names, strict=True)
    ]
    workshop = get_workshop(workshop_id, actor=current_actor())
    return render_template("workshops/nominated.html", workshop=workshop, outcomes=outcomes)


def _nominate_one(workshop_id: int, wish: Wish, name: str | None) -> Nomination:
    if name is None:
        return Nomination("–", _("This person is no longer within your unit."), "danger")
    try:
        with acting() as actor:
            outcome = nominate_person(
                workshop_id,
                wish.person_id,
                actor=actor,
                note=wish.note,
                needs_lodging=wish.needs_lodging,
            )
            words = outcome_words(outcome.enrolment, outcome.position)
            tone = STATUSES[outcome.enrolment.status][1]
    except DomainError as error:
        return Nomination(name, str(error.message), "danger")
    if not outcome.created:
        return Nomination(name, _("Was enrolled already.") + words, "info")
    return Nomination(name, words, tone)
