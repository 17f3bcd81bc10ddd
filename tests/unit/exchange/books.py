"""Workbooks built in tests: rows of cells in, bytes of a real file out."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

import xlsxwriter

from app.domain.exchange.reading import Problem, Row, Sheet, read_sheet
from app.domain.people.rules.identity import check_digit

TODAY = date(2026, 11, 21)
DAY = date(2023, 8, 17)
ROSTER = ("序号", "姓名", "身份证号", "县（市）", "学校名称", "专/兼职")


def xlsx(*rows: Sequence[Any], sheets: dict[str, Sequence[Sequence[Any]]] | None = None) -> bytes:
    """An .xlsx with the rows on its only sheet, or with several named sheets."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"strings_to_formulas": False, "strings_to_urls": False})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for name, lines in (sheets or {"Sheet1": rows}).items():
        page = book.add_worksheet(name)
        for line, row in enumerate(lines):
            for column, cell in enumerate(row):
                if isinstance(cell, (date, datetime)):
                    page.write_datetime(
                        line, column, datetime.combine(cell, datetime.min.time()), day
                    )
                else:
                    page.write(line, column, cell)
    book.close()
    return buffer.getvalue()


def read(kind: str, *rows: Sequence[Any], today: date = DAY) -> Sheet:
    return read_sheet(kind, xlsx(*rows), "book.xlsx", today=today)


def roster(header: str, *cells: Any, today: date = DAY) -> list[Row]:
    """The rows of a roster that has one more column, filled with the cells."""
    lines = [
        (
            number,
            f"李{chr(0x4E00 + number)}",
            id_number(number),
            "楚雄市",
            "楚雄市鹿城小学",
            "兼职",
            cell,
        )
        for number, cell in enumerate(cells, 1)
    ]
    return read("counselors", (*ROSTER, header), *lines, today=today).rows


def problem(header: str, cell: Any, today: date = DAY) -> Problem:
    """The only problem of a roster row that has one more column with this cell."""
    (row,) = roster(header, cell, today=today)
    (found,) = row.problems
    return found


def value(header: str, field: str, cell: Any, today: date = DAY) -> Any:
    """What a roster row that has one more column with this cell says, if nothing is wrong with it."""
    (row,) = roster(header, cell, today=today)
    assert row.problems == []
    return row.values[field]


def id_number(serial: int, born: str = "19850304", area: str = "532398") -> str:
    """A valid invented identity number; an even serial is a woman's."""
    first = f"{area}{born}{serial:03}"
    return first + check_digit(first)


def with_part(data: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    """The workbook with one part of the archive changed."""
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as old,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for info in old.infolist():
            part = old.read(info)
            new.writestr(info.filename, change(part) if info.filename == name else part)
    return buffer.getvalue()
