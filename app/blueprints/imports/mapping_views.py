"""The first rows of a sample as a mapping reads them, for the page where it is made."""

from __future__ import annotations

from dataclasses import dataclass, field

from flask_babel import gettext as _

from app.blueprints.imports.views import MASKS
from app.core import clock
from app.core.errors import DomainError
from app.domain.exchange.mappings import read_sample
from app.domain.exchange.reading import Row, Sheet, message_of
from app.domain.exchange.reading.mapped import MAPPED_FIELDS, Layout, why_not_layout
from app.domain.exchange.sampling import Sample

SHOWN_ROWS = 8


@dataclass(frozen=True)
class ReadRow:
    """A row as it would be read: texts by field, whether its person has finished, what is wrong."""

    number: int
    cells: list[str]
    finished: bool
    problems: list[str]


@dataclass
class Reading:
    """What a mapping makes of a sample. ``refusal``: why nothing can be read yet."""

    fields: list[str] = field(default_factory=list)
    rows: list[ReadRow] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    words: list[tuple[str, int]] = field(default_factory=list)
    refusal: str | None = None


def read_through(layout: Layout, sample: Sample, header_row: int) -> Reading:
    """The first rows of the sample, personal values masked."""
    shown = Reading()
    status = layout.columns.get("verdict")
    if status:
        shown.words = sample.words_below(header_row, status)
    if why_not_layout(layout) is not None:
        shown.refusal = _("Choose at least the columns of the name, the unit and the training.")
        return shown
    try:
        sheet = read_sample(layout, sample.container(), sample.file_name, today=clock.today())
    except DomainError as refusal:
        shown.refusal = str(refusal.message)
        return shown
    shown.fields = [name for name in MAPPED_FIELDS if name in sheet.columns]
    for extra in ("title", "hours"):
        if extra not in shown.fields and getattr(layout, extra):
            shown.fields.append(extra)
    shown.unread = list(sheet.unknown_columns)
    shown.rows = [_read(row, sheet, shown.fields) for row in sheet.rows[:SHOWN_ROWS]]
    return shown


def _read(row: Row, sheet: Sheet, fields: list[str]) -> ReadRow:
    passed = row.values.get("passed")
    progress = row.values.get("progress")
    done = passed if passed is not None else (progress is None or progress >= 100)
    dated = "completed_at" not in sheet.columns or row.values.get("completed_at") is not None
    return ReadRow(
        number=row.number,
        cells=[_shown(row, name) for name in fields],
        finished=bool(done and dated and not row.has_errors),
        problems=[message_of(problem) for problem in row.problems],
    )


def _shown(row: Row, name: str) -> str:
    text = row.cells.get(name) or ""
    if name in MASKS:
        return MASKS[name](text) if text else ""
    value = row.values.get(name)
    if name in ("title", "hours") and not text and value is not None:
        return str(value)
    return text
