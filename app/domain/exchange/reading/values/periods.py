"""Ranges of days: 2021.10.11-10.20, 2022.03.01-2022.07.08, 2022年3月1日至7月8日, 2021.12.28-01.05."""

from __future__ import annotations

import re
import unicodedata
from datetime import timedelta
from functools import lru_cache

from app.domain.exchange.reading.sheet import Period
from app.domain.exchange.reading.values.dates import Day, DayTrouble, day_of_numbers, read_day
from app.domain.exchange.reading.values.finding import Cell

_BETWEEN = re.compile(r"至|到|~|～|—+|–|―|－－|、|--+|\s+-\s+|\s+")
_BRACKETED = re.compile(r"[（(].*?[）)]")
_NUMBERS = re.compile(r"\d+", re.ASCII)
_DAY_SIGNS = re.compile(r"[\d年月日号.。/\\-]*", re.ASCII)
_CLOCK = re.compile(r"\s*\d{1,2}:\d{1,2}(:\d{1,2})?")
LONGEST_ACROSS = timedelta(days=183)


def read_period(cell: Cell) -> Period | DayTrouble:
    """The range a cell states; one day is a range of itself, a month all its days.

    An end without year or month takes them from the start; an end before the start then lies in the next year.
    """
    if not isinstance(cell, str):
        return _whole(read_day(cell))
    return read_written_period(cell)


def seems_reversed(cell: Cell) -> bool:
    """Whether an end without its year was read as the next year's and the range became half a year or longer: more
    likely start and end were exchanged (2024.03.05-03.01), or a year is missing.
    """
    period = read_period(cell)
    if not isinstance(cell, str) or isinstance(period, DayTrouble):
        return False
    _first, last = _halves(_plain(cell))
    return (
        last is not None
        and period.ends_on - period.starts_on >= LONGEST_ACROSS
        and period.ends_on.year > period.starts_on.year
        and str(period.ends_on.year) not in last
    )


def _plain(text: str) -> str:
    return _CLOCK.sub("", _BRACKETED.sub("", unicodedata.normalize("NFKC", text))).strip()


@lru_cache(maxsize=4096)
def read_written_period(text: str) -> Period | DayTrouble:
    first, last = _halves(_plain(text))
    if last is None:
        return _whole(read_day(first))
    start = read_day(first)
    if isinstance(start, DayTrouble):
        return start
    end = _end_of(last, start)
    if isinstance(end, DayTrouble):
        return end
    if end.last < start.first:
        return DayTrouble("period_reversed", "")
    return Period(start.first, end.last)


def _whole(day: Day | DayTrouble) -> Period | DayTrouble:
    return day if isinstance(day, DayTrouble) else Period(day.first, day.last)


def _halves(plain: str) -> tuple[str, str | None]:
    """The text before and after what stands between two days."""
    parts = [part for part in _BETWEEN.split(plain) if part]
    if len(parts) >= 2:
        return parts[0], parts[-1]
    pieces = plain.split("-")
    if any(mark in plain for mark in "./年\\"):
        return (pieces[0], pieces[1]) if len(pieces) == 2 else (plain, None)
    return _halves_of_dashes(pieces, plain)


def _halves_of_dashes(pieces: list[str], plain: str) -> tuple[str, str | None]:
    """Days written with hyphens throughout: 2021-10-11-10-20, 2022-03-2022-07, 20211011-20211020."""
    years = [index for index, piece in enumerate(pieces) if len(piece) == 4]
    if len(years) == 2 and years[0] == 0:
        return "-".join(pieces[: years[1]]), "-".join(pieces[years[1] :])
    if len(pieces) in (4, 5) and years == [0]:
        return "-".join(pieces[:3]), "-".join(pieces[3:])
    if len(pieces) == 2 and len(pieces[0]) in (6, 8):
        return pieces[0], pieces[1]
    return plain, None


def _end_of(text: str, start: Day) -> Day | DayTrouble:
    if not _DAY_SIGNS.fullmatch(text):
        return DayTrouble("date_unreadable", "")
    numbers = _NUMBERS.findall(text)
    if not numbers or len(numbers[0]) >= 4:
        return read_day(text)
    year, month = start.first.year, start.first.month
    if len(numbers) == 1 and "月" not in text and start.precision == 3:
        return day_of_numbers((str(year), str(month), numbers[0]))
    if len(numbers) > 2:
        return DayTrouble("date_two_digit_year", "")
    end = day_of_numbers((str(year), *numbers))
    if isinstance(end, Day) and end.last < start.first:
        return day_of_numbers((str(year + 1), *numbers))
    return end
