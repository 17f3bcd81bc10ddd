"""Parts of pages that are kept as long as everything they were made from is the same."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Hashable

from flask import Response
from markupsafe import Markup

from app.access.languages import reader_language
from app.access.session import data_stamp
from app.blueprints.kept_pages import kept_page
from app.core.caches import StampedCache
from app.domain.workshops.queries.stamps import find_stamp

_kept: StampedCache[Markup] = StampedCache(500)


def kept_workshop_page(workshop_id: int, render: Callable[[], str]) -> Response | str:
    """A page that shows nothing but a workshop, its people and who reads it, kept until one of these changes."""
    stamp = find_stamp(workshop_id)
    return render() if stamp is None else kept_page(data_stamp() + stamp, render)


def kept_part(key: Hashable, facts: object, render: Callable[[], str]) -> Markup:
    """The part under this key, rendered anew only when ``facts``, all that it shows, differ (by their repr).

    It may hold nothing of one reader or request: no CSRF token, no address of the query.
    """
    stamp = hashlib.blake2b(repr(facts).encode("utf-8", "replace"), digest_size=16).hexdigest()
    place = (key, reader_language())
    found = _kept.find(place)
    if found is not None and found[0] == stamp:
        return found[1]
    part = Markup(render())
    _kept.keep(place, stamp, part)
    return part
