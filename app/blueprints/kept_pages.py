"""Whole pages that are kept as long as everything they show is the same.

What a page shows is told by its stamp (of the data) and by its key: the address, the day, and of the reader all that
the frame and the rights depend on. Only the token of the forms is filled in with every request.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Hashable

from flask import Response, g, get_flashed_messages, request, session

from app.access.cookies import form_token
from app.blueprints.frame import page_state, reader_state
from app.core import clock
from app.core.caches import StampedCache

_MARK = f"token-{secrets.token_hex(8)}"
# In bytes: most pages have 30,000, but the ledger of a county with all its columns a third of a million.
HEAVIEST = 32 * 1024 * 1024


class KeptPages:
    """Pages that make room for each other and for no others."""

    def __init__(self, most: int, heaviest: int) -> None:
        self._pages: StampedCache[list[bytes]] = StampedCache(
            most, heaviest=heaviest, weigh=lambda parts: sum(map(len, parts))
        )

    def page(
        self, stamp: str, render: Callable[[], str], *, place: str | None = None
    ) -> Response | str:
        """The page of this request, rendered anew unless it is kept for this reader with this very stamp.

        The stamp is read before the page and changes with everything the page shows but what the key names. ``render``
        also checks whether the reader may see the page: what it refuses is not kept. Nor is a page with a message of
        this request, or with a form that wrote the token itself. ``place``: the one address (with its query) of a page
        that many addresses show, so that it is kept once.
        """
        if "_flashes" in session:
            return render()
        if place is not None:
            g.place = place
        key = _key(place)
        parts = self._find(key, stamp)
        if parts is None:
            with self._pages.alone(key):
                parts = self._find(key, stamp) or self._make(key, stamp, render)
        return _filled(parts)

    def _find(self, key: Hashable, stamp: str) -> list[bytes] | None:
        kept = self._pages.find(key)
        return kept[1] if kept is not None and kept[0] == stamp else None

    def _make(self, key: Hashable, stamp: str, render: Callable[[], str]) -> list[bytes]:
        parts = _rendered(render)
        if "csrf_token" not in g and not get_flashed_messages():
            self._pages.keep(key, stamp, parts)
        return parts


kept_page = KeptPages(400, HEAVIEST).page


def _key(place: str | None) -> tuple[object, ...]:
    actor = g.get("actor")  # nobody on a public page
    rights = (None,) if actor is None else (actor.account_id, actor.role, actor.unit_path)
    address = (request.path, request.query_string) if place is None else (place,)
    known = (*page_state(), *reader_state(), clock.today())
    return (request.scheme, request.host, *address, *rights, *known)


def _rendered(render: Callable[[], str]) -> list[bytes]:
    g.token_mark = _MARK
    try:
        return [part.encode() for part in render().split(_MARK)]
    finally:
        g.token_mark = None


def _filled(parts: list[bytes]) -> Response:
    return Response(form_token.current().encode().join(parts), mimetype="text/html")
