"""The list of accounts, and one account's record."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask_babel import gettext as _

from app.access.guards import current_actor, requires
from app.blueprints.asking import asked_choice, asked_page, asked_text, refuse_beyond
from app.blueprints.formats import ROLE_NAMES, role_name
from app.blueprints.users.words import STATE_NAMES, state_of
from app.core import clock
from app.core.errors import NotFound
from app.domain.accounts.identities import mask_email, mask_phone
from app.domain.accounts.models import Account
from app.domain.accounts.operations.accounts import phone_number
from app.domain.accounts.queries.accounts import (
    STATES,
    AccountFilter,
    find_account_in_scope,
    list_accounts,
    list_grants,
    paths_held,
)
from app.domain.accounts.queries.tokens import list_tokens
from app.domain.accounts.rules import Role, may_manage

blueprint = Blueprint("users", __name__)


@blueprint.get("/")
@requires("accounts.manage")
def index() -> str:
    """Accounts that hold, held or will hold a role in the unit."""
    wanted = _filter()
    now, today = clock.now(), clock.today()
    accounts = list_accounts(
        current_actor().unit_path,
        wanted,
        now=now,
        today=today,
        number=asked_page(),
    )
    refuse_beyond(accounts)
    return render_template(
        "users/index.html",
        accounts=accounts,
        states={account.id: state_of(account, now, today) for account in accounts.items},
        state_names=STATE_NAMES,
        roles=[(role.value, ROLE_NAMES[role.value]) for role in Role],
        chips=_chips(wanted),
        today=today,
    )


def _filter() -> AccountFilter:
    state = request.args.get("state", "")
    return AccountFilter(
        text=asked_text(),
        role=asked_choice("role", Role),
        state=state if state in STATES else "",
    )


def _chips(wanted: AccountFilter) -> list[tuple[str, str, str]]:
    chips = []
    if wanted.text:
        chips.append(("q", _("Full name"), wanted.text))
    if wanted.role is not None:
        chips.append(("role", _("Role"), role_name(wanted.role)))
    if wanted.state:
        chips.append(("state", _("State"), str(STATE_NAMES[wanted.state])))
    return chips


def account_in_scope(account_id: int) -> Account:
    """The account, within the actor's unit. Raises NotFound."""
    account = find_account_in_scope(account_id, current_actor().unit_path)
    if account is None:
        raise NotFound(_("There is no such account."))
    return account


@blueprint.get("/<int:account_id>")
@requires("accounts.manage")
def show(account_id: int) -> str:
    """One account: what it holds, its state, what may be done to it."""
    actor = current_actor()
    account = account_in_scope(account_id)
    now, today = clock.now(), clock.today()
    phone = phone_number(account)
    return render_template(
        "users/show.html",
        account=account,
        state=state_of(account, now, today),
        state_names=STATE_NAMES,
        phone=mask_phone(phone) if phone else None,
        email=mask_email(account.email) if account.email else None,
        grants=list_grants(account.id),
        reaches=actor.reaches,
        tokens=list_tokens(account.id, now),
        may_manage=may_manage(actor, account.id, paths_held(account.id, today)),
        is_self=account.id == actor.account_id,
        today=today,
    )
