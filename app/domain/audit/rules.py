"""The exact bytes an audit entry is sealed over, and the links of the chain."""

from __future__ import annotations

import enum
import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
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
    nonce: Any


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
    "nonce",
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


def entry_digest(canonical_bytes: bytes, mac: str) -> str:
    """What a seal keeps of an entry: the digest of its bytes and of its mac."""
    return hashlib.sha256(canonical_bytes + b"|" + mac.encode()).hexdigest()


class BreakKind(enum.StrEnum):
    """How the record was tampered with."""

    ENTRY_CHANGED = "entry_changed"
    ENTRY_MISSING = "entry_missing"
    SEAL_MISSING = "seal_missing"
    SEAL_CHANGED = "seal_changed"
    END_MISSING = "end_missing"


@dataclass(frozen=True, slots=True)
class Break:
    """The first place where the record does not fit: a place in the chain, an entry."""

    kind: BreakKind
    sequence: int
    entry_id: int | None = None


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the chain at some time: how long it is, and the digest of everything up to there."""

    sequence: int
    chain: str


START = Head(0, GENESIS)


@dataclass(frozen=True, slots=True)
class Verification:
    """What a walk along the chain found: how many entries fit, where it ends, the first break."""

    entries: int
    head: Head
    first_break: Break | None

    @property
    def intact(self) -> bool:
        return self.first_break is None


def head_line(head: Head, at: datetime) -> str:
    """A head as a line of a file outside the database."""
    return f"{at.astimezone(UTC).isoformat(timespec='seconds')} {head.sequence} {head.chain}"


def heads_of(lines: Iterable[str]) -> list[Head]:
    """The heads in such a file, in its order; lines that are none are passed over."""
    heads = []
    for line in lines:
        parts = line.split()
        if len(parts) == 3 and parts[1].isdigit() and len(parts[2]) == len(GENESIS):
            heads.append(Head(int(parts[1]), parts[2]))
    return heads
