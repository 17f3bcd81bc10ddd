"""Find a row's person or make one, and compare what the row says of them with what is recorded."""

from __future__ import annotations

from typing import Any

from app.core.text import name_key
from app.domain.exchange.models import RowState
from app.domain.exchange.planning.context import Context
from app.domain.exchange.planning.directory import UnitInfo
from app.domain.exchange.planning.matching import (
    Match,
    MatchKind,
    Wanted,
    find_person,
    is_masked,
)
from app.domain.exchange.planning.plan import Outcome
from app.domain.exchange.planning.registry import KnownPerson
from app.domain.exchange.reading import Row
from app.domain.people.naming import name_columns
from app.domain.people.rules.identity import (
    birth_date_of,
    mask_identity_number,
    mask_phone,
    sex_of,
)
from app.domain.people.sealed import identity_columns, phone_columns, phone_index

PEOPLE = "people"
PLAIN_FIELDS = (
    "sex",
    "ethnicity",
    "born_on",
    "email",
    "education",
    "graduated_from",
    "major",
    "work_began_on",
    "note",
)


def number_of(row: Row) -> str | None:
    """The identity number as written, whole or with hidden digits."""
    return row.values.get("id_number") or row.values.get("masked_id_number")


def phone_of(row: Row) -> str | None:
    return row.values.get("phone") or row.values.get("masked_phone")


def load_people(context: Context, rows: list[Row]) -> None:
    """Everybody the rows may speak of, with their postings, before the first row is planned."""
    registry = context.registry
    whole = {}
    for row in rows:
        number = row.values.get("id_number")
        if number:
            whole[row.number] = registry.index_of(number)
    registry.load_numbers(whole.values())
    names = {
        name_key(row.values["name"])
        for row in rows
        if row.values.get("name") and whole.get(row.number) not in registry.by_number
    }
    registry.load_names(names, context.root.path)
    registry.load_people(person for person in context.chosen.values() if isinstance(person, int))
    registry.load_postings()


def person_of(
    context: Context, row: Row, outcome: Outcome, unit: UnitInfo, *, roster: bool
) -> tuple[KnownPerson, bool] | None:
    """The person of a row and whether they are new; None when the row is rejected or left to an officer.

    A roster makes whoever is not known. Other workbooks make a person only of a whole identity number, and say so.
    """
    if row.number in context.chosen:
        return _chosen(context, row, outcome, unit)
    wanted = Wanted(row.values["name"], number_of(row), phone_of(row), unit.id)
    match = find_person(context.registry, wanted)
    if match.kind is MatchKind.FOUND and match.person is not None:
        if roster and _serves_out_of_reach(context, match.person, unit):
            _leave_to_officer(context, row, outcome, "person_out_of_reach", 1)
            return None
        outcome.person = match.person.id
        return match.person, False
    if match.kind is MatchKind.OTHER_NAME:
        outcome.problem(row, "name", "number_of_other_name", other=_shown_name(context, match))
        return None
    if match.kind is MatchKind.AMBIGUOUS:
        _leave_to_officer(context, row, outcome, "person_ambiguous", len(match.candidates))
        return None
    return _unknown(context, row, outcome, unit, wanted, roster=roster)


def _serves_out_of_reach(context: Context, person: KnownPerson, unit: UnitInfo) -> bool:
    """Whether a roster would take somebody away from a unit that its bringer may not act for."""
    running = [
        posting
        for posting in person.postings
        if posting.valid_until is None or posting.valid_until >= context.speaks_of
    ]
    is_here = any(posting.unit_id == unit.id for posting in running)
    return not is_here and any(not p.path.startswith(context.scope) for p in running)


def _unknown(
    context: Context, row: Row, outcome: Outcome, unit: UnitInfo, wanted: Wanted, *, roster: bool
) -> tuple[KnownPerson, bool] | None:
    has_number = bool(wanted.id_number) and not wanted.number_is_masked
    if wanted.number_is_masked or not (has_number or roster):
        _leave_to_officer(context, row, outcome, "person_unknown", 0)
        return None
    if not has_number and _same_phone_elsewhere(context, wanted):
        _leave_to_officer(context, row, outcome, "person_elsewhere", 1)
        return None
    if not roster:
        outcome.warn(row, "name", "person_made", name=wanted.name, unit=unit.name)
    return make_person(context, row, outcome, unit), True


