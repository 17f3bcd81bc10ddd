"""Accounts as a security administrator sees them. ``scope`` is the path of a unit: its subtree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import selectinload

from app.core import crypto
from app.core.db import db
from app.core.paging import PAGE_SIZE, Page
from app.core.text import like_pattern
from app.domain.accounts.identities import email_key, phone_of, username_key
from app.domain.accounts.models import Account, Grant
from app.domain.accounts.rules import Role
from app.domain.units.models import Unit

Statement = TypeVar("Statement", bound=Select[Any])
STATES = ("locked", "disabled", "never_signed_in", "no_role", "ending")
ENDING_DAYS = 30


@dataclass(frozen=True, slots=True)
class AccountFilter:
    """What a list of accounts is narrowed to; empty means all."""

    text: str = ""
    role: Role | None = None
    state: str = ""


def _in_scope(scope: str) -> ColumnElement[bool]:
    return exists().where(
        Grant.account_id == Account.id,
        Grant.unit_id == Unit.id,
        Unit.path.startswith(scope, autoescape=True),
    )


def _holds(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(Grant.account_id == Account.id, *conditions)


def held_on(today: date) -> ColumnElement[bool]:
    """Grants that hold on the day."""
    return and_(
        Grant.valid_from <= today, or_(Grant.valid_until.is_(None), Grant.valid_until >= today)
    )


def ending_soon(today: date) -> ColumnElement[bool]:
    """Grants whose last day lies within the next 30 days."""
    return and_(
        Grant.valid_from <= today,
        Grant.valid_until >= today,
        Grant.valid_until <= today + timedelta(days=ENDING_DAYS),
    )


def find_account_in_scope(account_id: int, scope: str) -> Account | None:
    """The account, if it holds, held or will hold a role in the subtree."""
    return db.session.execute(
        select(Account).where(Account.id == account_id, _in_scope(scope))
    ).scalar_one_or_none()


def find_account_by_username(username: str) -> Account | None:
    return db.session.execute(
        select(Account).where(Account.username_key == username_key(username))
    ).scalar_one_or_none()


def paths_held(account_id: int, today: date) -> Sequence[str]:
    """The paths of the units on which the account holds a role today or later."""
    return db.session.scalars(
        select(Unit.path)
        .join(Grant, Grant.unit_id == Unit.id)
        .where(
            Grant.account_id == account_id,
            or_(Grant.valid_until.is_(None), Grant.valid_until >= today),
        )
    ).all()


def list_accounts(
    scope: str,
    wanted: AccountFilter,
    *,
    now: datetime,
    today: date,
    number: int = 1,
    size: int = PAGE_SIZE,
) -> Page[Account]:
    """A page of the accounts of a subtree by user name, with their grants and units loaded."""
    statement = _filtered(select(Account), scope, wanted, now, today)
    total = db.session.execute(
        _filtered(select(func.count(Account.id)), scope, wanted, now, today)
    ).scalar_one()
    items = db.session.scalars(
        statement.options(selectinload(Account.grants).joinedload(Grant.unit))
        .order_by(Account.username_key)
        .offset((number - 1) * size)
        .limit(size)
    ).all()
    return Page(items, number, size, total)


def _filtered(
    statement: Statement, scope: str, wanted: AccountFilter, now: datetime, today: date
) -> Statement:
    statement = statement.where(_in_scope(scope))
    if wanted.text:
        statement = statement.where(_named_like(wanted.text))
    if wanted.role is not None:
        statement = statement.where(_holds(Grant.role == wanted.role, held_on(today)))
    if wanted.state:
        statement = statement.where(_in_state(wanted.state, now, today))
    return statement


def _named_like(text: str) -> ColumnElement[bool]:
    phone = phone_of(text)
    if phone is not None:
        return Account.phone_index == crypto.blind_index(phone, "people.phone")
    if "@" in text:
        return Account.email_key == email_key(text)
    pattern = like_pattern(username_key(text))
    return or_(
        Account.username_key.like(pattern, escape="\\"),
        func.lower(Account.display_name).like(pattern, escape="\\"),
    )


def _in_state(state: str, now: datetime, today: date) -> ColumnElement[bool]:
    return {
        "locked": Account.locked_until > now,
        "disabled": Account.disabled_at.is_not(None),
        "never_signed_in": Account.last_sign_in_at.is_(None),
        "no_role": ~_holds(held_on(today)),
        "ending": _holds(ending_soon(today)),
    }[state]


def count_accounts(scope: str, state: str, *, now: datetime, today: date) -> int:
    """How many accounts of a subtree are in a state (one of STATES)."""
    statement = _filtered(
        select(func.count(Account.id)), scope, AccountFilter(state=state), now, today
    )
    return db.session.execute(statement).scalar_one()


def list_grants(account_id: int, scope: str | None = None) -> Sequence[Grant]:
    """The grants of an account, those within a subtree if asked, the latest first."""
    statement = (
        select(Grant)
        .join(Unit, Unit.id == Grant.unit_id)
        .where(Grant.account_id == account_id)
        .options(selectinload(Grant.unit))
        .order_by(Grant.valid_until.is_(None).desc(), Grant.valid_from.desc(), Grant.id.desc())
    )
    if scope is not None:
        statement = statement.where(Unit.path.startswith(scope, autoescape=True))
    return db.session.scalars(statement).all()
