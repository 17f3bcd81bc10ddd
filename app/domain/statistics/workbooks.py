"""The ledger and the rows behind a figure as workbooks in the bureau's layout (DOMAIN.md §6)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from app.core.i18n import gettext as _
from app.core.spreadsheet import Column, write_table
from app.domain.statistics.definition import Figure
from app.domain.statistics.figures import FIGURES, LEVELS
from app.domain.statistics.ledger import Ledger
from app.domain.statistics.rows import FigureRows
from app.domain.statistics.rules import FigureKind, Part
from app.domain.statistics.sums import Figures
from app.domain.statistics.words import (
    DAYS,
    DETAILS,
    detail_text,
    lead_policy,
    ledger_name,
    level_label,
    part_name,
    row_name,
)


@dataclass(frozen=True)
class LedgerColumn:
    """One column of the printed ledger: a figure, or one training level of it."""

    figure: Figure
    header: str
    level: str | None = None

    def value(self, figures: Figures) -> Any:
        value = figures[self.figure.name]
        return value if self.level is None else value[self.level]


def ledger_columns() -> Iterator[LedgerColumn]:
    """Every figure in the order of the ledger, a column for each training level."""
    for figure in FIGURES.values():
        if figure.kind is FigureKind.LEVELS:
            for level in LEVELS:
                header = _("%(level)s person-times", level=level_label(level))
                yield LedgerColumn(figure, header, level.value)
        else:
            yield LedgerColumn(figure, str(figure.label))


def ledger_workbook(ledger: Ledger) -> bytes:
    """Title, reporting unit, header, a row for each part, the total, and notes that name day and policies."""
    columns = list(ledger_columns())
    rows = [
        [index, row_name(ledger, row), *(column.value(row.figures) for column in columns)]
        for index, row in enumerate(ledger.rows, 1)
    ]
    rows.append(
        [None, _("Total"), *(column.value(ledger.totals) for column in columns)],
    )
    headers = [Column(_("No."), 6), Column(_("County (city, district)"), 20)]
    headers += [
        Column(column.header, 11, "0.00%" if column.figure.parts else None) for column in columns
    ]
    return write_table(
        _("Mental health education in %(unit)s: figures", unit=ledger_name(ledger)),
        headers,
        rows,
        subtitle=_(
            "Reporting unit: %(unit)s   As of: %(as_of)s   Period from: %(since)s",
            unit=ledger.unit.name,
            as_of=ledger.as_of.isoformat(),
            since=ledger.since.isoformat(),
        ),
        sheet_name=_("Ledger"),
        notes=ledger_notes(ledger),
    )


def ledger_notes(ledger: Ledger) -> list[str]:
    """What a reader of the numbers must know."""
    notes = [
        _(
            "Note: as of %(as_of)s; recruitment and trainings from %(since)s until that day.",
            as_of=ledger.as_of.isoformat(),
            since=ledger.since.isoformat(),
        )
    ]
    notes += [lead_policy(setting) for setting in ledger.lead_policies]
    notes.append(_("Coverages, covered counties and persons trained do not add up over the rows."))
    return notes


def rows_workbook(listing: FigureRows) -> bytes:
    """The rows behind a figure, each with what it adds to it."""
    source = listing.figure.source
    details = source.details if source is not None else ()
    is_people = any(row.person_id is not None for row in listing.items)
    headers = [
        Column(_("No."), 6),
        Column(_("Name"), 24),
        Column(_("County (city, district)"), 20),
        *([Column(_("Unit"), 28)] if is_people else []),
        *(Column(str(DETAILS[detail]), 16) for detail in details),
        *([Column(str(DAYS[source.day]), 12)] if source is not None else []),
        Column(_("Counts as"), 10),
    ]
    rows = [
        [
            index,
            row.label,
            row.parent_name,
            *([row.unit_name] if is_people else []),
            *(detail_text(detail, row.details[detail]) for detail in details),
            row.day,
            row.value,
        ]
        for index, row in enumerate(listing.items, 1)
    ]
    name = listing.unit.name
    if listing.part is not None:
        name = f"{name} · {part_name(name, Part(listing.part))}"
    return write_table(
        f"{name} · {listing.figure.label}",
        headers,
        rows,
        subtitle=_(
            "As of: %(as_of)s   Period from: %(since)s   Sum: %(count)s",
            as_of=listing.as_of.isoformat(),
            since=listing.since.isoformat(),
            count=listing.count,
        ),
        sheet_name=_("Rows"),
    )
