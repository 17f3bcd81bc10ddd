"""Change one's own password."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app.access.guards import any_account
from app.access.session import open_session
from app.blueprints.accounts.blueprint import blueprint
from app.blueprints.accounts.forms import ChangePasswordForm, show_refusal
from app.core.db import atomic, db
from app.core.errors import DomainError
from app.domain.accounts import passwords
from app.domain.accounts.models import Account
from app.domain.accounts.operations.accounts import phone_number
from app.domain.accounts.operations.passwords import change_password
from app.domain.accounts.queries.actors import acting_for_itself


@blueprint.route("/account/password", methods=["GET", "POST"])
@any_account
def password() -> ResponseReturnValue:
    """Set a new password; whoever must do so comes here first. Open to accounts without a role today."""
    form = ChangePasswordForm()
    if form.validate_on_submit():
        try:
            _change(current_user.account_id, form.current.data, form.password.data)
        except DomainError as error:
            show_refusal(form, error)
        else:
            open_session(current_user.account_id)
            flash(
                _("The new password holds from now on. Every other session has ended."), "success"
            )
            return redirect(url_for("home.index"))
    code = 422 if request.method == "POST" else 200
    return render_template(
        "accounts/password.html", form=form, forced=current_user.must_change_password
    ), code


def _change(account_id: int, current: str, new: str) -> None:
    account = db.session.get_one(Account, account_id)
    old_hash = account.password_hash
    if not passwords.matches(old_hash, current):
        raise DomainError(_("This is not your present password."), "wrong_password", "current")
    passwords.check_password(new, username=account.username, phone=phone_number(account))
    if new == current:
        raise DomainError(_("The new password is the old one. Choose another."), "same", "password")
    new_hash = passwords.hash_password(new)
    with atomic():
        actor = acting_for_itself(
            db.session.get_one(Account, account_id), origin=request.remote_addr or ""
        )
        change_password(account_id, old_hash, new_hash, actor=actor)
