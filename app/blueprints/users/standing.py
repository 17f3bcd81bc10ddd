"""Lock, unlock, disable, enable, end sessions, renew the slip, revoke tokens."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.access.guards import acting, requires
from app.blueprints.users.forms import ReasonForm
from app.blueprints.users.lists import account_in_scope, blueprint
from app.blueprints.users.slips import one_slip
from app.core import clock
from app.domain.accounts.operations.standing import (
    disable_account,
    enable_account,
    end_sessions,
    get_managed,
    lock_account,
    unlock_account,
)
from app.domain.accounts.operations.tokens import revoke_token


@blueprint.post("/<int:account_id>/lock")
@requires("accounts.manage")
def lock(account_id: int) -> ResponseReturnValue:
    """Lock it until it is unlocked; needs a reason."""
    account = account_in_scope(account_id)
    form = ReasonForm()
    if not form.validate_on_submit():
        return _ask(form, account.username, _("Lock"), lock_consequence(), account_id)
    with acting() as actor:
        lock_account(account_id, actor=actor, reason=form.reason.data)
    return _back(account_id, _("The account is locked and signed out everywhere."))


@blueprint.post("/<int:account_id>/disable")
@requires("accounts.manage")
def disable(account_id: int) -> ResponseReturnValue:
    """Shut it until it is enabled; needs a reason."""
    account = account_in_scope(account_id)
    form = ReasonForm()
    if not form.validate_on_submit():
        return _ask(form, account.username, _("Disable"), disable_consequence(), account_id)
    with acting() as actor:
        disable_account(account_id, actor=actor, now=clock.now(), reason=form.reason.data)
    return _back(account_id, _("The account is disabled."))


def lock_consequence() -> str:
    return _(
        "The account is signed out everywhere, its tokens rest, and nobody signs in with it until you unlock it."
    )


def disable_consequence() -> str:
    return _(
        "The account is signed out everywhere; sign-in, tokens, slips and reset mails are refused until you enable it."
    )


def _ask(
    form: ReasonForm, username: str, label: str, consequence: str, account_id: int
) -> ResponseReturnValue:
    return render_template(
        "users/reason.html",
        form=form,
        username=username,
        label=label,
        consequence=consequence,
        account_id=account_id,
    ), 422


def _back(account_id: int, message: str) -> ResponseReturnValue:
    flash(message, "success")
    return redirect(url_for("users.show", account_id=account_id))


@blueprint.post("/<int:account_id>/unlock")
@requires("accounts.manage")
def unlock(account_id: int) -> ResponseReturnValue:
    """Take a lock away."""
    with acting() as actor:
        unlock_account(account_id, actor=actor)
    return _back(account_id, _("The account is unlocked."))


@blueprint.post("/<int:account_id>/enable")
@requires("accounts.manage")
def enable(account_id: int) -> ResponseReturnValue:
    """Open a disabled account again."""
    with acting() as actor:
        enable_account(account_id, actor=actor)
    return _back(account_id, _("The account is enabled."))


@blueprint.post("/<int:account_id>/end-sessions")
@requires("accounts.manage")
def end_all_sessions(account_id: int) -> ResponseReturnValue:
    """Sign it out everywhere."""
    with acting() as actor:
        end_sessions(account_id, actor=actor)
    return _back(account_id, _("The account is signed out everywhere."))


@blueprint.post("/<int:account_id>/slip")
@requires("accounts.manage")
def slip(account_id: int) -> ResponseReturnValue:
    """A new activation slip, for who lost the old one or forgot the password."""
    return one_slip(account_id)


@blueprint.post("/<int:account_id>/tokens/<int:token_id>/revoke")
@requires("accounts.manage")
def revoke(account_id: int, token_id: int) -> ResponseReturnValue:
    """Make a token of the account worthless."""
    with acting() as actor:
        get_managed(account_id, actor)
        revoke_token(token_id, account_id, actor=actor, now=clock.now())
    return _back(account_id, _("The token is revoked."))
