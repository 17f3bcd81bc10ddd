"""Read a grade sheet that came back: what was changed in it, and all that is wrong with it, by row and column."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from app.core.errors import InvalidInput
from app.core.i18n import gettext as _
from app.core.text import name_key
from app.domain.workshops.grade_sheets.layout import NAME, criterion_header, open_sealed
from app.domain.workshops.grade_sheets.writing import sheet_key
from app.domain.workshops.models import Criterion
from app.domain.workshops.operations.marking_desk import (
    Clash,
    Desk,
    Entry,
    Refused,
    mark_words,
)
from app.domain.workshops.queries.gradebook import Book
from app.domain.workshops.rules import grading as rules
from app.domain.workshops.rules.grade_sheet import (
    SHEET_MARK,
    RowKey,
    SheetKey,
    read_row_key,
    read_sheet_key,
)

Grid = Sequence[Sequence[Any]]


@dataclass(frozen=True, slots=True)
class Problem:
    """What keeps the sheet from being taken: the row as Excel counts it, the column's header, the value, a code."""

    row: int
    column: str
    value: str
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Change:
    """A mark that the sheet changes: old → new."""

    name: str
    criterion: str
    old: Decimal | None
    new: Decimal | None


@dataclass
class SheetPlan:
    """What taking the sheet would do. With ``problems`` nothing is taken; ``clashes`` and ``left`` stay as they are."""

    entries: list[Entry] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    clashes: list[Clash] = field(default_factory=list)
    left: list[Refused] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    rows: int = 0
    absent: list[str] = field(default_factory=list)
    sorted_anew: bool = False


@dataclass(frozen=True, slots=True)
class _Place:
    """Where things stand in the sheet: the header's line, the columns of name, marks and key."""

    line: int
    key: int
    name: int
    marks: tuple[int, ...]


def plan_sheet(grids: Sequence[Grid], book: Book) -> SheetPlan:
    """What the sheet asks for, beside the book as it is now.

    Raises InvalidInput for a sheet that is none of ours (``not_our_sheet``), of another workshop
    (``other_workshop``), of the other marker (``other_marker``), of an older guide (``guide_changed``), or without a
    column (``column_missing``).
    """
    grid, line, key_column = _find_header(grids)
    sheet = _refuse_foreign(str(grid[line][key_column]), book)
    place = _find_columns(grid[line], line, key_column, book.criteria)
    plan = SheetPlan()
    reader = _Reader(book, sheet, place, plan)
    for number, cells in enumerate(grid[line + 1 :], start=line + 2):
        reader.take(number, cells)
    reader.finish()
    return plan


def _find_header(grids: Sequence[Grid]) -> tuple[Grid, int, int]:
    for grid in grids:
        for line, cells in enumerate(grid):
            for column, value in enumerate(cells):
                if isinstance(value, str) and value.startswith(SHEET_MARK):
                    return grid, line, column
    raise InvalidInput(
        _(
            "This is no grade sheet of ours, or its hidden last column is gone. Download the sheet, enter the marks"
            " there and upload that one."
        ),
        "not_our_sheet",
        "file",
    )


def _refuse_foreign(text: str, book: Book) -> SheetKey:
    inner = open_sealed(text)
    key = read_sheet_key(inner) if inner is not None else None
    if key is None:
        raise InvalidInput(
            _("The hidden last column was changed. Download the sheet again."),
            "not_our_sheet",
            "file",
        )
    if key.workshop_id != book.workshop_id:
        raise InvalidInput(
            _("This sheet belongs to another workshop. Nothing was changed."),
            "other_workshop",
            "file",
        )
    if key.marker != book.marker:
        raise InvalidInput(
            _("This sheet holds the marks of the other marker."), "other_marker", "file"
        )
    if key != sheet_key(book):
        raise InvalidInput(
            _("The marking guide was changed since this sheet went out. Download it again."),
            "guide_changed",
            "file",
        )
    return key


def _find_columns(
    header: Sequence[Any], line: int, key_column: int, criteria: Sequence[Criterion]
) -> _Place:
    columns = {name_key(str(text)): place for place, text in reversed(list(enumerate(header)))}
    found = []
    for wanted in (NAME, *(criterion_header(c) for c in criteria)):
        column = columns.get(name_key(wanted))
        if column is None:
            raise InvalidInput(
                _(
                    "The column “%(column)s” is missing in row %(row)s.",
                    column=wanted,
                    row=line + 1,
                ),
                "column_missing",
                "file",
            )
        found.append(column)
    return _Place(line, key_column, found[0], tuple(found[1:]))


