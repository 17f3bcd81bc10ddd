"""Words of the slips' pages."""

from __future__ import annotations

from flask_babel import LazyString, lazy_gettext

from app.domain.people.queries.accounts import AccountState

STATE_NAMES: dict[AccountState, LazyString] = {
    AccountState.NONE: lazy_gettext("No account"),
    AccountState.NEVER_SIGNED_IN: lazy_gettext("Never signed in"),
    AccountState.ACTIVE: lazy_gettext("In use"),
    AccountState.DISABLED: lazy_gettext("Disabled"),
}
