"""The list of people of a unit: who, where, in which role; made for 25 rows out of 20,000 at hundreds a second.

The ordered ids of a list are kept for one state of the data, so that a page costs one query whatever its number.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row, and_, bindparam, func, or_, select, true, tuple_

from app.core import clock
from app.core.caches import StampedCache
from app.core.db import db
from app.core.paging import PAGE_SIZE, Page
from app.core.versions import COUNTED, DataVersion, counted_stamp
from app.domain.people.models import Person, Posting
from app.domain.people.queries.search import matching
from app.domain.people.queries.visibility import Status, has_status
from app.domain.people.rules import PostingRole, Sex
from app.domain.people.rules.facts import main_posting_order
from app.domain.people.sealed import masked_identity_number, masked_phone
from app.domain.units.models import Unit

EXPORT_CHUNK = 500


@dataclass(frozen=True)
class PeopleFilter:
    """What the list is narrowed to; all values are plain, so that it can be a key."""

    q: str = ""
    status: Status = Status.CURRENT
    role: PostingRole | None = None


@dataclass(frozen=True, slots=True)
class ListedPerson:
    """One row of the list; numbers are masked. ``unit_name`` is where the main posting is, or who registered them."""

    id: int
    name: str
    sex: Sex | None
    id_number: str
    phone: str
    unit_code: str
    unit_name: str
    role: PostingRole | None
    title: str | None
    posted_from: date | None
    posted_until: date | None
    postings: int


_ids: StampedCache[array[int]] = StampedCache(256)

_stamp = select(DataVersion.stamp).where(DataVersion.name == COUNTED).scalar_subquery()
_columns = (
    Person.id,
    Person.name,
    Person.sex,
    Person.id_number_sealed,
    Person.phone_sealed,
    Posting.id.label("posting_id"),
    Posting.role,
    Posting.title,
    Posting.valid_from,
    Posting.valid_until,
    Unit.code.label("unit_code"),
    Unit.name.label("unit_name"),
)
_running = or_(Posting.valid_until.is_(None), Posting.valid_until >= bindparam("today"))


def _rows_statement(*, running_only: bool) -> Any:
    posted = Posting.person_id == Person.id
    return (
        select(*_columns, _stamp.label("stamp"))
        .select_from(Person)
        .outerjoin(Posting, and_(posted, _running if running_only else true()))
        .outerjoin(Unit, Unit.id == func.coalesce(Posting.unit_id, Person.registered_unit_id))
        .where(Person.id.in_(bindparam("ids", expanding=True)))
        .order_by(Person.id)
    )


_running_rows = _rows_statement(running_only=True)
_all_rows = _rows_statement(running_only=False)


def list_people(
    path: str,
    wanted: PeopleFilter,
    *,
    page: int = 1,
    size: int = PAGE_SIZE,
) -> Page[ListedPerson]:
    """People of a subtree in the order of their pinyin; ``path`` is the unit's (within the asker's scope)."""
    today = clock.today()
    key = (path, wanted, today)
    window = slice((page - 1) * size, page * size)
    kept = _ids.find(key)
    if kept is not None:
        stamp, ids = kept
        people, seen_stamp = _load_rows(ids[window], wanted.status, today)
        if seen_stamp == stamp:
            return Page(people, page, size, len(ids))
    ids = _load_ids(key)
    people, _seen = _load_rows(ids[window], wanted.status, today)
    return Page(people, page, size, len(ids))


def _current_ids(key: tuple[str, PeopleFilter, date]) -> array[int]:
    kept = _ids.find(key)
    return kept[1] if kept is not None and kept[0] == counted_stamp()[1] else _load_ids(key)


def _load_ids(key: tuple[str, PeopleFilter, date]) -> array[int]:
    _version, stamp = counted_stamp()
    ids = array("q", db.session.scalars(_ids_statement(*key)))
    _ids.keep(key, stamp, ids)
    return ids


def _ids_statement(path: str, wanted: PeopleFilter, today: date) -> Any:
    conditions = has_status(wanted.status, path, today=today, role=wanted.role)
    searched = matching(wanted.q)
    if searched is not None:
        conditions.append(searched)
    return select(Person.id).where(*conditions).order_by(Person.sort_key, Person.id)


def _load_rows(ids: Sequence[int], status: Status, today: date) -> tuple[list[ListedPerson], str]:
    """The rows of these people in this order, and the stamp they were read at."""
    if not ids:
        return [], counted_stamp()[1]
    statement = _running_rows if status is Status.CURRENT else _all_rows
    parameters: dict[str, Any] = {"ids": list(ids)}
    if status is Status.CURRENT:
        parameters["today"] = today
    rows = db.session.execute(statement, parameters).all()
    by_person: dict[int, list[Row[Any]]] = {}
    for row in rows:
        by_person.setdefault(row.id, []).append(row)
    people = [
        _listed(by_person[person_id], status, today) for person_id in ids if person_id in by_person
    ]
    return people, rows[0].stamp if rows else counted_stamp()[1]


def _listed(rows: Sequence[Row[Any]], status: Status, today: date) -> ListedPerson:
    row = rows[0] if len(rows) == 1 else _main_row(rows, status, today)
    return ListedPerson(
        id=row.id,
        name=row.name,
        sex=row.sex,
        id_number=masked_identity_number(row.id_number_sealed),
        phone=masked_phone(row.phone_sealed),
        unit_code=row.unit_code,
        unit_name=row.unit_name,
        role=row.role,
        title=row.title,
        posted_from=row.valid_from,
        posted_until=row.valid_until,
        postings=len(rows) if row.posting_id is not None else 0,
    )


def _main_row(rows: Sequence[Row[Any]], status: Status, today: date) -> Row[Any]:
    """The main posting that runs today, else the next one to begin; of a former one, the last that ended."""
    if status is Status.FORMER:
        return max(rows, key=lambda row: (row.valid_until or date.max, row.valid_from))
    begun = [row for row in rows if row.valid_from <= today] or rows
    return min(begun, key=lambda r: main_posting_order(r.role, r.valid_from, r.posting_id))


def iterate_people(path: str, wanted: PeopleFilter) -> Iterator[ListedPerson]:
    """Everybody of the list, for an export; read in portions."""
    today = clock.today()
    ids = _current_ids((path, wanted, today))
    for start in range(0, len(ids), EXPORT_CHUNK):
        yield from _load_rows(ids[start : start + EXPORT_CHUNK], wanted.status, today)[0]


def list_people_after(
    path: str, wanted: PeopleFilter, *, after_id: int | None, limit: int
) -> tuple[list[ListedPerson], int | None]:
    """A portion of the list by cursor (the API): people after the one with this id, and the next cursor."""
    today = clock.today()
    ids = _current_ids((path, wanted, today))
    if after_id is not None:
        ids = _after(ids, after_id, _ids_statement(path, wanted, today))
    chosen = ids[:limit]
    people = _load_rows(chosen, wanted.status, today)[0]
    return people, (chosen[-1] if len(ids) > limit else None)


def _after(ids: array[int], after_id: int, statement: Any) -> array[int]:
    """What follows a person in the list, also when that person has left it since."""
    try:
        return ids[ids.index(after_id) + 1 :]
    except ValueError:
        place = select(Person.sort_key).where(Person.id == after_id).scalar_subquery()
        later = tuple_(Person.sort_key, Person.id) > tuple_(place, after_id)
        return array("q", db.session.scalars(statement.where(later)))
