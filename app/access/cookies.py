"""The session in its signed cookie, and the token that forms carry: each verified or signed once, then kept."""

from __future__ import annotations

import time

from flask import Flask, Request, g, session
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from flask_wtf.csrf import generate_csrf
from itsdangerous import BadSignature, URLSafeTimedSerializer

from app.core.caches import StampedCache

MOST = 2000
_PLAIN = (str, int, type(None))


class CookieSessions(SecureCookieSessionInterface):
    """Flask's sessions, but a process checks the signature of a cookie once and not with every request.

    Only what holds nothing but plain values is kept: nothing in it can be changed in place.
    """

    def __init__(self) -> None:
        self._serializer: URLSafeTimedSerializer | None = None
        self._verified: StampedCache[tuple[int, dict[str, object]]] = StampedCache(MOST)

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        if self._serializer is None:
            self._serializer = super().get_signing_serializer(app)
        return self._serializer

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        serializer = self.get_signing_serializer(app)
        cookie = request.cookies.get(self.get_cookie_name(app))
        if serializer is None or not cookie:
            return super().open_session(app, request)
        longest = int(app.permanent_session_lifetime.total_seconds())
        kept = self._verified.find(cookie)
        if kept is not None and 0 <= int(time.time()) - kept[1][0] <= longest:
            return self.session_class(kept[1][1])
        try:
            values, moment = serializer.loads(cookie, max_age=longest, return_timestamp=True)
        except BadSignature:
            return self.session_class()
        if all(isinstance(value, _PLAIN) for value in values.values()):
            self._verified.keep(cookie, "", (int(moment.timestamp()), values))
        return self.session_class(values)


class FormTokens:
    """The CSRF token of the session as templates write it, signed once in a process (it has no time limit).

    While a page is rendered to be kept (``g.token_mark``), a mark stands in its place.
    """

    def __init__(self) -> None:
        self._signed: StampedCache[str] = StampedCache(MOST)

    def __call__(self) -> str:
        mark: str | None = g.get("token_mark")
        return mark if mark is not None else self.current()

    def current(self) -> str:
        """The token itself; the session gets one where it has none, unless the page is to do without (g.tokenless)."""
        raw = session.get("csrf_token")
        if raw is None and "tokenless" in g:
            return ""
        kept = self._signed.find(raw) if isinstance(raw, str) else None
        if kept is not None:
            return kept[1]
        signed: str = generate_csrf()
        self._signed.keep(session.get("csrf_token"), "", signed)
        return signed


form_token = FormTokens()
