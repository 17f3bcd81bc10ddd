"""Whether who was let in a moment ago may still act: asked inside the transaction of every act."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, Protocol

from sqlalchemy import Row, bindparam, or_, select

from app.core.db import execute
from app.core.many import among, values_of
from app.domain.accounts.models import Account, Grant
from app.domain.units.models import Unit

_TODAY = bindparam("today", type_=Grant.valid_from.type)
# Built once: this query runs with every act.
_NOW = (
    select(
        Grant.id.label("grant_id"),
        Grant.role,
        Account.id.label("account_id"),
        Account.username,
        Unit.id.label("unit_id"),
        Unit.path,
    )
    .join(Account, Account.id == Grant.account_id)
    .join(Unit, Unit.id == Grant.unit_id)
    .where(
        Grant.valid_from <= _TODAY,
        or_(Grant.valid_until.is_(None), Grant.valid_until >= _TODAY),
        Account.disabled_at.is_(None),
    )
)
_OF_ONE = _NOW.where(Grant.id == bindparam("grant_id"))
_OF_MANY = _NOW.where(among(Grant.id, values_of("grant_ids")))


class Acting(Protocol):
    """What an actor was read as."""

    @property
    def grant_id(self) -> int | None: ...
    @property
    def role(self) -> str: ...
    @property
    def account_id(self) -> int | None: ...
    @property
    def username(self) -> str: ...
    @property
    def unit_id(self) -> int: ...
    @property
    def unit_path(self) -> str: ...


def is_unchanged(actor: Acting, today: date) -> bool:
    """Whether account, role and unit are still what they were when the actor was read."""
    row = execute(_OF_ONE, {"grant_id": actor.grant_id, "today": today}).first()
    return row is not None and _is_same(actor, row)


def list_unchanged(actors: Iterable[Acting], today: date) -> set[int]:
    """The grants in which these actors may still act, as ``is_unchanged`` says it of each."""
    acting = {actor.grant_id: actor for actor in actors if actor.grant_id is not None}
    rows = execute(_OF_MANY, {"grant_ids": list(acting), "today": today})
    return {row.grant_id for row in rows if _is_same(acting[row.grant_id], row)}


def _is_same(actor: Acting, row: Row[Any]) -> bool:
    known = actor.role, actor.account_id, actor.username, actor.unit_id, actor.unit_path
    return known == (row.role, row.account_id, row.username, row.unit_id, row.path)
