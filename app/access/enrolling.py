"""Enrol oneself in one transaction with whoever comes in the same moment: the rush of an opening.

Whoever leads a round also reads who holds the tokens of the round, for all at once. So the request of a program reads
nothing from the database by itself, unless the round leaves it out.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from functools import partial
from pathlib import Path
from typing import Any

from flask import Flask, current_app, g, request

from app.access.guards import current_actor
from app.config import Settings
from app.core import clock
from app.core.db import atomic, db, in_atomic
from app.core.gathering import Gatherer
from app.core.reading import begin_reading
from app.core.turns import Busy
from app.domain.accounts.operations.tokens import is_use_due
from app.domain.accounts.queries.tokens import TokenHolder, find_holders
from app.domain.accounts.rules import Actor
from app.domain.workshops.operations.enrolling import Outcome
from app.domain.workshops.operations.enrolling_together import Applicant, Wish, enrol_together
from app.domain.workshops.rules.words import EnrolmentStatus

_ASK = "enrol_with_others"
_BUSY = "busy"
_WRITTEN_AS = "letters 2"  # changed with _Letter
_APPLICANT = tuple(field.name for field in fields(Applicant))
_NEEDED = ("workshops.read", "workshops.enrol")
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Letter:
    """A wish on its way to whoever leads: from an applicant who was read already, or from who holds a token."""

    workshop_id: int
    origin: str
    token_hash: str | None = None
    applicant: Sequence[Any] = ()
    needs_lodging: bool | None = None
    token_id: int | None = None

    def pack(self) -> bytes:
        return json.dumps([getattr(self, name) for name in _LETTER]).encode()


_LETTER = tuple(field.name for field in fields(_Letter))


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
    """Where they meet: whoever serves another database, signs with other keys, or writes other letters (the release
    that is being replaced), has another place.
    """
    served = [_WRITTEN_AS, settings.database_url, settings.secret_key, *settings.field_keys]
    name = hashlib.sha256("\n".join(served).encode()).hexdigest()[:12]
    return settings.instance.resolve() / f"enrolling-{name}"


def enrol_with_others(workshop_id: int, *, needs_lodging: bool | None = None) -> Outcome | None:
    """Enrol who asks; None: nothing was done, or it is not known. Then do it by itself: who is enrolled stays so.

    Not within a transaction that began already (Idempotency-Key): that one is this request's own.
    """
    actor = current_actor()
    if in_atomic() or actor.grant_id is None or not _may(actor):
        return None
    if g.get("was_turned_away"):  # as a holder of a token, a moment ago: nobody waits twice
        raise Busy
    if g.get("was_left_out"):
        return None
    letter = _Letter(
        workshop_id,
        actor.origin,
        applicant=[getattr(actor, name) for name in _APPLICANT],
        needs_lodging=needs_lodging,
        token_id=g.get("unnoted_token"),
    )
    db.session.rollback()  # who waits needs no connection
    answer = _ask(letter)
    if answer == _BUSY:
        raise Busy
    if answer is None:
        return None
    g.pop("within_act", None)
    return _outcome(answer)


def enrol_holder(workshop_id: int, token_hash: str) -> Outcome | None:
    """The same for who holds a token, of whom nothing is known yet; None as well for who may not.

    Who was turned away because others write is asked for their language first: ``enrol_with_others`` refuses them.
    """
    letter = _Letter(workshop_id, request.remote_addr or "", token_hash)
    answer = _ask(letter)
    if answer is None or answer == _BUSY:
        g.was_left_out, g.was_turned_away = True, answer == _BUSY
        return None
    return _outcome(answer)


def _ask(letter: _Letter) -> Any:
    return json.loads(current_app.extensions[_ASK](letter.pack()) or b"null")


def _outcome(answer: Sequence[Any]) -> Outcome:
    enrolment_id, status, position = answer
    return Outcome(enrolment_id, EnrolmentStatus(status), created=True, position=position)


def _may(actor: Actor) -> bool:
    return all(actor.may(permission) for permission in _NEEDED)


def _carry_out(app: Flask, letters: Sequence[bytes]) -> list[bytes]:
    """What whoever leads does for all: a transaction for each workshop, and none for who holds no good token."""
    wishes = _read(app, [_Letter(*json.loads(letter)) for letter in letters])
    answers: list[Any] = [None] * len(wishes)
    places: dict[int, list[int]] = {}
    for place, wish in enumerate(wishes):
        if wish is not None:
            places.setdefault(wish.workshop_id, []).append(place)
    for together in places.values():
        given = _enrol(app, [wish for place in together if (wish := wishes[place])])
        for place, answer in zip(together, given, strict=True):
            answers[place] = answer
    return [json.dumps(answer).encode() for answer in answers]


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


def _read(app: Flask, letters: Sequence[_Letter]) -> list[Wish | None]:
    """What each letter wishes for; None where the token is no good, or its holder may not enrol."""
    hashes = {letter.token_hash for letter in letters if letter.token_hash is not None}
    holders: dict[str, TokenHolder] = {}
    if hashes:
        with app.app_context():
            begin_reading()
            holders = find_holders(hashes, clock.now())
    return [
        _wish_of_applicant(letter)
        if letter.token_hash is None
        else _wish_of_holder(letter, holders.get(letter.token_hash))
        for letter in letters
    ]


def _wish_of_applicant(letter: _Letter) -> Wish:
    applicant = Applicant(*letter.applicant)
    return Wish(letter.workshop_id, applicant, letter.needs_lodging, letter.token_id)


def _wish_of_holder(letter: _Letter, holder: TokenHolder | None) -> Wish | None:
    if holder is None:
        return None
    _facts, actor = holder.acting(origin=letter.origin, channel="api")
    if actor is None or not _may(actor):
        return None
    applicant = Applicant(*(getattr(actor, name) for name in _APPLICANT))
    noted = holder.token_id if is_use_due(holder, clock.now()) else None
    return Wish(letter.workshop_id, applicant, token_id=noted)
