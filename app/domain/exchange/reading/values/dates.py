"""Days as people write them: 2019.07, 2019年7月, 2019-07-01, 201907, 20190701, 2019/7/1, Excel serials. DOMAIN.md §6.

Pure: a written day in, a Day or DayTrouble out. Suggestions say what was probably meant.
"""

from __future__ import annotations

import calendar
import re
import unicodedata
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from enum import IntEnum
from functools import lru_cache
from typing import NamedTuple

from app.domain.exchange.reading.values.finding import Cell

OLDEST_YEAR = 1900
_EPOCH = date(1899, 12, 30)
_SERIALS = range(18264, 73051)  # 1950-01-01 … 2100-01-01
_SEPARATOR = re.compile(r"[年月.。·,，/\\_-]+|(?<=\d)日.*|号.*")
_TIME = re.compile(r"(?<=\d)(?:日|号)?[ T]*\d{1,2}[:时]\d{1,2}.*$")
_SHAPE = re.compile(r"[\d年月日号.。·,，/\\_ -]+", re.ASCII)


class Precision(IntEnum):
    YEAR = 1
    MONTH = 2
    DAY = 3


class Day(NamedTuple):
    """The first day of what was written, and how exact that was."""

    first: date
    precision: Precision

    @property
    def last(self) -> date:
        """The last day of the year or month, or the day itself."""
        if self.precision is Precision.DAY:
            return self.first
        month = 12 if self.precision is Precision.YEAR else self.first.month
        return date(self.first.year, month, calendar.monthrange(self.first.year, month)[1])


class DayTrouble(NamedTuple):
    """``code``: date_unreadable, date_impossible, date_two_digit_year, date_ambiguous_month."""

    code: str
    suggestion: str


def read_day(cell: Cell) -> Day | DayTrouble:
    """The day a cell states. A number is an Excel serial, or digits such as 201907 that lost their text format."""
    if isinstance(cell, datetime):
        return _checked(cell.date())
    if isinstance(cell, date):
        return _checked(cell)
    if isinstance(cell, bool) or not isinstance(cell, (int, float, str)):
        return DayTrouble("date_unreadable", "")
    if isinstance(cell, str):
        return read_written_day(cell)
    return _read_number(float(cell))


def _checked(day: date) -> Day | DayTrouble:
    if day.year < OLDEST_YEAR:
        return DayTrouble("date_impossible", "")
    return Day(day, Precision.DAY)


def _read_number(number: float) -> Day | DayTrouble:
    if not -1e9 < number < 1e9:
        return DayTrouble("date_unreadable", "")
    if int(number) in _SERIALS:
        return Day(_EPOCH + timedelta(days=int(number)), Precision.DAY)
    if number.is_integer():
        return read_written_day(str(int(number)))
    written = f"{number:.4f}".rstrip("0")
    if re.fullmatch(r"\d{4}\.1", written):
        year = written[:4]
        return DayTrouble("date_ambiguous_month", f"{year}-01 / {year}-10")
    return read_written_day(written)


@lru_cache(maxsize=8192)
def read_written_day(text: str) -> Day | DayTrouble:
    """The day a text states; a year alone means 1 January, a month its first day."""
    plain = unicodedata.normalize("NFKC", text).strip().strip("'")
    plain = _TIME.sub("", plain).replace("—", "-").replace("–", "-")
    plain = re.sub(r"\s+", "", plain)
    if not plain or not _SHAPE.fullmatch(plain):
        return DayTrouble("date_unreadable", "")
    numbers = [part for part in _SEPARATOR.split(plain) if part]
    if len(numbers) == 1:
        numbers = _split_digits(numbers[0])
    if not 1 <= len(numbers) <= 3 or not all(part.isdecimal() for part in numbers):
        return DayTrouble("date_unreadable", "")
    return day_of_numbers(tuple(numbers))


def _split_digits(digits: str) -> list[str]:
    """201907 → 2019 07, 20190701 → 2019 07 01, a serial as text → its day."""
    if len(digits) == 8:
        return [digits[:4], digits[4:6], digits[6:]]
    if len(digits) == 6:
        return [digits[:4], digits[4:]]
    if len(digits) == 5 and digits.isdecimal() and int(digits) in _SERIALS:
        day = _EPOCH + timedelta(days=int(digits))
        return [str(day.year), str(day.month), str(day.day)]
    return [digits]


