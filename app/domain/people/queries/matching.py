"""Whom a name and a number at a unit mean."""

from __future__ import annotations

from sqlalchemy import or_, select

from app.core.db import db
from app.core.text import name_key
from app.domain.people.models import Person, PersonDuty, Posting
from app.domain.people.queries.record import find_by_identity_number, find_person
from app.domain.people.rules.facts import PersonFacts
from app.domain.units.models import Unit


def match_person(facts: PersonFacts, unit: Unit, *, scope: str) -> tuple[int | None, str | None]:
    """The person meant at a unit: by the identity number, else by the name there.

    (id, None); (None, None) for somebody who is not registered; (None, why) when it cannot be said: ``elsewhere``
    (registered outside the scope), ``other_name`` (the number is somebody else's), ``ambiguous`` (namesakes).
    """
    key = name_key(facts.name)
    known = find_by_identity_number(facts.id_number) if facts.id_number else None
    if known is not None:
        if find_person(known.id, scope=scope) is None:
            return None, "elsewhere"
        return (known.id, None) if known.name_key == key else (None, "other_name")
    # A number nobody has means somebody new, but for a namesake whose number is not known.
    found = [
        person_id
        for person_id, numbered in _named_at(key, unit.id).items()
        if not (facts.id_number and numbered)
    ]
    if len(found) > 1:
        return None, "ambiguous"
    return (found[0], None) if found else (None, None)


def _named_at(key: str, unit_id: int) -> dict[int, bool]:
    """People of a name posted, on duty or registered at a unit, and whether their number is known."""
    posted = select(Posting.person_id).where(Posting.unit_id == unit_id)
    on_duty = select(PersonDuty.person_id).where(PersonDuty.unit_id == unit_id)
    rows = db.session.execute(
        select(Person.id, Person.id_number_index)
        .where(
            Person.name_key == key,
            Person.merged_into_id.is_(None),
            or_(
                Person.id.in_(posted),
                Person.id.in_(on_duty),
                Person.registered_unit_id == unit_id,
            ),
        )
        .order_by(Person.id)
    )
    return {row.id: row.id_number_index is not None for row in rows}
