"""Gives a rejected workbook back to its owner: their own file with the bad cells coloured and commented."""

from __future__ import annotations

import io
import zipfile
from collections import defaultdict
from collections.abc import Sequence
from copy import copy
from typing import Any

import openpyxl
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.worksheet import Worksheet

from app.core.i18n import gettext as _
from app.domain.exchange.plain_copy import COLOURS, Mark, Place, plain_copy
from app.domain.exchange.reading import Problem, Sheet, message_of
from app.domain.exchange.reading.choosing import PROBLEM_LIST
from app.domain.exchange.reading.container import Grid, open_container
from app.domain.exchange.reading.values.finding import Cell

AUTHOR = "心育"
MOST_UNPACKED = 8 * 1024 * 1024
MOST_MERGED = 50_000
MOST_LISTED = 5000
WIDTHS = (8, 20, 24, 10, 90)
_FILLS = {
    name: PatternFill("solid", start_color=f"FF{colour}", end_color=f"FF{colour}")
    for name, colour in COLOURS.items()
}
_NOT_FOR_OPENPYXL = (
    InvalidFileException,
    KeyError,
    ValueError,
    TypeError,
    AttributeError,
    zipfile.BadZipFile,
)


def annotate(data: bytes, file_name: str, problems: Sequence[Problem], sheet: Sheet) -> bytes:
    """The workbook as .xlsx with a colour and a comment on each cell that a problem names, and a list of all of them.

    ``sheet`` is what ``read_sheet`` gave for the same file: it says which sheet and columns the problems speak of.
    Formatting is kept for .xlsx; other formats, and workbooks so large that this would take minutes, come back with the
    same cells in the same places. Formulas in the rows that were read give way to their results, so that the file can
    be read again at once. Comments and colours of an earlier annotation disappear.
    """
    container = open_container(data)
    grid = container.load(sheet.name if sheet.name in container.names else container.names[0])
    marks, listed = _marks(problems, sheet), _listed(problems)
    book = _load(data) if grid.merged_cells <= MOST_MERGED else None
    if book is None or grid.name not in book.sheetnames:
        return plain_copy(grid.rows, sheet.name, marks, AUTHOR, PROBLEM_LIST, listed, WIDTHS)
    page = book[grid.name]
    _prepare(page, grid, sheet)
    shown = _shown_places(page)
    for place, mark in marks.items():
        _mark(page, shown.get(place, place), mark)
    _list_problems(book, listed)
    book.active = book.worksheets.index(page)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _marks(problems: Sequence[Problem], sheet: Sheet) -> dict[Place, Mark]:
    """What to write at each cell, counted from 1; a problem of a whole row goes to its first column, of the whole sheet
    to the top left."""
    headers = {header: name for name, header in sheet.columns.items()}
    first = min(sheet.column_indexes.values(), default=0)
    places: defaultdict[Place, list[Problem]] = defaultdict(list)
    for problem in problems:
        if problem.row is None:
            places[1, 1].append(problem)
            continue
        name = problem.field or headers.get(problem.column, "")
        column = sheet.column_indexes.get(name, 0 if problem.row < sheet.header_row else first)
        places[problem.row, column + 1].append(problem)
    return {place: _mark_of(found) for place, found in places.items()}


def _mark_of(problems: Sequence[Problem]) -> Mark:
    text = "\n".join(dict.fromkeys(message_of(problem) for problem in problems))
    is_error = any(problem.severity == "error" for problem in problems)
    return Mark("error" if is_error else "warning", text)


def _listed(problems: Sequence[Problem]) -> list[list[str]]:
    weights = {"error": _("Error"), "warning": _("Warning")}
    head = [_("Row"), _("Column"), _("Value"), _("Weight"), _("What to do")]
    body = [
        [str(p.row or ""), p.column, p.value, weights[p.severity], message_of(p)]
        for p in problems[:MOST_LISTED]
    ]
    return [head, *body]


def _load(data: bytes) -> openpyxl.Workbook | None:
    """The user's own file, None if it is of another format, too large, or not for openpyxl."""
    file = io.BytesIO(data)
    if not zipfile.is_zipfile(file):
        return None
    with zipfile.ZipFile(file) as archive:
        if sum(info.file_size for info in archive.infolist()) > MOST_UNPACKED:
            return None
    try:
        return openpyxl.load_workbook(file)
    except _NOT_FOR_OPENPYXL:
        return None


def _prepare(page: Worksheet, grid: Grid, sheet: Sheet) -> None:
    """Without marks of an earlier annotation, and with results instead of formulas where rows were read."""
    read_rows = {row.number for row in sheet.rows}
    read_columns = {index + 1 for index in sheet.column_indexes.values()}
    for cell in list(page._cells.values()):  # iter_rows would make a cell for every blank
        if cell.comment is not None and cell.comment.author == AUTHOR:
            cell.comment = None
            cell.fill = PatternFill()
        if cell.data_type == "f" and cell.row in read_rows and cell.column in read_columns:
            result = _value_at(grid, cell.row - 1, cell.column - 1)
            if result != "":
                _write(cell, result)


def _value_at(grid: Grid, row: int, column: int) -> Cell:
    return grid.rows[row][column] if row < len(grid.rows) and column < len(grid.rows[row]) else ""


def _write(cell: Any, value: Cell) -> None:
    cell.value = value
    if isinstance(value, str):
        cell.data_type = "s"  # what begins with = is text all the same


def _shown_places(page: Worksheet) -> dict[Place, Place]:
    """For each cell within a merged range the first of it, which alone shows."""
    return {
        place: (merged.min_row, merged.min_col)
        for merged in page.merged_cells.ranges
        for row in merged.rows
        for place in row
    }


def _mark(page: Worksheet, place: Place, mark: Mark) -> None:
    cell = page.cell(*place)
    cell.fill = copy(_FILLS[mark.severity])
    comment = Comment(mark.text, AUTHOR)
    comment.width, comment.height = mark.size
    cell.comment = comment


def _list_problems(book: openpyxl.Workbook, listed: Sequence[Sequence[str]]) -> None:
    if PROBLEM_LIST in book.sheetnames:
        del book[PROBLEM_LIST]
    page = book.create_sheet(PROBLEM_LIST)
    for column, width in zip("ABCDE", WIDTHS, strict=True):
        page.column_dimensions[column].width = width
    for line, texts in enumerate(listed, 1):
        for index, text in enumerate(texts, 1):
            _write(page.cell(line, index), text)
    page.freeze_panes = "A2"
