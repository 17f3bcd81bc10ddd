"""Large files in stretches: handed to the server in front if there is one, else bounded: no worker is held."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from flask import Response, request
from werkzeug.datastructures import ContentRange
from werkzeug.http import unquote_etag
from werkzeug.wrappers import Request
from werkzeug.wrappers import Response as AnyResponse

LONGEST = 2 * 1024 * 1024  # of one answer to a request for a stretch
_PIECE = 256 * 1024


@dataclass(frozen=True, slots=True)
class Served:
    """A file on the disk and how it is named. ``place``: where the server in front finds it, if one does."""

    path: Path
    name: str
    content_type: str
    size: int
    digest: str
    place: str | None = None


def send_stretch(file: Served) -> Response:
    """The file, or the stretch of it that was asked for; at most ``LONGEST`` at a time, players ask again.

    Who asks for no stretch gets all of it, piece by piece.
    """
    response = Response(mimetype=file.content_type)
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["Cache-Control"] = "private, max-age=86400"
    response.headers["Content-Disposition"] = (
        f"inline; filename*=UTF-8''{quote(file.name, safe='')}"
    )
    # Shown inside a page of ours, and nowhere else.
    response.headers["Content-Security-Policy"] = "frame-ancestors 'self'"
    if file.place is not None:
        response.headers["X-Accel-Redirect"] = file.place
        return response
    response.set_etag(file.digest)
    cut(response, file, request)
    return response


def cut(response: AnyResponse, file: Served, asker: Request) -> None:
    """Make the file, or the stretch that is asked for, the body of the response."""
    asked = _asked(file, asker)
    if asked is None:
        response.content_length = file.size
        response.response = _pieces(file.path, 0, file.size)
        return
    begin, end = asked
    if begin >= file.size:
        response.status_code = 416
        response.content_range = ContentRange("bytes", None, None, file.size)
        return
    end = min(end, file.size, begin + LONGEST)
    response.status_code = 206
    response.content_range = ContentRange("bytes", begin, end, file.size)
    response.content_length = end - begin
    response.response = _pieces(file.path, begin, end)


def _asked(file: Served, asker: Request) -> tuple[int, int] | None:
    """From where to where (not included); None for the whole file, also when the asker knows another one."""
    wanted = asker.range
    if wanted is None or wanted.units != "bytes" or len(wanted.ranges) != 1:
        return None
    known = asker.headers.get("If-Range")
    if known is not None and unquote_etag(known)[0] != file.digest:
        return None
    begin, end = wanted.ranges[0]
    if begin < 0:
        return max(0, file.size + begin), file.size
    return begin, file.size if end is None else end


def _pieces(path: Path, begin: int, end: int) -> Iterator[bytes]:
    with path.open("rb") as handle:
        handle.seek(begin)
        left = end - begin
        while left > 0 and (piece := handle.read(min(_PIECE, left))):
            left -= len(piece)
            yield piece
