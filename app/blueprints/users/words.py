"""Words of the security administrator's pages."""

from __future__ import annotations

from datetime import date, datetime

from flask_babel import LazyString, lazy_gettext

from app.domain.accounts.models import Account

STATE_NAMES: dict[str, LazyString] = {
    "active": lazy_gettext("In use"),
    "never_signed_in": lazy_gettext("Never signed in"),
    "locked": lazy_gettext("Locked"),
    "disabled": lazy_gettext("Disabled"),
    "no_role": lazy_gettext("No role today"),
    "ending": lazy_gettext("A role ends within 30 days"),
}


def state_of(account: Account, now: datetime, today: date) -> str:
    """The one state that matters most of an account whose grants are loaded (a key of STATE_NAMES)."""
    if account.disabled_at is not None:
        return "disabled"
    if account.locked_until is not None and account.locked_until > now:
        return "locked"
    held = [
        grant
        for grant in account.grants
        if grant.valid_from <= today and (grant.valid_until is None or grant.valid_until >= today)
    ]
    if not held:
        return "no_role"
    return "never_signed_in" if account.last_sign_in_at is None else "active"
