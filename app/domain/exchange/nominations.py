"""The 报名表 that schools send in: read, and matched to people of the unit (DOMAIN.md §6)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from app.core.db import db
from app.core.i18n import lazy_gettext
from app.core.spreadsheet import Column, write_table
from app.core.text import name_key
from app.domain.exchange.reading import Problem, Row, Sheet, read_sheet, register_message
from app.domain.exchange.reading import vocabulary as words
from app.domain.exchange.reading.kinds import ID_NUMBER, NAME, NOTE, PHONE, SEQUENCE, Field, Kind
from app.domain.exchange.reading.values.texts import keep_text, text
from app.domain.exchange.reading.values.words import parse_yes_no
from app.domain.people.models import Person, Posting
from app.domain.people.queries.visibility import is_visible, not_ended
from app.domain.people.sealed import identity_index
from app.domain.units.models import Unit, UnitAlias

MOST_ROWS = 200
register_message(
    "too_many_nominees", lazy_gettext("At most %(most)s people at once. Split the list.")
)
HEADERS = (
    ("序号", 6),
    ("单位", 26),
    ("姓名", 12),
    ("性别", 6),
    ("民族", 10),
    ("职务/职称", 14),
    ("专/兼职", 9),
    ("身份证号", 22),
    ("联系电话", 15),
    ("是否住宿", 10),
    ("备注", 20),
)
NOMINATIONS = Kind(
    "nominations",
    (
        SEQUENCE,
        Field("school", words.SCHOOL, text()),
        NAME,
        Field("sex", words.SEX, keep_text()),
        Field("ethnicity", words.ETHNICITY, keep_text()),
        Field("title", (*words.COUNSELOR_TITLE, "职务"), keep_text()),
        Field("employment", words.EMPLOYMENT, keep_text()),
        ID_NUMBER,
        PHONE,
        Field("lodging", ("是否住宿", "住宿", "是否需要住宿", "是否安排住宿"), parse_yes_no),
        NOTE,
    ),
    (("name",),),
    repeatable=frozenset({"sequence", "note"}),
)


@dataclass(frozen=True, slots=True)
class NominatedRow:
    """A row of the sheet: who is meant, or why nobody is (``unknown``, ``ambiguous``, ``other_name``, ``twice``)."""

    number: int
    name: str
    school: str
    person_id: int | None
    refusal: str | None
    needs_lodging: bool | None
    note: str | None


@dataclass(frozen=True, slots=True)
class NominationSheet:
    """What a 报名表 asks for. ``problems`` are faults of its form: with an error among them nothing is taken."""

    rows: Sequence[NominatedRow]
    problems: Sequence[Problem]

    @property
    def is_broken(self) -> bool:
        return any(problem.severity == "error" for problem in self.problems)


def write_template(title: str) -> bytes:
    """An empty 报名表."""
    columns = [Column(header, width) for header, width in HEADERS]
    return write_table(f"{title}报名表", columns, [], sheet_name="报名表")


def read_nominations(data: bytes, file_name: str, *, scope: str, today: date) -> NominationSheet:
    """Read a 报名表 and say of each row who of the scope is meant: by identity number, else by name and unit.

    Raises WorkbookRefused when it cannot be read at all.
    """
    sheet = read_sheet(NOMINATIONS, data, file_name, today=today)
    problems = [*sheet.problems, *(problem for row in sheet.rows for problem in row.problems)]
    if len(sheet.rows) > MOST_ROWS:
        problems.append(
            Problem(None, "", "", "too_many_nominees", {"most": str(MOST_ROWS)}, "error")
        )
    if any(problem.severity == "error" for problem in problems):
        return NominationSheet((), problems)
    return NominationSheet(_match(sheet, scope, today), problems)


@dataclass(frozen=True, slots=True)
class _Known:
    id: int
    name_key: str


def _match(sheet: Sheet, scope: str, today: date) -> list[NominatedRow]:
    numbers = [row.values.get("id_number") for row in sheet.rows]
    by_number = _read_by_number([number for number in numbers if number], scope, today)
    by_name = _read_by_name([row.values["name"] for row in sheet.rows], scope, today)
    taken: set[int] = set()
    found = []
    for row in sheet.rows:
        person_id, refusal = _find(row, by_number, by_name)
        if person_id is not None and person_id in taken:
            person_id, refusal = None, "twice"
        if person_id is not None:
            taken.add(person_id)
        found.append(
            NominatedRow(
                number=row.number,
                name=row.values["name"],
                school=row.values.get("school") or "",
                person_id=person_id,
                refusal=refusal,
                needs_lodging=row.values.get("lodging"),
                note=row.values.get("note") or None,
            )
        )
    return found


def _find(
    row: Row, by_number: dict[str, _Known], by_name: dict[str, list[tuple[int, set[str]]]]
) -> tuple[int | None, str | None]:
    """Who a row speaks of, or why that cannot be said."""
    key, number = name_key(row.values["name"]), row.values.get("id_number")
    if number:
        person = by_number.get(identity_index(number))
        if person is None:
            return None, "unknown"
        return (person.id, None) if person.name_key == key else (None, "other_name")
    school = name_key(row.values.get("school") or "")
    candidates = [
        person_id for person_id, units in by_name.get(key, ()) if not school or school in units
    ]
    if not candidates:
        return None, "unknown"
    return (candidates[0], None) if len(candidates) == 1 else (None, "ambiguous")


def _read_by_number(numbers: Iterable[str], scope: str, today: date) -> dict[str, _Known]:
    indexes = {identity_index(number) for number in numbers}
    if not indexes:
        return {}
    rows = db.session.execute(
        select(Person.id, Person.name_key, Person.id_number_index).where(
            Person.id_number_index.in_(indexes), is_visible(scope, today=today)
        )
    )
    return {row.id_number_index: _Known(row.id, row.name_key) for row in rows}


def _read_by_name(
    names: Iterable[str], scope: str, today: date
) -> dict[str, list[tuple[int, set[str]]]]:
    """People of these names posted in the scope, each with the names of the units they are posted at."""
    keys = {name_key(name) for name in names}
    rows = db.session.execute(
        select(Person.id, Person.name_key, Unit.name_key.label("unit_key"), UnitAlias.key)
        .join(Posting, Posting.person_id == Person.id)
        .join(Unit, Unit.id == Posting.unit_id)
        .outerjoin(UnitAlias, UnitAlias.unit_id == Unit.id)
        .where(
            Person.name_key.in_(keys),
            not_ended(today),
            is_visible(scope, today=today),
        )
        .order_by(Person.id)
    )
    people: dict[int, tuple[str, set[str]]] = {}
    for person_id, key, unit_key, alias in rows:
        units = people.setdefault(person_id, (key, set()))[1]
        units.update(name for name in (unit_key, alias) if name)
    found: dict[str, list[tuple[int, set[str]]]] = defaultdict(list)
    for person_id, (key, units) in people.items():
        found[key].append((person_id, units))
    return found
