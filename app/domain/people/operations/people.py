"""Enter a person into the registry, correct what it says of them, and show a number to who has a reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from app.core import clock
from app.core.db import db
from app.core.errors import DomainError, NotFound
from app.core.i18n import gettext as _
from app.domain.accounts.rules import Actor
from app.domain.audit.operations import record
from app.domain.people.models import Person
from app.domain.people.operations.facts import checked, facts_of, write_facts
from app.domain.people.operations.locking import lock_person, required_reason
from app.domain.people.operations.postings import open_posting
from app.domain.people.queries.record import (
    find_by_identity_number,
    find_person,
    list_namesakes,
    list_running_postings,
)
from app.domain.people.refusals import changed_meanwhile, registered_elsewhere, registered_here
from app.domain.people.rules.facts import PersonFacts, PostingFacts
from app.domain.people.sealed import open_identity_number, open_phone
from app.domain.units.queries import get_unit_by_id


def register_person(
    facts: PersonFacts,
    *,
    unit_id: int,
    actor: Actor,
    posting: PostingFacts | None = None,
    valid_from: date | None = None,
    namesake_known: bool = False,
) -> Person:
    """Enter a person, with a first posting at the unit or (an external expert) without any.

    Refuses an identity number that is registered already (``registered_here``, ``registered_elsewhere``), and
    a namesake at the same unit (``namesake``) unless told that it is somebody else or both numbers prove it.
    """
    unit = get_unit_by_id(unit_id, scope=actor.unit_path)
    values = checked(asdict(facts))
    refuse_known_number(values["id_number"], actor=actor)
    if not namesake_known:
        refuse_namesake(values, unit_id, actor)
    person = Person(registered_unit_id=unit.id, created_at=clock.now())
    write_facts(person, values)
    db.session.add(person)
    db.session.flush()
    record(
        actor,
        "people.register",
        object_type="person",
        object_id=person.id,
        subject_id=person.id,
        details={"unit": unit.code, "external": posting is None},
        personal={"after": said(values)},
        unit_path=unit.path,
    )
    if posting is not None:
        open_posting(person, unit, posting, valid_from=valid_from or clock.today(), actor=actor)
    return person


def said(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Only what is said: facts with a value."""
    return {name: value for name, value in facts.items() if value is not None}


def refuse_known_number(number: str | None, *, actor: Actor, person_id: int | None = None) -> None:
    """Raise when the identity number belongs to another record; names it only within the actor's scope."""
    if refuse_number_in_scope(number, actor=actor, person_id=person_id):
        raise registered_elsewhere()


def refuse_number_in_scope(
    number: str | None, *, actor: Actor, person_id: int | None = None
) -> bool:
    """Raise when somebody of the actor's scope has the identity number; whether somebody outside has it."""
    if not number:
        return False
    other = find_by_identity_number(number)
    if other is None or other.id == person_id:
        return False
    if find_person(other.id, scope=actor.unit_path) is None:
        return True
    running = list_running_postings(other.id)
    unit = running[0].unit if running else other.registered_unit
    raise registered_here(other.id, other.name, unit.name)


def refuse_namesake(facts: Mapping[str, Any], unit_id: int, actor: Actor) -> None:
    """Raise when somebody of this name is at the unit already and no two numbers tell them apart."""
    for other in list_namesakes(facts["name"], scope=actor.unit_path):
        if facts["id_number"] and other.id_number_sealed:
            continue
        units = {posting.unit_id for posting in list_running_postings(other.id)}
        if unit_id in (units or {other.registered_unit_id}):
            raise DomainError(
                _(
                    "There is already a %(name)s at this unit. If this is somebody else, confirm it below.",
                    name=other.name,
                ),
                "namesake",
                "name",
                person_id=other.id,
            )


def correct_person(
    person_id: int,
    changes: Mapping[str, Any],
    *,
    actor: Actor,
    reason: str,
    row_version: int | None = None,
) -> Person:
    """Correct facts of a person (names of ``PersonFacts``); what is not in ``changes`` stays.

    ``row_version`` is the version the officer saw: StaleVersion when it is no longer the current one.
    """
    why = required_reason(reason)
    person = lock_person(person_id, actor=actor)
    if row_version is not None and person.row_version != row_version:
        raise changed_meanwhile()
    return write_correction(person, changes, actor=actor, reason=why, action="people.correct")


def write_correction(
    person: Person, changes: Mapping[str, Any], *, actor: Actor, reason: str | None, action: str
) -> Person:
    """Write and record those of the changes that change anything."""
    before = asdict(facts_of(person))
    values = checked(_with_number(changes, before))
    different = {name: value for name, value in values.items() if before[name] != value}
    if not different:
        return person
    if "id_number" in different:
        refuse_known_number(different["id_number"], actor=actor, person_id=person.id)
    write_facts(person, different)
    db.session.flush()
    record(
        actor,
        action,
        object_type="person",
        object_id=person.id,
        subject_id=person.id,
        details={"fields": sorted(different)},
        personal={"before": {name: before[name] for name in different}, "after": different},
        reason=reason,
    )
    return person


def _with_number(changes: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """With a number on record, sex and birth date keep following from it."""
    values = dict(changes)
    if ("sex" in values or "born_on" in values) and "id_number" not in values:
        values["id_number"] = before["id_number"]
    return values


def reveal_identity_number(person_id: int, *, actor: Actor, reason: str) -> str:
    """The whole identity number, once, for a reason that is recorded."""
    person = lock_person(person_id, actor=actor)
    return reveal(person, "id_number", actor=actor, reason=required_reason(reason))


def reveal_phone(person_id: int, *, actor: Actor, reason: str) -> str:
    """The whole phone number, once, for a reason that is recorded."""
    person = lock_person(person_id, actor=actor)
    return reveal(person, "phone", actor=actor, reason=required_reason(reason))


def reveal(person: Person, what: str, *, actor: Actor, reason: str) -> str:
    """Open one number of a person and record it; NotFound when nothing is on record."""
    value = (
        open_identity_number(person.id_number_sealed)
        if what == "id_number"
        else open_phone(person.phone_sealed)
    )
    if value is None:
        raise NotFound(_("No number is on record."))
    record(
        actor,
        "people.reveal",
        object_type="person",
        object_id=person.id,
        subject_id=person.id,
        details={"what": what},
        reason=reason,
    )
    return value
