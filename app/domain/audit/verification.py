"""Walk the audit chain from its beginning and find the first place where it was tampered with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import Row, select

from app.core import crypto
from app.core.db import db
from app.domain.audit.models import AuditEntry, AuditSeal
from app.domain.audit.rules import (
    START,
    Break,
    BreakKind,
    Head,
    Verification,
    canonical,
    chain_input,
    entry_digest,
)
from app.domain.audit.sealing import seal_pending

AT_ONCE = 1_000


def verify(known_heads: Iterable[Head] = ()) -> Verification:
    """Seal what is waiting, then check every entry's mac, every link, and that nothing is missing.

    ``known_heads``: ends of the chain that were kept outside the database; one that the chain no longer
    passes through shows that its end was cut off or it was written anew.
    """
    seal_pending(thorough=True)
    remembered = {head.sequence: head.chain for head in known_heads}
    head, entries = START, 0
    for row in _links():
        found = _check(row, head, remembered)
        if found is not None:
            return Verification(entries, head, found)
        head = Head(row.sequence, row.chain)
        entries += 1
    beyond = max(remembered, default=0)
    cut = Break(BreakKind.END_MISSING, beyond) if beyond > head.sequence else None
    return Verification(entries, head, cut)


def _check(row: Row[Any], head: Head, remembered: dict[int, str]) -> Break | None:
    expected = head.sequence + 1
    if row.sequence != expected:
        return Break(BreakKind.SEAL_MISSING, expected)
    if row.id is None:
        return Break(BreakKind.ENTRY_MISSING, expected, row.entry_id)
    content = canonical(row)
    if crypto.mac(content) != row.mac:
        return Break(BreakKind.ENTRY_CHANGED, expected, row.entry_id)
    digest = entry_digest(content, row.mac)
    link = crypto.mac(chain_input(expected, row.entry_id, digest, head.chain))
    if (row.digest, row.chain) != (digest, link) or remembered.get(expected, link) != link:
        return Break(BreakKind.SEAL_CHANGED, expected, row.entry_id)
    return None


def _links() -> Iterator[Row[Any]]:
    """Every seal with its entry (nulls where it is gone), in the order of the chain, some at a time."""
    entry_columns = AuditEntry.__table__.columns
    last = 0
    while True:
        rows = db.session.execute(
            select(AuditSeal.sequence, AuditSeal.entry_id, AuditSeal.digest, AuditSeal.chain)
            .add_columns(*entry_columns)
            .outerjoin(AuditEntry, AuditEntry.id == AuditSeal.entry_id)
            .where(AuditSeal.sequence > last)
            .order_by(AuditSeal.sequence)
            .limit(AT_ONCE)
        ).all()
        yield from rows
        if len(rows) < AT_ONCE:
            return
        last = rows[-1].sequence
