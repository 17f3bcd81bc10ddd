"""API tokens: who holds one."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, String, bindparam, func, or_, select

from app.core import clock, crypto
from app.core.db import db, execute
from app.core.many import among, values_of
from app.domain.accounts.models import Account, ApiToken
from app.domain.accounts.queries.actors import (
    ACTING_COLUMNS,
    AccountFacts,
    acting_from,
    with_grants,
)
from app.domain.accounts.rules import Actor

_NOW = bindparam("now", type_=ApiToken.created_at.type)
# Built once: this query runs with every request of a program.
_GOOD = with_grants(
    select(
        ApiToken.id.label("token_id"),
        ApiToken.token_hash,
        ApiToken.grant_id.label("token_grant_id"),
        ApiToken.last_used_at,
        *ACTING_COLUMNS,
    )
    .select_from(ApiToken)
    .join(Account, Account.id == ApiToken.account_id)
    .where(
        ApiToken.revoked_at.is_(None),
        or_(ApiToken.expires_at.is_(None), ApiToken.expires_at > _NOW),
        Account.disabled_at.is_(None),
        or_(
            Account.locked_by.is_(None),
            Account.locked_until.is_(None),
            Account.locked_until <= _NOW,
        ),
    )
)
_HOLDER = _GOOD.where(ApiToken.token_hash == bindparam("token_hash"))
_HOLDERS = _GOOD.where(among(ApiToken.token_hash, values_of("token_hashes", String)))


@dataclass(frozen=True, slots=True)
class TokenHolder:
    """Whose token it is, and in which grant it acts (None: the account's first)."""

    token_id: int
    account_id: int
    grant_id: int | None
    last_used_at: datetime | None
    rows: Sequence[Row[Any]] = field(repr=False, compare=False)

    def acting(self, *, origin: str, channel: str) -> tuple[AccountFacts, Actor | None]:
        """The holder's account, and its actor in the token's grant (of a token without one, in the first); None
        while it does not hold it.
        """
        facts, actor = acting_from(
            self.rows, grant_id=self.grant_id, origin=origin, channel=channel
        )
        if actor is not None and self.grant_id not in {None, actor.grant_id}:
            return facts, None
        return facts, actor


def find_token(text: str, now: datetime) -> TokenHolder | None:
    """Who may act with this token now, in one query.

    None for an unknown, expired or revoked token, and while its account is disabled or locked by an officer
    (a lock that came from wrong passwords does not stop a program).
    """
    day = clock.local(now).date()
    rows = execute(_HOLDER, {"token_hash": crypto.token_hash(text), "now": now, "today": day}).all()
    return _holder(rows) if rows else None


def find_holders(token_hashes: Collection[str], now: datetime) -> dict[str, TokenHolder]:
    """The same of many tokens, by their hash, in one query."""
    day = clock.local(now).date()
    values = {"token_hashes": token_hashes, "now": now, "today": day}
    rows: dict[str, list[Row[Any]]] = {}
    for row in execute(_HOLDERS, values):
        rows.setdefault(row.token_hash, []).append(row)
    return {token_hash: _holder(of_token) for token_hash, of_token in rows.items()}


def _holder(rows: Sequence[Row[Any]]) -> TokenHolder:
    first = rows[0]
    return TokenHolder(
        first.token_id, first.account_id, first.token_grant_id, first.last_used_at, rows
    )


def list_tokens(account_id: int, now: datetime) -> Sequence[ApiToken]:
    """The tokens of an account that are good, the newest first."""
    return db.session.scalars(
        select(ApiToken).where(*_good(account_id, now)).order_by(ApiToken.id.desc())
    ).all()


def count_tokens(account_id: int, now: datetime) -> int:
    return db.session.execute(
        select(func.count()).select_from(ApiToken).where(*_good(account_id, now))
    ).scalar_one()


def _good(account_id: int, now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        ApiToken.account_id == account_id,
        ApiToken.revoked_at.is_(None),
        or_(ApiToken.expires_at.is_(None), ApiToken.expires_at > now),
    )
