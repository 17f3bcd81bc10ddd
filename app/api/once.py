"""``Idempotency-Key``: the same key and body give the same answer and act once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Response, g, make_response, request
from flask_babel import gettext as _

from app.core.db import atomic, db
from app.core.errors import InvalidInput
from app.core.idempotency import (
    Answer,
    KeyTaken,
    Request,
    find_answer,
    keep_answer,
    reserve,
)

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
LONGEST = 200


def once(view: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap a POST view: with a key, the act, the key and the answer land in one transaction.

    A refusal lands nothing, so the same request may be sent again. Of two at once the second waits for the
    first and gets its answer.
    """

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        asked = _asked()
        if asked is None:
            return view(*args, **kwargs)
        return _answer_of(asked) or _act(asked, view, args, kwargs)

    return guarded


def _asked() -> Request | None:
    key = request.headers.get(HEADER)
    actor = g.get("actor")
    if key is None or actor is None or actor.account_id is None:
        return None
    if not key or len(key) > LONGEST or not key.isprintable() or not key.isascii():
        raise InvalidInput(
            _("The Idempotency-Key is 1 to %(most)s visible ASCII characters.", most=LONGEST),
            "invalid_idempotency_key",
            HEADER,
        )
    digest = hashlib.sha256(request.get_data()).hexdigest()
    address = hashlib.sha256(request.full_path.encode()).hexdigest()
    return Request(actor.account_id, key, f"{request.method} {address}", digest)


def _answer_of(asked: Request) -> Response | None:
    kept = find_answer(asked)
    if kept is None:
        return None
    replay = Response(kept.body, status=kept.status, content_type="application/json")
    replay.headers[REPLAYED] = "true"
    if kept.location:
        replay.headers["Location"] = kept.location
    return replay


def _act(asked: Request, view: Callable[..., Any], args: Any, kwargs: Any) -> Response:
    try:
        with atomic():
            replay = _answer_of(asked)
            if replay is not None:
                return replay
            row = reserve(asked)
            response = make_response(view(*args, **kwargs))
            location = response.headers.get("Location")
            keep_answer(row, Answer(response.status_code, location, response.get_data()))
            return response
    except KeyTaken:
        db.session.rollback()
        replay = _answer_of(asked)
        if replay is None:
            raise
        return replay
