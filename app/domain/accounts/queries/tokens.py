"""API tokens: who holds one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, bindparam, func, or_, select

from app.core import crypto
from app.core.db import db, execute
from app.domain.accounts.models import Account, ApiToken

_NOW = bindparam("now", type_=ApiToken.created_at.type)
# Built once: this query runs with every request of a program.
_HOLDER = (
    select(ApiToken.id, ApiToken.account_id, ApiToken.grant_id, ApiToken.last_used_at)
    .join(Account, Account.id == ApiToken.account_id)
    .where(
        ApiToken.token_hash == bindparam("token_hash"),
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


@dataclass(frozen=True, slots=True)
class TokenHolder:
    """Whose token it is, and in which grant it acts (None: the account's first)."""

    token_id: int
    account_id: int
    grant_id: int | None
    last_used_at: datetime | None


def find_token(text: str, now: datetime) -> TokenHolder | None:
    """Who may act with this token now, in one query.

    None for an unknown, expired or revoked token, and while its account is disabled or locked by an officer
    (a lock that came from wrong passwords does not stop a program).
    """
    values = {"token_hash": crypto.token_hash(text), "now": now}
    row = execute(_HOLDER, values).first()
    if row is None:
        return None
    return TokenHolder(row.id, row.account_id, row.grant_id, row.last_used_at)


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
