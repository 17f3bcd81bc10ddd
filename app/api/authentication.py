"""Who asks: the holder of the bearer token. No cookie is read, so no page can be made to ask for somebody."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from flask import current_app, g, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.access.guards import ACCESS, PUBLIC
from app.access.session import read_holder
from app.api.problems import PREFIX, InvalidToken
from app.core import clock, crypto
from app.core.db import atomic
from app.core.reading import begin_reading
from app.domain.accounts.operations.tokens import is_use_due, note_use
from app.domain.accounts.queries import find_token
from app.domain.accounts.queries.tokens import TokenHolder

LANGUAGES = ("zh_CN", "en")
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
FIRST = "__first__"
First = Callable[[str], ResponseReturnValue | None]


def asked_first(first: First) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Let ``first`` answer for a view, from the hash of the token: it asks by itself who holds it and what they may.

    Answers it nothing, the request goes on as any other.
    """

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        setattr(view, FIRST, first)
        return view

    return decorate


def authenticate() -> ResponseReturnValue | None:
    """Before each API request: the actor from the token; without one only public views go on."""
    if not request.path.startswith(PREFIX):
        return None
    view = current_app.view_functions.get(request.endpoint or "")
    if getattr(view, ACCESS, None) == PUBLIC:
        return None
    g.language = _asked_language()
    if view is None:
        return None
    token = _bearer()
    first: First | None = getattr(view, FIRST, None)
    if token is not None and first is not None:
        answer = first(crypto.token_hash(token))
        if answer is not None:
            return answer
    begin_reading()
    holder = find_token(token, clock.now()) if token else None
    if holder is None:
        raise InvalidToken(
            _("Send a valid token in the header: Authorization: Bearer TOKEN."), "unauthenticated"
        )
    user, actor = read_holder(holder)
    if actor is None:
        raise InvalidToken(
            _("The role this token was made for has ended. Ask for a new token."), "role_ended"
        )
    _note_use(holder)
    g.actor, g.user = actor, user
    g.language = g.language or user.language
    return None


def _note_use(holder: TokenHolder) -> None:
    """Reading notes it at once; an act notes it in its own transaction, so that it waits for no second one."""
    now = clock.now()
    if not is_use_due(holder, now):
        return
    if request.method in SAFE_METHODS:
        with atomic():
            note_use(holder.token_id, now)
    else:
        g.unnoted_token = holder.token_id
        g.within_act = partial(note_use, holder.token_id, now)


def _bearer() -> str | None:
    given = request.headers.get("Authorization", "")
    scheme, _blank, token = given.partition(" ")
    token = token.strip()
    usable = scheme.lower() == "bearer" and 0 < len(token) <= 200 and token.isascii()
    return token if usable else None


def _asked_language() -> str | None:
    """The language of the messages, if the program says one; else the account's."""
    best = request.accept_languages.best_match(["zh-CN", "zh", "en"])
    return None if best is None else ("en" if best == "en" else "zh_CN")
