"""The keys that sign certificates: which there are, and a new one from now on."""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from app.access.guards import acting, public, requires
from app.blueprints.downloads import attachment
from app.core.documents.paper_keys import own_key
from app.core.errors import DomainError, InvalidInput
from app.core.reading import begin_reading
from app.domain.certificates.operations.keys import list_keys, rotate_facts_key
from app.domain.certificates.operations.paper_signing import rotate_paper_key
from app.domain.certificates.queries.published import list_counted_keys
from app.domain.certificates.rules.words import KeyUse

blueprint = Blueprint("signing_keys", __name__)

USES = {
    KeyUse.FACTS: lazy_gettext("what certificates say (QR code, credentials)"),
    KeyUse.PAPER: lazy_gettext("PDF files"),
}
MADE = {
    KeyUse.FACTS: lazy_gettext("From now on certificates are signed with a new key."),
    KeyUse.PAPER: lazy_gettext("From now on PDF files are signed with a new key."),
}
_BY_NAME = {one.value: one for one in KeyUse}
_ROTATE = {KeyUse.FACTS: rotate_facts_key, KeyUse.PAPER: rotate_paper_key}


@blueprint.get("/")
@requires("keys.rotate")
def index() -> str:
    """All keys, the newest first; never their private half."""
    return render_template(
        "signing_keys/index.html", keys=list_counted_keys(), uses=USES, facts=KeyUse.FACTS
    )


@blueprint.get("/rotate")
@requires("keys.rotate")
def ask_to_rotate() -> str:
    """What a new key means, and which."""
    return render_template(
        "signing_keys/rotate.html", uses=USES, paper=KeyUse.PAPER, is_set=own_key() is not None
    )


@blueprint.post("/rotate")
@requires("keys.rotate")
def rotate() -> ResponseReturnValue:
    """Sign with a new key of this use from now on."""
    use = _BY_NAME.get(request.form.get("use", KeyUse.FACTS.value))
    if use is None:
        raise InvalidInput(_("Choose what the new key is to sign."), "use", "use")
    try:
        with acting() as actor:
            _ROTATE[use](actor=actor)
    except DomainError as error:
        if error.code not in {"key_exists", "key_is_set"}:
            raise
        flash(str(error.message), "info")
    else:
        flash(MADE[use], "success")
    return redirect(url_for("signing_keys.index"))


@blueprint.get("/certificates.pem")
@public
def certificates() -> Response:
    """The certificates of every key that ever signed PDFs, the newest first: a PDF reader can be told to trust them."""
    begin_reading()
    found = [key.certificate for key in list_keys(KeyUse.PAPER) if key.certificate]
    return attachment("".join(found).encode(), "certificates.pem", "application/x-pem-file")
