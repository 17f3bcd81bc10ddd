"""One's own account: data, roles, sessions."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app.access.guards import acting, current_actor, signed_in
from app.access.session import GRANT_KEY, LANGUAGE_KEY, open_session
from app.blueprints.accounts.blueprint import blueprint
from app.blueprints.accounts.forms import ContactForm, show_refusal
from app.core import clock
from app.core.db import db
from app.core.errors import DomainError
from app.domain.accounts import passwords
from app.domain.accounts.identities import mask_phone
from app.domain.accounts.models import Account
from app.domain.accounts.operations.accounts import phone_number
from app.domain.accounts.operations.own import change_own_data, sign_out_everywhere
from app.domain.accounts.queries.accounts import list_grants
from app.domain.accounts.queries.tokens import list_tokens


@blueprint.get("/account/")
@signed_in
def index() -> ResponseReturnValue:
    """My account: what it knows of me, what I hold, where I am signed in."""
    account = db.session.get_one(Account, current_user.account_id)
    number = phone_number(account)
    return render_template(
        "accounts/account.html",
        account=account,
        phone=mask_phone(number) if number else None,
        grants=list_grants(account.id),
        tokens=list_tokens(account.id, clock.now()),
        today=clock.today(),
        actor=current_actor(),
    )


@blueprint.route("/account/data", methods=["GET", "POST"])
@signed_in
def data() -> ResponseReturnValue:
    """Change the shown name, the language, phone and mail; the latter two ask for the password."""
    account = db.session.get_one(Account, current_user.account_id)
    form = ContactForm(
        display_name=account.display_name,
        phone=phone_number(account),
        email=account.email,
        language=account.language,
    )
    if form.validate_on_submit():
        try:
            _change(account, form)
        except DomainError as error:
            show_refusal(form, error)
        else:
            session[LANGUAGE_KEY] = form.language.data
            flash(_("Your data is saved."), "success")
            return redirect(url_for("accounts.index"))
    code = 422 if request.method == "POST" else 200
    return render_template("accounts/data.html", form=form), code


def _change(account: Account, form: ContactForm) -> None:
    changes_names = (form.phone.data or "").strip() != (phone_number(account) or "") or (
        form.email.data or ""
    ).strip() != (account.email or "")
    if changes_names and not passwords.matches(account.password_hash, form.current.data or ""):
        raise DomainError(
            _("To change the phone or the mail you sign in with, give your present password."),
            "wrong_password",
            "current",
        )
    with acting() as actor:
        change_own_data(
            current_user.account_id,
            display_name=form.display_name.data,
            email=form.email.data,
            phone=form.phone.data,
            language=form.language.data,
            actor=actor,
        )


@blueprint.post("/account/sign-out-everywhere")
@signed_in
def sign_out_elsewhere() -> ResponseReturnValue:
    """End every session but this one."""
    chosen = session.get(GRANT_KEY)
    with acting() as actor:
        sign_out_everywhere(current_user.account_id, actor=actor)
    open_session(current_user.account_id)
    if chosen is not None:
        session[GRANT_KEY] = chosen
    flash(_("You are signed out everywhere else."), "success")
    return redirect(url_for("accounts.index"))
