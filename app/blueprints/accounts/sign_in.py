"""Sign in, sign out, switch between roles."""

from __future__ import annotations

from datetime import datetime

from flask import Response, abort, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from app.access.guards import current_actor, public, signed_in
from app.access.session import GRANT_KEY, IDLE_KEY, PREVIOUS_KEY, close_session, open_session
from app.blueprints.accounts.blueprint import blueprint
from app.blueprints.accounts.forms import SignInForm
from app.blueprints.addresses import local_path
from app.core import clock
from app.core.db import atomic
from app.domain.accounts import passwords
from app.domain.accounts.operations.privacy import has_acknowledged
from app.domain.accounts.operations.sign_in import (
    Answer,
    Outcome,
    begin_attempt,
    finish_attempt,
)
from app.extensions import limiter

# Only failures count: a whole school signs in from one address in one lesson.
FAILURES_PER_ADDRESS = "60 per minute; 600 per hour"


def _failed(response: Response) -> bool:
    return response.status_code != 302


@blueprint.route("/login", methods=["GET", "POST"])
@public
@limiter.limit(FAILURES_PER_ADDRESS, methods=["POST"], deduct_when=_failed)
def login() -> ResponseReturnValue:
    """The sign-in form; afterwards the page that was asked for."""
    form = SignInForm()
    if request.method == "GET":
        form.next.data = local_path(request.args.get("next"), "")
        if current_user.is_authenticated:
            return redirect(form.next.data or url_for("home.index"))
        return render_template("accounts/login.html", form=form, idle=session.pop(IDLE_KEY, False))
    if form.validate_on_submit():
        answer = try_sign_in(form.username.data, form.password.data)
        if answer.outcome is Outcome.LET_IN and answer.account_id is not None:
            return enter(answer.account_id, local_path(form.next.data, ""), answer.previous)
        form.form_errors.append(_refusal(answer))
    return render_template("accounts/login.html", form=form, idle=False), 422


def try_sign_in(identifier: str, password: str) -> Answer:
    """Count the attempt, check the password outside any transaction, then let in or record the failure."""
    now = clock.now()
    with atomic():
        attempt = begin_attempt(identifier, now=now)
    correct = not attempt.locked_minutes and passwords.matches(attempt.password_hash, password)
    with atomic():
        return finish_attempt(attempt, correct, now=now, origin=request.remote_addr or "")


def _refusal(answer: Answer) -> str:
    if answer.outcome is Outcome.LOCKED:
        return ngettext(
            "Too many failed attempts: sign-in with this name is locked for %(num)s more minute. Wait, or ask your "
            "security administrator to unlock it.",
            "Too many failed attempts: sign-in with this name is locked for %(num)s more minutes. Wait, or ask your "
            "security administrator to unlock it.",
            answer.minutes,
        )
    if answer.outcome is Outcome.LOCKED_BY_OFFICER:
        return _("Sign-in with this name was locked by an administrator. Ask them to unlock it.")
    if answer.outcome is Outcome.DISABLED:
        return _(
            "This account is disabled. Ask the security administrator of your education bureau."
        )
    return _(
        "The name or the password is wrong. After five failures in a row sign-in is locked for 30 minutes."
    )


def enter(
    account_id: int, target: str = "", previous: datetime | None = None
) -> ResponseReturnValue:
    """Begin the session and go to the page asked for; first to the privacy notice if its version is new.

    ``previous``: when the account signed in before; its owner sees it and notices a stranger.
    """
    open_session(account_id)
    if previous is not None:
        session[PREVIOUS_KEY] = int(previous.timestamp())
    if not has_acknowledged(account_id):
        return redirect(url_for("accounts.privacy", next=target or None))
    return redirect(target or url_for("home.index"))


@blueprint.post("/logout")
@public
def logout() -> ResponseReturnValue:
    """Sign out of this browser."""
    close_session()
    flash(_("You have signed out."), "success")
    return redirect(url_for("accounts.login"))


@blueprint.post("/account/grant")
@signed_in
def switch_grant() -> ResponseReturnValue:
    """Act in another of one's roles from now on."""
    chosen = request.form.get("grant_id", type=int)
    if chosen not in {grant.id for grant in current_actor().grants}:
        abort(404)
    session[GRANT_KEY] = chosen
    return redirect(url_for("home.index"))
