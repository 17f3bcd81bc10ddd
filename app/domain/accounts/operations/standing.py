"""What security does to an account: lock, unlock, disable, enable, end its sessions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.core import clock
from app.core.db import db
from app.core.errors import DomainError, NotFound
from app.core.i18n import gettext as _
from app.domain.accounts.models import Account, CodePurpose
from app.domain.accounts.operations.codes import LIFE, issue_codes
from app.domain.accounts.queries.accounts import find_account_in_scope, paths_held
from app.domain.accounts.rules import UNTIL_UNLOCKED, Actor, may_manage
from app.domain.audit.operations import record
from app.domain.outbox.operations import notify


def get_managed(account_id: int, actor: Actor) -> Account:
    """An account the actor may lock, disable or renew.

    Raises NotFound outside the actor's unit, DomainError ``own_account`` for the actor's own and
    ``holds_roles_elsewhere`` when it also holds a role outside the actor's unit.
    """
    account = find_account_in_scope(account_id, actor.unit_path)
    if account is None:
        raise NotFound(_("There is no such account."))
    if not may_manage(actor, account.id, paths_held(account.id, clock.today())):
        if account.id == actor.account_id:
            raise DomainError(
                _(
                    "You cannot do this to your own account. Another security administrator must do it."
                ),
                "own_account",
            )
        raise DomainError(
            _(
                "This account also holds a role outside your unit. The security administrator above must do it."
            ),
            "holds_roles_elsewhere",
        )
    return account


def lock_account(account_id: int, *, actor: Actor, reason: str) -> Account:
    """Nobody signs in with it until it is unlocked; its sessions end and its tokens rest."""
    account = get_managed(account_id, actor)
    account.locked_until = UNTIL_UNLOCKED
    account.locked_by = actor.account_id or 0
    account.session_epoch += 1
    _record(actor, "accounts.lock", account, reason)
    return account


def unlock_account(account_id: int, *, actor: Actor) -> Account:
    """Take a lock away, also one that came from failures. Raises DomainError ``not_locked``."""
    account = get_managed(account_id, actor)
    if account.locked_until is None or account.locked_until <= clock.now():
        raise DomainError(_("This account is not locked."), "not_locked")
    account.locked_until = None
    account.locked_by = None
    account.failed_attempts = 0
    _record(actor, "accounts.unlock", account)
    _tell(account, "account_unlocked")
    return account


def disable_account(account_id: int, *, actor: Actor, now: datetime, reason: str) -> Account:
    """Shut the account until it is enabled again: no sign-in, no session, no token."""
    account = get_managed(account_id, actor)
    if account.disabled_at is not None:
        raise DomainError(_("This account is disabled already."), "already_disabled")
    account.disabled_at = now
    account.session_epoch += 1
    _record(actor, "accounts.disable", account, reason)
    return account


def enable_account(account_id: int, *, actor: Actor) -> Account:
    """Open a disabled account again. Raises DomainError ``not_disabled``."""
    account = get_managed(account_id, actor)
    if account.disabled_at is None:
        raise DomainError(_("This account is not disabled."), "not_disabled")
    account.disabled_at = None
    _record(actor, "accounts.enable", account)
    return account


def end_sessions(account_id: int, *, actor: Actor) -> Account:
    """Sign the account out everywhere."""
    account = get_managed(account_id, actor)
    account.session_epoch += 1
    _record(actor, "accounts.end_sessions", account)
    return account


@dataclass(frozen=True, slots=True)
class RenewedSlip:
    """A new way into one account; ``code`` exists only here."""

    account_id: int
    name: str
    username: str
    unit_name: str
    code: str
    expires_at: datetime


def renew_slip(account_id: int, *, actor: Actor, now: datetime) -> RenewedSlip:
    """A new activation code for an account; the earlier one is worthless.

    Raises what ``get_managed`` raises, and DomainError ``already_disabled`` for a disabled account.
    """
    account = get_managed(account_id, actor)
    if account.disabled_at is not None:
        raise DomainError(
            _("This account is disabled. Enable it before you renew its slip."), "already_disabled"
        )
    codes = issue_codes([account.id], CodePurpose.ACTIVATION, actor=actor, now=now)
    _record(actor, "accounts.print_slip", account)
    return RenewedSlip(
        account_id=account.id,
        name=account.display_name or account.username,
        username=account.username,
        unit_name=account.grants[0].unit.name if account.grants else "",
        code=codes[account.id],
        expires_at=now + LIFE[CodePurpose.ACTIVATION],
    )


def _record(actor: Actor, action: str, account: Account, reason: str | None = None) -> None:
    db.session.flush()
    record(actor, action, object_type="account", object_id=account.id, reason=reason)


def _tell(account: Account, kind: str) -> None:
    notify(account.id, kind, link="/account/", email=account.email, language=account.language)
