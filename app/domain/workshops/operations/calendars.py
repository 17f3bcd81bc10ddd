"""The secret address of an account's calendar: made, made anew, revoked; only its digest is kept."""

from __future__ import annotations

import hashlib
import re
import secrets

from sqlalchemy import select

from app.core import clock
from app.core.db import db
from app.core.errors import DomainError, NotFound, explain_constraint
from app.core.i18n import gettext as _
from app.domain.accounts.models import Account
from app.domain.accounts.rules import Actor
from app.domain.audit.operations import record
from app.domain.workshops.models import CalendarFeed

TOKEN_BYTES = 24
_TOKEN = re.compile(r"[A-Za-z0-9_-]{32}")

explain_constraint(
    "uq_calendar_feeds_account_id",
    lambda: DomainError(_("The address was just made. Open the page again."), "made_already"),
)


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def make_feed(account_id: int, *, actor: Actor) -> str:
    """A new secret token for the account's calendar, shown this once; an older one is worthless from now on."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    feed = find_feed(account_id, lock=True)
    action = "renew_calendar" if feed is not None and feed.revoked_at is None else "make_calendar"
    if feed is None:
        feed = CalendarFeed(account_id=account_id)
        db.session.add(feed)
    feed.token_hash, feed.created_at, feed.revoked_at = _digest(token), clock.now(), None
    db.session.flush()
    record(actor, f"workshops.{action}", object_type="account", object_id=account_id)
    return token


def revoke_feed(account_id: int, *, actor: Actor) -> None:
    """Make the address worthless. NotFound without one."""
    feed = find_feed(account_id, lock=True)
    if feed is None or feed.revoked_at is not None:
        raise NotFound(_("There is no calendar address to revoke."))
    feed.revoked_at = clock.now()
    record(actor, "workshops.revoke_calendar", object_type="account", object_id=account_id)


def find_feed(account_id: int, *, lock: bool = False) -> CalendarFeed | None:
    """The feed of an account, revoked or not."""
    statement = select(CalendarFeed).where(CalendarFeed.account_id == account_id)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return db.session.scalar(statement)


def find_feed_account(token: str) -> Account | None:
    """Whose calendar the secret address opens; None when it opens nothing (any more)."""
    if not _TOKEN.fullmatch(token):
        return None
    return db.session.scalar(
        select(Account)
        .join(CalendarFeed, CalendarFeed.account_id == Account.id)
        .where(
            CalendarFeed.token_hash == _digest(token),
            CalendarFeed.revoked_at.is_(None),
            Account.disabled_at.is_(None),
        )
    )
