"""The blueprint of verification, and what its views share."""

from __future__ import annotations

from flask import Blueprint, g, session

from app.access.guesses import Guesses

blueprint = Blueprint("verify", __name__)

# Only what finds nothing counts: who checks a pile of certificates, or a hall behind one address, guesses nothing.
guesses = Guesses("verify", "30 per minute; 100 per hour")


@blueprint.before_request
def _begin_no_session() -> None:
    """Whoever only checks a certificate gets no cookie: the forms here need no token (pages.routes)."""
    if "_user_id" not in session:
        g.tokenless = True
