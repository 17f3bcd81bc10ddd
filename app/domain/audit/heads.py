"""The ends of the chain, kept in a file outside the database: whoever cuts the record off there is found out."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from app.domain.audit.rules import Head, head_line, heads_of

FILE = "audit-heads.txt"


def read_heads(instance: Path) -> list[Head]:
    """The heads kept under ``instance``, the oldest first."""
    path = instance / FILE
    return heads_of(path.read_text("ascii").splitlines()) if path.is_file() else []


def keep_head(instance: Path, head: Head, at: datetime) -> bool:
    """Add the head to the file unless it is the newest there or the chain is still empty; whether it was added."""
    known = read_heads(instance)
    if head.sequence == 0 or (known and known[-1] == head):
        return False
    with (instance / FILE).open("a", encoding="ascii") as file:
        file.write(head_line(head, at) + "\n")
    return True
