"""The account of a request with its grants of today and its unread notices, in one query."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Row, Select, bindparam, func, or_, select

from app.core import clock
from app.core.db import execute
from app.core.versions import counted_stamp_now
from app.domain.accounts.models import Account, Grant
from app.domain.accounts.rules import Actor, HeldGrant, actor_for_grant, actor_without_grant
from app.domain.outbox.models import Notice
from app.domain.units.models import Unit

_TODAY = bindparam("today", type_=Grant.valid_from.type)
_UNREAD = (
    select(func.count())
    .select_from(Notice)
    .where(Notice.account_id == Account.id, Notice.read_at.is_(None))
    .correlate(Account)
    .scalar_subquery()
)
# One row for each grant of today, the first one first; without any, one row all the same.
ACTING_COLUMNS: tuple[Any, ...] = (
    Account.id.label("account_id"),
    Account.username,
    Account.display_name,
    Account.language,
    Account.session_epoch,
    Account.must_change_password,
    Account.disabled_at,
    Grant.id.label("grant_id"),
    Grant.role,
    Unit.id.label("unit_id"),
    Unit.code,
    Unit.name,
    Unit.kind,
    Unit.path,
    _UNREAD.label("unread"),
    counted_stamp_now().label("data_stamp"),
)


def with_grants(statement: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """A statement on accounts with ``ACTING_COLUMNS``, joined to what they hold on the day ``today``."""
    return (
        statement.outerjoin(
            Grant,
            (Grant.account_id == Account.id)
            & (Grant.valid_from <= _TODAY)
            & or_(Grant.valid_until.is_(None), Grant.valid_until >= _TODAY),
        )
        .outerjoin(Unit, Unit.id == Grant.unit_id)
        .order_by(Grant.id)
    )


# Built once: this query runs with every request.
_STATEMENT = with_grants(
    select(*ACTING_COLUMNS).select_from(Account).where(Account.id == bindparam("account_id"))
)


@dataclass(frozen=True, slots=True)
class AccountFacts:
    """What pages need of the account itself; ``data_stamp``: of the counted data (core.versions) in that moment."""

    account_id: int
    username: str
    display_name: str
    language: str
    epoch: int
    must_change_password: bool
    data_stamp: str = field(default="", compare=False)


def find_acting(
    account_id: int,
    *,
    grant_id: int | None = None,
    origin: str = "",
    channel: str = "web",
    today: date | None = None,
) -> tuple[AccountFacts, Actor | None] | None:
    """The account with its actor in the chosen (else first) grant; None when unknown or disabled.

    The actor is None while the account holds no grant today.
    """
    rows = execute(_STATEMENT, {"account_id": account_id, "today": today or clock.today()}).all()
    if not rows or rows[0].disabled_at is not None:
        return None
    return acting_from(rows, grant_id=grant_id, origin=origin, channel=channel)


def acting_from(
    rows: Sequence[Row[Any]], *, grant_id: int | None, origin: str, channel: str
) -> tuple[AccountFacts, Actor | None]:
    """What ``find_acting`` answers, from the rows of an account (at least one)."""
    first = rows[0]
    facts = AccountFacts(
        account_id=first.account_id,
        username=first.username,
        display_name=first.display_name or first.username,
        language=first.language,
        epoch=first.session_epoch,
        must_change_password=first.must_change_password,
        data_stamp=first.data_stamp or "",
    )
    grants = tuple(_held(row) for row in rows if row.grant_id is not None)
    if not grants:
        return facts, None
    chosen = next((grant for grant in grants if grant.id == grant_id), grants[0])
    actor = actor_for_grant(
        chosen,
        account_id=first.account_id,
        username=first.username,
        grants=grants,
        unread=first.unread,
        origin=origin,
        channel=channel,
    )
    return facts, actor


def acting_for_itself(account: Account, *, origin: str = "", channel: str = "web") -> Actor:
    """The account as the actor of what it does to itself: in its first grant of today, else in none."""
    found = find_acting(account.id, origin=origin, channel=channel)
    if found is not None and found[1] is not None:
        return found[1]
    return actor_without_grant(account.id, account.username, origin=origin, channel=channel)


def _held(row: Row[Any]) -> HeldGrant:
    return HeldGrant(
        id=row.grant_id,
        role=row.role,
        unit_id=row.unit_id,
        unit_code=row.code,
        unit_name=row.name,
        unit_kind=row.kind.value,
        unit_path=row.path,
    )
