"""The grade sheet (成绩登记表) between two hands: what was in it, what stands in it now, what stands in the book.

Each row carries a key: whose row it is, and for every criterion the version and value it went out with. So rows may be
sorted or removed, and a cell counts as changed only when somebody changed it.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

SHEET_MARK = "xinyu-grades"
Seen = tuple[int, Decimal | None]


@dataclass(frozen=True, slots=True)
class RowKey:
    """Whose row it is, and per criterion the version and value that went out."""

    enrolment_id: int
    seen: tuple[Seen, ...]


@dataclass(frozen=True, slots=True)
class SheetKey:
    """Which sheet it is: of which workshop, for which marker, with which criteria (ids in order)."""

    workshop_id: int
    marker: int
    criterion_ids: tuple[int, ...]


def write_seen(seen: Seen) -> str:
    version, value = seen
    return f"{version}:{'' if value is None else f'{value.normalize():f}'}"


def read_seen(text: str) -> Seen | None:
    """The version and value written by ``write_seen``; None for anything else."""
    version, colon, value = text.partition(":")
    if not (colon and version.isascii() and version.isdecimal() and len(version) < 10):
        return None
    try:
        number = Decimal(value) if value else None
    except InvalidOperation:
        return None
    return None if number is not None and not number.is_finite() else (int(version), number)


def write_row_key(key: RowKey) -> str:
    return "|".join([str(key.enrolment_id), *(write_seen(seen) for seen in key.seen)])


def read_row_key(text: str) -> RowKey | None:
    head, *parts = text.split("|")
    seen = [read_seen(part) for part in parts]
    if not (head.isascii() and head.isdecimal() and len(head) < 10) or None in seen:
        return None
    return RowKey(int(head), tuple(one for one in seen if one is not None))


def write_sheet_key(key: SheetKey) -> str:
    ids = ",".join(str(criterion_id) for criterion_id in key.criterion_ids)
    return f"{SHEET_MARK}|{key.workshop_id}|{key.marker}|{ids}"


def read_sheet_key(text: str) -> SheetKey | None:
    parts = text.split("|")
    if len(parts) != 4 or parts[0] != SHEET_MARK:
        return None
    numbers = [parts[1], parts[2], *filter(None, parts[3].split(","))]
    if not all(n.isascii() and n.isdecimal() and len(n) < 10 for n in numbers):
        return None
    workshop_id, marker, *criterion_ids = (int(n) for n in numbers)
    return SheetKey(workshop_id, marker, tuple(criterion_ids))
