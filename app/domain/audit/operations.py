"""Write an audit entry in the transaction of the act it records."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any, Protocol, cast

from sqlalchemy import insert
from sqlalchemy.dialects import postgresql, sqlite

from app.core import clock, crypto
from app.core.db import db, execute, table_of
from app.core.many import insert_rows
from app.domain.audit.models import AuditEntry, SubjectKey
from app.domain.audit.rules import Entry, canonical

_ENTRY = table_of(AuditEntry)
_INSERT = insert(_ENTRY)


class Who(Protocol):
    """What the audit needs of an actor."""

    @property
    def account_id(self) -> int | None: ...
    @property
    def username(self) -> str: ...
    @property
    def role(self) -> str: ...
    @property
    def unit_path(self) -> str: ...
    @property
    def origin(self) -> str: ...
    @property
    def channel(self) -> str: ...


def record(
    actor: Who,
    action: str,
    *,
    object_type: str = "",
    object_id: object = "",
    subject_id: int | None = None,
    details: dict[str, Any] | None = None,
    personal: dict[str, Any] | None = None,
    reason: str | None = None,
    unit_path: str | None = None,
) -> int:
    """Write one entry, now: ``action`` is ``area.verb`` (``people.reveal``). Returns its id.

    ``details`` may hold no personal value. ``personal`` (before/after of a person's fields) is encrypted under
    the key of person ``subject_id``, which it then needs. ``unit_path`` is where the act belongs for an
    auditor's scope (default: the actor's unit).
    """
    return write_entry(
        entry_values(
            actor,
            action,
            object_type=object_type,
            object_id=object_id,
            subject_id=subject_id,
            details=details,
            personal=_seal_personal(subject_id, personal),
            reason=reason,
            unit_path=unit_path,
        )
    )


def entry_values(
    actor: Who,
    action: str,
    *,
    object_type: str = "",
    object_id: object = "",
    subject_id: int | None = None,
    details: dict[str, Any] | None = None,
    personal: bytes | None = None,
    reason: str | None = None,
    unit_path: str | None = None,
) -> dict[str, Any]:
    """An entry as a row, with ``personal`` sealed already; ``write_entry`` writes it."""
    return {
        "at": clock.now(),
        "actor_id": actor.account_id,
        "actor_name": actor.username,
        "role": actor.role,
        "unit_path": unit_path or actor.unit_path,
        "origin": actor.origin,
        "channel": actor.channel,
        "action": action,
        "object_type": object_type,
        "object_id": str(object_id),
        "subject_id": subject_id,
        "reason": reason,
        "details": details or {},
        "personal": personal,
    }


def write_entry(values: dict[str, Any]) -> int:
    """Put a row into the record under a nonce and a mac of its own; returns its id."""
    written = execute(_INSERT, _sign(values)).inserted_primary_key
    assert written is not None
    return int(written[0])


def write_entries(rows: Iterable[dict[str, Any]]) -> None:
    """Put many rows into the record at once."""
    signed = [_sign(values) for values in rows]
    if signed:
        insert_rows(_ENTRY, signed)


def _sign(values: dict[str, Any]) -> dict[str, Any]:
    row = values | {"nonce": secrets.token_hex(8)}
    return row | {"mac": crypto.mac(canonical(cast(Entry, SimpleNamespace(**row))))}


def _seal_personal(subject_id: int | None, personal: dict[str, Any] | None) -> bytes | None:
    if not personal:
        return None
    if subject_id is None:
        raise ValueError("personal values need the person they belong to")
    data = json.dumps(personal, ensure_ascii=False, default=str, sort_keys=True).encode()
    return crypto.seal_with(subject_key(subject_id), data)


def subject_key(subject_id: int) -> bytes:
    """The audit key of a person, made on first use."""
    row = db.session.get(SubjectKey, subject_id)
    if row is None:
        row = _make_key(subject_id)
    if row.sealed_key is None:
        raise ValueError("the audit key of this person was erased")
    return crypto.unseal_bytes(row.sealed_key, f"subject:{subject_id}")


def _make_key(subject_id: int) -> SubjectKey:
    """Two acts may be the first to need a key at the same moment: the second waits and takes the first one's."""
    session = db.session()
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    sealed = crypto.seal_bytes(crypto.derive_random(), f"subject:{subject_id}")
    session.execute(
        insert(SubjectKey).values(subject_id=subject_id, sealed_key=sealed).on_conflict_do_nothing()
    )
    return session.get_one(SubjectKey, subject_id, populate_existing=True)


def open_personal(entry: AuditEntry) -> dict[str, Any] | None:
    """The personal values of an entry; None when it has none or the person's key was erased."""
    if entry.personal is None or entry.subject_id is None:
        return None
    row = db.session.get(SubjectKey, entry.subject_id)
    if row is None or row.sealed_key is None:
        return None
    key = crypto.unseal_bytes(row.sealed_key, f"subject:{entry.subject_id}")
    opened: dict[str, Any] = json.loads(crypto.unseal_with(key, entry.personal))
    return opened
