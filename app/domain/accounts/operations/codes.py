"""One-time codes: on an activation slip (14 days) or in a reset mail (1 hour). Stored hashed, good once."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import select, update

from app.core import crypto
from app.core.db import db
from app.core.errors import DomainError
from app.core.i18n import gettext as _
from app.domain.accounts.models import Account, CodePurpose, OneTimeCode
from app.domain.accounts.operations.passwords import set_password
from app.domain.accounts.operations.sign_in import find_account_named
from app.domain.accounts.queries.actors import acting_for_itself
from app.domain.accounts.rules import RESET_MINUTES, SLIP_DAYS, Actor
from app.domain.audit.operations import record
from app.domain.outbox.operations import notify

# Neither I, L, O nor 0, 1: they are mistaken on paper. 12 of 31 are 59 bits.
ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
CODE_LENGTH = 12
GROUP = 4
LIFE = {
    CodePurpose.ACTIVATION: timedelta(days=SLIP_DAYS),
    CodePurpose.RESET: timedelta(minutes=RESET_MINUTES),
}


def new_code() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))


def plain_code(text: str) -> str:
    """A code as typed: without the blanks and hyphens between its groups, in capitals."""
    return "".join(character for character in text.upper() if character.isalnum())


def grouped_code(code: str) -> str:
    """A code as it is read: ``ABCD-EFGH-JKMN``."""
    return "-".join(code[start : start + GROUP] for start in range(0, len(code), GROUP))


def issue_codes(
    account_ids: Iterable[int], purpose: CodePurpose, *, actor: Actor, now: datetime
) -> dict[int, str]:
    """A new code for each account; its earlier ones of the purpose become worthless. Shown once, here."""
    codes = {account_id: new_code() for account_id in account_ids}
    _store(codes, purpose, created_by=actor.account_id, now=now)
    return codes


def _store(
    codes: dict[int, str], purpose: CodePurpose, *, created_by: int | None, now: datetime
) -> None:
    db.session.execute(
        update(OneTimeCode)
        .where(
            OneTimeCode.account_id.in_(codes),
            OneTimeCode.purpose == purpose,
            OneTimeCode.used_at.is_(None),
            OneTimeCode.revoked_at.is_(None),
        )
        .values(revoked_at=now)
        .execution_options(synchronize_session=False)
    )
    db.session.add_all(
        OneTimeCode(
            account_id=account_id,
            purpose=purpose,
            code_hash=crypto.token_hash(code),
            created_at=now,
            created_by=created_by,
            expires_at=now + LIFE[purpose],
        )
        for account_id, code in codes.items()
    )
    db.session.flush()


def find_code_holder(text: str, purpose: CodePurpose, *, now: datetime) -> Account | None:
    """Whose code this is, while it is good; uses nothing up."""
    return db.session.execute(
        select(Account)
        .join(OneTimeCode, OneTimeCode.account_id == Account.id)
        .where(
            OneTimeCode.code_hash == crypto.token_hash(plain_code(text)),
            OneTimeCode.purpose == purpose,
            OneTimeCode.used_at.is_(None),
            OneTimeCode.revoked_at.is_(None),
            OneTimeCode.expires_at > now,
            Account.disabled_at.is_(None),
            Account.locked_by.is_(None),
        )
    ).scalar_one_or_none()


def code_is_worthless() -> DomainError:
    return DomainError(
        _(
            "This code is not good any more: it was used, renewed or has expired. Ask your school or education "
            "bureau for a new slip, or have a new mail sent."
        ),
        "code_worthless",
        "code",
    )


def _is_shut(account: Account) -> bool:
    """Disabled or locked by an officer: no code opens it."""
    return account.disabled_at is not None or account.locked_by is not None


def use_code(
    text: str, purpose: CodePurpose, new_hash: str, *, now: datetime, origin: str = ""
) -> Account:
    """Set a password with a code, which is used up by it; sessions end. Raises DomainError ``code_worthless``.

    Two uses at once: one statement marks the code as used, so only one of them gets it.
    """
    account_id = db.session.execute(
        update(OneTimeCode)
        .where(
            OneTimeCode.code_hash == crypto.token_hash(plain_code(text)),
            OneTimeCode.purpose == purpose,
            OneTimeCode.used_at.is_(None),
            OneTimeCode.revoked_at.is_(None),
            OneTimeCode.expires_at > now,
        )
        .values(used_at=now)
        .returning(OneTimeCode.account_id)
        .execution_options(synchronize_session=False)
    ).scalar_one_or_none()
    account = (
        db.session.get(Account, account_id, with_for_update=True)
        if account_id is not None
        else None
    )
    if account is None or _is_shut(account):
        raise code_is_worthless()
    first_time = account.password_hash is None
    set_password(account, new_hash)
    account.last_sign_in_at = now
    actor = acting_for_itself(account, origin=origin)
    action = "accounts.activate" if first_time else "accounts.reset_password"
    record(actor, action, object_type="account", object_id=account.id)
    if not first_time:
        notify(
            account.id,
            "password_changed",
            link="/account/",
            email=account.email,
            language=account.language,
        )
    return account


def request_reset(identifier: str, code: str, link: str, *, now: datetime, origin: str) -> None:
    """Send a reset link to the mail address of the account, if there is such an account with an address.

    ``link`` holds ``code``, both made by the caller; it travels as the delivery's secret and is wiped once sent.
    The caller learns nothing: the answer is the same for everybody.
    """
    account = find_account_named(identifier)
    if account is None or account.email is None or _is_shut(account):
        return
    actor = acting_for_itself(account, origin=origin)
    _store({account.id: code}, CodePurpose.RESET, created_by=None, now=now)
    notify(
        account.id,
        "password_reset",
        {"minutes": RESET_MINUTES},
        email=account.email,
        language=account.language,
        secret=link,
    )
    record(actor, "accounts.request_reset", object_type="account", object_id=account.id)
