"""What the registry knows of the people a workbook names, read in a handful of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, or_, select

from app.core.db import db
from app.domain.exchange.planning.plan import RowId
from app.domain.people.models import Person, Posting
from app.domain.people.rules import PostingRole
from app.domain.people.sealed import identity_index, open_identity_number, open_phone
from app.domain.units.models import Unit
from app.domain.units.queries import in_subtree

CHUNK = 5000
PERSON_COLUMNS = (
    "id",
    "name",
    "name_key",
    "sex",
    "ethnicity",
    "born_on",
    "id_number_sealed",
    "id_number_index",
    "phone_sealed",
    "phone_index",
    "email",
    "education",
    "graduated_from",
    "major",
    "work_began_on",
    "note",
    "registered_unit_id",
)
Item = TypeVar("Item")


def chunks(items: Iterable[Item], size: int = CHUNK) -> Iterator[list[Item]]:
    """The items in lists that fit into one statement."""
    iterator = iter(items)
    while chunk := list(islice(iterator, size)):
        yield chunk


@dataclass(slots=True)
class PostingInfo:
    """A posting of a person; ``path`` and ``unit_name`` of its unit. ``id`` None: planned in this import."""

    id: int | None
    unit_id: int
    unit_name: str
    path: str
    role: PostingRole
    subject: str | None
    title: str | None
    recruited_on: date | None
    valid_from: date
    valid_until: date | None

    def holds_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_until is None or self.valid_until >= day)


@dataclass(slots=True)
class KnownPerson:
    """A person of the registry, or one that an earlier row of this workbook makes (``columns`` then as planned)."""

    id: RowId
    columns: dict[str, Any]
    postings: list[PostingInfo] = field(default_factory=list)

    @property
    def name(self) -> str:
        return str(self.columns["name"])

    @property
    def name_key(self) -> str:
        return str(self.columns["name_key"])

    def id_number(self) -> str | None:
        return open_identity_number(self.columns.get("id_number_sealed"))

    def phone(self) -> str | None:
        return open_phone(self.columns.get("phone_sealed"))

    def belongs_to(self, unit_id: int) -> bool:
        """Whether the person is registered or was ever posted at the unit."""
        return self.columns.get("registered_unit_id") == unit_id or any(
            posting.unit_id == unit_id for posting in self.postings
        )


class Registry:
    """People by number and by name, with their postings.

    ``without_number``: of those of a name who came without one; a row of this workbook may have told it since.
    """

    def __init__(self) -> None:
        self.by_id: dict[int, KnownPerson] = {}
        self.by_number: dict[str, KnownPerson] = {}
        self.by_name: dict[str, list[KnownPerson]] = defaultdict(list)
        self.without_number: dict[str, list[KnownPerson]] = defaultdict(list)
        self._indexes: dict[str, str] = {}

    def index_of(self, number: str) -> str:
        """The blind index of an identity number, computed once."""
        index = self._indexes.get(number)
        if index is None:
            index = self._indexes[number] = identity_index(number)
        return index

    def add(self, person: KnownPerson) -> None:
        if isinstance(person.id, int):
            if person.id in self.by_id:
                return
            self.by_id[person.id] = person
        number = person.columns.get("id_number_index")
        if number:
            self.by_number[number] = person
        else:
            self.without_number[person.name_key].append(person)
        self.by_name[person.name_key].append(person)

    def load_numbers(self, numbers: Iterable[str]) -> None:
        """People with these blind indexes, wherever they are: a number is unique in the whole registry."""
        for chunk in chunks(sorted(set(numbers))):
            self._load(Person.id_number_index.in_(chunk))

    def load_names(self, names: Iterable[str], path: str) -> None:
        """People with these names who are registered or were ever posted within a subtree."""
        posted = (
            select(Posting.person_id).join(Unit, Unit.id == Posting.unit_id).where(in_subtree(path))
        )
        registered = select(Unit.id).where(in_subtree(path))
        within = or_(Person.registered_unit_id.in_(registered), Person.id.in_(posted))
        for chunk in chunks(sorted(set(names))):
            self._load(Person.name_key.in_(chunk) & within)

    def load_people(self, ids: Iterable[int]) -> None:
        for chunk in chunks(sorted(set(ids))):
            self._load(Person.id.in_(chunk))

    def load_postings(self) -> None:
        """The postings of everybody loaded, the earliest first."""
        for chunk in chunks(sorted(self.by_id)):
            for row in _posting_rows(chunk):
                person_id, *columns = row
                self.by_id[person_id].postings.append(PostingInfo(*columns))

    def _load(self, condition: ColumnElement[bool]) -> None:
        columns = [getattr(Person, name) for name in PERSON_COLUMNS]
        rows = db.session.execute(
            select(*columns).where(condition, Person.merged_into_id.is_(None)).order_by(Person.id)
        )
        for row in rows:
            self.add(KnownPerson(row.id, dict(zip(PERSON_COLUMNS, row, strict=True))))


def _posting_rows(person_ids: Sequence[int]) -> Sequence[Any]:
    return db.session.execute(
        select(
            Posting.person_id,
            Posting.id,
            Posting.unit_id,
            Unit.name,
            Unit.path,
            Posting.role,
            Posting.subject,
            Posting.title,
            Posting.recruited_on,
            Posting.valid_from,
            Posting.valid_until,
        )
        .join(Unit, Unit.id == Posting.unit_id)
        .where(Posting.person_id.in_(person_ids))
        .order_by(Posting.person_id, Posting.valid_from, Posting.id)
    ).all()
