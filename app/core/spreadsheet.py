"""Tables as .xlsx files for people: styled header, widths, and cells that no program takes for a formula."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import xlsxwriter

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
MAX_WIDTH = 48


@dataclass(frozen=True)
class Column:
    """One column: its header, its width in characters, whether it holds numbers, dates or percentages."""

    header: str
    width: int = 14
    number_format: str | None = None


def neutralise(text: str) -> str:
    """Text that a spreadsheet will not take for a formula when it is saved as CSV and opened again."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


@dataclass(frozen=True)
class Table:
    """One sheet: a merged title row, an optional second row, the header, the rows, and notes at the end."""

    title: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Any]]
    subtitle: str | None = None
    sheet_name: str = "Sheet1"
    notes: Sequence[str] = ()


def write_table(
    title: str,
    columns: Sequence[Column],
    rows: Iterable[Sequence[Any]],
    *,
    subtitle: str | None = None,
    sheet_name: str = "Sheet1",
    notes: Sequence[str] = (),
) -> bytes:
    """A workbook of one table."""
    return write_tables([Table(title, columns, rows, subtitle, sheet_name, notes)])


def write_tables(tables: Iterable[Table]) -> bytes:
    """A workbook of several tables, a sheet each."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(
        buffer,
        {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False},
    )
    for table in tables:
        _add_sheet(book, table)
    book.close()
    return buffer.getvalue()


def _add_sheet(book: Any, table: Table) -> None:
    columns = table.columns
    sheet = book.add_worksheet(table.sheet_name[:31])
    title_format = book.add_format(
        {"bold": True, "font_size": 16, "align": "center", "valign": "vcenter"}
    )
    header_format = book.add_format(
        {
            "bold": True,
            "border": 1,
            "bg_color": "#E8EEF7",
            "text_wrap": True,
            "align": "center",
            "valign": "vcenter",
        }
    )
    formats = [
        book.add_format(
            {"border": 1, **({"num_format": c.number_format} if c.number_format else {})}
        )
        for c in columns
    ]
    date_format = book.add_format({"border": 1, "num_format": "yyyy-mm-dd"})
    last = max(len(columns) - 1, 1)
    sheet.merge_range(0, 0, 0, last, table.title, title_format)
    sheet.set_row(0, 28)
    line = 1
    if table.subtitle:
        sheet.merge_range(line, 0, line, last, table.subtitle)
        line += 1
    for index, column in enumerate(columns):
        sheet.set_column(index, index, min(column.width, MAX_WIDTH))
        sheet.write_string(line, index, column.header, header_format)
    sheet.freeze_panes(line + 1, 0)
    first_row = line + 1
    line = first_row
    for row in table.rows:
        for index, value in enumerate(row):
            _write(sheet, line, index, value, formats[index], date_format)
        line += 1
    if line > first_row:
        sheet.autofilter(first_row - 1, 0, line - 1, len(columns) - 1)
    for note in table.notes:
        sheet.write_string(line + 1, 0, note)
        line += 1
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(first_row - 1)


def _write(sheet: Any, line: int, index: int, value: Any, cell: Any, day: Any) -> None:
    if value is None or value == "":
        sheet.write_blank(line, index, None, cell)
    elif isinstance(value, bool):
        sheet.write_boolean(line, index, value, cell)
    elif isinstance(value, (int, float, Decimal)):
        sheet.write_number(line, index, float(value), cell)
    elif isinstance(value, datetime):
        sheet.write_string(line, index, value.strftime("%Y-%m-%d %H:%M"), cell)
    elif isinstance(value, date):
        sheet.write_datetime(line, index, datetime(value.year, value.month, value.day), day)  # noqa: DTZ001
    else:
        sheet.write_string(line, index, neutralise(str(value)), cell)
