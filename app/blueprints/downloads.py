"""Files that a page gives away: a plain GET with the name in every form that browsers (WeChat's too) read."""

from __future__ import annotations

from urllib.parse import quote

from flask import Response

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def workbook(data: bytes, filename: str) -> Response:
    """A workbook to download under a name that may be Chinese."""
    return attachment(data, filename, XLSX)


def attachment(data: bytes, filename: str, mimetype: str) -> Response:
    """A file to download: an ASCII name for old readers, and ``filename*`` (RFC 6266)."""
    suffix = f".{filename.rpartition('.')[2]}" if "." in filename else ""
    response = Response(data, mimetype=mimetype)
    response.headers["Content-Disposition"] = (
        f"attachment; filename=\"download{suffix}\"; filename*=UTF-8''{quote(filename, safe='')}"
    )
    return response