def _chosen(
    context: Context, row: Row, outcome: Outcome, unit: UnitInfo
) -> tuple[KnownPerson, bool] | None:
    picked = context.chosen[row.number]
    if isinstance(picked, int):
        outcome.person = picked
        return context.registry.by_id[picked], False
    number = row.values.get("id_number")
    if number and context.registry.index_of(number) in context.registry.by_number:
        outcome.problem(row, "name", "person_not_new")
        return None
    return make_person(context, row, outcome, unit), True


def _shown_name(context: Context, match: Match) -> str:
    """The other name, when its person is of the import's own units; else only its first character."""
    person = match.person
    if person is None:
        return ""
    of_ours = any(posting.path.startswith(context.root.path) for posting in person.postings)
    return person.name if of_ours else person.name[:1] + "*" * (len(person.name) - 1)


def _same_phone_elsewhere(context: Context, wanted: Wanted) -> bool:
    if not wanted.phone or is_masked(wanted.phone):
        return False
    index = phone_index(wanted.phone)
    namesakes = context.registry.by_name.get(name_key(wanted.name), [])
    return any(person.columns.get("phone_index") == index for person in namesakes)


def _leave_to_officer(
    context: Context, row: Row, outcome: Outcome, code: str, candidates: int
) -> None:
    outcome.state = RowState.UNRESOLVED
    outcome.row_key = context.row_key(row)
    outcome.warn(row, "name", code, name=row.values["name"], candidates=str(candidates))


def make_person(context: Context, row: Row, outcome: Outcome, unit: UnitInfo) -> KnownPerson:
    """A new person as the row describes them, registered at the unit, without a posting yet."""
    whole = row.values.get("id_number")
    columns: dict[str, Any] = {
        **name_columns(row.values["name"]),
        **identity_columns(whole),
        **phone_columns(row.values.get("phone")),
        **{name: row.values.get(name) for name in PLAIN_FIELDS},
        "registered_unit_id": unit.id,
        "created_at": context.now,
    }
    if whole:
        columns["born_on"] = columns["born_on"] or birth_date_of(whole)
        columns["sex"] = columns["sex"] or sex_of(whole)
    made = outcome.add(PEOPLE, **columns)
    outcome.person = made
    outcome.told("person", None, row.values["name"])
    known = KnownPerson(made, made.values)
    context.registry.add(known)
    return known


def compare_person(
    context: Context, row: Row, outcome: Outcome, person: KnownPerson, *, newer: bool
) -> bool:
    """Record what the row says otherwise of a known person; empty cells say nothing.

    ``newer``: a newer workbook has spoken; then only blanks are filled. Returns whether something was left for that.
    """
    said: dict[str, Any] = {}
    for name in PLAIN_FIELDS:
        value = row.values.get(name)
        known = person.columns.get(name)
        if value is None or value == "" or known == value:
            continue
        if name == "note" and value in (known or ""):
            continue
        said[name] = value
    left = [name for name in said if newer and person.columns.get(name) is not None]
    kept = {name: value for name, value in said.items() if name not in left}
    for name, value in kept.items():
        outcome.told(name, person.columns.get(name), value)
    kept |= _number_columns(row, outcome, person)
    phone = _phone_columns(row, outcome, person)
    if phone and newer and person.columns.get("phone_index"):
        left.append("phone")
    elif phone:
        outcome.told("phone", _masked_phone_of(person), mask_phone(row.values["phone"]))
        kept |= phone
    if isinstance(person.id, int):
        outcome.alter(PEOPLE, person.id, person.columns, kept)
    person.columns.update(kept)
    return bool(left)


def _number_columns(row: Row, outcome: Outcome, person: KnownPerson) -> dict[str, Any]:
    number = row.values.get("id_number")
    if not number or person.columns.get("id_number_index"):
        return {}
    outcome.told("id_number", None, mask_identity_number(number))
    return dict(identity_columns(number))


def _phone_columns(row: Row, outcome: Outcome, person: KnownPerson) -> dict[str, Any]:
    phone = row.values.get("phone")
    if not phone or person.columns.get("phone_index") == phone_index(phone):
        return {}
    return dict(phone_columns(phone))


def _masked_phone_of(person: KnownPerson) -> str | None:
    known = person.phone()
    return mask_phone(known) if known else None
