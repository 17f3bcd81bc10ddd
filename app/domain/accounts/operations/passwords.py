"""Change a password, and everything that ends with it."""

from __future__ import annotations

from app.core.db import db
from app.core.errors import DomainError
from app.core.i18n import gettext as _
from app.domain.accounts.models import Account
from app.domain.accounts.rules import Actor
from app.domain.audit.operations import record
from app.domain.outbox.operations import notify


def change_password(
    account_id: int, old_hash: str | None, new_hash: str, *, actor: Actor
) -> Account:
    """The account gives itself a new password; every other session ends.

    ``old_hash`` is the stored hash the old password was checked against (outside the transaction); if the stored
    one is another by now, raises DomainError ``password_changed``.
    """
    account = db.session.get_one(Account, account_id, with_for_update=True)
    if account.password_hash != old_hash:
        raise DomainError(
            _("The password was changed elsewhere in the meantime. Sign in with the new one."),
            "password_changed",
        )
    set_password(account, new_hash)
    record(actor, "accounts.change_password", object_type="account", object_id=account.id)
    _tell(account)
    return account


def set_password(account: Account, new_hash: str) -> None:
    """A new password: sessions end, failures are forgotten; a lock by an officer stays."""
    account.password_hash = new_hash
    account.must_change_password = False
    account.session_epoch += 1
    account.failed_attempts = 0
    if account.locked_by is None:
        account.locked_until = None


def _tell(account: Account) -> None:
    notify(
        account.id,
        "password_changed",
        link="/account/",
        email=account.email,
        language=account.language,
    )
