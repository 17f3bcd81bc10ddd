"""The blueprint of verification, and what its views share."""

from __future__ import annotations

from flask import Blueprint, Response, g, request, session

from app.access.guesses import of_certificates

blueprint = Blueprint("verify", __name__)

# Only what finds nothing counts: who checks a pile of certificates, or a hall behind one address, guesses nothing.
guesses = of_certificates
LISTS = "120 per minute"  # of what lists everything that ended: it grows with the years


@blueprint.before_request
def _begin_no_session() -> None:
    """Whoever only checks a certificate gets no cookie: the forms here need no token (pages.routes)."""
    if "_user_id" not in session:
        g.tokenless = True


@blueprint.after_request
def _keep_out_of_searches(response: Response) -> Response:
    """What is told of one certificate is for who holds its code, wherever that address was put."""
    if request.endpoint != "verify.index":
        response.headers["X-Robots-Tag"] = "noindex"
    return response
