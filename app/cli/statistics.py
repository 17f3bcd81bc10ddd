"""``flask statistics``: the county ledger and the rows behind it, from the command line."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeVar

import click
from flask.cli import AppGroup

from app.core.errors import DomainError
from app.domain.people.rules import TrainingLevel
from app.domain.statistics.figures import FIGURES
from app.domain.statistics.ledger import Ledger, read_ledger
from app.domain.statistics.rows import FigureRows, Wanted, list_figure_rows
from app.domain.statistics.rules import FigureKind, read_day
from app.domain.statistics.shapes import figure_row_shape, ledger_shape, number, rows_shape
from app.domain.statistics.words import detail_text, ledger_name, row_name
from app.domain.statistics.workbooks import ledger_notes, ledger_workbook, rows_workbook
from app.domain.units.queries import find_unit

Command = TypeVar("Command", bound=Callable[..., Any])
FORMATS = ("table", "json", "xlsx")
KEY_FIGURES = (
    "schools",
    "counselor_coverage",
    "rooms",
    "counselors",
    "counselors_full_time",
    "counselors_part_time",
    "holders_psych_2",
    "holders_psych_3",
    "holders_other_recognised",
    "lead_teachers",
    "training_person_times",
)

group = AppGroup("statistics", help="Figures of a unit on a day, and the rows behind them.")


class Day(click.ParamType[date]):
    """A day as 2023-08-17."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        if isinstance(value, date) and not isinstance(value, datetime):
            return value
        day = read_day(str(value))
        if day is None:
            self.fail(f"{value!r} is not a day written as 2023-08-17.", param, ctx)
        return day


def _about_a_unit(command: Command) -> Command:
    """The options both commands share."""
    options = [
        click.option("--unit", "code", required=True, metavar="CODE", help="Code of the unit."),
        click.option("--as-of", type=Day(), required=True, help="The day of the figures."),
        click.option("--since", type=Day(), help="First day of flows; default 1 January."),
        click.option("--format", "form", type=click.Choice(FORMATS), default="table"),
        click.option(
            "--output", type=click.Path(dir_okay=False, path_type=Path), help="Write to this file."
        ),
    ]
    for option in reversed(options):
        command = option(command)
    return command


@group.command("show")
@_about_a_unit
def show(code: str, as_of: date, since: date | None, form: str, output: Path | None) -> None:
    """The county ledger: totals, and a row for each part of the unit."""
    with _refusals():
        ledger = read_ledger(_unit_id(code), as_of=as_of, since=since)
        if form == "xlsx":
            _write(ledger_workbook(ledger), output)
        elif form == "json":
            _print(_json(ledger_shape(ledger)), output)
        else:
            _print("\n".join(_ledger_lines(ledger)), output)


@group.command("rows")
@click.argument("figure")
@_about_a_unit
@click.option("--level", type=click.Choice([level.value for level in TrainingLevel]))
def rows(
    figure: str,
    code: str,
    as_of: date,
    since: date | None,
    form: str,
    output: Path | None,
    level: str | None,
) -> None:
    """The rows behind one FIGURE; their values sum to it."""
    with _refusals():
        wanted = Wanted(figure, as_of, since, level=TrainingLevel(level) if level else None)
        listing = list_figure_rows(_unit_id(code), wanted)
        if form == "xlsx":
            _write(rows_workbook(listing), output)
        elif form == "json":
            shaped = {**rows_shape(listing), "rows": [figure_row_shape(r) for r in listing.items]}
            _print(_json(shaped), output)
        else:
            _print("\n".join(_row_lines(listing)), output)


@contextmanager
def _refusals() -> Iterator[None]:
    try:
        yield
    except DomainError as error:
        raise click.ClickException(str(error)) from error


def _unit_id(code: str) -> int:
    unit = find_unit(code)
    if unit is None:
        raise click.ClickException(f"There is no unit with the code {code}.")
    return unit.id


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)


def _print(text: str, output: Path | None) -> None:
    if output is None:
        click.echo(text)
        return
    output.write_text(f"{text}\n", encoding="utf-8")
    click.echo(f"Written to {output}.")


def _write(data: bytes, output: Path | None) -> None:
    if output is None:
        raise click.ClickException("A workbook needs a file: add --output FILE.xlsx.")
    output.write_bytes(data)
    click.echo(f"Written to {output}.")


def _ledger_lines(ledger: Ledger) -> Iterator[str]:
    yield f"{ledger_name(ledger)}  {ledger.as_of}  ({ledger.since} – {ledger.as_of})"
    yield ""
    for name, figure in FIGURES.items():
        value = ledger.totals[name]
        if figure.kind is FigureKind.LEVELS:
            value = "  ".join(f"{level} {count}" for level, count in value.items())
        yield (
            f"{name:<32}{_text(value):>12}  {figure.label}"
            if isinstance(value, (int, float))
            else f"{name:<32}{_text(value)}"
        )
    yield ""
    table = [["", *KEY_FIGURES]]
    for row in ledger.rows:
        figures = [_text(row.figures[name]) for name in KEY_FIGURES]
        table.append([row_name(ledger, row), *figures])
    yield from _columns(table)
    yield ""
    yield from ledger_notes(ledger)


def _row_lines(listing: FigureRows) -> Iterator[str]:
    yield f"{listing.figure.name}  {listing.unit.name}  {listing.as_of}  = {_text(listing.count)}"
    yield ""
    table = []
    for row in listing.items:
        details = [_text(detail_text(name, value)) for name, value in row.details.items()]
        where = row.unit_name if row.unit_name != row.label else row.parent_name or ""
        table.append([_text(row.value), row.label, where, _text(row.day), *details])
    yield from _columns(table)


def _text(value: Any) -> str:
    return "–" if value is None else str(number(value))


def _columns(table: list[list[str]]) -> Iterator[str]:
    """Lines whose columns stand under each other, wide characters counted as two."""
    if not table:
        return
    widths = [max(_width(row[index]) for row in table) for index in range(len(table[0]))]
    for row in table:
        cells = [
            text + " " * (width - _width(text)) for text, width in zip(row, widths, strict=True)
        ]
        yield "  ".join(cells).rstrip()


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
