"""Tell people and offices something, in the transaction of the act."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, or_, select

from app.core import clock
from app.core.db import db
from app.domain.accounts.models import Account, Grant
from app.domain.accounts.rules import Role
from app.domain.outbox.operations import notify
from app.domain.people.models import Person
from app.domain.units.models import Unit


def tell_people(
    person_ids: Sequence[int], kind: str, parameters: dict[str, Any], *, link: str | None = None
) -> int:
    """Tell every one of these people who has an account; returns how many were told."""
    if not person_ids:
        return 0
    accounts = select(Person.account_id).where(Person.id.in_(person_ids))
    return tell_accounts(accounts, kind, parameters, link=link)


def tell_unit(unit: Unit, kind: str, parameters: dict[str, Any], *, link: str | None = None) -> int:
    """Tell the accounts that act for exactly this unit today: its school, county or bureau role."""
    return tell_accounts(officers_of([unit.id]), kind, parameters, link=link)


def officers_of(unit_ids: Sequence[int]) -> Select[Any]:
    """The accounts that hold an office's role on one of these units today."""
    today = clock.today()
    return select(Grant.account_id).where(
        Grant.unit_id.in_(unit_ids),
        Grant.role.in_((Role.SCHOOL, Role.COUNTY, Role.BUREAU)),
        Grant.valid_from <= today,
        or_(Grant.valid_until.is_(None), Grant.valid_until >= today),
    )


def tell_accounts(
    account_ids: Sequence[int] | Select[Any],
    kind: str,
    parameters: dict[str, Any],
    *,
    link: str | None = None,
) -> int:
    """Tell these accounts, but for disabled ones; returns how many were told."""
    rows = db.session.execute(
        select(Account.id, Account.email, Account.language)
        .where(Account.id.in_(account_ids), Account.disabled_at.is_(None))
        .order_by(Account.id)
    ).all()
    for row in rows:
        notify(row.id, kind, parameters, link=link, email=row.email, language=row.language)
    return len(rows)
