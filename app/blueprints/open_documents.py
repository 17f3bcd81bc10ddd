"""Documents that any program on any site may read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
from flask import Response


def open_json(document: Mapping[str, Any], mimetype: str = "application/json") -> Response:
    """A public document: for scripts of every origin, to be kept for five minutes."""
    response = Response(orjson.dumps(document, option=orjson.OPT_INDENT_2), mimetype=mimetype)
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cache-Control"] = "public, max-age=300"
    return response
