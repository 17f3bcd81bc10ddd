"""Cells that hold a day or a range of days, judged against today."""

from __future__ import annotations

from datetime import date

from app.domain.exchange.reading.values.dates import (
    Day,
    DayTrouble,
    Precision,
    meant_instead,
    read_day,
)
from app.domain.exchange.reading.values.finding import Cell, Parsed, Reading, doubtful, wrong
from app.domain.exchange.reading.values.periods import read_period, seems_reversed


def _trouble(trouble: DayTrouble) -> Parsed:
    return wrong(trouble.code, suggestion=trouble.suggestion)


def parse_day(cell: Cell, reading: Reading) -> Parsed:
    """A day not after today; a month means its first day."""
    return _not_after(cell, reading.today)


def _not_after(cell: Cell, latest: date) -> Parsed:
    day = read_day(cell)
    if isinstance(day, DayTrouble):
        return _trouble(day)
    if day.first > latest:
        return wrong("date_future", suggestion=meant_instead(day, latest))
    return Parsed(day.first)


def parse_any_day(cell: Cell, reading: Reading) -> Parsed:
    """A day that may lie ahead: when a school closes."""
    day = read_day(cell)
    return _trouble(day) if isinstance(day, DayTrouble) else Parsed(day.first)


def parse_period(cell: Cell, reading: Reading) -> Parsed:
    """A Period that began; one that has not ended yet, or whose end seems to lie before its start, only warns (who
    passed it already is checked with the row).
    """
    period = read_period(cell)
    if isinstance(period, DayTrouble):
        return _trouble(period)
    if period.starts_on > reading.today:
        start = Day(period.starts_on, Precision.DAY)
        return wrong("date_future", suggestion=meant_instead(start, reading.today))
    if seems_reversed(cell):
        return doubtful(period, "period_perhaps_reversed", until=period.ends_on.isoformat())
    if period.ends_on > reading.today:
        return doubtful(period, "period_not_ended")
    return Parsed(period)
