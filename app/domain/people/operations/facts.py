"""Check and write what is told of a person."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from typing import Any

from app.core import clock
from app.core.errors import InvalidInput
from app.core.i18n import gettext as _
from app.domain.people.models import Person
from app.domain.people.naming import name_columns
from app.domain.people.refusals import bad_day, bad_identity_number, bad_phone
from app.domain.people.rules.facts import PersonFacts, why_not_day
from app.domain.people.rules.identity import (
    birth_date_of,
    normalise_identity_number,
    normalise_phone,
    sex_of,
    why_not_identity_number,
    why_not_phone,
)
from app.domain.people.sealed import (
    identity_columns,
    open_identity_number,
    open_phone,
    phone_columns,
)

FACT_NAMES = tuple(field.name for field in fields(PersonFacts))
_LENGTHS = {
    "name": 80,
    "ethnicity": 20,
    "email": 200,
    "education": 40,
    "graduated_from": 120,
    "major": 80,
    "note": 2000,
}
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def facts_of(person: Person) -> PersonFacts:
    """What the record says now, numbers opened."""
    values: dict[str, Any] = {name: getattr(person, name, None) for name in FACT_NAMES}
    values["id_number"] = open_identity_number(person.id_number_sealed)
    values["phone"] = open_phone(person.phone_sealed)
    return PersonFacts(**values)


def checked(values: Mapping[str, Any]) -> dict[str, Any]:
    """The facts tidied (blanks, empty texts, plain digits), sex and birth date taken from the identity number.

    Raises InvalidInput that names the field.
    """
    unknown = set(values) - set(FACT_NAMES)
    if unknown:
        raise ValueError(f"no facts of a person: {sorted(unknown)}")
    facts = {name: _tidy(value) for name, value in values.items()}
    _check_lengths(facts)
    _check_numbers(facts)
    if "name" in facts and not facts["name"]:
        raise InvalidInput(_("A person needs a name."), "name", "name")
    if facts.get("email") and not _EMAIL.fullmatch(facts["email"]):
        raise InvalidInput(_("This is no mail address."), "email", "email")
    _check_days(facts)
    return facts


def _tidy(value: Any) -> Any:
    if isinstance(value, str) and not hasattr(value, "value"):
        return value.strip() or None
    return value


def _check_lengths(facts: Mapping[str, Any]) -> None:
    for name, longest in _LENGTHS.items():
        if facts.get(name) and len(facts[name]) > longest:
            raise InvalidInput(
                _("This is too long; at most %(count)s characters.", count=longest),
                "too_long",
                name,
            )


def _check_numbers(facts: dict[str, Any]) -> None:
    if facts.get("id_number"):
        number = normalise_identity_number(facts["id_number"])
        wrong = why_not_identity_number(number, today=clock.today())
        if wrong is not None:
            raise bad_identity_number(wrong)
        facts.update(id_number=number, sex=sex_of(number), born_on=birth_date_of(number))
    if facts.get("phone"):
        if why_not_phone(facts["phone"]) is not None:
            raise bad_phone()
        facts["phone"] = normalise_phone(facts["phone"])


def _check_days(facts: Mapping[str, Any]) -> None:
    today = clock.today()
    born: date | None = facts.get("born_on")
    for name in ("born_on", "work_began_on"):
        day: date | None = facts.get(name)
        if day is None:
            continue
        wrong = why_not_day(day, today=today, born_on=born, ahead=0)
        if wrong is not None:
            raise bad_day("future" if wrong == "too_late" else wrong, day, name)


def write_facts(person: Person, facts: Mapping[str, Any]) -> None:
    """Set the columns that checked facts stand in, with the keys that follow from them."""
    for name, value in facts.items():
        if name == "name":
            _set(person, name_columns(value))
        elif name == "id_number":
            _set(person, identity_columns(value))
        elif name == "phone":
            _set(person, phone_columns(value))
        else:
            setattr(person, name, value)


def _set(person: Person, columns: Mapping[str, Any]) -> None:
    for name, value in columns.items():
        setattr(person, name, value)
