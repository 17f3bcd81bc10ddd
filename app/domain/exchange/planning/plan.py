"""What an import would do, as plain values: rows of the workbook, and the table rows they would write."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import Enum, String

from app.core.db import Base
from app.domain.exchange.models import RowState
from app.domain.exchange.reading import Problem, Row, Sheet


class NewRow:
    """A table row to be made. A value may be another new row: its id is filled in when both are written."""

    __slots__ = ("id", "table", "values")

    def __init__(self, table: str, values: dict[str, Any]) -> None:
        self.table = table
        self.values = values
        self.id: int | None = None


RowId = int | NewRow


@dataclass(frozen=True, slots=True)
class PathBelow:
    """The path of a unit that is still to be made, under its parent's."""

    parent_path: str
    unit: NewRow


@dataclass(slots=True)
class ChangedRow:
    """A table row to be changed: only the columns that differ, with their old and new values."""

    table: str
    id: int
    before: dict[str, Any]
    after: dict[str, Any]


Write = NewRow | ChangedRow


@dataclass(slots=True)
class Change:
    """One thing a row would change, as a person reads it, masked; ``fact`` names it (``posting``, ``phone``)."""

    fact: str
    old: str | None
    new: str | None


@dataclass(slots=True)
class Outcome:
    """What becomes of one row. ``number`` None: no row, but somebody missing from a complete roster."""

    number: int | None
    state: RowState = RowState.UNCHANGED
    name: str = ""
    cells: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    writes: list[Write] = field(default_factory=list)
    person: RowId | None = None
    row_key: str | None = None
    columns: dict[str, str] = field(default_factory=dict)

    def is_rejected(self) -> bool:
        return self.state is RowState.REJECTED

    @property
    def warned(self) -> bool:
        return any(problem.severity == "warning" for problem in self.problems)

    def add(self, table: str, **values: Any) -> NewRow:
        row = NewRow(table, values)
        self.writes.append(row)
        return row

    def told(self, fact: str, old: Any, new: Any) -> None:
        self.changes.append(Change(fact, _text(old), _text(new)))

    def alter(self, table: str, row_id: int, before: dict[str, Any], after: dict[str, Any]) -> None:
        """Change the columns whose value differs; nothing when none does."""
        differing = {name: value for name, value in after.items() if before.get(name) != value}
        if differing:
            old = {name: before.get(name) for name in differing}
            self.writes.append(ChangedRow(table, row_id, old, differing))

    def problem(
        self, row: Row, field_name: str, code: str, *, severity: Any = "error", **params: str
    ) -> None:
        """Something found against the registry, at the cell of a field."""
        value = params.pop("value", None)
        self.problems.append(
            Problem(
                row=row.number,
                column=self.columns.get(field_name, ""),
                value=row.cells.get(field_name, "") if value is None else value,
                code=code,
                params=params,
                severity=severity,
                field=field_name,
            )
        )
        if severity == "error":
            self.state = RowState.REJECTED

    def warn(self, row: Row, field_name: str, code: str, **params: str) -> None:
        self.problem(row, field_name, code, severity="warning", **params)

    def settle(self, *, created: bool) -> None:
        """Decide between created, changed and unchanged, unless it was rejected or left unresolved."""
        if self.state is not RowState.UNCHANGED:
            return
        self._refuse_long_texts()
        if self.is_rejected():
            return
        if created:
            self.state = RowState.CREATED
        elif self.writes:
            self.state = RowState.CHANGED

    def _refuse_long_texts(self) -> None:
        for write in self.writes:
            values = write.values if isinstance(write, NewRow) else write.after
            for name, length in _text_lengths(write.table):
                value = values.get(name)
                if value.__class__ is str and len(value) > length:
                    problem = Problem(
                        row=self.number,
                        column=self.columns.get(name, ""),
                        value=value[:30],
                        code="text_too_long",
                        params={"most": str(length)},
                        field=name,
                    )
                    self.problems.append(problem)
                    self.state = RowState.REJECTED


@cache
def _text_lengths(table: str) -> tuple[tuple[str, int], ...]:
    """How long the texts of a table's columns may be; words of a fixed set and digests are as long as they are."""
    return tuple(
        (column.name, column.type.length)
        for column in Base.metadata.tables[table].columns
        if isinstance(column.type, String)
        and not isinstance(column.type, Enum)
        and column.type.length
        and not column.name.endswith("_index")
    )


def _text(value: Any) -> str | None:
    if value is None or value == "":
        return None
    return value.isoformat() if isinstance(value, date) else str(value)


@dataclass(slots=True)
class Plan:
    """What the whole workbook would do. ``data_version``: the version of the data it was thought out against."""

    kind: str
    speaks_of: date
    data_version: int
    outcomes: list[Outcome]
    sheet: Sheet

    @property
    def is_rejected(self) -> bool:
        return any(outcome.is_rejected() for outcome in self.outcomes) or any(
            problem.severity == "error" for problem in self.sheet.problems
        )

    def counts(self) -> dict[str, int]:
        """Rows by what becomes of them (CONTRACT.md, import); ``ended``: missing from a complete roster."""
        states = Counter(outcome.state for outcome in self.outcomes)
        rows = [outcome for outcome in self.outcomes if outcome.number is not None]
        return {
            "read": len(rows),
            "created": states[RowState.CREATED],
            "changed": states[RowState.CHANGED],
            "unchanged": states[RowState.UNCHANGED],
            "rejected": states[RowState.REJECTED],
            "unresolved": states[RowState.UNRESOLVED],
            "warnings": sum(1 for outcome in rows if outcome.warned),
            "ended": states[RowState.ENDED],
        }

    def problems(self) -> Iterator[Problem]:
        yield from self.sheet.problems
        for outcome in self.outcomes:
            yield from outcome.problems

    def writes(self) -> Iterator[Write]:
        for outcome in self.outcomes:
            yield from outcome.writes