class _Reader:
    def __init__(self, book: Book, sheet: SheetKey, place: _Place, plan: SheetPlan) -> None:
        self.book, self.sheet, self.place, self.plan = book, sheet, place, plan
        self.rows = {row.enrolment_id: row for row in book.rows}
        self.order: list[int] = []
        self.desk = Desk(book)

    def take(self, number: int, cells: Sequence[Any]) -> None:
        name = _text(_at(cells, self.place.name))
        sealed = _text(_at(cells, self.place.key))
        values = [_at(cells, column) for column in self.place.marks]
        if not sealed:
            if name or any(_text(value) for value in values):
                self._problem(number, NAME, name, "row_added")
            return
        inner = open_sealed(sealed, self.sheet)
        key = read_row_key(inner) if inner is not None else None
        if key is None or len(key.seen) != len(self.book.criteria):
            return self._problem(number, NAME, name, "row_foreign")
        if key.enrolment_id in self.order:
            return self._problem(number, NAME, name, "row_twice")
        self.order.append(key.enrolment_id)
        row = self.rows.get(key.enrolment_id)
        if row is not None and name_key(name) != name_key(row.name):
            return self._problem(number, NAME, name, "name_moved", belongs=row.name)
        for place, criterion in enumerate(self.book.criteria):
            self._cell(number, key, criterion, values[place], key.seen[place])
        return None

    def _cell(
        self,
        number: int,
        key: RowKey,
        criterion: Criterion,
        value: Any,
        seen: tuple[int, Decimal | None],
    ) -> None:
        text = _text(value)
        try:
            points = rules.read_value(text, Decimal(criterion.maximum))
        except rules.NotAMark as error:
            message = mark_words(error.code, text, criterion)
            self.plan.problems.append(
                Problem(number, criterion.title, text[:40], error.code, message)
            )
            return
        if points == seen[1]:
            return
        known = seen[1] if seen[0] else None
        self.plan.entries.append(Entry(key.enrolment_id, criterion.id, text, seen[0], known))

    def _problem(self, number: int, column: str, value: str, code: str, **more: str) -> None:
        words: dict[str, str] = {
            "row_added": _(
                "A row was added. Enrol the person first, then download the sheet again."
            ),
            "row_foreign": _("This row comes from another sheet, or its hidden cell was changed."),
            "row_twice": _("This person stands in the sheet twice."),
            "name_moved": _(
                "The name was moved: this row is that of %(belongs)s. Sort whole rows, the hidden column among them.",
                belongs=more.get("belongs", ""),
            ),
        }
        self.plan.problems.append(Problem(number, column, value[:40], code, words[code]))

    def finish(self) -> None:
        """Compare with the book: what changes, what clashes, what may not change any more."""
        plan = self.plan
        plan.rows = len(self.order)
        known = [row.enrolment_id for row in self.book.rows]
        plan.absent = [r.name for r in self.book.rows if r.enrolment_id not in set(self.order)]
        plan.sorted_anew = [i for i in known if i in set(self.order)] != [
            i for i in self.order if i in self.rows
        ]
        for entry in plan.entries:
            self.desk.take(entry)
        self.desk.name_others()
        plan.clashes, plan.left = self.desk.marking.clashes, self.desk.marking.refused
        titles = {criterion.id: criterion.title for criterion in self.book.criteria}
        plan.changes = [
            Change(self.rows[e.enrolment_id].name, titles[e.criterion_id], cell.value, value)
            for e, _marker, cell, value in self.desk.writes
        ]
        taken = {e.key for e, _marker, _cell, _value in self.desk.writes}
        plan.entries = [entry for entry in plan.entries if entry.key in taken]


def _at(cells: Sequence[Any], column: int) -> Any:
    return cells[column] if column < len(cells) else ""


def _text(value: Any) -> str:
    """A cell as somebody would have typed it: 85.0 is 85; what is neither number nor text stays what it shows."""
    if value is None:
        return ""
    if isinstance(value, float) and not isinstance(value, bool):
        return f"{Decimal(repr(value)).normalize():f}" if value == value else "nan"
    return str(value).strip()
