"""Who is signed in, for how long, and in which of their roles."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import cast

from flask import abort, current_app, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import UserMixin, current_user, login_user, logout_user

from app.config import Settings
from app.core import clock
from app.core.reading import begin_reading
from app.core.versions import counted_stamp
from app.domain.accounts.queries import TokenHolder
from app.domain.accounts.queries.actors import AccountFacts, find_acting
from app.domain.accounts.rules import Actor
from app.extensions import login_manager

GRANT_KEY = "grant"
SEEN_KEY = "seen"
LANGUAGE_KEY = "language"
IDLE_KEY = "idle"
PREVIOUS_KEY = "previous"
SEEN_EVERY = 60  # seconds: so that not every response carries a new cookie

_READS = {"GET", "HEAD"}
# The address of a phone changes on the way; the epoch and the idle time-out guard the session instead.
login_manager.session_protection = None
# What an account that must change its password may still open.
_WITHOUT_NEW_PASSWORD = {
    "accounts.password",
    "accounts.logout",
    "accounts.privacy",
    "pages.language",
    "pages.display",
}


@dataclass(slots=True)
class SignedIn(UserMixin):
    """The account of this session, as pages need it."""

    account_id: int
    username: str
    display_name: str
    language: str
    epoch: int
    must_change_password: bool

    def get_id(self) -> str:
        return session_id(self.account_id, self.epoch)


def session_id(account_id: int, epoch: int) -> str:
    """What the cookie names: the account, and the epoch that "sign out everywhere" raises."""
    return f"{account_id}.{epoch}"


def read_account(
    account_id: int, *, grant_id: int | None, channel: str = "web"
) -> tuple[SignedIn, Actor | None] | None:
    """The account with its actor in the chosen (else first) grant; None when unknown or disabled.

    The actor is None while the account holds no grant today.
    """
    found = find_acting(
        account_id, grant_id=grant_id, origin=request.remote_addr or "", channel=channel
    )
    return None if found is None else _note(*found)


def read_holder(holder: TokenHolder) -> tuple[SignedIn, Actor | None]:
    """The same of who holds a token, which was read with it."""
    return _note(*holder.acting(origin=request.remote_addr or "", channel="api"))


def _note(facts: AccountFacts, actor: Actor | None) -> tuple[SignedIn, Actor | None]:
    g.data_stamp = facts.data_stamp
    return _signed_in(facts), actor


def data_stamp() -> str:
    """The stamp of the counted data as this request first saw it: what is computed now is at least as new."""
    known: str | None = g.get("data_stamp")
    return counted_stamp()[1] if known is None else known


def _signed_in(facts: AccountFacts) -> SignedIn:
    return SignedIn(
        account_id=facts.account_id,
        username=facts.username,
        display_name=facts.display_name,
        language=facts.language,
        epoch=facts.epoch,
        must_change_password=facts.must_change_password,
    )


@login_manager.user_loader
def _load_user(identifier: str) -> SignedIn | None:
    account_part, _, epoch_part = identifier.partition(".")
    if not (account_part.isdigit() and epoch_part.isdigit()):
        return None
    if _is_idle():
        _forget()
        session[IDLE_KEY] = True
        return None
    found = read_account(int(account_part), grant_id=session.get(GRANT_KEY))
    if found is None or found[0].epoch != int(epoch_part):
        return None
    g.actor = found[1]
    return found[0]


def _is_idle() -> bool:
    """Whether the session has rested too long; else notes, once a minute, that it is in use."""
    settings = cast(Settings, current_app.extensions["settings"])
    now = int(clock.now().timestamp())
    seen = session.get(SEEN_KEY)
    if seen is not None and now - int(seen) > settings.idle_minutes * 60:
        return True
    if seen is None or now - int(seen) >= SEEN_EVERY:
        session[SEEN_KEY] = now
    return False


def _forget() -> None:
    """An empty session (whoever had its cookie before holds nothing), but for the reader's language."""
    language = session.get(LANGUAGE_KEY)
    session.clear()
    if language is not None:
        session[LANGUAGE_KEY] = language


def open_session(account_id: int) -> SignedIn:
    """Begin a session of this account in a cookie of its own."""
    found = read_account(account_id, grant_id=None)
    if found is None:
        abort(403)
    _forget()
    login_user(found[0])
    session[SEEN_KEY] = int(clock.now().timestamp())
    g.actor = found[1]
    return found[0]


def previous_sign_in() -> datetime | None:
    """When the account signed in before this session."""
    seconds = session.get(PREVIOUS_KEY)
    return None if seconds is None else datetime.fromtimestamp(int(seconds), UTC)


def close_session() -> None:
    logout_user()
    _forget()
    g.actor = None


def load_actor(*, fresh: bool = False) -> Actor | None:
    """The actor of this request; ``fresh`` reads it again inside the transaction of an act."""
    if not fresh:
        return cast("Actor | None", g.get("actor"))
    current: Actor | None = g.get("actor")
    if current is None or current.account_id is None:
        return None
    found = read_account(current.account_id, grant_id=current.grant_id, channel=current.channel)
    if found is None or found[1] is None or found[1].grant_id != current.grant_id:
        return None
    return found[1]


def before_request() -> ResponseReturnValue | None:
    """Know who asks before any view runs; static files need nobody."""
    g.actor = None
    if request.endpoint == "static" or request.endpoint is None:
        return None
    if request.blueprint and request.blueprint.startswith("api"):
        return None
    if request.method in _READS and "_user_id" in session:
        begin_reading()
    user = current_user._get_current_object()
    if getattr(user, "must_change_password", False) and (
        request.endpoint not in _WITHOUT_NEW_PASSWORD
    ):
        return redirect(url_for("accounts.password"))
    return None


@login_manager.unauthorized_handler
def _unauthorized() -> ResponseReturnValue:
    """Nobody is signed in, or an account without a role today."""
    if current_user.is_authenticated:
        return render_template("accounts/no_role.html"), 403
    if request.headers.get("HX-Request"):
        abort(401)
    if request.method != "GET":
        return redirect(url_for("accounts.login"))
    return redirect(url_for("accounts.login", next=_here()))


def _here() -> str | None:
    if request.path == "/":
        return None
    query = request.query_string.decode("utf-8", "replace")
    return f"{request.path}?{query}" if query else request.path
