"""Which person of the registry a row speaks of. Source: DOMAIN.md §6 and the issue, Workbooks in."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

from app.core.text import name_key
from app.domain.exchange.planning.registry import KnownPerson, Registry
from app.domain.people.rules.identity import visible_digits_match
from app.domain.people.sealed import phone_index

MASKS = frozenset("*＊×✱●•")


class MatchKind(StrEnum):
    FOUND = "found"
    NOBODY = "nobody"
    AMBIGUOUS = "ambiguous"
    OTHER_NAME = "other_name"


class Match(NamedTuple):
    """Who a row speaks of. ``OTHER_NAME``: its number belongs to ``person``, who is called otherwise."""

    kind: MatchKind
    person: KnownPerson | None = None
    candidates: tuple[KnownPerson, ...] = ()


NOBODY = Match(MatchKind.NOBODY)


class Wanted(NamedTuple):
    """What a row says of its person; numbers as read, whole or with hidden digits."""

    name: str
    id_number: str | None
    phone: str | None
    unit_id: int | None

    @property
    def number_is_masked(self) -> bool:
        return is_masked(self.id_number)


def is_masked(number: str | None) -> bool:
    return number is not None and not MASKS.isdisjoint(number)


def has_visible_digits(number: str) -> bool:
    return any(character.isdigit() for character in number)


def find_person(registry: Registry, wanted: Wanted) -> Match:
    """By whole number, else by name and unit, told apart by visible digits and phone."""
    if wanted.id_number and not wanted.number_is_masked:
        return _by_number(registry, wanted)
    return _by_name(registry, wanted)


def _by_number(registry: Registry, wanted: Wanted) -> Match:
    person = registry.by_number.get(registry.index_of(wanted.id_number or ""))
    if person is not None:
        same = person.name_key == name_key(wanted.name)
        return Match(MatchKind.FOUND if same else MatchKind.OTHER_NAME, person)
    numberless = [
        candidate
        for candidate in _namesakes(registry.without_number, wanted)
        if not candidate.columns.get("id_number_index")
    ]
    return _only(_told_apart_by_phone(numberless, wanted.phone))


def _by_name(registry: Registry, wanted: Wanted) -> Match:
    candidates = _namesakes(registry.by_name, wanted)
    if wanted.id_number and has_visible_digits(wanted.id_number):
        candidates = [c for c in candidates if _digits_agree(c, wanted.id_number)]
    return _only(_told_apart_by_phone(candidates, wanted.phone))


def _namesakes(by_name: dict[str, list[KnownPerson]], wanted: Wanted) -> list[KnownPerson]:
    everyone = by_name.get(name_key(wanted.name), [])
    unit_id = wanted.unit_id
    if unit_id is None:
        return []
    return [person for person in everyone if person.belongs_to(unit_id)]


def _digits_agree(candidate: KnownPerson, masked: str) -> bool:
    number = candidate.id_number()
    return number is not None and visible_digits_match(masked, number)


def _told_apart_by_phone(candidates: list[KnownPerson], phone: str | None) -> list[KnownPerson]:
    """A phone only helps to choose between several: people change it."""
    if len(candidates) < 2 or not phone or not has_visible_digits(phone):
        return candidates
    agreeing = [candidate for candidate in candidates if _phone_agrees(candidate, phone)]
    return agreeing or candidates


def _phone_agrees(candidate: KnownPerson, phone: str) -> bool:
    if not is_masked(phone):
        return candidate.columns.get("phone_index") == phone_index(phone)
    known = candidate.phone()
    if known is None or len(known) != len(phone):
        return False
    return all(h in MASKS or h == k for h, k in zip(phone, known, strict=True))


def _only(candidates: Sequence[KnownPerson]) -> Match:
    if not candidates:
        return NOBODY
    if len(candidates) == 1:
        return Match(MatchKind.FOUND, candidates[0])
    return Match(MatchKind.AMBIGUOUS, candidates=tuple(candidates))
