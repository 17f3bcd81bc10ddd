"""Settings of the reader that need no account: language, colours, type size."""

from urllib.parse import urlsplit

from flask import Blueprint, abort, current_app, redirect, request, session
from flask.typing import ResponseReturnValue

from app.access.guards import public
from app.blueprints.display import COOKIE, THEMES, Display, display_of
from app.blueprints.template_helpers import LANGUAGE_NAMES
from app.extensions import csrf

blueprint = Blueprint("pages", __name__)

KEEP_SECONDS = 365 * 24 * 3600


@blueprint.post("/language")
@csrf.exempt  # asks by itself
@public
def language() -> ResponseReturnValue:
    """Reads the pages in another language from now on."""
    _refuse_strangers()
    chosen = request.form.get("language", "")
    if chosen not in LANGUAGE_NAMES:
        abort(400)
    session["language"] = chosen
    return redirect(_way_back())


@blueprint.post("/display")
@csrf.exempt  # asks by itself
@public
def display() -> ResponseReturnValue:
    """Changes colours or type size; what the form does not name stays."""
    _refuse_strangers()
    now = display_of(request)
    theme = request.form.get("theme", now.theme)
    elder = request.form.get("elder", "on" if now.elder else "off")
    if theme not in THEMES or elder not in ("on", "off"):
        abort(400)
    response = redirect(_way_back())
    response.set_cookie(
        COOKIE,
        Display(theme, elder == "on").cookie_value,
        max_age=KEEP_SECONDS,
        path=current_app.config["APPLICATION_ROOT"],
        secure=bool(current_app.config.get("SESSION_COOKIE_SECURE")),
        httponly=True,
        samesite="Lax",
    )
    return response


def _refuse_strangers() -> None:
    """Public pages may have no token in their forms (no session is begun for them): where from, the browser says."""
    if not current_app.config["WTF_CSRF_ENABLED"]:
        return
    told = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    if told != "same-origin" and (told or origin != request.host_url.rstrip("/")):
        csrf.protect()


def _way_back() -> str:
    """The page the form came from: an address of this site, or the front page."""
    target = request.form.get("next", "")
    parts = urlsplit(target)
    if (
        parts.scheme
        or parts.netloc
        or not target.startswith("/")
        or target.startswith(("//", "/\\"))
    ):
        return request.script_root + "/"
    return request.script_root + target
