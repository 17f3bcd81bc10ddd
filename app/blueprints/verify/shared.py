"""What a teacher shows to whoever has their link."""

from __future__ import annotations

from flask import Response, make_response, render_template
from flask.typing import ResponseReturnValue

from app.access.guards import public
from app.blueprints.verify import words
from app.blueprints.verify.blueprint import GUESSES, blueprint, found_nothing
from app.core import clock
from app.core.db import atomic
from app.domain.certificates.operations.sharing import note_seen
from app.domain.certificates.queries.wallet import (
    find_shared,
    list_shown_certificates,
    list_shown_credentials,
)
from app.domain.certificates.rules.verifying import standing_on
from app.extensions import limiter

LONGEST_TOKEN = 60


@blueprint.get("/shared/<string:token>")
@public
@limiter.limit(GUESSES, deduct_when=found_nothing)
def shared(token: str) -> ResponseReturnValue:
    """The certificates behind an open link; the same page for an ended, a withdrawn and an unknown one.

    That it was seen is counted, which is all that a view writes.
    """
    found = find_shared(token) if len(token) <= LONGEST_TOKEN else None
    if found is None:
        return render_template("verify/not_shared.html"), 404
    share_id = found.id
    with atomic():
        note_seen(share_id)
    return _page(token)


def _page(token: str) -> Response | tuple[str, int]:
    found = find_shared(token)
    if found is None:
        return render_template("verify/not_shared.html"), 404
    today = clock.today()
    response = make_response(
        render_template(
            "verify/shared.html",
            share=found,
            person=found.person,
            certificates=list_shown_certificates(found.person_id),
            credentials=list_shown_credentials(found.person_id),
            standing_of=lambda one: standing_on(one.state, one.valid_until, today),
            today=today,
            **words.EVERYTHING,
        )
    )
    response.headers["X-Robots-Tag"] = "noindex"
    return response
