"""The privacy notice: shown at the first sign-in, recorded when confirmed, open to everybody."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app.access.guards import acting, public, signed_in
from app.blueprints.accounts.blueprint import blueprint
from app.blueprints.addresses import local_path
from app.blueprints.frame import page_language
from app.core import clock
from app.domain.accounts.operations.privacy import acknowledge_privacy, has_acknowledged
from app.domain.accounts.rules import PRIVACY_VERSION


@blueprint.get("/privacy")
@public
def privacy() -> ResponseReturnValue:
    """The notice, and its confirmation for who has not given it.

    It informs (PIPL art. 17) and is no consent: nobody is kept out of a page for not having confirmed yet.
    """
    known = current_user.is_authenticated
    return render_template(
        "accounts/privacy.html",
        text=f"accounts/privacy_{'en' if page_language() == 'en' else 'zh'}.html",
        version=PRIVACY_VERSION,
        to_confirm=known and not has_acknowledged(current_user.account_id),
        next=local_path(request.args.get("next"), ""),
    )


@blueprint.post("/privacy")
@signed_in
def confirm_privacy() -> ResponseReturnValue:
    """Record that the notice was read."""
    with acting() as actor:
        acknowledge_privacy(current_user.account_id, actor=actor, now=clock.now())
    flash(_("Thank you. The notice stays available at the foot of every page."), "success")
    return redirect(local_path(request.form.get("next"), url_for("home.index")))
