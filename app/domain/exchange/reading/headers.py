"""Finds the header row and matches its cells to our fields by meaning, however they are written (DOMAIN.md §6)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from app.core.text import squeeze
from app.domain.exchange.reading.kinds import Kind
from app.domain.exchange.reading.values.finding import Cell, text_of

SEARCHED_ROWS = 15
_BRACKETED = re.compile(r"[(\[【〔<《].*?[)\]】〕>》]")
_ORDER = re.compile(r"[/、\\|,，;；·]+|或|和|及")
_MARKS = re.compile(r"[()\[\]【】〔〕<>《》\"'“”‘’:：*★※#.。_\-—]+")


@dataclass
class Header:
    """``row`` is the index of the last header row; ``indexes`` field → column index."""

    row: int
    texts: list[str]
    indexes: dict[str, int] = field(default_factory=dict)
    repeated: list[tuple[str, int, int]] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)


def header_keys(text: str) -> tuple[str, ...]:
    """The keys under which a header is looked up, the most exact first: as it is, parts in any order, without what
    stands in brackets."""
    plain = squeeze(text).casefold()
    full = _MARKS.sub("", _ORDER.sub("", plain))
    parts = sorted(_MARKS.sub("", part) for part in _ORDER.split(plain))
    short = _MARKS.sub("", _ORDER.sub("", _BRACKETED.sub("", plain)))
    return tuple(dict.fromkeys(key for key in (full, "".join(parts), short) if key))


@lru_cache(maxsize=16)
def _dictionary(kind: Kind) -> dict[str, str]:
    """Header key → field name; earlier fields and exact keys win."""
    found: dict[str, str] = {}
    for place in range(1 if kind.exact else 3):
        for column in kind.fields:
            for header in column.headers:
                for key in header_keys(header)[place : place + 1]:
                    if place == 0 or len(key) > 1:
                        found.setdefault(key, column.name)
    return found


def field_of(kind: Kind, text: str) -> str | None:
    """Which field a header means, None if none."""
    words = _dictionary(kind)
    keys = header_keys(text)[: 1 if kind.exact else None]
    return next((words[key] for key in keys if key in words), None)


def find_header(kind: Kind, rows: Sequence[Sequence[Cell]]) -> Header | None:
    """The row among the first that names most of our fields; at least two, one of them required."""
    best: Header | None = None
    for index, row in enumerate(rows[:SEARCHED_ROWS]):
        single = [_label(cell) for cell in row]
        if sum(1 for text in single if text) < 2:
            continue
        header = _matched(kind, index, single)
        if index + 1 < len(rows):
            below = [_label(cell) for cell in rows[index + 1]]
            header = _two_rows(kind, index, single, below, header)
        if best is None or len(header.indexes) > len(best.indexes):
            best = header
    if best is None or len(best.indexes) < 2 or not set(best.indexes) & kind.telling_fields:
        return None
    return best


def _label(cell: Cell) -> str:
    return "".join(cell.split()) if isinstance(cell, str) else text_of(cell)


def _matched(kind: Kind, row: int, texts: list[str]) -> Header:
    header = Header(row, texts)
    for index, text in enumerate(texts):
        if not text:
            continue
        name = field_of(kind, text)
        if name is None:
            header.unknown.append(text)
        elif name not in header.indexes:
            header.indexes[name] = index
        elif name in kind.repeatable:
            header.unknown.append(text)
        else:
            header.repeated.append((name, header.indexes[name], index))
    return header


def _two_rows(kind: Kind, index: int, above: list[str], below: list[str], single: Header) -> Header:
    """The header over two rows (资格证书 above 名称, 编号, 发证时间), if that names more fields than the first row."""
    matched_below = sum(1 for text in below if text and field_of(kind, text))
    group = ""
    texts: list[str] = []
    for parent, child in zip(above, below, strict=False):
        group = parent or (group if child else "")
        texts.append(_joined(kind, group, child))
    double = _matched(kind, index + 1, texts)
    grown = len(double.indexes) > len(single.indexes)
    return double if grown and (matched_below or _is_header_like(below)) else single


def _is_header_like(below: list[str]) -> bool:
    return all(not any(c.isdigit() for c in text) and len(text) <= 12 for text in below)


def _joined(kind: Kind, parent: str, child: str) -> str:
    if not child:
        return parent
    if field_of(kind, parent + child) or not field_of(kind, child):
        return parent + child
    return child
