"""The blueprint of verification, and what its views share."""

from __future__ import annotations

from flask import Blueprint, g, session

from app.access.guesses import of_certificates

blueprint = Blueprint("verify", __name__)

# Only what finds nothing counts: who checks a pile of certificates, or a hall behind one address, guesses nothing.
guesses = of_certificates


@blueprint.before_request
def _begin_no_session() -> None:
    """Whoever only checks a certificate gets no cookie: the forms here need no token (pages.routes)."""
    if "_user_id" not in session:
        g.tokenless = True