def day_of_numbers(numbers: tuple[str, ...]) -> Day | DayTrouble:
    """A day of (year), (year, month) or (year, month, day), each as written."""
    if len(numbers[0]) != 4:
        return _without_a_year(numbers)
    if any(len(part) > 2 for part in numbers[1:]):
        return DayTrouble("date_unreadable", "")
    values = [int(part) for part in numbers]
    padded = values + [1] * (3 - len(values))
    try:
        first = date(*padded)
    except ValueError:
        return DayTrouble("date_impossible", _meant(values))
    if first.year < OLDEST_YEAR:
        return DayTrouble("date_impossible", _meant(values))
    return Day(first, Precision(len(values)))


def _without_a_year(numbers: tuple[str, ...]) -> DayTrouble:
    """Two-digit years are refused, with the year that was meant; 31.12.2019 is told how to be written."""
    if len(numbers) == 3 and len(numbers[2]) == 4:
        turned = day_of_numbers((numbers[2], numbers[1], numbers[0]))
        return DayTrouble("date_unreadable", written(turned) if isinstance(turned, Day) else "")
    if len(numbers) >= 2 and len(numbers[0]) == 2 and len(numbers[1]) <= 2:
        century = "20" if int(numbers[0]) < 50 else "19"
        meant = day_of_numbers((century + numbers[0], *numbers[1:]))
        return DayTrouble("date_two_digit_year", written(meant) if isinstance(meant, Day) else "")
    if len(numbers) == 1 and len(numbers[0]) == 5:  # 20197: a month without its zero
        meant = day_of_numbers((numbers[0][:4], numbers[0][4:]))
        return DayTrouble("date_unreadable", written(meant) if isinstance(meant, Day) else "")
    return DayTrouble("date_unreadable", "")


def _meant(values: list[int]) -> str:
    """What an impossible date was probably meant to be, '' if there is no telling."""
    year, month, day = values + [0] * (3 - len(values))
    if year < OLDEST_YEAR:
        return _first_possible((y, month, day) for y in _neighbours(year))
    if len(values) == 3 and 1 <= month <= 12:
        last = calendar.monthrange(year, month)[1]
        return written(Day(date(year, month, min(max(day, 1), last)), Precision.DAY))
    if len(values) == 3:
        return _first_possible(
            [(year, day, month), (year, month % 10, day), (year, month // 10, day)]
        )
    swapped = month % 10 * 10 + month // 10
    return _first_possible([(year, swapped, 0), (year, month // 10, month % 10)])


def _first_possible(candidates: Iterable[tuple[int, int, int]]) -> str:
    for year, month, day in candidates:
        numbers = [year, *([month] if month else []), *([day] if month and day else [])]
        try:
            first = date(*(numbers + [1] * (3 - len(numbers))))
        except ValueError:
            continue
        if first.year >= OLDEST_YEAR:
            return written(Day(first, Precision(len(numbers))))
    return ""


def _neighbours(year: int) -> list[int]:
    """The year with two digits next to each other exchanged, then with one wrong first digits' pair mended."""
    digits = f"{year:04}"
    swapped = [
        int(digits[:i] + digits[i + 1] + digits[i] + digits[i + 2 :])
        for i in range(len(digits) - 1)
    ]
    return [*(y for y in swapped if y != year), 2000 + year % 100, 1900 + year % 100]


def meant_instead(day: Day, latest: date) -> str:
    """What a day after ``latest`` was probably meant to be: two digits exchanged (2032 for 2023), or another year."""
    for year in [*_neighbours(day.first.year), latest.year, latest.year - 1]:
        try:
            other = day.first.replace(year=year)
        except ValueError:
            continue
        if date(latest.year - 60, 1, 1) <= other <= latest:
            return written(Day(other, day.precision))
    return ""


def written(day: Day) -> str:
    """2019-07-01, 2019-07 or 2019, as exact as it was written."""
    return day.first.isoformat()[: (4, 7, 10)[day.precision - 1]]
