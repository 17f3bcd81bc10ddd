"""What reading a workbook gives: typed rows, and the problems found in them."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, NamedTuple

from app.core.errors import InvalidInput

Severity = Literal["error", "warning"]


class WorkbookRefused(InvalidInput):
    """The file cannot be read as a workbook of this kind at all; the message says why and what to do."""

    def __init__(self, code: str, message: Any) -> None:
        super().__init__(message, code, field="file")


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong in one place.

    ``row`` is counted from 1 as the spreadsheet shows it; None: it concerns the whole sheet. ``column`` is the header
    as the user wrote it, ``value`` the cell, masked if personal. ``field`` is our name of the column ('' if it is
    none of ours), by which ``Sheet.column_indexes`` finds the cell.
    """

    row: int | None
    column: str
    value: str
    code: str
    params: dict[str, str] = dataclasses.field(default_factory=dict)
    severity: Severity = "error"
    field: str = ""


@dataclass(slots=True)
class Row:
    """A row of the sheet: ``values`` typed by field, ``cells`` the text as written by field, what is wrong with it.

    A field whose column the sheet lacks is absent from both; an empty cell is None in ``values`` and '' in ``cells``.
    """

    number: int
    values: dict[str, Any]
    cells: dict[str, str]
    problems: list[Problem] = dataclasses.field(default_factory=list)

    @property
    def has_errors(self) -> bool:
        return any(problem.severity == "error" for problem in self.problems)


@dataclass(slots=True)
class Sheet:
    """A sheet as read.

    ``title``, ``reported_by`` (填报单位) and ``filled_on`` (填报时间; a month means its first day) stand above the
    header. ``columns`` is field → header, ``column_indexes`` field → index from 0.
    """

    kind: str
    name: str
    title: str | None
    reported_by: str | None
    filled_on: date | None
    header_row: int
    columns: dict[str, str]
    column_indexes: dict[str, int]
    unknown_columns: list[str]
    rows: list[Row]
    problems: list[Problem]

    @property
    def has_errors(self) -> bool:
        return any(p.severity == "error" for p in self.problems) or any(
            row.has_errors for row in self.rows
        )


class Period(NamedTuple):
    """A range of days, both inclusive."""

    starts_on: date
    ends_on: date


class BroughtCredential(NamedTuple):
    """A certificate as a roster states it: ``level`` from a column of its own, if there is one."""

    name: str
    level: str | None
    number: str | None
    issuer: str | None
    issued_on: date | None
