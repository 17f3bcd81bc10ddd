"""Accounts of people in the registry: made in bulk, opened with slips.

A slip takes over an account, so a school or bureau gives one only for accounts that hold nothing but a teacher's,
trainer's or mentor's role within its own unit: else a slip for a colleague would open the office's account.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import cast

from sqlalchemy import Table, bindparam, or_, select, update

from app.core import clock
from app.core.db import db
from app.core.errors import InvalidInput, NotFound
from app.core.i18n import gettext as _
from app.domain.accounts.identities import suggest_username, username_key
from app.domain.accounts.models import Account, CodePurpose, Grant
from app.domain.accounts.operations.codes import LIFE, issue_codes
from app.domain.accounts.rules import Actor, Role
from app.domain.audit.operations import record
from app.domain.people.models import Person
from app.domain.people.queries.accounts import ID_BATCH, MOST_SLIPS, main_units
from app.domain.people.queries.visibility import Status, has_status, is_visible
from app.domain.units.models import Unit

_OWN_ROLES = (Role.TEACHER, Role.TRAINER, Role.MENTOR)


@dataclass(frozen=True, slots=True)
class Slip:
    """What is printed for one person; ``code`` exists only here."""

    person_id: int
    name: str
    unit_name: str
    username: str
    code: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Slips:
    """The slips made, how many accounts are new, and the names of those whose account this actor may not renew."""

    slips: Sequence[Slip]
    created: int
    refused: Sequence[str]


def make_slips(person_ids: Iterable[int], *, actor: Actor, now: datetime) -> Slips:
    """Activation slips for people of the actor's unit, in the order of their names.

    Who has no account gets one; whoever has one gets a new code, and the old one is worthless. Codes are good for 14
    days. Raises InvalidInput ``nobody_chosen`` or ``too_many_slips``, NotFound when one of them is out of scope.
    """
    ids = sorted(set(person_ids))
    if not ids:
        raise InvalidInput(_("Choose at least one person."), "nobody_chosen")
    if len(ids) > MOST_SLIPS:
        raise InvalidInput(
            _(
                "Print at most %(most)s slips at once; you chose %(count)s.",
                most=MOST_SLIPS,
                count=len(ids),
            ),
            "too_many_slips",
        )
    today = clock.today()
    people = db.session.scalars(
        select(Person)
        .where(Person.id.in_(ids), is_visible(actor.unit_path, today=today))
        .order_by(Person.sort_key, Person.id)
    ).all()
    if len(people) != len(ids):
        raise NotFound(_("There is no such person."))
    units = main_units(ids, actor.unit_path, today)
    without = [person for person in people if person.account_id is None]
    created = _create_accounts(
        [(person, units[person.id]) for person in without], actor, now, today
    )
    accounts = {account.id: account for account in created.values()} | _accounts_of(people)
    account_of = {
        person.id: accounts[
            created[person.id].id if person.id in created else person.account_id or 0
        ]
        for person in people
    }
    refused_ids = _not_renewable({account.id for account in account_of.values()}, actor, today)
    renewed = [account.id for account in account_of.values() if account.id not in refused_ids]
    codes = issue_codes(renewed, CodePurpose.ACTIVATION, actor=actor, now=now)
    for account_id in codes:
        record(actor, "accounts.print_slip", object_type="account", object_id=account_id)
    expires = now + LIFE[CodePurpose.ACTIVATION]
    slips = [
        Slip(
            person_id=person.id,
            name=person.name,
            unit_name=units[person.id].name,
            username=account_of[person.id].username,
            code=codes[account_of[person.id].id],
            expires_at=expires,
        )
        for person in people
        if account_of[person.id].id in codes
    ]
    refused = [person.name for person in people if account_of[person.id].id in refused_ids]
    return Slips(slips, len(created), refused)


def _accounts_of(people: Sequence[Person]) -> dict[int, Account]:
    ids = [person.account_id for person in people if person.account_id is not None]
    found = db.session.scalars(select(Account).where(Account.id.in_(ids))).all()
    return {account.id: account for account in found}


def _not_renewable(account_ids: set[int], actor: Actor, today: date) -> set[int]:
    """Accounts this actor may not open by a slip: shut out ones, and those that hold more or elsewhere."""
    beyond = or_(
        Grant.role.not_in(_OWN_ROLES), ~Unit.path.startswith(actor.unit_path, autoescape=True)
    )
    if actor.may("accounts.manage"):
        beyond = ~Unit.path.startswith(actor.unit_path, autoescape=True)
    holds_more = db.session.scalars(
        select(Grant.account_id)
        .join(Unit, Unit.id == Grant.unit_id)
        .where(
            Grant.account_id.in_(account_ids),
            or_(Grant.valid_until.is_(None), Grant.valid_until >= today),
            beyond,
        )
    )
    shut = db.session.scalars(
        select(Account.id).where(
            Account.id.in_(account_ids),
            or_(Account.disabled_at.is_not(None), Account.locked_by.is_not(None)),
        )
    )
    return {*holds_more, *shut}


def create_teacher_accounts(
    unit: Unit, *, actor: Actor, now: datetime, limit: int | None = None
) -> list[tuple[str, int]]:
    """Accounts for people posted in a unit's subtree who have none; (user name, person id) by name.

    They have no password until they are activated, so thousands take seconds.
    """
    today = clock.today()
    people = db.session.scalars(
        select(Person)
        .where(
            *has_status(Status.CURRENT, unit.path, today=today),
            Person.account_id.is_(None),
        )
        .order_by(Person.sort_key, Person.id)
        .limit(limit)
    ).all()
    units = main_units([person.id for person in people], unit.path, today)
    created = _create_accounts([(person, units[person.id]) for person in people], actor, now, today)
    return [(created[person.id].username, person.id) for person in people]


def _create_accounts(
    people: Sequence[tuple[Person, Unit]], actor: Actor, now: datetime, today: date
) -> dict[int, Account]:
    """Accounts with a teacher's role at the given units, in bulk; by person id."""
    if not people:
        return {}
    taken = set(db.session.scalars(select(Account.username_key)))
    phones = _taken_phones([person for person, _unit in people])
    accounts: dict[int, Account] = {}
    for person, _at in people:
        username = suggest_username(person.name, taken)
        taken.add(username_key(username))
        account = Account(
            username=username,
            username_key=username_key(username),
            display_name=person.name,
            created_at=now,
        )
        if person.phone_index and person.phone_index not in phones:
            phones.add(person.phone_index)
            account.phone_index, account.phone_sealed = person.phone_index, person.phone_sealed
        accounts[person.id] = account
    db.session.add_all(accounts.values())
    db.session.flush()
    db.session.add_all(
        Grant(
            account_id=accounts[person.id].id,
            role=Role.TEACHER,
            unit_id=unit.id,
            valid_from=today,
            granted_by=actor.account_id,
        )
        for person, unit in people
    )
    _link({person_id: account.id for person_id, account in accounts.items()})
    for person, unit in people:
        record(
            actor,
            "accounts.create",
            object_type="account",
            object_id=accounts[person.id].id,
            subject_id=person.id,
            details={"role": Role.TEACHER.value, "unit": unit.code},
            unit_path=unit.path,
        )
    db.session.flush()
    return accounts


def _link(accounts: dict[int, int]) -> None:
    """Point people to their accounts. No figure counts it and no edit conflicts with it, so no version is raised."""
    table = cast(Table, Person.__table__)
    db.session.connection().execute(
        update(table)
        .where(table.c.id == bindparam("person"))
        .values(account_id=bindparam("account")),
        [{"person": person, "account": account} for person, account in accounts.items()],
    )


def _taken_phones(people: Sequence[Person]) -> set[str]:
    wanted = [person.phone_index for person in people if person.phone_index]
    found: set[str] = set()
    for start in range(0, len(wanted), ID_BATCH):
        batch = wanted[start : start + ID_BATCH]
        indexes = select(Account.phone_index).where(Account.phone_index.in_(batch))
        found.update(index for index in db.session.scalars(indexes) if index)
    return found
