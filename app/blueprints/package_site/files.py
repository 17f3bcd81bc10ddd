"""Files of a package as answers: a type by the name, never guessed from the content; large ones in stretches."""

from __future__ import annotations

import hashlib
from pathlib import Path
from urllib.parse import quote

from werkzeug.wrappers import Request, Response

from app.blueprints.stretches import Served, cut

# Without a character set: old packages state theirs (GBK, often) in the page.
_TYPES = {
    "html": "text/html", "htm": "text/html", "xhtml": "application/xhtml+xml",
    "js": "text/javascript", "mjs": "text/javascript", "css": "text/css", "json": "application/json",
    "xml": "application/xml", "xsd": "application/xml", "dtd": "application/xml-dtd",
    "txt": "text/plain", "csv": "text/csv", "vtt": "text/vtt", "srt": "text/plain",
    "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif",
    "webp": "image/webp", "svg": "image/svg+xml", "ico": "image/x-icon", "bmp": "image/bmp",
    "mp4": "video/mp4", "m4v": "video/mp4", "webm": "video/webm", "ogv": "video/ogg",
    "mp3": "audio/mpeg", "m4a": "audio/mp4", "ogg": "audio/ogg", "wav": "audio/wav", "aac": "audio/aac",
    "woff": "font/woff", "woff2": "font/woff2", "ttf": "font/ttf", "otf": "font/otf",
    "eot": "application/vnd.ms-fontobject", "pdf": "application/pdf", "wasm": "application/wasm",
}  # fmt: skip
_UNKNOWN = "application/octet-stream"


def type_of(name: str) -> str:
    """The content type of a file by its suffix; what is not known is for downloading (``.php`` too: nothing runs)."""
    return _TYPES.get(name.rpartition(".")[2].lower(), _UNKNOWN)


def file_response(request: Request, path: Path, place: str | None) -> Response:
    """The file, or the stretch that is asked for. ``place``: where the server in front finds it, if one does."""
    known = path.stat()
    response = Response(content_type=type_of(path.name))
    response.headers["Accept-Ranges"] = "bytes"
    if place is not None:
        response.headers["X-Accel-Redirect"] = quote(place)
        return response
    stamp = f"{path}:{known.st_size}:{known.st_mtime_ns}"
    digest = hashlib.sha256(stamp.encode()).hexdigest()[:32]
    response.set_etag(digest)
    if request.if_none_match.contains(digest):
        response.status_code = 304
        return response
    served = Served(path, path.name, response.content_type or _UNKNOWN, known.st_size, digest)
    cut(response, served, request)
    return response
