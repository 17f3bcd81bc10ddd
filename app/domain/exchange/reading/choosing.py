"""Chooses the sheet to read: the first that has a recognisable header with rows below it."""

from __future__ import annotations

from typing import NamedTuple

from app.core.i18n import gettext as _
from app.domain.exchange.reading.container import Container, Grid
from app.domain.exchange.reading.headers import Header, find_header
from app.domain.exchange.reading.kinds import Kind
from app.domain.exchange.reading.packed import MAX_ROWS, too_many_rows
from app.domain.exchange.reading.sheet import WorkbookRefused
from app.domain.exchange.reading.skipping import data_rows
from app.domain.exchange.reading.values.finding import text_of

INSTRUCTIONS = "填写说明"
PROBLEM_LIST = "问题清单"
NEVER_READ = (INSTRUCTIONS, PROBLEM_LIST, "填表说明", "说明")
SHOWN_HEADERS = 30


class Chosen(NamedTuple):
    grid: Grid
    header: Header
    not_read: list[str]


def choose_sheet(kind: Kind, container: Container) -> Chosen:
    """The first sheet with a header that names what the kind requires, and with rows below it.

    Raises WorkbookRefused: the first reason met among the sheets, telling most where a header was at least begun.
    """
    refusals: list[tuple[int, WorkbookRefused]] = []
    for name in [n for n in container.names if n not in NEVER_READ] or container.names:
        grid = container.load(name)
        outcome = _header_or_refusal(kind, grid)
        if isinstance(outcome, Header):
            others = [n for n in container.names if n != name and n not in NEVER_READ]
            return Chosen(grid, outcome, others)
        refusals.append(outcome)
    raise max(refusals, key=lambda ranked: ranked[0])[1]


def _header_or_refusal(kind: Kind, grid: Grid) -> Header | tuple[int, WorkbookRefused]:
    """The header, or why the sheet cannot be read; the higher the number, the further reading came."""
    if not any(text_of(cell) for row in grid.rows for cell in row):
        return 0, empty_sheet()
    header = find_header(kind, grid.rows)
    if header is None:
        return 1, WorkbookRefused(
            "no_header_row",
            _(
                "No header row was found in the first rows. This kind of workbook needs the columns %(needed)s.",
                needed=_headers_of(kind, kind.required),
            ),
        )
    missing = tuple(group for group in kind.required if not set(group) & set(header.indexes))
    if missing:
        return 3, WorkbookRefused(
            "required_column_missing",
            _(
                "Row %(row)s is the header, but these columns are missing: %(missing)s. Found are: %(found)s.",
                row=header.row + 1,
                missing=_headers_of(kind, missing),
                found="、".join([text for text in header.texts if text][:SHOWN_HEADERS]),
            ),
        )
    if len(grid.rows) - header.row - 1 > MAX_ROWS:
        return 4, too_many_rows()
    if next(data_rows(grid.rows, header), None) is None:
        return 2, empty_sheet()
    return header


def empty_sheet() -> WorkbookRefused:
    return WorkbookRefused(
        "empty_sheet", _("The sheet has no rows. Fill in at least one row below the header.")
    )


def _headers_of(kind: Kind, groups: tuple[tuple[str, ...], ...]) -> str:
    return "、".join("/".join(kind.field(name).headers[0] for name in group) for group in groups)
