"""Accounts that may train: who holds the role of a trainer today."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, or_, select

from app.core import clock
from app.core.db import db
from app.core.text import like_pattern
from app.domain.accounts.models import Account, Grant
from app.domain.accounts.queries.accounts import held_on
from app.domain.accounts.rules import Role
from app.domain.units.models import Unit

MOST_OFFERED = 30


def _may_train(scope: str) -> list[ColumnElement[bool]]:
    return [
        Grant.role == Role.TRAINER,
        held_on(clock.today()),
        Unit.path.like(f"{scope}%"),
        Account.disabled_at.is_(None),
    ]


def find_trainer_account(account_id: int, *, scope: str) -> Account | None:
    """The account, if it holds the role of a trainer today on a unit of the scope."""
    return db.session.scalars(
        select(Account)
        .join(Grant, Grant.account_id == Account.id)
        .join(Unit, Unit.id == Grant.unit_id)
        .where(Account.id == account_id, *_may_train(scope))
        .limit(1)
    ).first()


def search_trainer_accounts(text: str, *, scope: str) -> Sequence[Row[Any]]:
    """Accounts that may train, by name or user name (all without a text): rows of id, display_name, username,
    unit_name.
    """
    conditions = _may_train(scope)
    if text:
        pattern = like_pattern(text)
        conditions.append(
            or_(
                Account.display_name.ilike(pattern, escape="\\"),
                Account.username.ilike(pattern, escape="\\"),
            )
        )
    columns: tuple[Any, ...] = (
        Account.id,
        Account.display_name,
        Account.username,
        func.min(Unit.name).label("unit_name"),
    )
    statement: Select[Any] = (
        select(*columns)
        .join(Grant, Grant.account_id == Account.id)
        .join(Unit, Unit.id == Grant.unit_id)
        .where(*conditions)
        .group_by(Account.id, Account.display_name, Account.username)
        .order_by(Account.display_name, Account.username)
        .limit(MOST_OFFERED)
    )
    return db.session.execute(statement).all()
