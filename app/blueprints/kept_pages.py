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
_pages: StampedCache[list[bytes]] = StampedCache(
    400, heaviest=HEAVIEST, weigh=lambda parts: sum(map(len, parts))
)


def kept_page(stamp: str, render: Callable[[], str]) -> Response | str:
    """The page of this request, rendered anew unless it is kept for this reader with this very stamp.

    The stamp is read before the page and changes with everything the page shows but what the key names. ``render``
    also checks whether the reader may see the page: what it refuses is not kept. Nor is a page with a message of this
    request, or with a form that wrote the token itself.
    """
    if "_flashes" in session:
        return render()
    key = _key()
    parts = _find(key, stamp)
    if parts is None:
        with _pages.alone(key):
            parts = _find(key, stamp) or _make(key, stamp, render)
    return _filled(parts)


def _find(key: Hashable, stamp: str) -> list[bytes] | None:
    kept = _pages.find(key)
    return kept[1] if kept is not None and kept[0] == stamp else None


def _make(key: Hashable, stamp: str, render: Callable[[], str]) -> list[bytes]:
    parts = _rendered(render)
    if "csrf_token" not in g and not get_flashed_messages():
        _pages.keep(key, stamp, parts)
    return parts


def _key() -> tuple[object, ...]:
    actor = g.get("actor")  # nobody on a public page
    rights = (None,) if actor is None else (actor.account_id, actor.role, actor.unit_path)
    place = (request.scheme, request.host, request.path, request.query_string)
    return (*place, *rights, *page_state(), *reader_state(), clock.today())


def _rendered(render: Callable[[], str]) -> list[bytes]:
    g.token_mark = _MARK
    try:
        return [part.encode() for part in render().split(_MARK)]
    finally:
        g.token_mark = None


def _filled(parts: list[bytes]) -> Response:
    return Response(form_token.current().encode().join(parts), mimetype="text/html")
