"""Sign in: count the attempt first, check the password, then let in or not.

Counting comes first so that many guesses at once cannot slip past the limit: at most five are ever checked. A name that
no account has is counted and locked in the same way, so that neither the answer nor the lock betrays an account.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Executable, case, delete, literal, null, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from app.core import crypto
from app.core.db import UTCDateTime, db
from app.domain.accounts.identities import email_key, phone_of, username_key
from app.domain.accounts.models import Account, UnknownSignIn
from app.domain.accounts.operations.accounts import PHONE_PURPOSE
from app.domain.accounts.queries.actors import acting_for_itself
from app.domain.accounts.rules import (
    LOCK_MINUTES,
    MAX_FAILURES,
    actor_without_grant,
    minutes_left,
)
from app.domain.audit.operations import record

UNKNOWN_KEPT = timedelta(days=1)


class Outcome(enum.StrEnum):
    LET_IN = "let_in"
    WRONG = "wrong"
    LOCKED = "locked"
    LOCKED_BY_OFFICER = "locked_by_officer"
    DISABLED = "disabled"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One counted attempt. ``locked_minutes`` > 0: it is refused without looking at the password."""

    account_id: int | None = None
    password_hash: str | None = None
    epoch: int = 0
    last_sign_in_at: datetime | None = None
    failures: int = 0
    locked_minutes: int = 0
    by_officer: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """How it ended: minutes of a lock, or the account and when it signed in before."""

    outcome: Outcome
    account_id: int | None = None
    minutes: int = 0
    previous: datetime | None = None


def find_account_named(identifier: str) -> Account | None:
    """The account with this user name, phone number or mail address."""
    return db.session.execute(select(Account).where(_named(identifier))).scalar_one_or_none()


def _named(identifier: str) -> ColumnElement[bool]:
    if "@" in identifier or "\uff20" in identifier:
        return Account.email_key == email_key(identifier)
    phone = phone_of(identifier)
    if phone is not None:
        return Account.phone_index == crypto.blind_index(phone, PHONE_PURPOSE)
    return Account.username_key == username_key(identifier)


def begin_attempt(identifier: str, *, now: datetime) -> Attempt:
    """Count an attempt to sign in as ``identifier`` and say what to check the password against.

    Check the password outside the transaction, unless the attempt is locked; then call ``finish_attempt``.
    """
    row = db.session.execute(
        select(
            Account.id,
            Account.password_hash,
            Account.session_epoch,
            Account.last_sign_in_at,
        ).where(_named(identifier))
    ).one_or_none()
    if row is None:
        return _count_unknown(identifier, now)
    counted = db.session.execute(
        update(Account)
        .where(Account.id == row.id, _open(Account.locked_until, now))
        .values(locked_by=None, **_one_more(Account, now))
        .returning(Account.failed_attempts)
        .execution_options(synchronize_session=False)
    ).scalar_one_or_none()
    if counted is None:
        # Read anew: the lock may have fallen between the two statements.
        lock = db.session.execute(
            select(Account.locked_until, Account.locked_by).where(Account.id == row.id)
        ).one()
        return Attempt(
            account_id=row.id,
            locked_minutes=max(1, minutes_left(lock.locked_until, now)),
            by_officer=lock.locked_by is not None,
        )
    return Attempt(
        account_id=row.id,
        password_hash=row.password_hash,
        epoch=row.session_epoch,
        last_sign_in_at=row.last_sign_in_at,
        failures=counted,
    )


def _open(locked_until: Any, now: datetime) -> ColumnElement[bool]:
    return or_(locked_until.is_(None), locked_until <= now)


def _one_more(table: type[Account] | type[UnknownSignIn], now: datetime) -> dict[str, Any]:
    """One failure more (the first again after a lock has passed); the fifth locks."""
    count = case((table.locked_until.is_not(None), 1), else_=table.failed_attempts + 1)
    until = now + timedelta(minutes=LOCK_MINUTES)
    locked = case((count >= MAX_FAILURES, literal(until, UTCDateTime())), else_=null())
    return {"failed_attempts": count, "locked_until": locked}


def _count_unknown(identifier: str, now: datetime) -> Attempt:
    key = crypto.blind_index(username_key(identifier), "sign_in")
    db.session.execute(
        delete(UnknownSignIn).where(UnknownSignIn.last_failed_at < now - UNKNOWN_KEPT)
    )
    db.session.execute(_insert_once(key, now))
    counted = db.session.execute(
        update(UnknownSignIn)
        .where(UnknownSignIn.key == key, _open(UnknownSignIn.locked_until, now))
        .values(last_failed_at=now, **_one_more(UnknownSignIn, now))
        .returning(UnknownSignIn.failed_attempts)
        .execution_options(synchronize_session=False)
    ).scalar_one_or_none()
    if counted is None:
        until = db.session.execute(
            select(UnknownSignIn.locked_until).where(UnknownSignIn.key == key)
        ).scalar_one()
        return Attempt(locked_minutes=max(1, minutes_left(until, now)))
    return Attempt(failures=counted)


def _insert_once(key: str, now: datetime) -> Executable:
    """The insert that does nothing when the row is there; both databases spell it alike."""
    make = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    return (
        make(UnknownSignIn)
        .values(key=key, failed_attempts=0, last_failed_at=now)
        .on_conflict_do_nothing()
    )


def finish_attempt(attempt: Attempt, correct: bool, *, now: datetime, origin: str = "") -> Answer:
    """Let in, or record the failure. ``correct``: what ``passwords.matches`` said of this attempt's hash.

    Somebody whose sessions were ended, who was locked or disabled since the attempt began, is not let in.
    """
    if attempt.by_officer:
        return Answer(Outcome.LOCKED_BY_OFFICER)
    if attempt.locked_minutes:
        return Answer(Outcome.LOCKED, minutes=attempt.locked_minutes)
    if not correct or attempt.account_id is None:
        return _refuse(attempt, now=now, origin=origin)
    account = db.session.get_one(Account, attempt.account_id, with_for_update=True)
    if account.session_epoch != attempt.epoch:
        return Answer(Outcome.WRONG)
    actor = acting_for_itself(account, origin=origin)
    if account.disabled_at is not None:
        record(actor, "accounts.sign_in_refused", object_type="account", object_id=account.id)
        return Answer(Outcome.DISABLED)
    account.failed_attempts = 0
    account.locked_until = None
    account.last_sign_in_at = now
    record(actor, "accounts.sign_in", object_type="account", object_id=account.id)
    return Answer(Outcome.LET_IN, account_id=account.id, previous=attempt.last_sign_in_at)


def _refuse(attempt: Attempt, *, now: datetime, origin: str) -> Answer:
    account = db.session.get(Account, attempt.account_id) if attempt.account_id else None
    actor = (
        acting_for_itself(account, origin=origin)
        if account is not None
        else actor_without_grant(None, "", origin=origin)
    )
    locked = attempt.failures >= MAX_FAILURES
    record(
        actor,
        "accounts.sign_in_failed",
        object_type="account",
        object_id=attempt.account_id or "",
        details={"failures": attempt.failures, "locked": locked},
    )
    if locked:
        return Answer(Outcome.LOCKED, minutes=LOCK_MINUTES)
    return Answer(Outcome.WRONG)
