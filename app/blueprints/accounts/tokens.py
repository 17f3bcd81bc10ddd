"""One's own API tokens."""

from __future__ import annotations

from datetime import datetime, time

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app.access.guards import acting, current_actor, signed_in
from app.blueprints.accounts.blueprint import blueprint
from app.blueprints.accounts.forms import TokenForm, show_refusal
from app.blueprints.formats import role_name
from app.core import clock
from app.core.errors import DomainError
from app.domain.accounts.operations.tokens import create_token, revoke_token
from app.domain.accounts.queries.tokens import list_tokens


@blueprint.route("/account/tokens", methods=["GET", "POST"])
@signed_in
def tokens() -> ResponseReturnValue:
    """My tokens, and a new one, whose text this answer alone shows."""
    actor = current_actor()
    form = TokenForm()
    form.grant.choices = [
        (grant.id, f"{role_name(grant.role)} · {grant.unit_name}") for grant in actor.grants
    ]
    made = None
    if form.validate_on_submit():
        try:
            made = _create(form)
        except DomainError as error:
            show_refusal(form, error)
    answer = 422 if request.method == "POST" and made is None else 200
    return render_template(
        "accounts/tokens.html",
        form=form,
        made=made,
        tokens=list_tokens(current_user.account_id, clock.now()),
        grants={grant.id: grant for grant in actor.grants},
    ), answer


def _create(form: TokenForm) -> str:
    last_day = form.expires_on.data
    expires = (
        datetime.combine(last_day, time(23, 59, 59), tzinfo=clock.zone()) if last_day else None
    )
    with acting() as actor:
        _token, text = create_token(
            current_user.account_id,
            form.name.data,
            actor=actor,
            now=clock.now(),
            expires_at=expires,
            grant_id=form.grant.data,
        )
    return text


@blueprint.post("/account/tokens/<int:token_id>/revoke")
@signed_in
def revoke(token_id: int) -> ResponseReturnValue:
    """Make one of my tokens worthless."""
    with acting() as actor:
        revoke_token(token_id, current_user.account_id, actor=actor, now=clock.now())
    flash(_("The token is revoked. Programs that use it are refused from now on."), "success")
    return redirect(url_for("accounts.tokens"))
