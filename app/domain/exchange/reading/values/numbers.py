"""Cells that hold numbers, often with a unit behind: 40学时, 23.4㎡, 100%."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

from app.core.text import squeeze
from app.domain.exchange.reading.values.finding import (
    Cell,
    Parsed,
    Parser,
    Reading,
    text_of,
    wrong,
)

_NUMBER = re.compile(r"约?(\d{1,9}(?:,\d{3})*(?:\.\d{1,6})?|\.\d{1,6})(\D.*)?", re.ASCII)
HOUR_WORDS = ("", "学时", "课时", "小时", "个学时", "h", "hours")
AREA_WORDS = ("", "m2", "m", "平方米", "平方", "平米", "平", "㎡")
COUNT_WORDS = ("", "间", "个", "人", "名", "个间")
YEAR_WORDS = ("", "年", "周年", "余年", "多年")
SCORE_WORDS = ("", "分")
PERCENT_WORDS = ("", "%")


def read_number(cell: Cell, words: tuple[str, ...]) -> Decimal | None:
    """The number a cell states, None if it states none; only the given words may stand behind it."""
    if isinstance(cell, bool):
        return None
    try:
        if isinstance(cell, (int, float)):
            return _finite(Decimal(repr(cell)))
        match = _NUMBER.fullmatch(squeeze(text_of(cell)).casefold())
        if match is None or (match.group(2) or "") not in words:
            return None
        return _finite(Decimal(match.group(1).replace(",", "")))
    except InvalidOperation:
        return None


def _finite(number: Decimal) -> Decimal | None:
    return number if number.is_finite() else None


def number(words: tuple[str, ...], *, most: int, whole: bool = False, places: int = 2) -> Parser:
    """A parser for a column of numbers from 0 to ``most``."""
    step = Decimal(1).scaleb(-places)

    def parse(cell: Cell, reading: Reading) -> Parsed:
        value = read_number(cell, words)
        if value is None:
            return wrong("number_unreadable")
        if not 0 <= value <= most:
            return wrong("number_out_of_range", most=str(most))
        if whole:
            if value != value.to_integral_value():
                return wrong("number_not_whole")
            return Parsed(int(value))
        return Parsed(value.quantize(step).normalize() + 0)

    return parse


def parse_percent(cell: Cell, reading: Reading) -> Parsed:
    """学习进度: 100%, 100 or a cell formatted as a percentage (1.0) give 100."""
    value = read_number(cell, PERCENT_WORDS)
    if value is None:
        return wrong("number_unreadable")
    if isinstance(cell, float) and value <= 1:
        value *= 100
    if not 0 <= value <= 100:
        return wrong("number_out_of_range", most="100")
    return Parsed(value)


parse_hours = number(HOUR_WORDS, most=2000)
parse_area = number(AREA_WORDS, most=100_000)
parse_rooms = number(COUNT_WORDS, most=500, whole=True)
parse_pupils = number(COUNT_WORDS, most=100_000, whole=True)
parse_years = number(YEAR_WORDS, most=70)
parse_score = number(SCORE_WORDS, most=1000)
