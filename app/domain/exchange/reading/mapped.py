"""The ``online`` workbook as a platform lays it out: which of its columns is which of our fields."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from app.domain.exchange.reading.kinds import ONLINE, Field, Kind
from app.domain.exchange.reading.sheet import Sheet
from app.domain.exchange.reading.values.finding import Cell, Parsed, Parser, Reading, text_of
from app.domain.exchange.reading.values.texts import tidy_text
from app.domain.exchange.reading.values.words import PASSED, word_key

# In the order in which they are asked for; ``verdict`` is the column that says who has finished.
MAPPED_FIELDS = (
    "name",
    "school",
    "county",
    "id_number",
    "phone",
    "title",
    "verdict",
    "progress",
    "completed_at",
    "hours",
    "level",
    "score",
)


@dataclass(frozen=True)
class Layout:
    """``columns``: field → header as it stands in the export. ``title`` and ``hours`` fill what no cell says."""

    columns: Mapping[str, str]
    finished_words: tuple[str, ...] = ()
    title: str | None = None
    hours: Decimal | None = field(default=None)


def why_not_layout(layout: Layout) -> tuple[str, str] | None:
    """Why nothing could be read by a layout, as (code, field): ``name_column``, ``school_column``, ``title_missing``,
    ``column_twice``, ``words_without_column``; None when it can.
    """
    columns = layout.columns
    for name in ("name", "school"):
        if name not in columns:
            return f"{name}_column", name
    if "title" not in columns and not layout.title:
        return "title_missing", "title"
    seen: set[str] = set()
    for name in MAPPED_FIELDS:
        header = columns.get(name)
        if header is not None and header in seen:
            return "column_twice", name
        seen.add(header or "")
    if layout.finished_words and "verdict" not in columns:
        return "words_without_column", "verdict"
    return None


def kind_of(layout: Layout) -> Kind:
    """The kind of workbook that a layout describes: only its columns are read, and each of them must be there."""
    fields = tuple(
        _mapped(ONLINE.field(name), layout) for name in MAPPED_FIELDS if name in layout.columns
    )
    return Kind(
        ONLINE.name,
        fields,
        tuple((column.name,) for column in fields),
        masked_allowed=True,
        exact=True,
    )


def _mapped(column: Field, layout: Layout) -> Field:
    mapped = replace(column, headers=(layout.columns[column.name],))
    if column.name == "title" and layout.title:
        return replace(mapped, filled=False)
    if column.name == "verdict":
        return replace(mapped, parse=_says_finished(layout.finished_words))
    return mapped


def _says_finished(words: tuple[str, ...]) -> Parser:
    """Who has finished, by the platform's own words; without any, by the usual ones. Any other word: not yet."""
    known = {word_key(word) for word in words}

    def parse(cell: Cell, reading: Reading) -> Parsed:
        key = word_key(cell)
        finished = key in known if known else PASSED.get(key, False)
        return Parsed((finished, tidy_text(text_of(cell))))

    return parse


def fill_rows(sheet: Sheet, layout: Layout) -> None:
    """What holds for all rows, where the cells say nothing. An empty status is not one of having finished."""
    has_status, has_progress = "verdict" in sheet.columns, "progress" in sheet.columns
    for row in sheet.rows:
        values: dict[str, Any] = row.values
        if not values.get("title"):
            values["title"] = layout.title
        if values.get("hours") is None:
            values["hours"] = layout.hours
        if has_status and values.get("passed") is None and not has_progress:
            values["passed"] = False
