"""The result of reading one cell: a value, and at most one thing to say about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from math import isfinite
from typing import Any, NamedTuple

from app.domain.exchange.reading.sheet import Severity

Cell = int | float | str | bool | date | datetime | time | timedelta


EXACT_BELOW = 1e15  # spreadsheets keep 15 digits


class Finding(NamedTuple):
    code: str
    params: dict[str, str]
    severity: Severity


class Parsed(NamedTuple):
    value: Any
    finding: Finding | None = None


@dataclass(frozen=True)
class Reading:
    """What the parsers must know besides the cell."""

    today: date
    masked_allowed: bool


Parser = Callable[[Cell, Reading], Parsed]


def wrong(code: str, **params: str) -> Parsed:
    """No value: the row is rejected."""
    return Parsed(None, Finding(code, params, "error"))


def doubtful(value: Any, code: str, **params: str) -> Parsed:
    """A value (or None) that somebody should look at; it rejects nothing."""
    return Parsed(value, Finding(code, params, "warning"))


def text_of(cell: Cell) -> str:
    """The cell as its reader sees it: whole numbers without a decimal point, dates as 2023-05-23."""
    if isinstance(cell, str):
        return cell.strip()
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        if abs(cell) >= EXACT_BELOW:
            return f"{Decimal(f'{cell:.14e}'):f}" if isfinite(cell) else str(cell)
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, datetime):
        return cell.strftime("%Y-%m-%d %H:%M")
    return str(cell)
