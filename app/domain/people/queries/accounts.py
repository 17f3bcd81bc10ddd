"""Who of a unit's people has an account, and how far it is."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import case, func, select

from app.core.db import db
from app.core.paging import PAGE_SIZE, Page
from app.domain.accounts.models import Account
from app.domain.people.models import Person, Posting
from app.domain.people.queries.search import matching
from app.domain.people.queries.visibility import Status, has_status, not_ended
from app.domain.people.rules.facts import main_posting_order
from app.domain.units.models import Unit
from app.domain.units.queries import in_subtree

MOST_SLIPS = 400
ID_BATCH = 500


class AccountState(enum.StrEnum):
    NONE = "none"
    NEVER_SIGNED_IN = "never_signed_in"
    ACTIVE = "active"
    DISABLED = "disabled"


@dataclass(frozen=True, slots=True)
class PersonWithAccount:
    """A person of the unit and how far their account is."""

    id: int
    name: str
    unit_name: str
    username: str | None
    state: AccountState
    last_sign_in_at: datetime | None


def _state() -> Any:
    return case(
        (Account.id.is_(None), AccountState.NONE.value),
        (Account.disabled_at.is_not(None), AccountState.DISABLED.value),
        (Account.last_sign_in_at.is_(None), AccountState.NEVER_SIGNED_IN.value),
        else_=AccountState.ACTIVE.value,
    )


def list_people_with_accounts(
    path: str,
    *,
    today: date,
    text: str = "",
    state: AccountState | None = None,
    number: int = 1,
    size: int = PAGE_SIZE,
) -> Page[PersonWithAccount]:
    """A page of the people posted in a subtree, by pinyin, with the state of their accounts."""
    conditions = _conditions(path, today, text, state)
    joined = select(func.count(Person.id)).outerjoin(Account, Account.id == Person.account_id)
    total = db.session.execute(joined.where(*conditions)).scalar_one()
    rows = db.session.execute(
        select(
            Person.id,
            Person.name,
            Account.username,
            Account.last_sign_in_at,
            _state().label("state"),
        )
        .outerjoin(Account, Account.id == Person.account_id)
        .where(*conditions)
        .order_by(Person.sort_key, Person.id)
        .offset((number - 1) * size)
        .limit(size)
    ).all()
    units = main_units([row.id for row in rows], path, today)
    items = [
        PersonWithAccount(
            id=row.id,
            name=row.name,
            unit_name=units[row.id].name,
            username=row.username,
            state=AccountState(row.state),
            last_sign_in_at=row.last_sign_in_at,
        )
        for row in rows
    ]
    return Page(items, number, size, total)


def count_account_states(path: str, *, today: date) -> dict[AccountState, int]:
    """How many people posted in a subtree have no account, never signed in, are active, are shut out."""
    states = (
        select(_state().label("state"))
        .select_from(Person)
        .outerjoin(Account, Account.id == Person.account_id)
        .where(*has_status(Status.CURRENT, path, today=today))
        .subquery()
    )
    rows = db.session.execute(select(states.c.state, func.count()).group_by(states.c.state)).all()
    found = {AccountState(state): count for state, count in rows}
    return {state: found.get(state, 0) for state in AccountState}


def list_people_ids(
    path: str, *, today: date, text: str = "", state: AccountState | None = None
) -> Sequence[int]:
    """The ids of the same list, at most as many as one print takes."""
    return db.session.scalars(
        select(Person.id)
        .outerjoin(Account, Account.id == Person.account_id)
        .where(*_conditions(path, today, text, state))
        .order_by(Person.sort_key, Person.id)
        .limit(MOST_SLIPS)
    ).all()


def _conditions(path: str, today: date, text: str, state: AccountState | None) -> list[Any]:
    conditions: list[Any] = has_status(Status.CURRENT, path, today=today)
    searched = matching(text)
    if searched is not None:
        conditions.append(searched)
    if state is not None:
        conditions.append(_state() == state.value)
    return conditions


def main_units(person_ids: Sequence[int], path: str, today: date) -> dict[int, Unit]:
    """Where each person's main posting within the subtree is, else who registered them."""
    units: dict[int, Unit] = {}
    for start in range(0, len(person_ids), ID_BATCH):
        batch = person_ids[start : start + ID_BATCH]
        rows = db.session.execute(
            select(Posting.person_id, Posting.role, Posting.valid_from, Posting.id, Unit)
            .join(Unit, Unit.id == Posting.unit_id)
            .where(
                Posting.person_id.in_(batch),
                not_ended(today),
                in_subtree(path),
            )
        ).all()
        for row in sorted(rows, key=lambda r: main_posting_order(r.role, r.valid_from, r.id)):
            units.setdefault(row.person_id, row.Unit)
    missing = [person_id for person_id in person_ids if person_id not in units]
    if missing:
        registered = db.session.execute(
            select(Person.id, Unit)
            .join(Unit, Unit.id == Person.registered_unit_id)
            .where(Person.id.in_(missing))
        ).all()
        units |= {row.id: row.Unit for row in registered}
    return units
