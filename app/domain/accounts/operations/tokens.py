"""API tokens: made, shown once, revoked."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import bindparam, select, update

from app.core import crypto
from app.core.db import db, execute, table_of
from app.core.errors import DomainError, InvalidInput, NotFound
from app.core.i18n import gettext as _
from app.core.many import among, values_of
from app.domain.accounts.models import Account, ApiToken
from app.domain.accounts.queries.tokens import TokenHolder, count_tokens
from app.domain.accounts.rules import Actor
from app.domain.audit.operations import record

PREFIX = "xy_"
SHOWN = 8  # characters by which its owner recognises a token
MOST_TOKENS = 20
USE_NOTED_EVERY = timedelta(hours=1)
_TOKEN = table_of(ApiToken)
_USED = (
    update(_TOKEN)
    .where(_TOKEN.c.id == bindparam("token_id"))
    .values(last_used_at=bindparam("used_at", type_=_TOKEN.c.last_used_at.type))
)
# Whoever has one of them locked is noting its use, or takes it away: nobody waits for them.
_FREE = (
    select(_TOKEN.c.id)
    .where(among(_TOKEN.c.id, values_of("token_ids")))
    .with_for_update(key_share=True, skip_locked=True)
)
_ALL_USED = (
    update(_TOKEN)
    .where(_TOKEN.c.id.in_(_FREE))
    .values(last_used_at=bindparam("used_at", type_=_TOKEN.c.last_used_at.type))
)


def create_token(
    account_id: int,
    name: str,
    *,
    actor: Actor,
    now: datetime,
    expires_at: datetime | None = None,
    grant_id: int | None = None,
) -> tuple[ApiToken, str]:
    """A new token of an account and its text, which is never shown again.

    ``grant_id``: the role it acts in (None: the account's first). Raises InvalidInput without a name or with an
    expiry in the past, NotFound for a grant of somebody else, DomainError ``too_many_tokens`` beyond 20.
    """
    name = name.strip()
    if not name:
        raise InvalidInput(
            _("Give the token a name that says what it is for."), "name_missing", "name"
        )
    if expires_at is not None and expires_at <= now:
        raise InvalidInput(_("The expiry lies in the past."), "expiry_past", "expires_on")
    account = db.session.get_one(Account, account_id, with_for_update=True)
    if grant_id is not None and grant_id not in {grant.id for grant in account.grants}:
        raise NotFound(_("There is no such grant."))
    if count_tokens(account_id, now) >= MOST_TOKENS:
        raise DomainError(
            _("An account has at most %(most)s tokens. Revoke one first.", most=MOST_TOKENS),
            "too_many_tokens",
        )
    token, text = _new_token(account_id, name, now, expires_at, grant_id)
    db.session.add(token)
    db.session.flush()
    record(
        actor,
        "accounts.create_token",
        object_type="account",
        object_id=account_id,
        details={"token": token.id, "prefix": token.prefix},
    )
    return token, text


def create_tokens(
    accounts: Sequence[Account], name: str, *, actor: Actor, now: datetime
) -> list[str]:
    """A token for each account at once (command line); the texts in the same order."""
    made = [_new_token(account.id, name, now, None, None) for account in accounts]
    db.session.add_all(token for token, _text in made)
    db.session.flush()
    for token, _text in made:
        record(
            actor,
            "accounts.create_token",
            object_type="account",
            object_id=token.account_id,
            details={"token": token.id, "prefix": token.prefix},
        )
    return [text for _token, text in made]


def _new_token(
    account_id: int,
    name: str,
    now: datetime,
    expires_at: datetime | None,
    grant_id: int | None,
) -> tuple[ApiToken, str]:
    text = PREFIX + secrets.token_urlsafe(32)
    token = ApiToken(
        account_id=account_id,
        grant_id=grant_id,
        name=name,
        prefix=text[:SHOWN],
        token_hash=crypto.token_hash(text),
        created_at=now,
        expires_at=expires_at,
    )
    return token, text


def revoke_token(token_id: int, account_id: int, *, actor: Actor, now: datetime) -> ApiToken:
    """Make a token of this account worthless. Raises NotFound for another account's."""
    token = db.session.get(ApiToken, token_id)
    if token is None or token.account_id != account_id or token.revoked_at is not None:
        raise NotFound(_("There is no such token."))
    token.revoked_at = now
    record(
        actor,
        "accounts.revoke_token",
        object_type="account",
        object_id=account_id,
        details={"token": token.id, "prefix": token.prefix},
    )
    return token


def is_use_due(holder: TokenHolder, now: datetime) -> bool:
    """Whether the use of a token is to be noted: to the hour, as a write for every request would hold others up."""
    return holder.last_used_at is None or now - holder.last_used_at >= USE_NOTED_EVERY


def note_use(token_id: int, now: datetime) -> None:
    """Keep when the token was used."""
    execute(_USED, {"token_id": token_id, "used_at": now})


def note_uses(token_ids: Collection[int], now: datetime) -> None:
    """The same of many tokens at once."""
    if token_ids:
        execute(_ALL_USED, {"token_ids": token_ids, "used_at": now})
