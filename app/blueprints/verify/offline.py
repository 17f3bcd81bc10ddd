"""A page in one file that proves certificates without the network, and the worker that keeps it for that."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path

from flask import Response, current_app, render_template, url_for
from flask_babel import gettext as _
from markupsafe import Markup

from app.access.guards import public
from app.blueprints.certificates.words import KINDS
from app.blueprints.downloads import attachment
from app.blueprints.formats import format_datetime
from app.blueprints.frame import page_language
from app.blueprints.verify import words
from app.blueprints.verify.blueprint import LISTS, blueprint
from app.core import clock
from app.core.caches import StampedCache
from app.core.reading import begin_reading
from app.domain.certificates.queries.published import (
    list_ended,
    list_public_keys,
    published_stamp,
)
from app.domain.certificates.rules.verifying import Standing
from app.domain.certificates.rules.words import CertificateKind
from app.extensions import limiter

SCRIPTS = ("vendor/tweetnacl/nacl-fast.min.js", "vendor/fflate/index.js", "js/offline-verify.js")
KEEP_MINUTES = 5  # how old what the page says it knows may be
_pages: StampedCache[str] = StampedCache(8)


@blueprint.get("/offline")
@public
@limiter.limit(LISTS)
def offline() -> Response:
    """The page itself; a browser that has been here once opens it without the network."""
    response = Response(_page(), mimetype="text/html")
    response.headers["Content-Security-Policy"] = _policy()
    response.headers["Cache-Control"] = "no-cache"
    return response


@blueprint.get("/offline.html")
@public
@limiter.limit(LISTS)
def offline_file() -> Response:
    """The same page as a file, for a computer that is never connected."""
    return attachment(_page().encode(), _("Verify certificates offline") + ".html", "text/html")


@blueprint.get("/worker.js")
@public
def worker() -> Response:
    """The service worker: without the network every page under /verify/ is the offline page."""
    source = _static("js/verify-worker.js").replace("{{offline}}", url_for("verify.offline"))
    response = Response(source, mimetype="text/javascript")
    response.headers["Cache-Control"] = "no-cache"
    return response


def _page() -> str:
    """As of now, or of a few minutes ago while nothing has changed since."""
    begin_reading()
    now = clock.now()
    moment = int(now.timestamp()) // (KEEP_MINUTES * 60)
    stamp = f"{moment}:{published_stamp()}"
    key = (page_language(), url_for("verify.index", _external=True))
    return _kept(key, stamp, _rendered)


def _kept(key: tuple[str, str], stamp: str, render: Callable[[], str]) -> str:
    kept = _pages.find(key)
    if kept is not None and kept[0] == stamp:
        return kept[1]
    page = render()
    _pages.keep(key, stamp, page)
    return page


def _rendered() -> str:
    now = clock.now()
    known = {
        "as_of": format_datetime(now, clock.zone()),
        "day": clock.today().isoformat(),
        "keys": {key.name: base64.b64encode(key.public_key).decode() for key in list_public_keys()},
        "ended": {one.digest: [one.state.value, one.on.isoformat()] for one in list_ended()},
        "kinds": {kind.value: str(KINDS[kind]) for kind in CertificateKind},
        "standings": {one.value: str(words.STANDINGS[one]) for one in Standing},
        "words": _words(),
    }
    return render_template("verify/offline.html", known=known, script=Markup(_script()))


def _words() -> dict[str, str]:
    """What the page's script says."""
    return {
        "genuine": _("Genuine, as far as can be told without the network"),
        "known_until": _("Revocations are known until %(time)s.", time="{time}"),
        "later": _(
            "It was issued after this page was made, so the page cannot know whether it was revoked since."
        ),
        "changed": _("Not genuine: what it says was changed, or it was never issued here"),
        "no_code": _("This is not the text of a QR code of our certificates."),
        "no_key": _(
            "It was signed with a key this page does not know. Get a newer copy of the page."
        ),
        "since": _("since %(day)s", day="{day}"),
        "number": _("Number"),
        "holder": _("Holder"),
        "kind": _("Kind of certificate"),
        "title": _("For what"),
        "period": _("Period"),
        "hours": _("Hours"),
        "issuer": _("Issued by"),
        "issued_on": _("Issued on"),
        "valid_until": _("Valid until"),
    }


def _static(name: str) -> str:
    return _read(Path(current_app.static_folder or "static") / name)


@cache
def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _script() -> str:
    return "\n;".join(_static(name) for name in SCRIPTS)


def _policy() -> str:
    """Only the page's own script runs, known by its digest; it fetches nothing."""
    digest = base64.b64encode(hashlib.sha256(_script().encode()).digest()).decode()
    return (
        f"default-src 'none'; script-src 'sha256-{digest}'; style-src 'unsafe-inline'; img-src data:; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
