"""Whether who was let in a moment ago may still act: asked inside the transaction of every act."""

from __future__ import annotations

from datetime import date

from sqlalchemy import bindparam, literal, or_, select

from app.core.db import execute
from app.domain.accounts.models import Account, Grant
from app.domain.accounts.rules import Actor
from app.domain.units.models import Unit

_TODAY = bindparam("today", type_=Grant.valid_from.type)
# Built once: this query runs with every act.
_UNCHANGED = (
    select(literal(1))
    .select_from(Grant)
    .join(Account, Account.id == Grant.account_id)
    .join(Unit, Unit.id == Grant.unit_id)
    .where(
        Grant.id == bindparam("grant_id"),
        Grant.role == bindparam("role", type_=Grant.role.type),
        Grant.valid_from <= _TODAY,
        or_(Grant.valid_until.is_(None), Grant.valid_until >= _TODAY),
        Account.id == bindparam("account_id"),
        Account.username == bindparam("username"),
        Account.disabled_at.is_(None),
        Unit.id == bindparam("unit_id"),
        Unit.path == bindparam("unit_path"),
    )
)


def is_unchanged(actor: Actor, today: date) -> bool:
    """Whether account, role and unit are still what they were when the actor was read."""
    if actor.account_id is None or actor.grant_id is None:
        return False
    values = {
        "grant_id": actor.grant_id,
        "role": actor.role,
        "today": today,
        "account_id": actor.account_id,
        "username": actor.username,
        "unit_id": actor.unit_id,
        "unit_path": actor.unit_path,
    }
    return execute(_UNCHANGED, values).first() is not None
