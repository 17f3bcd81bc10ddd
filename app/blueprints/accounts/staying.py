"""Stay signed in: a page on which somebody reads for long says that they are still there."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from app.access.guards import signed_in
from app.blueprints.accounts.blueprint import blueprint


@blueprint.post("/account/stay")
@signed_in
def stay() -> ResponseReturnValue:
    """Nothing but a request, which ends the idle time like any other (access.session)."""
    return "", 204
