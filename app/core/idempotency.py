"""Requests that act once: the key sent with a POST is stored, with the answer, in the transaction of the act."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Integer, LargeBinary, String, UniqueConstraint, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock, crypto
from app.core.db import Base, UTCDateTime, atomic, db
from app.core.errors import DomainError, InvalidInput, explain_constraint
from app.core.i18n import gettext as _

KEPT_FOR = timedelta(days=7)
_PURPOSE = "idempotency_keys.body"


class IdempotencyKey(Base):
    """One request that was answered: whose key, for which address, over which body, and the answer."""

    __tablename__ = "idempotency_keys"
    __table_args__ = (UniqueConstraint("account_id", "key", name="uq_idempotency_keys_key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(Integer)
    key: Mapped[str] = mapped_column(String(200))
    address: Mapped[str] = mapped_column(String(300))
    body_digest: Mapped[str] = mapped_column(String(64))
    status: Mapped[int | None] = mapped_column(Integer)
    location: Mapped[bytes | None] = mapped_column(LargeBinary)
    body: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)


@dataclass(frozen=True, slots=True)
class Request:
    """What must be the same for the answer to be the same. ``body_digest``: 64 hex digits."""

    account_id: int
    key: str
    address: str
    body_digest: str


@dataclass(frozen=True, slots=True)
class Answer:
    """A stored answer: the status, the address of what was made, the body."""

    status: int
    location: str | None
    body: bytes


class KeyTaken(DomainError):
    """The same key is being used at this moment, or was a moment ago: look for its answer."""

    def __init__(self) -> None:
        super().__init__(
            _("A request with this Idempotency-Key is being worked on. Send it again in a moment."),
            "idempotency_in_progress",
        )


explain_constraint("uq_idempotency_keys_key", KeyTaken)


def find_answer(request: Request) -> Answer | None:
    """The answer that was given to this very request; None when the key is new.

    Raises InvalidInput when the key was used for another address or body.
    """
    row = db.session.execute(
        select(IdempotencyKey).where(
            IdempotencyKey.account_id == request.account_id, IdempotencyKey.key == request.key
        )
    ).scalar_one_or_none()
    if row is None or row.status is None:
        return None
    if (row.address, row.body_digest) != (request.address, request.body_digest):
        raise InvalidInput(
            _("This Idempotency-Key was used for another request. Take a new key for each act."),
            "idempotency_key_reused",
        )
    body = crypto.unseal_bytes(row.body, _PURPOSE) if row.body else b""
    location = crypto.unseal(row.location, _PURPOSE) if row.location else None
    return Answer(row.status, location, body)


def reserve(request: Request) -> IdempotencyKey:
    """Take the key inside ``atomic()``; raises KeyTaken (at its end) when somebody has it."""
    row = IdempotencyKey(
        account_id=request.account_id,
        key=request.key,
        address=request.address,
        body_digest=request.body_digest,
        created_at=clock.now(),
    )
    db.session.add(row)
    db.session.flush()
    return row


def keep_answer(row: IdempotencyKey, answer: Answer) -> None:
    """Store the answer beside the key, in the transaction of the act."""
    row.status = answer.status
    row.location = crypto.seal(answer.location, _PURPOSE) if answer.location else None
    row.body = crypto.seal_bytes(answer.body, _PURPOSE)


def forget_old_keys() -> int:
    """Drop keys older than KEPT_FOR; how many."""
    with atomic() as session:
        dropped = session.execute(
            delete(IdempotencyKey).where(IdempotencyKey.created_at < clock.now() - KEPT_FOR)
        )
    return int(dropped.rowcount)  # type: ignore[attr-defined]
