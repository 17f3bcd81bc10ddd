"""Errors of the API as RFC 9457 problems with a stable ``code``; pages keep their own error pages."""

from __future__ import annotations

import json
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from flask import Flask, Response, current_app, request
from flask_babel import gettext as _
from sqlalchemy.exc import DataError
from werkzeug.exceptions import HTTPException, default_exceptions

from app.api.wording import said
from app.core.db import db
from app.core.errors import DomainError

PREFIX = "/api/"
CONTENT_TYPE = "application/problem+json"
CODES = {
    400: "bad_request",
    401: "unauthenticated",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    415: "unsupported_media_type",
    422: "invalid_input",
    429: "too_many_requests",
    500: "internal_error",
    503: "unavailable",
}
_KEPT_HEADERS = ("Allow", "Retry-After", "WWW-Authenticate")
Handler = Callable[[Any], Any]


class InvalidToken(DomainError):
    """No bearer token, or one that nobody holds (401)."""

    status = 401


def problem(
    status: int, code: str, detail: str, *, errors: list[dict[str, str]] | None = None
) -> Response:
    """An application/problem+json answer. ``errors``: which field of the request, and what is wrong with it."""
    body: dict[str, Any] = {
        "type": f"urn:xinyu:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": detail,
    }
    if errors:
        body["errors"] = errors
    text = json.dumps(body, ensure_ascii=False)
    answer = Response(text, status=status, content_type=CONTENT_TYPE)
    if status == 401:
        answer.headers["WWW-Authenticate"] = 'Bearer realm="xinyu"'
    return answer


def register_problems(app: Flask) -> None:
    """Answer errors under /api/ with problems; everything else goes to the handler that was there."""
    handlers: dict[type[Exception], Handler] = {
        DomainError: _refused,
        HTTPException: _http,
        Exception: _broken,
        RecursionError: _unreadable,
        OverflowError: _unreadable,
        DataError: _unreadable,
    }
    known = app.error_handler_spec[None][None]
    for kind, ours in handlers.items():
        pages = known.get(kind, known.get(Exception))
        app.register_error_handler(kind, _choose(ours, pages))


def _choose(ours: Handler, pages: Handler | None) -> Handler:
    def handle(error: Any) -> Any:
        if request.path.startswith(PREFIX):
            db.session.rollback()
            return ours(error)
        if pages is None:
            raise error
        return pages(error)

    return handle


def _refused(error: DomainError) -> Response:
    message = str(error.message)
    errors = [{"field": error.field, "message": message}] if error.field else None
    return problem(error.status, error.code, message, errors=errors)


def _http(error: HTTPException) -> Response:
    status = error.code or 500
    if status < 400:
        return error.get_response()  # type: ignore[return-value]
    data = getattr(error, "data", None) or {}
    errors = _flatten(data.get("messages") or {})
    detail = _("The request is not as described; see errors.") if errors else _text_of(error)
    answer = problem(status, CODES.get(status, "http_error"), detail, errors=errors)
    given = error.get_headers()
    for name, value in given:
        if name in _KEPT_HEADERS:
            answer.headers[name] = value
    return answer


def _text_of(error: HTTPException) -> str:
    """What a person can do about it; a description of our own is kept."""
    usual = getattr(default_exceptions.get(error.code or 500), "description", None)
    if error.description and error.description != usual:
        return str(error.description)
    texts = {
        400: _("The request cannot be read; check its syntax."),
        401: _("Send your token in the header: Authorization: Bearer TOKEN."),
        403: _("The role of this token does not allow this, or the unit lies outside its scope."),
        404: _("There is nothing at this address, or it lies outside the token's scope."),
        405: _("This address does not know the method; the header Allow names those it knows."),
        413: _("The request is too large."),
        415: _("Send the body as application/json."),
        429: _("Too many requests; wait a while."),
    }
    return texts.get(error.code or 500) or str(usual or HTTPStatus(error.code or 500).phrase)


def _flatten(messages: Any, path: str = "") -> list[dict[str, str]]:
    """marshmallow's nested messages as a list: {"json": {"a": {0: ["x"]}}} → a.0: x."""
    if isinstance(messages, dict):
        found = []
        for key, value in messages.items():
            outermost = not path and key in {"json", "query", "form", "headers", "path"}
            step = "" if outermost or key == "_schema" else str(key)
            found += _flatten(value, ".".join(part for part in (path, step) if part))
        return found
    texts = messages if isinstance(messages, list) else [messages]
    return [{"field": path, "message": said(str(text))} for text in texts]


def _unreadable(_error: Exception) -> Response:
    """A body nested deeper than Python follows, a number or a time that no column holds."""
    return problem(400, CODES[400], _("The request cannot be read; check its syntax."))


def _broken(error: Exception) -> Response:
    current_app.logger.error("unhandled error on %s", request.endpoint, exc_info=error)
    if current_app.testing:
        raise error
    return problem(500, CODES[500], _("Something broke on our side. It has been noted."))
