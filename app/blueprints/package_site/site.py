"""The packages' host as a program of its own before the pages: it reads no cookie, no session and no database.

It answers for two things: the frame that holds the run-time, and the files of a package, both under a signed token
that runs out. Whatever else is asked for is not there.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from werkzeug.wrappers import Request, Response

from app.blueprints.package_site.addresses import FILES, FRAME, RUN_TIME, PackageAddresses
from app.blueprints.package_site.files import file_response, type_of
from app.core import media
from app.domain.courses.rules.packages import leaves_folder

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_READS = {"GET", "HEAD"}
# Packages are written by many programs over twenty years: their scripts stand in the page and build code from text.
_FILES_POLICY = (
    "default-src 'self' data: blob:; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; "
    "style-src 'self' 'unsafe-inline'; connect-src 'self' data: blob:; worker-src 'self' blob:; "
    "object-src 'none'; base-uri 'self'; form-action 'none'; frame-ancestors 'self' {pages}"
)
_FRAME_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; frame-src 'self' data: blob:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors {pages}"
)
_FEATURES = "camera=(), microphone=(), geolocation=(), payment=(), usb=(), display-capture=()"
_A_DAY = "private, max-age=86400"


class PackageSite:
    """Stands before the application: requests for the packages' host end here, all others pass through."""

    def __init__(
        self,
        pages: WSGIApplication,
        addresses: PackageAddresses,
        static: Path,
        *,
        https: bool,
        accel: str | None,
    ) -> None:
        self._pages = pages
        self._addresses = addresses
        self._https = https
        self._accel = accel
        self._run_time = {
            "scorm12.js": static / "vendor/scorm-again/scorm12.min.js",
            "scorm2004.js": static / "vendor/scorm-again/scorm2004.min.js",
            "frame.js": static / "js/package-frame.js",
            "frame.css": static / "css/package-frame.css",
        }

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if not self._addresses.is_here(environ.get("HTTP_HOST", "")):
            return self._pages(environ, start_response)
        request = Request(environ)
        response = self._answer(request)
        headers = response.headers
        headers["X-Content-Type-Options"] = "nosniff"
        headers["Referrer-Policy"] = "no-referrer"
        headers["Permissions-Policy"] = _FEATURES
        headers["Cross-Origin-Resource-Policy"] = "same-origin"
        if self._https:
            headers["Strict-Transport-Security"] = "max-age=31536000"
        return response(environ, start_response)

    def _answer(self, request: Request) -> Response:
        path = request.path
        if request.method not in _READS or "\0" in path:
            return _nothing()
        if path.startswith(FILES):
            return self._file(request, path.removeprefix(FILES))
        if path.startswith(FRAME):
            return self._frame(request, path.removeprefix(FRAME))
        if path.startswith(RUN_TIME):
            return self._part_of_run_time(path.removeprefix(RUN_TIME))
        return self._elsewhere(request)

    def _file(self, request: Request, rest: str) -> Response:
        token, _slash, name = rest.partition("/")
        key = self._addresses.folder_of(token)
        if key is None or leaves_folder(name) or name.endswith("/") or _is_worker(request):
            return _nothing()
        folder = media.path_of(key)
        path = folder / name
        if not path.is_file() or path.is_symlink():
            return _nothing()
        response = file_response(request, path, self._place_of(path))
        pages = self._addresses.pages_origin(request.host)
        response.headers["Content-Security-Policy"] = _FILES_POLICY.format(pages=pages)
        response.headers["Cache-Control"] = _A_DAY
        return response

    def _place_of(self, path: Path) -> str | None:
        """Where nginx in front finds a film. It drops our policies, so pages and scripts are ours to send."""
        if self._accel is None or not type_of(path.name).startswith(("video/", "audio/")):
            return None
        return f"{self._accel}/{path.relative_to(media.root()).as_posix()}"

    def _frame(self, request: Request, token: str) -> Response:
        """The window between a package and the page: holds the run-time, shows the package in a frame of its own."""
        standard = request.args.get("standard", "")
        if self._addresses.folder_of(token) is None or standard not in {"scorm12", "scorm2004"}:
            return _nothing()
        pages = self._addresses.pages_origin(request.host)
        response = Response(
            _FRAME_PAGE.format(base=RUN_TIME, standard=standard, pages=pages),
            content_type="text/html; charset=utf-8",
        )
        response.headers["Content-Security-Policy"] = _FRAME_POLICY.format(pages=pages)
        response.headers["Cache-Control"] = "no-store"
        return response

    def _part_of_run_time(self, name: str) -> Response:
        path = self._run_time.get(name)
        if path is None or not path.is_file():
            return _nothing()
        kind = "text/css" if path.suffix == ".css" else "text/javascript"
        response = Response(path.read_bytes(), content_type=f"{kind}; charset=utf-8")
        response.headers["Cache-Control"] = "no-cache"
        response.add_etag()
        return response

    def _elsewhere(self, request: Request) -> Response:
        """On one machine somebody may type its other name: the browser's own window is led to the pages."""
        opened = request.headers.get("Sec-Fetch-Dest", "document") == "document"
        if not (self._addresses.is_twin and opened and not request.path.startswith("/packages")):
            return _nothing()
        query = request.query_string.decode("ascii", "replace")
        address = self._addresses.pages_origin(request.host) + quote(request.path)
        return Response(
            status=302, headers={"Location": f"{address}?{query}" if query else address}
        )


_FRAME_PAGE = """<!doctype html>
<html lang="zh-CN" data-pages="{pages}">
<head>
<meta charset="utf-8">
<title>SCORM</title>
<link rel="stylesheet" href="{base}frame.css">
<script src="{base}{standard}.js" defer></script>
<script src="{base}frame.js" defer></script>
</head>
<body></body>
</html>
"""


def _is_worker(request: Request) -> bool:
    """Whether it would become a service worker, which stays in the browser and answers for the package for ever."""
    return "Service-Worker" in request.headers


def _nothing() -> Response:
    headers: dict[str, Any] = {
        "Cache-Control": "no-store",
        "Content-Security-Policy": "default-src 'none'",
    }
    return Response("Not found.\n", 404, headers, content_type="text/plain; charset=utf-8")
