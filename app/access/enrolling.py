"""Enrol oneself in one transaction with whoever comes in the same moment: the rush of an opening."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable, Sequence
from dataclasses import fields
from functools import partial
from pathlib import Path
from typing import Any

from flask import Flask, current_app, g

from app.access.guards import current_actor
from app.config import Settings
from app.core.db import atomic, db, in_atomic
from app.core.gathering import Gatherer
from app.core.turns import Busy
from app.domain.workshops.operations.enrolling import Outcome
from app.domain.workshops.operations.enrolling_together import Applicant, Wish, enrol_together
from app.domain.workshops.rules.words import EnrolmentStatus

_ASK = "enrol_with_others"
_BUSY = "busy"
_APPLICANT = tuple(field.name for field in fields(Applicant))
_log = logging.getLogger(__name__)


def install(app: Flask, settings: Settings) -> None:
    """Let the processes of this machine that serve one database from one folder enrol together; not those of tests."""
    carry_out = partial(_carry_out, app)
    ask: Callable[[bytes], bytes | None]
    if settings.environment == "testing":
        ask = lambda wish: carry_out([wish])[0]  # noqa: E731
    else:
        ask = Gatherer(_address(settings), carry_out).ask
    app.extensions[_ASK] = ask


def _address(settings: Settings) -> Path:
    """Where they meet: whoever serves another database, or signs with other keys, has another place."""
    served = [settings.database_url, settings.secret_key, *settings.field_keys]
    name = hashlib.sha256("\n".join(served).encode()).hexdigest()[:12]
    return settings.instance.resolve() / f"enrolling-{name}"


def enrol_with_others(workshop_id: int, *, needs_lodging: bool | None = None) -> Outcome | None:
    """Enrol who asks; None: nothing was done, or it is not known. Then do it by itself: who is enrolled stays so.

    Not within a transaction that began already (Idempotency-Key): that one is this request's own.
    """
    actor = current_actor()
    if in_atomic() or actor.grant_id is None or not actor.may("workshops.enrol"):
        return None
    applicant = [getattr(actor, name) for name in _APPLICANT]
    wish = [workshop_id, needs_lodging, g.get("unnoted_token"), applicant]
    db.session.rollback()  # who waits needs no connection
    answer = json.loads(current_app.extensions[_ASK](json.dumps(wish).encode()) or b"null")
    if answer == _BUSY:
        raise Busy
    if answer is None:
        return None
    g.pop("within_act", None)
    enrolment_id, status, position = answer
    return Outcome(enrolment_id, EnrolmentStatus(status), created=True, position=position)


def _carry_out(app: Flask, letters: Sequence[bytes]) -> list[bytes]:
    """What whoever leads does for all: a transaction for each workshop."""
    wishes = [_read(letter) for letter in letters]
    answers: list[Any] = [None] * len(wishes)
    for workshop_id in dict.fromkeys(wish.workshop_id for wish in wishes):
        places = [place for place, wish in enumerate(wishes) if wish.workshop_id == workshop_id]
        given = _enrol(app, [wishes[place] for place in places])
        for place, answer in zip(places, given, strict=True):
            answers[place] = answer
    return [json.dumps(answer).encode() for answer in answers]


def _read(letter: bytes) -> Wish:
    workshop_id, needs_lodging, token_id, applicant = json.loads(letter)
    return Wish(workshop_id, Applicant(*applicant), needs_lodging, token_id)


def _enrol(app: Flask, wishes: Sequence[Wish]) -> Sequence[Any]:
    try:
        with app.app_context(), atomic():
            outcomes = enrol_together(wishes)
    except Busy:  # nobody who waited too long to write waits again
        return [_BUSY] * len(wishes)
    except Exception as error:  # each does it by itself then, and meets its own refusal
        # Without the message: it may quote rows.
        kind = type(error).__name__
        _log.warning("%s enrolments are carried out one by one: %s", len(wishes), kind)
        return [None] * len(wishes)
    return [one and (one.enrolment_id, one.status.value, one.position) for one in outcomes]
