"""What people do with their own record: see it whole, put phone and mail right, ask for other corrections."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import or_, select

from app.core import clock
from app.core.db import db
from app.core.errors import InvalidInput
from app.core.i18n import gettext as _
from app.domain.accounts.models import Grant
from app.domain.accounts.rules import Actor, Role
from app.domain.audit.operations import record
from app.domain.outbox.operations import notify
from app.domain.people.models import Person
from app.domain.people.operations.people import reveal, write_correction
from app.domain.people.queries.record import (
    find_main_posting,
    find_person_of_account,
    list_postings,
)
from app.domain.people.refusals import no_such_person
from app.domain.units.models import Unit

OWN_FIELDS = frozenset({"phone", "email"})
LONGEST_TEXT = 1000
OWN_DATA = "own data"


def get_own_record(actor: Actor) -> Person:
    """The record of the person this account belongs to; NotFound when it belongs to nobody."""
    person = find_person_of_account(actor.account_id) if actor.account_id is not None else None
    if person is None:
        raise no_such_person()
    return person


def reveal_own(what: str, *, actor: Actor) -> str:
    """One's own number whole (``id_number`` or ``phone``); recorded like every reveal."""
    return reveal(get_own_record(actor), what, actor=actor, reason=OWN_DATA)


def correct_own_contact(changes: Mapping[str, Any], *, actor: Actor) -> Person:
    """Put one's own phone or mail right; other facts are the school's to correct."""
    if not set(changes) <= OWN_FIELDS:
        raise ValueError("only phone and mail are one's own to change")
    person = get_own_record(actor)
    return write_correction(person, changes, actor=actor, reason=None, action="people.correct_own")


def ask_correction(text: str, *, actor: Actor) -> int:
    """Tell who keeps the list what is wrong in one's record; returns how many accounts were told.

    The text is kept in the audit record under the person's key, where those who may read the record see it.
    """
    wanted = text.strip()
    if not wanted:
        raise InvalidInput(_("Say what is wrong and what is right."), "text", "text")
    if len(wanted) > LONGEST_TEXT:
        raise InvalidInput(
            _("This is too long; at most %(count)s characters.", count=LONGEST_TEXT),
            "too_long",
            "text",
        )
    person = get_own_record(actor)
    record(
        actor,
        "people.ask_correction",
        object_type="person",
        object_id=person.id,
        subject_id=person.id,
        personal={"text": wanted},
    )
    keepers = list_keepers(person)
    for account_id in keepers:
        notify(
            account_id,
            "people.correction_asked",
            {"name": person.name},
            link=f"/people/{person.id}",
        )
    return len(keepers)


def list_keepers(person: Person) -> Sequence[int]:
    """Accounts that keep the list a person stands on: the school's, else the county's, else the bureau's."""
    today = clock.today()
    main = find_main_posting(list_postings(person.id))
    unit = main.unit if main is not None else person.registered_unit
    above = [int(part) for part in unit.path.strip("/").split("/")]
    held = db.session.execute(
        select(Grant.account_id, Unit.path)
        .join(Unit, Unit.id == Grant.unit_id)
        .where(
            Grant.unit_id.in_(above),
            Grant.role.in_((Role.SCHOOL, Role.COUNTY, Role.BUREAU)),
            Grant.valid_from <= today,
            or_(Grant.valid_until.is_(None), Grant.valid_until >= today),
        )
        .order_by(Grant.account_id)
    ).all()
    nearest = max((len(row.path) for row in held), default=0)
    return sorted({row.account_id for row in held if len(row.path) == nearest})
