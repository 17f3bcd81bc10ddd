"""The keys that sign certificates: which there are, and a new one from now on."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from app.access.guards import acting, requires
from app.core.errors import DomainError
from app.domain.certificates.operations.keys import rotate_facts_key
from app.domain.certificates.queries.published import list_counted_keys
from app.domain.certificates.rules.words import KeyUse

blueprint = Blueprint("signing_keys", __name__)

USES = {
    KeyUse.FACTS: lazy_gettext("what certificates say (QR code, credentials)"),
    KeyUse.PAPER: lazy_gettext("PDF files"),
}


@blueprint.get("/")
@requires("keys.rotate")
def index() -> str:
    """All keys, the newest first; never their private half."""
    return render_template("signing_keys/index.html", keys=list_counted_keys(), uses=USES)


@blueprint.get("/rotate")
@requires("keys.rotate")
def ask_to_rotate() -> str:
    """What a new key means."""
    return render_template("signing_keys/rotate.html")


@blueprint.post("/rotate")
@requires("keys.rotate")
def rotate() -> ResponseReturnValue:
    """Sign with a new key from now on."""
    try:
        with acting() as actor:
            rotate_facts_key(actor=actor)
    except DomainError as error:
        if error.code != "key_exists":
            raise
        flash(str(error.message), "info")
    else:
        flash(_("From now on certificates are signed with a new key."), "success")
    return redirect(url_for("signing_keys.index"))
