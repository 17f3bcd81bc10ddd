"""Where people serve today, for many at once: by their postings, by their duties, else by who registered them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select

from app.core.db import db
from app.domain.accounts.models import Account
from app.domain.accounts.rules import SYSTEM_ROLE, Actor
from app.domain.people.models import Person, PersonDuty, Posting
from app.domain.people.queries.visibility import Status, has_status
from app.domain.people.rules.facts import main_posting_order
from app.domain.units.models import Unit
from app.domain.units.queries import in_subtree

BATCH = 500


@dataclass(frozen=True, slots=True)
class Site:
    """A unit where somebody serves."""

    unit_id: int
    path: str
    name: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """A person with the units they serve at, the main one first; and the account to be told, if there is one."""

    person_id: int
    name: str
    sites: tuple[Site, ...]
    account_id: int | None
    email: str | None
    language: str

    @property
    def paths(self) -> list[str]:
        return [site.path for site in self.sites]

    def site_in(self, path: str) -> Site:
        """The first of their units in a subtree, else the main one."""
        return next((site for site in self.sites if site.path.startswith(path)), self.sites[0])


def _runs(model: Any, today: date) -> ColumnElement[bool]:
    return and_(
        model.valid_from <= today, or_(model.valid_until.is_(None), model.valid_until >= today)
    )


def batches(person_ids: Collection[int]) -> Iterator[list[int]]:
    """The ids in order and in parts that a statement can name."""
    ids = sorted(set(person_ids))
    for start in range(0, len(ids), BATCH):
        yield ids[start : start + BATCH]


def read_candidates(person_ids: Collection[int], *, today: date) -> dict[int, Candidate]:
    """These people by id, in three statements for each 500; who was merged away or does not exist is missing."""
    found: dict[int, Candidate] = {}
    for some in batches(person_ids):
        sites = _read_sites(some, today)
        for row in db.session.execute(_people(some)):
            registered = Site(row.unit_id, row.path, row.unit_name)
            told = row.account_id is not None and row.disabled_at is None
            found[row.id] = Candidate(
                person_id=row.id,
                name=row.name,
                sites=tuple(sites.get(row.id) or [registered]),
                account_id=row.account_id if told else None,
                email=row.email if told else None,
                language=row.language or "zh_CN",
            )
    return found


def _people(person_ids: Sequence[int]) -> Select[Any]:
    columns: tuple[Any, ...] = (
        Person.id,
        Person.name,
        Person.account_id,
        Account.email,
        Account.language,
        Account.disabled_at,
        Unit.id.label("unit_id"),
        Unit.path,
        Unit.name.label("unit_name"),
    )
    statement: Select[Any] = select(*columns)
    return (
        statement.join(Unit, Unit.id == Person.registered_unit_id)
        .outerjoin(Account, Account.id == Person.account_id)
        .where(Person.id.in_(person_ids), Person.merged_into_id.is_(None))
    )


def _read_sites(person_ids: Sequence[int], today: date) -> dict[int, list[Site]]:
    """Postings first, the main one at the head, then the units of duties."""
    found: dict[int, list[Site]] = defaultdict(list)
    posted = db.session.execute(
        select(Posting.person_id, Posting.role, Posting.valid_from, Posting.id, *_unit_columns())
        .join(Unit, Unit.id == Posting.unit_id)
        .where(Posting.person_id.in_(person_ids), _runs(Posting, today))
    ).all()
    for row in sorted(posted, key=lambda one: main_posting_order(one.role, one.valid_from, one.id)):
        found[row.person_id].append(Site(row.unit_id, row.path, row.unit_name))
    on_duty = db.session.execute(
        select(PersonDuty.person_id, *_unit_columns())
        .join(Unit, Unit.id == PersonDuty.unit_id)
        .where(PersonDuty.person_id.in_(person_ids), _runs(PersonDuty, today))
        .order_by(PersonDuty.valid_from, PersonDuty.id)
    )
    for row in on_duty:
        site = Site(row.unit_id, row.path, row.unit_name)
        if site not in found[row.person_id]:
            found[row.person_id].append(site)
    return found


def _unit_columns() -> tuple[Any, ...]:
    return Unit.id.label("unit_id"), Unit.path, Unit.name.label("unit_name")


def belongs_to(path: str, *, today: date) -> ColumnElement[bool]:
    """The condition that a person is one of a unit's: posted or on duty in the subtree, or registered there and
    posted nowhere.
    """
    on_duty = (
        select(PersonDuty.person_id)
        .join(Unit, Unit.id == PersonDuty.unit_id)
        .where(in_subtree(path), _runs(PersonDuty, today))
    )
    return and_(
        Person.merged_into_id.is_(None),
        or_(
            and_(*has_status(Status.CURRENT, path, today=today)),
            and_(*has_status(Status.EXTERNAL, path, today=today)),
            Person.id.in_(on_duty),
        ),
    )


def are_within(person_ids: Collection[int], *, actor: Actor, today: date) -> bool:
    """Whether all of these people are the actor's."""
    if actor.role == SYSTEM_ROLE:
        return True
    belongs = belongs_to(actor.unit_path, today=today)
    for some in batches(person_ids):
        known = select(Person.id).where(Person.id.in_(some), belongs)
        if len(db.session.scalars(known).all()) != len(some):
            return False
    return True
