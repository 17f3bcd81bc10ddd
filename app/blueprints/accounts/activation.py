"""Activation: with the code of a slip somebody sets a password and is signed in."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.access.guards import public
from app.blueprints.accounts.blueprint import blueprint
from app.blueprints.accounts.forms import CodeForm, NewPasswordForm, show_refusal
from app.blueprints.accounts.sign_in import enter
from app.core import clock
from app.core.db import atomic
from app.core.errors import DomainError
from app.domain.accounts import passwords
from app.domain.accounts.models import CodePurpose
from app.domain.accounts.operations.accounts import phone_number
from app.domain.accounts.operations.codes import find_code_holder, plain_code, use_code
from app.extensions import limiter

# A training room full of teachers opens its slips from one address; a guesser gets nowhere against 59 bits.
TRIES = "120 per minute"


@blueprint.route("/activate", methods=["GET", "POST"])
@public
@limiter.limit(TRIES, methods=["POST"])
def activation() -> ResponseReturnValue:
    """Type the code of a slip, for who cannot scan it."""
    form = CodeForm()
    if form.validate_on_submit():
        return redirect(url_for("accounts.activate", code=plain_code(form.code.data) or "-"))
    code = 422 if request.method == "POST" else 200
    return render_template("accounts/activation.html", form=form), code


@blueprint.route("/activate/<string:code>", methods=["GET", "POST"])
@public
@limiter.limit(TRIES, methods=["GET", "POST"])
def activate(code: str) -> ResponseReturnValue:
    """Set the first password with the code of a slip."""
    return set_password_page(code, CodePurpose.ACTIVATION)


def set_password_page(code: str, purpose: CodePurpose) -> ResponseReturnValue:
    """The form for a new password while the code is good, else a page that says where to get a new one."""
    holder = find_code_holder(code, purpose, now=clock.now())
    if holder is None:
        return render_template("accounts/code_worthless.html", purpose=purpose.value), 404
    form = NewPasswordForm()
    username = holder.username
    if form.validate_on_submit():
        try:
            passwords.check_password(
                form.password.data, username=username, phone=phone_number(holder)
            )
            new_hash = passwords.hash_password(form.password.data)
            with atomic():
                account = use_code(
                    code, purpose, new_hash, now=clock.now(), origin=request.remote_addr or ""
                )
                account_id = account.id
        except DomainError as error:
            show_refusal(form, error)
        else:
            return enter(account_id)
    answer = 422 if request.method == "POST" else 200
    return render_template(
        "accounts/new_password.html", form=form, username=username, purpose=purpose.value
    ), answer
