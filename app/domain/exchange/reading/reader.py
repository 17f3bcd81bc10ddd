"""Reads one sheet of a workbook into typed rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.domain.exchange.reading.checks import SeenBefore, check_row
from app.domain.exchange.reading.choosing import Chosen, choose_sheet
from app.domain.exchange.reading.container import Container, Grid, not_a_workbook, open_container
from app.domain.exchange.reading.credentials import COLUMNS as CREDENTIAL_COLUMNS
from app.domain.exchange.reading.credentials import read_credentials
from app.domain.exchange.reading.headers import Header
from app.domain.exchange.reading.kinds import KINDS, Field, Kind
from app.domain.exchange.reading.masking import shown
from app.domain.exchange.reading.sheet import Problem, Row, Sheet, WorkbookRefused
from app.domain.exchange.reading.skipping import data_rows
from app.domain.exchange.reading.title import Above, read_above, studio_name
from app.domain.exchange.reading.values.dates import Day, DayTrouble, meant_instead
from app.domain.exchange.reading.values.finding import Cell, Finding, Reading, text_of
from app.domain.exchange.reading.values.personal import Masked
from app.domain.exchange.reading.values.texts import BLANK_WORDS, ERROR_WORDS

Progress = Callable[[int, int], None]
PROGRESS_EVERY = 500
_MISSING = Finding("value_missing", {}, "error")
_ERROR_CELL = Finding("cell_error", {}, "error")
_FORMULA = Finding("formula_without_value", {}, "error")


def read_sheet(
    kind: str | Kind, data: bytes, file_name: str, *, today: date, progress: Progress | None = None
) -> Sheet:
    """Read a workbook of one of the six kinds, or of a kind described elsewhere; every row comes back, with what is
    wrong in it.

    ``today``: days after it are errors. ``progress(done, total)`` is told about rows now and then. ``file_name`` names
    the sheet of a CSV file. Raises WorkbookRefused when there is nothing to read rows from.
    """
    described = kind if isinstance(kind, Kind) else KINDS[kind]
    return read_opened(described, open_container(data), file_name, today=today, progress=progress)


def read_opened(
    described: Kind,
    container: Container,
    file_name: str,
    *,
    today: date,
    progress: Progress | None = None,
) -> Sheet:
    """As ``read_sheet``, of a workbook whose cells are there already."""
    chosen = _chosen(described, container, file_name)
    above = read_above(chosen.grid.rows[: chosen.header.row])
    sheet = _empty_sheet(described, chosen.grid, chosen.header, above)
    if container.is_text:
        sheet.name = file_name
    sheet.problems.extend(_sheet_problems(sheet, chosen.header, above, chosen.not_read, today))
    reader = _RowReader(described, chosen.header, chosen.grid, sheet, today)
    total = max(len(chosen.grid.rows) - chosen.header.row - 1, 0)
    for done, row in enumerate(reader.rows(), 1):
        sheet.rows.append(row)
        if progress is not None and done % PROGRESS_EVERY == 0:
            progress(done, total)
    return sheet


def _chosen(kind: Kind, container: Container, file_name: str) -> Chosen:
    """The sheet to read. Text without a header that calls itself a workbook is none (a page saved as .xls, say)."""
    try:
        return choose_sheet(kind, container)
    except WorkbookRefused as refusal:
        calls_itself_one = file_name.lower().endswith((".xlsx", ".xlsm", ".xls", ".et"))
        if container.is_text and calls_itself_one and refusal.code == "no_header_row":
            raise not_a_workbook() from refusal
        raise


def _empty_sheet(kind: Kind, grid: Grid, header: Header, above: Above) -> Sheet:
    return Sheet(
        kind=kind.name,
        name=grid.name,
        title=above.title,
        reported_by=above.reported_by,
        filled_on=above.filled_on.first if isinstance(above.filled_on, Day) else None,
        header_row=header.row + 1,
        columns={name: header.texts[index] for name, index in header.indexes.items()},
        column_indexes=dict(header.indexes),
        unknown_columns=list(header.unknown),
        rows=[],
        problems=[],
    )


def _sheet_problems(
    sheet: Sheet, header: Header, above: Above, not_read: list[str], today: date
) -> Iterator[Problem]:
    for name, first, second in header.repeated:
        texts = {"first": header.texts[first], "second": header.texts[second]}
        yield Problem(
            sheet.header_row, header.texts[second], "", "duplicate_column", texts, "error", name
        )
    if not_read:
        yield Problem(
            None,
            "",
            "",
            "other_sheets",
            {"sheet": sheet.name, "others": "、".join(not_read)},
            "warning",
        )
    filled = above.filled_on
    if isinstance(filled, DayTrouble):
        code = (
            "filled_on_impossible" if filled.code == "date_impossible" else "filled_on_unreadable"
        )
        params = {"suggestion": filled.suggestion}
        yield Problem(above.filled_row, "填报时间", above.filled_text, code, params, "error")
    elif filled is not None and filled.first > today:
        params = {"suggestion": meant_instead(filled, today)}
        yield Problem(
            above.filled_row, "填报时间", above.filled_text, "filled_on_future", params, "error"
        )
    if sheet.kind == "studio" and not studio_name(sheet.title):
        yield Problem(None, "", "", "studio_without_title")


@dataclass(slots=True)
class _Column:
    name: str
    field: Field
    index: int
    memo: dict[tuple[type, Cell], tuple[Any, Finding | None, str]]


class _RowReader:
    """Turns rows of cells into typed rows; equal cells of a column are read once."""

    def __init__(self, kind: Kind, header: Header, grid: Grid, sheet: Sheet, today: date) -> None:
        self._columns = [
            _Column(column.name, column, header.indexes[column.name], {})
            for column in kind.fields
            if column.name in header.indexes
        ]
        self._header = header
        self._grid = grid
        self._sheet = sheet
        self._reading = Reading(today, kind.masked_allowed)
        self._spoken_of = sheet.filled_on or today
        self._seen = SeenBefore(kind.name)
        self._has_credentials = "credential" in header.indexes
        self._result_columns = [n for n in ("verdict", "result") if n in header.indexes]
        self._masks = {column.name: column.field.mask for column in self._columns}

    def rows(self) -> Iterator[Row]:
        for index, cells in data_rows(self._grid.rows, self._header):
            yield self._row(index, cells)

    def _row(self, index: int, cells: Sequence[Cell]) -> Row:
        row = Row(index + 1, {}, {})
        values, texts = row.values, row.cells
        valueless = self._grid.valueless
        for column in self._columns:
            name, cell = column.name, cells[column.index]
            known = column.memo.get((cell.__class__, cell)) or self._read(column, cell)
            values[name], finding, texts[name] = known
            if valueless and (index, column.index) in valueless:
                finding = _FORMULA
            if finding is not None:
                self._report(row, name, finding)
        self._derive(row, cells)
        return row

    def _read(self, column: _Column, cell: Cell) -> tuple[Any, Finding | None, str]:
        read = read_cell(column.field, cell, self._reading)
        if not (column.field.rarely_repeats and cell):
            column.memo[cell.__class__, cell] = read
        return read

    def _derive(self, row: Row, cells: Sequence[Cell]) -> None:
        def report(name: str, finding: Finding) -> None:
            self._report(row, name, finding)

        values = row.values
        for name in ("id_number", "phone"):
            if isinstance(values.get(name), Masked):
                values[f"masked_{name}"] = str(values[name])
                values[name] = None
        if self._result_columns:
            _derive_result(values, self._result_columns)
        if self._has_credentials:
            present = {
                name: cells[self._header.indexes[name]]
                for name in CREDENTIAL_COLUMNS
                if row.cells.get(name)
            }
            values["credentials"] = (
                read_credentials(present, self._reading, report) if present else ()
            )
        check_row(row, self._reading, self._spoken_of, report)
        repeated = self._seen.check(row)
        if repeated is not None:
            report(*repeated)

    def _report(self, row: Row, name: str, finding: Finding) -> None:
        row.problems.append(
            Problem(
                row=row.number,
                column=self._sheet.columns.get(name, ""),
                value=shown(row.cells.get(name, ""), self._masks.get(name, "")),
                code=finding.code,
                params=finding.params,
                severity=finding.severity,
                field=name,
            )
        )


def _derive_result(values: dict[str, Any], columns: Sequence[str]) -> None:
    """``passed`` from 是否合格, else from 考核结果; ``result`` in the words of 考核结果, else of 是否合格."""
    stated = [values.pop(name) for name in columns]
    filled = [one for one in stated if one is not None]
    values["passed"] = filled[0][0] if filled else None
    values["result"] = filled[-1][1] if filled else None


def read_cell(field: Field, cell: Cell, reading: Reading) -> tuple[Any, Finding | None, str]:
    """Value, finding and text of one cell."""
    if cell == "" and isinstance(cell, str):
        return None, _MISSING if field.filled else None, ""
    text = text_of(cell)
    if text in BLANK_WORDS:
        return None, _MISSING if field.filled else None, ""
    if text[0] == "#" and text in ERROR_WORDS:
        return None, _ERROR_CELL, text
    if text[0] == "'" and text[1:2] in ("=", "+", "-", "@"):
        cell = text = text[1:]
    value, finding = field.parse(cell, reading)
    return value, finding, text
