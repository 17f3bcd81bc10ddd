"""What a figure is made of: a source, the rows of it that count, and how much each."""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement

from app.domain.statistics.rules import FigureKind
from app.domain.statistics.sources.base import Source

Columns = Any  # the columns of a source, by name
Where = Callable[[Columns], ColumnElement[bool]]
Value = Callable[[Columns], ColumnElement[int]]


class Group(enum.StrEnum):
    """The groups of columns in the ledger."""

    SCHOOLS = "schools"
    COUNSELORS = "counselors"
    HOLDERS = "holders"
    LEAD_TEACHERS = "lead_teachers"
    STUDIOS = "studios"
    TRAININGS = "trainings"


def column_named(name: str) -> Value:
    def pick(columns: Columns) -> ColumnElement[int]:
        column: ColumnElement[int] = columns[name]
        return column

    return pick


ONE = column_named("one")


@dataclass(frozen=True)
class Figure:
    """One figure. ``scale``: the rows keep hundredths or tenths; ``parts``: numerator and denominator of a ratio."""

    name: str
    label: Any
    group: Group
    source: Source | None
    kind: FigureKind = FigureKind.ADDITIVE
    where: Where | None = None
    value: Value = ONE
    scale: int = 1
    parts: tuple[str, str] | None = None
    measure: Any = None

    @property
    def has_rows(self) -> bool:
        return self.source is not None


def equals(name: str, value: Any) -> Where:
    return lambda columns: columns[name] == value


def positive(name: str) -> Where:
    return lambda columns: columns[name] > 0
