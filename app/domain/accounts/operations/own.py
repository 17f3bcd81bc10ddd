"""What people change about their own account."""

from __future__ import annotations

from app.core.db import db
from app.domain.accounts.models import Account
from app.domain.accounts.operations.accounts import phone_number, set_email, set_phone
from app.domain.accounts.rules import Actor
from app.domain.audit.operations import record
from app.domain.outbox.operations import notify


def change_own_data(
    account_id: int,
    *,
    display_name: str,
    email: str | None,
    phone: str | None,
    language: str,
    actor: Actor,
) -> Account:
    """Change the shown name, the language, and the phone and mail one signs in with.

    A changed mail address is told to the old one. Raises what ``set_email`` and ``set_phone`` raise, and DomainError
    ``email_taken``, ``phone_taken``.
    """
    account = db.session.get_one(Account, account_id, with_for_update=True)
    old_email, old_phone = account.email, phone_number(account)
    account.display_name = display_name.strip() or account.username
    account.language = language
    set_email(account, email)
    if (phone or "").strip() != (old_phone or ""):
        set_phone(account, phone)
    db.session.flush()
    changed = [
        name
        for name, differs in (
            ("email", account.email != old_email),
            ("phone", phone_number(account) != old_phone),
        )
        if differs
    ]
    record(
        actor,
        "accounts.change_own_data",
        object_type="account",
        object_id=account.id,
        details={"sign_in_names": changed},
    )
    if changed:
        notify(
            account.id,
            "contact_changed",
            link="/account/",
            email=old_email or account.email,
            language=account.language,
        )
    return account


def sign_out_everywhere(account_id: int, *, actor: Actor) -> int:
    """End every session of one's own account; returns the new epoch for the session that goes on."""
    account = db.session.get_one(Account, account_id, with_for_update=True)
    account.session_epoch += 1
    record(actor, "accounts.sign_out_everywhere", object_type="account", object_id=account.id)
    return account.session_epoch
