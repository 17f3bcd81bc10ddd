"""What no database could answer: ids beyond any, characters that no text column keeps, JSON nested without end."""

from __future__ import annotations

from typing import Any

from flask import abort, request
from flask.json.provider import DefaultJSONProvider

LARGEST_ID = 2**31 - 1


def refuse_the_impossible() -> None:
    """Before each request: an id too large for its column is one that does not exist; U+0000 is a bad request."""
    for value in (request.view_args or {}).values():
        if isinstance(value, int) and value > LARGEST_ID:
            abort(404)
        if isinstance(value, str) and "\0" in value:
            abort(404)
    sent = [request.args]
    if request.method == "POST" and not request.is_json:
        sent.append(request.form)
    for given in sent:
        if any("\0" in value for values in given.listvalues() for value in values):
            abort(400)


class BoundedJSON(DefaultJSONProvider):
    """JSON as Flask reads it; what is nested deeper than Python follows cannot be read, like any other nonsense."""

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        try:
            return super().loads(s, **kwargs)
        except RecursionError as error:
            raise ValueError("nested too deep") from error
