"""What a teacher shows to whoever has their link."""

from __future__ import annotations

from flask import g, render_template
from flask.typing import ResponseReturnValue

from app.access.guards import public
from app.blueprints.verify import words
from app.blueprints.verify.blueprint import blueprint, guesses
from app.core import clock
from app.core.db import atomic
from app.core.reading import begin_reading
from app.domain.certificates.models import WalletShare
from app.domain.certificates.operations.sharing import note_seen
from app.domain.certificates.queries.wallet import (
    find_shared,
    list_shown_certificates,
    list_shown_credentials,
)
from app.domain.certificates.rules.verifying import standing_on
from app.extensions import csrf, limiter

LONGEST_TOKEN = 60


@blueprint.get("/shared/<string:token>")
@public
def shared(token: str) -> ResponseReturnValue:
    """The certificates behind an open link; the same page for an ended, a withdrawn and an unknown one."""
    begin_reading()
    found = _find(token)
    return _unknown() if found is None else _page(found, token)


@blueprint.post("/shared/<string:token>/seen")
@csrf.exempt  # whoever has the link may say so, and needs no session
@public
@limiter.limit("30 per minute")
def seen(token: str) -> ResponseReturnValue:
    """A browser that shows the page says so: what only fetches addresses (previews, robots) is no reader."""
    found = _find(token)
    if found is None:
        return _unknown()
    if not _is_own(found):
        share_id = found.id
        with atomic():
            note_seen(share_id)
    return "", 204


def _find(token: str) -> WalletShare | None:
    return find_shared(token) if len(token) <= LONGEST_TOKEN else None


def _unknown() -> tuple[str, int]:
    guesses.miss()
    return render_template("verify/not_shared.html"), 404


def _is_own(found: WalletShare) -> bool:
    """Whether the teacher looks at their own link."""
    actor = g.get("actor")
    return actor is not None and found.person.account_id == actor.account_id


def _page(found: WalletShare, token: str) -> str:
    today = clock.today()
    return render_template(
        "verify/shared.html",
        share=found,
        token=token,
        person=found.person,
        certificates=list_shown_certificates(found.person_id),
        credentials=list_shown_credentials(found.person_id),
        standing_of=lambda one: standing_on(one.state, one.valid_until, today),
        today=today,
        **words.EVERYTHING,
    )
