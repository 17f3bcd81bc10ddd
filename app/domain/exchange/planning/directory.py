"""The units a workbook may speak of, found by what it calls them. Source: DOMAIN.md §2, §6."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from rapidfuzz import fuzz, process
from sqlalchemy import select

from app.core.db import db
from app.core.text import name_key
from app.domain.units.models import SchoolStage, Unit, UnitAlias, UnitKind
from app.domain.units.queries import in_subtree

BUREAU_ENDINGS = (
    "教育体育局",
    "教育和体育局",
    "教体局",
    "教育局",
    "教育体育局机关",
)
DIVISION_KINDS = frozenset(
    {UnitKind.PROVINCE, UnitKind.PREFECTURE, UnitKind.COUNTY, UnitKind.SPECIAL_ZONE}
)
DIRECT_WORDS = frozenset(
    level + word
    for level in ("市", "州", "县", "区", "")
    for word in ("直", "直属", "直学校", "直属学校", "属", "属学校", "本级")
) - {"", "直", "属", "本级直"}
NEAREST = 3
NEAR_ENOUGH = 60.0


@dataclass(slots=True)
class UnitInfo:
    """A unit as planning needs it; ``keys``: everything workbooks call it."""

    id: int
    code: str
    kind: UnitKind
    name: str
    stage: SchoolStage | None
    parent_id: int | None
    path: str
    opened_on: date | None
    closed_on: date | None
    keys: set[str] = field(default_factory=set)

    def is_closed(self, day: date) -> bool:
        return self.closed_on is not None and self.closed_on < day


@dataclass(frozen=True, slots=True)
class NotFoundUnit:
    """Why a name led to no unit: ``unknown`` with the nearest names, ``ambiguous``, or ``closed``."""

    reason: str
    nearest: tuple[str, ...] = ()
    closed_on: date | None = None


class Directory:
    """Divisions and schools of one subtree, by every name they go by.

    Outside of it nothing exists: a name there is as unknown as one that nobody ever had.
    """

    def __init__(self, root: UnitInfo, units: Iterable[UnitInfo]) -> None:
        self.root = root
        self.by_id: dict[int, UnitInfo] = {}
        self._divisions: dict[str, list[UnitInfo]] = defaultdict(list)
        self._schools: dict[str, list[UnitInfo]] = defaultdict(list)
        self._schools_of: dict[tuple[int, str], list[UnitInfo]] = defaultdict(list)
        self._by_code: dict[str, UnitInfo] = {}
        self._near: dict[tuple[int, str], tuple[str, ...]] = {}
        self._found_divisions: dict[str, UnitInfo | NotFoundUnit] = {}
        self._found_schools: dict[tuple[str, int, date], UnitInfo | NotFoundUnit] = {}
        schools = []
        for unit in units:
            self.by_id[unit.id] = unit
            self._by_code[unit.code] = unit
            if unit.kind is UnitKind.SCHOOL:
                schools.append(unit)
            else:
                for key in unit.keys | {unit.code}:
                    self._divisions[key].append(unit)
        for school in schools:
            self.add_school(school)

    def add_school(self, school: UnitInfo) -> None:
        """Let a school be found, also without the name of its county in front."""
        self.by_id[school.id] = school
        self._by_code[school.code] = school
        parent = self.by_id.get(school.parent_id or 0)
        for key in school.keys:
            self._schools[key].append(school)
            if parent is not None:
                for short in self._without_place(key, parent):
                    self._schools_of[parent.id, short].append(school)

    def find_code(self, code: str) -> UnitInfo | None:
        """The unit with this code, or the one school whose old code it was."""
        former = self._schools.get(name_key(code), [])
        return self._by_code.get(code) or (former[0] if len(former) == 1 else None)

    def find_division(self, text: str) -> UnitInfo | NotFoundUnit:
        """A county by name, short name, old name or code; 州直 and the bureau mean the import's unit itself."""
        found = self._found_divisions.get(text)
        if found is None:
            found = self._found_divisions[text] = self._look_for_division(text)
        return found

    def _look_for_division(self, text: str) -> UnitInfo | NotFoundUnit:
        key = name_key(text)
        found = self._divisions.get(key, [])
        if len(found) == 1:
            return found[0]
        if found:
            return NotFoundUnit("ambiguous")
        if self._means_root(key):
            return self.root
        return NotFoundUnit("unknown", self._nearest(key, self._division_names(), 0))

    def find_school(self, text: str, county: UnitInfo | None, day: date) -> UnitInfo | NotFoundUnit:
        """A school by name, within its county when that is known; a bureau's name means the division itself."""
        asked = (text, county.id if county else 0, day)
        found = self._found_schools.get(asked)
        if found is None:
            found = self._found_schools[asked] = self._look_for_school(text, county, day)
        return found

    def _look_for_school(
        self, text: str, county: UnitInfo | None, day: date
    ) -> UnitInfo | NotFoundUnit:
        key = name_key(text)
        candidates = self._in_county(key, county) if county else self._anywhere(key)
        if not candidates and key.endswith(BUREAU_ENDINGS):
            division = self._bureau(key, county)
            return division or NotFoundUnit("unknown")
        return self._choose(candidates, key, county, day)

    def open_schools_named(self, parent_id: int, name: str) -> list[UnitInfo]:
        """The schools directly under a unit with exactly this name."""
        key = name_key(name)
        return [school for school in self._schools.get(key, ()) if school.parent_id == parent_id]

    def _in_county(self, key: str, county: UnitInfo) -> list[UnitInfo]:
        exact = [s for s in self._schools.get(key, ()) if s.parent_id == county.id]
        if exact:
            return exact
        found: dict[int, UnitInfo] = {}
        for short in self._without_place(key, county):
            for school in self._schools_of.get((county.id, short), ()):
                found[school.id] = school
        return list(found.values())

    def _anywhere(self, key: str) -> list[UnitInfo]:
        exact = self._schools.get(key, [])
        if exact:
            return exact
        for division in self.by_id.values():
            if division.kind is not UnitKind.SCHOOL and any(
                key.startswith(name) for name in division.keys
            ):
                found = self._in_county(key, division)
                if found:
                    return found
        return []

    def _choose(
        self, candidates: list[UnitInfo], key: str, county: UnitInfo | None, day: date
    ) -> UnitInfo | NotFoundUnit:
        still_open = [school for school in candidates if not school.is_closed(day)]
        if len(still_open) == 1:
            return still_open[0]
        if still_open:
            return NotFoundUnit("ambiguous")
        if candidates:
            return NotFoundUnit("closed", closed_on=candidates[0].closed_on)
        place = county.id if county else -1
        return NotFoundUnit("unknown", self._nearest(key, self._school_names(county, day), place))

    def _bureau(self, key: str, county: UnitInfo | None) -> UnitInfo | None:
        ending = max((e for e in BUREAU_ENDINGS if key.endswith(e)), key=len)
        place = key[: -len(ending)]
        if not place or (county is not None and place in county.keys):
            return county or self.root
        found = self._divisions.get(place, [])
        return found[0] if len(found) == 1 else None

    def _means_root(self, key: str) -> bool:
        if key in DIRECT_WORDS:
            return True
        ending = next((e for e in BUREAU_ENDINGS if key.endswith(e)), None)
        return ending is not None and key[: -len(ending)] in self.root.keys | {""}

    def _without_place(self, key: str, county: UnitInfo) -> set[str]:
        """The name, and the name without its county or prefecture in front."""
        shorter = {
            key[len(place) :]
            for place in county.keys | self.root.keys
            if key.startswith(place) and len(key) > len(place) + 1
        }
        return {key} | shorter

    def _division_names(self) -> list[str]:
        return [u.name for u in self.by_id.values() if u.kind is not UnitKind.SCHOOL]

    def _school_names(self, county: UnitInfo | None, day: date) -> list[str]:
        return [
            u.name
            for u in self.by_id.values()
            if u.kind is UnitKind.SCHOOL
            and not u.is_closed(day)
            and (county is None or u.parent_id == county.id)
        ]

    def _nearest(self, key: str, names: list[str], place: int) -> tuple[str, ...]:
        kept = self._near.get((place, key))
        if kept is None:
            found = process.extract(
                key, names, scorer=fuzz.ratio, limit=NEAREST, score_cutoff=NEAR_ENOUGH
            )
            kept = self._near[place, key] = tuple(name for name, _score, _index in found)
        return kept


