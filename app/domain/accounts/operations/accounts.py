"""Create an account and change what it is known by."""

from __future__ import annotations

from datetime import datetime

from app.core import crypto
from app.core.db import db
from app.core.errors import DomainError, InvalidInput, explain_constraint
from app.core.i18n import gettext as _
from app.domain.accounts.identities import (
    email_key,
    email_of,
    is_username,
    phone_of,
    plain,
    username_key,
)
from app.domain.accounts.models import Account
from app.domain.accounts.rules import Actor
from app.domain.audit.operations import record

PHONE_PURPOSE = (
    "people.phone"  # the same as the registry's, so that a number is sealed once and found alike
)


def _taken(field: str, message: str) -> DomainError:
    return DomainError(message, f"{field}_taken", field)


explain_constraint(
    "uq_accounts_username_key",
    lambda: _taken("username", _("This user name is taken. Choose another one.")),
)
explain_constraint(
    "uq_accounts_phone_index",
    lambda: _taken(
        "phone", _("Another account has this phone number. Leave it out or give another one.")
    ),
)
explain_constraint(
    "uq_accounts_email_key",
    lambda: _taken(
        "email", _("Another account has this mail address. Leave it out or give another one.")
    ),
)


def create_account(
    username: str,
    *,
    actor: Actor,
    now: datetime,
    password_hash: str | None = None,
    display_name: str = "",
    email: str | None = None,
    phone: str | None = None,
    language: str = "zh_CN",
    must_change_password: bool = False,
) -> Account:
    """Create an account that holds nothing yet; it has its id on return.

    ``password_hash`` comes from ``passwords.hash_password`` (slow: outside the transaction); without one the
    account waits for its activation. Raises InvalidInput for a user name, phone or mail address of the wrong
    shape, DomainError ``username_taken``, ``phone_taken`` or ``email_taken`` when another account has it.
    """
    username = plain(username)
    if not is_username(username):
        raise InvalidInput(
            _(
                "“%(name)s” cannot be a user name. Take 2 to 40 letters or digits, with “.”, “-” or “_” "
                "between them, and not a phone number.",
                name=username,
            ),
            "username_invalid",
            "username",
        )
    account = Account(
        username=username,
        username_key=username_key(username),
        display_name=plain(display_name) or username,
        password_hash=password_hash,
        language=language,
        must_change_password=must_change_password,
        created_at=now,
    )
    set_email(account, email)
    set_phone(account, phone)
    db.session.add(account)
    db.session.flush()
    record(
        actor,
        "accounts.create",
        object_type="account",
        object_id=account.id,
        details={"username": username},
    )
    return account


def set_email(account: Account, text: str | None) -> None:
    """Give the account this mail address, or none. Raises InvalidInput when it is not one."""
    address = email_of(text) if text and text.strip() else None
    if text and text.strip() and address is None:
        raise InvalidInput(
            _("“%(text)s” is not a mail address, like name@example.cn.", text=text.strip()),
            "email_invalid",
            "email",
        )
    account.email = address
    account.email_key = email_key(address) if address else None


def set_phone(account: Account, text: str | None) -> None:
    """Give the account this phone number, or none. Raises InvalidInput when it is not a mobile number."""
    number = phone_of(text) if text and text.strip() else None
    if text and text.strip() and number is None:
        raise InvalidInput(
            _("This is not a mobile number: 11 digits, beginning with 13 to 19."),
            "phone_invalid",
            "phone",
        )
    account.phone_sealed = crypto.seal(number, PHONE_PURPOSE) if number else None
    account.phone_index = crypto.blind_index(number, PHONE_PURPOSE) if number else None


def phone_number(account: Account) -> str | None:
    """The account's phone number in clear: for its owner's eyes (masked) and the check of a password."""
    return crypto.unseal(account.phone_sealed, PHONE_PURPOSE) if account.phone_sealed else None
