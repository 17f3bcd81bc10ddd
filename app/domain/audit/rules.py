"""The exact bytes an audit entry is sealed over, and the links of the chain."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import Any, Protocol

GENESIS = "0" * 64


class Entry(Protocol):
    """What is sealed of an entry: everything but its id and its own mac."""

    at: Any
    actor_id: Any
    actor_name: Any
    role: Any
    unit_path: Any
    origin: Any
    channel: Any
    action: Any
    object_type: Any
    object_id: Any
    subject_id: Any
    reason: Any
    details: Any
    personal: Any


SEALED_FIELDS = (
    "actor_id",
    "actor_name",
    "role",
    "unit_path",
    "origin",
    "channel",
    "action",
    "object_type",
    "object_id",
    "subject_id",
    "reason",
    "details",
)


def canonical(entry: Entry) -> bytes:
    """The entry as bytes that are the same on every database (microseconds in UTC, sorted keys)."""
    at: datetime = entry.at
    values: dict[str, Any] = {name: getattr(entry, name) for name in SEALED_FIELDS}
    values["at"] = at.astimezone(UTC).isoformat(timespec="microseconds")
    values["personal"] = hashlib.sha256(entry.personal).hexdigest() if entry.personal else None
    return json.dumps(values, ensure_ascii=False, sort_keys=True, default=str).encode()


def chain_input(sequence: int, entry_id: int, digest: str, previous: str) -> bytes:
    """What a link is computed over: its place, its entry, the entry's digest, and the link before."""
    return f"{sequence}|{entry_id}|{digest}|{previous}".encode()
