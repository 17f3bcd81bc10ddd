"""Read a workbook of questions: what each row says, and all that is wrong with it, by row and column."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from app.core.errors import InvalidInput
from app.core.i18n import gettext as _
from app.core.spreadsheet import FORMULA_STARTS
from app.core.text import squeeze
from app.domain.courses.operations.questions import QuestionDraft, tidied
from app.domain.courses.question_sheets.layout import (
    ALIASES,
    ANSWER,
    CODE,
    EXPLANATION,
    HEADERS,
    KIND,
    MOST_ROWS,
    OPTIONS,
    REQUIRED,
    STEM,
    TOPIC,
    VERSION,
)
from app.domain.courses.rules.question_sheet import read_kind, read_right_answer
from app.domain.courses.rules.questions import CHOICES, QuestionText

Grid = Sequence[Sequence[Any]]
_HEADER_WITHIN = 10
_LONGEST_SHOWN = 40
_COLUMNS = {
    "stem": STEM,
    "answer": ANSWER,
    "options": OPTIONS[0],
    "topic": TOPIC,
    "code": CODE,
}


@dataclass(frozen=True, slots=True)
class Problem:
    """What keeps the sheet from being taken: the row as Excel counts it, the column's header, the value, a code."""

    row: int
    column: str
    value: str
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class SheetEntry:
    """A question as a row says it. ``seen``: the revision that the row went out with; None for a new one."""

    row: int
    seen: int | None
    draft: QuestionDraft


@dataclass
class Sheet:
    """What a workbook says. With ``problems`` nothing of it is taken."""

    entries: list[SheetEntry] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def read_questions(grids: Sequence[Grid]) -> Sheet:
    """The questions of a workbook. Raises InvalidInput: ``not_a_question_sheet``, ``column_missing``, ``no_rows``,
    ``too_many_rows``.
    """
    grid, line, columns = _find_header(grids)
    reader = _Reader(columns)
    for number, cells in enumerate(grid[line + 1 :], start=line + 2):
        reader.take(number, cells)
    sheet = reader.sheet
    if not sheet.entries and not sheet.problems:
        raise InvalidInput(_("There is no question below the header."), "no_rows", "file")
    if len(sheet.entries) > MOST_ROWS:
        raise InvalidInput(
            _("At most %(most)s questions at once. Split the sheet.", most=MOST_ROWS),
            "too_many_rows",
            "file",
        )
    return sheet


def _find_header(grids: Sequence[Grid]) -> tuple[Grid, int, dict[str, int]]:
    for grid in grids:
        for line, cells in enumerate(grid[:_HEADER_WITHIN]):
            columns = _columns(cells)
            if KIND in columns and STEM in columns:
                missing = [header for header in REQUIRED if header not in columns]
                if missing:
                    raise InvalidInput(
                        _(
                            "The column “%(column)s” is missing in row %(row)s.",
                            column=missing[0],
                            row=line + 1,
                        ),
                        "column_missing",
                        "file",
                    )
                return grid, line, columns
    raise InvalidInput(
        _(
            "This is no sheet of questions: there is no header with 题型 and 题干 in the first rows. Download the"
            " template and fill that in."
        ),
        "not_a_question_sheet",
        "file",
    )


def _columns(cells: Sequence[Any]) -> dict[str, int]:
    found: dict[str, int] = {}
    for place, value in enumerate(cells):
        name = squeeze(str(value)).strip("*:").removesuffix("(必填)")
        header = name if name in HEADERS else ALIASES.get(name)
        if header is not None and header not in found:
            found[header] = place
    return found


class _Reader:
    def __init__(self, columns: dict[str, int]) -> None:
        self.columns = columns
        self.sheet = Sheet()
        self.codes: dict[str, int] = {}
        self.texts: dict[QuestionText, int] = {}

    def take(self, row: int, cells: Sequence[Any]) -> None:
        said = {header: _text(cells, place) for header, place in self.columns.items()}
        if not any(said.values()):
            return
        kind = read_kind(said[KIND])
        if kind is None:
            self._problem(
                row, KIND, said[KIND], "kind_unknown", _("Choose one of the kinds in the list.")
            )
            return
        options = [said.get(option, "") for option in OPTIONS] if kind in CHOICES else []
        while options and not options[-1]:
            options.pop()
        answer = read_right_answer(kind, said[ANSWER], said[STEM])
        if answer is None:
            self._problem(row, ANSWER, said[ANSWER], "answer_unread", _answer_words())
            return
        explanation = said.get(EXPLANATION, "")
        text = QuestionText(kind, said[STEM], tuple(options), answer, explanation)
        draft = QuestionDraft(text, said.get(TOPIC, ""), said.get(CODE, ""))
        self._check(row, draft, said)

    def _check(self, row: int, draft: QuestionDraft, said: dict[str, str]) -> None:
        try:
            draft = tidied(draft)
        except InvalidInput as error:
            column = _COLUMNS[error.field or "stem"]
            self._problem(row, column, said.get(column, ""), error.code, str(error.message))
            return
        version = said.get(VERSION, "")
        if version and not (version.isascii() and version.isdecimal() and len(version) < 6):
            words = _("The version is no number. Leave it as it was exported, or empty.")
            self._problem(row, VERSION, version, "version_unread", words)
            return
        if first := self._twice(draft, row):
            words = _("The same question or code stands in row %(row)s already.", row=first)
            self._problem(row, CODE if draft.code else STEM, draft.code, "row_twice", words)
            return
        self.sheet.entries.append(SheetEntry(row, int(version) if version else None, draft))

    def _twice(self, draft: QuestionDraft, row: int) -> int | None:
        """The row that says the same or has the same code; remembers this one."""
        first = self.codes.get(draft.code) if draft.code else self.texts.get(draft.text)
        self.codes.setdefault(draft.code, row)
        self.texts.setdefault(draft.text, row)
        return first

    def _problem(self, row: int, column: str, value: str, code: str, message: str) -> None:
        self.sheet.problems.append(Problem(row, column, value[:_LONGEST_SHOWN], code, message))


def _answer_words() -> str:
    return str(
        _(
            "The right answer cannot be read. Letters for choices (ABD), 正确 or 错误, one line for each gap, or a"
            " model answer."
        )
    )


def _text(cells: Sequence[Any], place: int) -> str:
    """A cell as somebody would have typed it: 85.0 is 85."""
    value = cells[place] if place < len(cells) else ""
    if isinstance(value, bool):
        return "正确" if value else "错误"
    if isinstance(value, float):
        return f"{Decimal(repr(value)).normalize():f}"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time().isoformat() == "00:00:00" else str(value)
    if isinstance(value, date):
        return value.isoformat()
    text = "" if value is None else str(value).strip()
    # As ``neutralise`` wrote it.
    return text[1:] if text[:1] == "'" and text[1:2] in FORMULA_STARTS else text
