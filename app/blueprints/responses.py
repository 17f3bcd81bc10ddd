"""What every response shares: error pages and security headers."""

from __future__ import annotations

from flask import Flask, Response, render_template, request
from sqlalchemy.exc import DataError
from werkzeug.exceptions import HTTPException, TooManyRequests

from app.core.db import db
from app.core.errors import DomainError
from app.extensions import compress

_PAGES = {400, 403, 404, 405, 409, 413, 422, 429}
_CONTENT_SECURITY_POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)


def register_security(app: Flask) -> None:
    framed = app.extensions["package_addresses"].frame_source
    sent = {
        "Content-Security-Policy": f"{_CONTENT_SECURITY_POLICY}; frame-src 'self' {framed}".rstrip(),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
    }
    if app.config["SESSION_COOKIE_SECURE"]:
        sent["Strict-Transport-Security"] = "max-age=31536000"
    always = [(name.lower(), (name, value)) for name, value in sent.items()]

    @app.after_request
    def _headers(response: Response) -> Response:
        headers = response.headers
        present = {name.lower() for name, _value in headers}
        headers.extend(pair for name, pair in always if name not in present)
        if request.endpoint != "static":
            if "cache-control" not in present:
                headers.add("Cache-Control", "no-store")
            return response
        if "v" in request.args and response.status_code == 200:
            # asset() puts the content's hash into the address: another content, another address.
            headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return compress.after_request(response)


def register_error_pages(app: Flask) -> None:
    """A refusal becomes a page that says what, where and what to do; nothing shows a stack trace."""

    @app.errorhandler(DomainError)
    def _refused(error: DomainError) -> tuple[str, int]:
        db.session.rollback()
        return _page(error.status, str(error.message)), error.status

    @app.errorhandler(HTTPException)
    def _http(error: HTTPException) -> Response | tuple[str, int]:
        code = error.code or 500
        if code < 400:
            return error.get_response()  # type: ignore[return-value]
        wait = _seconds_to_wait(error)
        if wait is None:
            return _page(code, None), code
        return Response(_page(code, None, minutes=-(-wait // 60)), code, {"Retry-After": str(wait)})

    @app.errorhandler(OverflowError)
    @app.errorhandler(DataError)
    def _too_large(error: Exception) -> tuple[str, int]:
        """A number in the address or a form that no column holds (SQLite says the one, PostgreSQL the other)."""
        db.session.rollback()
        return _page(400, None), 400

    @app.errorhandler(Exception)
    def _broken(error: Exception) -> tuple[str, int]:
        app.logger.error("unhandled error on %s", request.endpoint, exc_info=error)
        if app.testing:
            raise error
        db.session.rollback()
        return render_template("errors/500.html"), 500


def _seconds_to_wait(error: HTTPException) -> int | None:
    """How long until the same may be asked again, where a limit says so."""
    after = error.retry_after if isinstance(error, TooManyRequests) else None
    return after if isinstance(after, int) else None


def _page(code: int, message: str | None, **facts: int) -> str:
    name = f"errors/{code}.html" if code in _PAGES else "errors/400.html"
    return render_template(name, message=message, **facts)
