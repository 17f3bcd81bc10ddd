"""The ledger as a table of a page: which columns, what each cell shows and where it leads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from flask import url_for
from flask_babel import lazy_gettext

from app.blueprints.counties.arguments import Asked
from app.domain.statistics.definition import Figure, Group
from app.domain.statistics.figures import FIGURES, LEVELS
from app.domain.statistics.ledger import Comparison, Ledger, LedgerRow
from app.domain.statistics.rows import Lacking
from app.domain.statistics.rules import FigureKind, Part, Target
from app.domain.statistics.sums import Figures
from app.domain.statistics.words import GROUPS, TARGETS, level_label, row_name

# Column heads under the heading of their group.
SHORT = {
    "schools": lazy_gettext("Schools"),
    "schools_with_counselor": lazy_gettext("with a counselor"),
    "counselor_coverage": lazy_gettext("Counselor coverage"),
    "schools_with_room": lazy_gettext("with a room"),
    "room_coverage": lazy_gettext("Room coverage"),
    "rooms": lazy_gettext("Rooms"),
    "room_area": lazy_gettext("Area (m²)"),
    "counselors": lazy_gettext("In all"),
    "counselors_full_time": lazy_gettext("Full time"),
    "counselors_part_time": lazy_gettext("Part time"),
    "recruited": lazy_gettext("Recruited"),
    "holders": lazy_gettext("Holders"),
    "holders_psych_2": lazy_gettext("Level 2"),
    "holders_psych_3": lazy_gettext("Level 3"),
    "holders_other_recognised": lazy_gettext("Other"),
    "certificates_psych_2": lazy_gettext("Certificates, level 2"),
    "certificates_psych_3": lazy_gettext("Certificates, level 3"),
    "certificates_other_recognised": lazy_gettext("Certificates, other"),
    "lead_teachers": lazy_gettext("Persons"),
    "counties_covered": lazy_gettext("Counties covered"),
    "studios": lazy_gettext("Studios"),
    "studio_hosts": lazy_gettext("Hosts"),
    "studio_members": lazy_gettext("Members"),
    "training_person_times": lazy_gettext("Person-times"),
    "training_headcount": lazy_gettext("Persons"),
    "credit_hours": lazy_gettext("Hours"),
    "hours_year_met": lazy_gettext("Year reached"),
    "hours_cycle_met": lazy_gettext("Cycle reached"),
}
# Shown only on demand: certificates beside their holders.
FURTHER = {
    "certificates_psych_2",
    "certificates_psych_3",
    "certificates_other_recognised",
}
LACKING = {"counselor_coverage": Lacking.COUNSELOR, "room_coverage": Lacking.ROOM}
MARKED = {
    Target.COUNSELOR_COVERAGE: "counselor_coverage",
    Target.LEAD_TEACHERS: "lead_teachers",
    Target.COUNSELORS: "counselors",
}


@dataclass(frozen=True)
class Column:
    """One column: a figure, or one level of it; ``address`` leads to the rows of whatever unit is appended."""

    figure: Figure
    label: str
    level: str | None
    address: str
    is_first: bool = False

    @property
    def kind(self) -> str:
        return "ratio" if self.figure.kind is FigureKind.RATIO else "number"

    def value(self, figures: Figures) -> Any:
        value = figures[self.figure.name]
        return value if self.level is None else value[self.level]


@dataclass(frozen=True)
class Line:
    """A row of the table: its name, its own ledger, and the cells as arguments of ``figure``."""

    name: str
    url: str | None
    cells: Sequence[tuple[Any, ...]]


def rows_address(figure: Figure, level: str | None = None) -> str:
    """The address of a figure's rows up to the query of the unit; a ratio leads to the schools that lack it."""
    name, extra = figure.name, ""
    if figure.parts is not None:
        name, extra = figure.parts[1], f"lacking={LACKING[figure.name]}&"
    if level is not None:
        name, extra = "training_person_times", f"level={level}&"
    return f"{url_for('counties.show_figure', figure=name)}?{extra}"


