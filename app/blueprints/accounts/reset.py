"""A forgotten password: a link by mail, good once for an hour."""

from __future__ import annotations

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.access.guards import public
from app.blueprints.accounts.activation import set_password_page
from app.blueprints.accounts.blueprint import blueprint
from app.blueprints.accounts.forms import ResetForm
from app.core import clock
from app.core.db import atomic
from app.domain.accounts.models import CodePurpose
from app.domain.accounts.operations.codes import new_code, request_reset
from app.extensions import limiter


@blueprint.route("/reset", methods=["GET", "POST"])
@public
@limiter.limit("10 per minute; 60 per hour", methods=["POST"])
def forgotten() -> ResponseReturnValue:
    """Ask for a link. The answer is the same whether or not there is such an account."""
    form = ResetForm()
    if form.validate_on_submit():
        code = new_code()
        base = current_app.extensions["settings"].base_url
        link = base + url_for("accounts.reset", code=code)
        with atomic():
            request_reset(
                form.username.data, code, link, now=clock.now(), origin=request.remote_addr or ""
            )
        flash(
            _(
                "If there is an account of this name with a mail address, a link is on its way there. It is good for "
                "one hour. Without a mail address, ask your school or education bureau for a new activation slip."
            ),
            "info",
        )
        return redirect(url_for("accounts.login"))
    code_sent = 422 if request.method == "POST" else 200
    return render_template("accounts/forgotten.html", form=form), code_sent


@blueprint.route("/reset/<string:code>", methods=["GET", "POST"])
@public
@limiter.limit("30 per minute", methods=["GET", "POST"])
def reset(code: str) -> ResponseReturnValue:
    """Set a new password with the link of the mail."""
    return set_password_page(code, CodePurpose.RESET)