def load_directory(root: Unit) -> Directory:
    """The subtree of a unit with its aliases, in two queries."""
    rows = db.session.execute(
        select(
            Unit.id,
            Unit.code,
            Unit.kind,
            Unit.name,
            Unit.stage,
            Unit.parent_id,
            Unit.path,
            Unit.opened_on,
            Unit.closed_on,
        ).where(in_subtree(root.path))
    ).all()
    units = {row.id: UnitInfo(*row, keys={name_key(row.name)}) for row in rows}
    aliases = db.session.execute(
        select(UnitAlias.unit_id, UnitAlias.key)
        .join(Unit, Unit.id == UnitAlias.unit_id)
        .where(in_subtree(root.path))
    )
    for unit_id, key in aliases:
        units[unit_id].keys.add(key)
    for unit in units.values():
        if unit.kind in DIVISION_KINDS:
            unit.keys |= _short_names(unit.name)
    return Directory(units[root.id], units.values())


def _short_names(name: str) -> set[str]:
    """凤庆 for 凤庆县: a name without its 县, 市, 区, when two characters remain and it is no autonomous one."""
    key = name_key(name)
    if len(key) <= 2 or key[-1] not in "县市区州" or key.endswith(("自治州", "自治县")):
        return set()
    return {key[:-1]}