def list_columns(ledger: Ledger, *, everything: bool) -> list[Column]:
    """The columns of a page; levels nobody was trained at, and what is shown on demand, only with ``everything``."""
    columns = [
        Column(figure, label, level, rows_address(figure, level))
        for figure, label, level in _candidates(ledger)
        if everything or _is_shown(ledger, figure, level)
    ]
    found: list[Column] = []
    for _group, members in groupby(columns, key=lambda column: column.figure.group):
        first, *others = members
        found += [Column(first.figure, first.label, first.level, first.address, True), *others]
    return found


def _candidates(ledger: Ledger) -> Iterator[tuple[Figure, str, str | None]]:
    for figure in FIGURES.values():
        if figure.kind is FigureKind.LEVELS:
            yield from ((figure, level_label(level), level.value) for level in LEVELS)
        elif figure.kind is not FigureKind.COVERED or ledger.counties:
            yield figure, str(SHORT[figure.name]), None


def _is_shown(ledger: Ledger, figure: Figure, level: str | None) -> bool:
    if level is not None:
        return bool(ledger.totals[figure.name][level])
    return figure.name not in FURTHER


def group_heads(columns: Sequence[Column]) -> list[tuple[str, int]]:
    """The upper line of the head: each group with the number of its columns."""
    return [
        (str(GROUPS[Group(group)]), len(list(members)))
        for group, members in groupby(columns, key=lambda column: column.figure.group)
    ]


def lines(
    ledger: Ledger, asked: Asked, columns: Sequence[Column], comparison: Comparison | None
) -> list[Line]:
    """A line for each part of the unit."""
    ledger_url = url_for("counties.index")
    found = []
    for row in ledger.rows:
        query = _row_query(ledger, row, asked) if asked.view.rows else None
        url = None
        if query is not None and row.kind != Part.OWN:
            compared = f"&compare={asked.compare}" if asked.compare else ""
            url = f"{ledger_url}?{query}{compared}"
        changes = comparison.row_changes[row.unit_id] if comparison is not None else None
        marks = {MARKED[target]: str(TARGETS[target]) for target in row.missed}
        cells = _cells(columns, row.figures, changes, marks, query)
        found.append(Line(row_name(ledger, row), url, cells))
    return found


def _row_query(ledger: Ledger, row: LedgerRow, asked: Asked) -> str | None:
    """What a row's own ledger and its figures' rows are asked for by; what is left of a part has no address."""
    if row.code is not None:
        return asked.query(unit=row.code, part=None)
    return asked.query(part=row.kind) if ledger.part is None else None


def total_cells(
    ledger: Ledger, asked: Asked, columns: Sequence[Column], comparison: Comparison | None
) -> Sequence[tuple[Any, ...]]:
    marks = {MARKED[target]: str(TARGETS[target]) for target in ledger.missed}
    changes = comparison.changes if comparison is not None else None
    query = asked.query() if asked.view.rows else None
    return _cells(columns, ledger.totals, changes, marks, query)


def _cells(
    columns: Sequence[Column],
    figures: Figures,
    changes: Figures | None,
    marks: dict[str, str],
    query: str | None,
) -> list[tuple[Any, ...]]:
    """Value, address, change (none where nothing changed), mark and kind of each cell."""
    return [
        (
            value := column.value(figures),
            f"{column.address}{query}" if query is not None and _opens(column, value) else None,
            (column.value(changes) or None) if changes is not None else None,
            marks.get(column.figure.name),
            column.kind,
        )
        for column in columns
    ]


def _opens(column: Column, value: Any) -> bool:
    """Whether there is anything to see: rows, or schools that lack what a coverage counts."""
    if column.kind == "ratio":
        return value is not None and value < 1
    return bool(value)
