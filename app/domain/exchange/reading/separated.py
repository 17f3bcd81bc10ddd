"""CSV as spreadsheets save it: UTF-8 with or without BOM, UTF-16, GBK/GB18030; separated by , ; or tab."""

from __future__ import annotations

import codecs
import csv
import io
from statistics import median

from app.domain.exchange.reading.packed import (
    MAX_CELLS,
    MAX_ROWS,
    too_many_columns,
    too_many_rows,
)
from app.domain.exchange.reading.values.finding import Cell

_SEPARATORS = (",", "\t", ";")
_LOOKED_AT = 40


def read_separated(data: bytes) -> list[list[Cell]] | None:
    """The rows, all of one width; None if the bytes are no text that could be a table.

    Raises WorkbookRefused (too_many_rows, too_many_columns).
    """
    text = _decode(data)
    if text is None or text.lstrip()[:1] in ("<", "{", "%"):
        return None
    separator = max(_SEPARATORS, key=lambda candidate: _width(text, candidate))
    try:
        rows: list[list[Cell]] = [
            list(row) for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator)
        ]
    except csv.Error:
        return None
    width = max((len(row) for row in rows), default=0)
    if width == 1:
        return None
    if width * len(rows) > MAX_CELLS:
        raise too_many_rows() if len(rows) > MAX_ROWS else too_many_columns(width)
    for row in rows:
        row.extend([""] * (width - len(row)))
    return rows


def _decode(data: bytes) -> str | None:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings = ["utf-16"]
    elif b"\0" in data:
        return None
    else:
        encodings = ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return None if any(c < " " and c not in "\t\r\n\x0b\x0c" for c in text[:20000]) else text
    return None


def _width(text: str, separator: str) -> float:
    """How many columns most of the first rows have with this separator."""
    head = "\n".join(text.splitlines()[:_LOOKED_AT])
    try:
        widths = [len(row) for row in csv.reader(io.StringIO(head), delimiter=separator) if row]
    except csv.Error:
        return 0
    return median(widths) if widths else 0
