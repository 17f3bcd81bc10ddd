"""The cells of a sheet in the same places of a new .xlsx, for files that cannot be annotated themselves."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

import xlsxwriter

from app.domain.exchange.reading.sheet import Severity
from app.domain.exchange.reading.values.finding import Cell

LONGEST_CELL = 32_767
COLOURS = {"error": "F4B6B6", "warning": "FFF2B3"}
Place = tuple[int, int]


class Mark(NamedTuple):
    """A colour and a comment on a cell."""

    severity: Severity
    text: str

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the comment in pixels."""
        return 320, 40 + 20 * (len(self.text) // 22 + self.text.count("\n") + 1)


def plain_copy(
    rows: Sequence[Sequence[Cell]],
    sheet_name: str,
    marks: Mapping[Place, Mark],
    author: str,
    list_name: str,
    listed: Sequence[Sequence[str]],
    widths: Sequence[int],
) -> bytes:
    """An .xlsx with the rows, marked by place (counted from 1), and a second sheet that lists the problems.

    Text stays text, also where it begins with = + - @.
    """
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(
        buffer, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    page = book.add_worksheet(_allowed(sheet_name))
    page.set_column(0, 30, 14)
    styles = _Styles(book)
    for line, row in enumerate(rows):
        for column, cell in enumerate(row):
            mark = marks.get((line + 1, column + 1))
            _write(page, line, column, cell, styles.of(cell, mark))
            if mark:  # at once: constant_memory forgets each row when the next begins
                width, height = mark.size
                options = {"x_scale": width / 128, "y_scale": height / 74, "author": author}
                page.write_comment(line, column, mark.text, options)
    listing = book.add_worksheet(list_name)
    for column, column_width in enumerate(widths):
        listing.set_column(column, column, column_width)
    for line, texts in enumerate(listed):
        for column, text in enumerate(texts):
            listing.write_string(line, column, text)
    listing.freeze_panes(1, 0)
    book.close()
    return buffer.getvalue()


def _allowed(sheet_name: str) -> str:
    """A name that a sheet may have: at most 31 characters, none of []:*?/\\ ."""
    return "".join("_" if c in "[]:*?/\\'" else c for c in sheet_name)[:31] or "Sheet1"


class _Styles:
    """Formats by number format and colour, each made once."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self._book = book
        self._made: dict[tuple[str, str], Any] = {}

    def of(self, cell: Cell, mark: Mark | None) -> Any:
        key = (_number_format(cell), mark.severity if mark else "")
        if key not in self._made:
            described = {"num_format": key[0]}
            if mark:
                described["bg_color"] = f"#{COLOURS[mark.severity]}"
            self._made[key] = self._book.add_format(described)
        return self._made[key]


def _number_format(cell: Cell) -> str:
    if isinstance(cell, str):
        return "@"
    if isinstance(cell, datetime):
        return "yyyy-mm-dd hh:mm"
    if isinstance(cell, date):
        return "yyyy-mm-dd"
    return "[h]:mm:ss" if isinstance(cell, (time, timedelta)) else "General"


def _write(page: Any, line: int, column: int, cell: Cell, style: Any) -> None:
    if isinstance(cell, str):
        if cell:
            page.write_string(line, column, cell[:LONGEST_CELL], style)
        else:
            page.write_blank(line, column, None, style)
    elif isinstance(cell, bool):
        page.write_boolean(line, column, cell, style)
    elif isinstance(cell, (int, float)):
        page.write_number(line, column, cell, style)
    else:
        page.write_datetime(line, column, cell, style)
