"""A unit nominates its people: each gets a seat, a place in line, or waits for approval, as if they had applied."""

from __future__ import annotations

from app.core.errors import Forbidden
from app.core.i18n import gettext as _
from app.domain.accounts.rules import Actor
from app.domain.people.queries.record import get_person
from app.domain.workshops.operations.enrolling import Outcome, enrol
from app.domain.workshops.queries.candidates import read_application
from app.domain.workshops.queries.workshops import get_workshop


def nominate(
    workshop_id: int,
    person_id: int,
    *,
    actor: Actor,
    note: str | None = None,
    needs_lodging: bool | None = None,
) -> Outcome:
    """Nominate one person of the actor's unit; the steps of the chain up to the actor's own count as approved.

    Raises NotFound for a person or workshop outside the scope, ``not_open``, ``not_eligible``, ``clash``.
    """
    if not actor.may("workshops.nominate"):
        raise Forbidden(_("You may enrol yourself, not others."))
    workshop = get_workshop(workshop_id, actor=actor)
    person = get_person(person_id, scope=actor.unit_path)
    application = read_application(workshop, person.id)
    return enrol(
        application,
        actor=actor,
        nominated_by=actor.role,
        note=(note or "").strip() or None,
        needs_lodging=needs_lodging,
    )
