"""Link committed entries into the hash chain, in batches, so that whoever writes an entry waits for nobody."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, func, select, text
from sqlalchemy.orm import Session

from app.core import clock, crypto
from app.core.db import atomic, db
from app.domain.audit.models import AuditEntry, AuditSeal
from app.domain.audit.rules import START, Head, canonical, chain_input, entry_digest

BATCH = 500
# An entry can land after one with a higher id (PostgreSQL). Within this many ids the quick look finds it; the thorough
# one, in every verification and from time to time in the worker, finds it anywhere.
LOOK_BACK = 10_000
_LOCK = 7_201_945


def seal_pending(batch: int = BATCH, *, thorough: bool = False) -> int:
    """Seal what has landed and is not sealed yet; how many entries. Safe when several do it at once.

    The order of sealing is the order of the chain; ids may go up and down in it. ``thorough`` looks at every
    entry instead of the newest ids.
    """
    sealed = 0
    while True:
        number = _seal_batch(batch, thorough=thorough)
        sealed += number
        if number < batch:
            return sealed


def read_head() -> Head:
    """The end of the chain as the current transaction sees it."""
    row = db.session.execute(
        select(AuditSeal.sequence, AuditSeal.chain).order_by(AuditSeal.sequence.desc()).limit(1)
    ).first()
    return START if row is None else Head(row.sequence, row.chain)


def has_unsealed() -> bool:
    """Whether the quick look would find something, without taking any lock."""
    return bool(_unsealed(1, thorough=False))


def _seal_batch(batch: int, *, thorough: bool) -> int:
    with atomic() as session:
        _wait_for_other_sealers(session)
        entries = _unsealed(batch, thorough=thorough)
        head = read_head()
        sequence, previous, now = head.sequence, head.chain, clock.now()
        for entry in entries:
            sequence += 1
            digest = entry_digest(canonical(entry), entry.mac)
            previous = crypto.mac(chain_input(sequence, entry.id, digest, previous))
            session.add(
                AuditSeal(
                    sequence=sequence,
                    entry_id=entry.id,
                    digest=digest,
                    chain=previous,
                    sealed_at=now,
                )
            )
    return len(entries)


def _wait_for_other_sealers(session: Session) -> None:
    """SQLite's write lock is held already; PostgreSQL gets a lock of the transaction, behind it the unique sequence."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})


def _unsealed(batch: int, *, thorough: bool) -> list[Row[Any]]:
    statement = (
        select(*AuditEntry.__table__.columns)
        .outerjoin(AuditSeal, AuditSeal.entry_id == AuditEntry.id)
        .where(AuditSeal.sequence.is_(None))
        .order_by(AuditEntry.id)
        .limit(batch)
    )
    if not thorough:
        newest = db.session.scalar(select(func.max(AuditSeal.entry_id))) or 0
        statement = statement.where(AuditEntry.id > newest - LOOK_BACK)
    return list(db.session.execute(statement).all())
