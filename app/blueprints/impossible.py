"""Addresses that no database could answer: ids beyond any, characters that no text column keeps."""

from __future__ import annotations

from flask import abort, request

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
