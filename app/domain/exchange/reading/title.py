"""What stands above the header: the title, 填报单位 and 填报时间."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from app.domain.exchange.reading.values.dates import Day, DayTrouble, read_day
from app.domain.exchange.reading.values.finding import Cell, text_of
from app.domain.exchange.reading.values.texts import tidy_text

_UNIT = re.compile(
    r"(?:填报|填表|上报|报送|制表)(?:单位|学校|部门)\s*(?:[（(][^）)]*[）)])?\s*[:：]\s*"
    r"(.*?)(?=\s{2,}|\u3000|(?:填报|填表|上报|报送|制表|统计)(?:时间|日期|人)|联系(?:人|电话)|$)"
)
_DAY = re.compile(
    r"(?:填报|填表|上报|报送|制表|统计|截止)(?:时间|日期)\s*(?:[（(][^）)]*[）)])?\s*[:：]?\s*"
    r"([\d０-９][\d０-９年月日号.．/／\-— ]*)"
)
_ANNEX = re.compile(r"附(件|表|录)?\s*[\d一二三四五六七八九十]*\s*[:：]?")
_STUDIO_END = re.compile(
    r"(人员|成员|学员)*(基本)?(情况|信息)?(名册|名单|花名册|登记表|统计表|一览表|汇总表|表)?$"
)


class Above(NamedTuple):
    title: str | None
    reported_by: str | None
    filled_on: Day | DayTrouble | None
    filled_text: str
    filled_row: int


def read_above(rows: Sequence[Sequence[Cell]]) -> Above:
    """Title, reporting unit and day from the rows above the header."""
    title: str | None = None
    unit: str | None = None
    filled: Day | DayTrouble | None = None
    filled_text, filled_row = "", 1
    for number, row in enumerate(rows, 1):
        line = "\u3000".join(text for text in (text_of(cell) for cell in row) if text)
        unit_found, day_found = _UNIT.search(line), _DAY.search(line)
        if unit_found and unit_found.group(1).strip():
            unit = unit or tidy_text(unit_found.group(1))
        if day_found and filled is None:
            filled_text, filled_row = day_found.group(1).strip(), number
            filled = read_day(filled_text)
        if line and title is None and not (unit_found or day_found or _ANNEX.fullmatch(line)):
            title = next(tidy_text(text_of(cell)) for cell in row if text_of(cell))
    return Above(title, unit, filled, filled_text, filled_row)


def studio_name(title: str | None) -> str | None:
    """A studio is named by its title row (DOMAIN.md §3): without 成员名册, 名单 and the like behind it."""
    if not title:
        return None
    name = _STUDIO_END.sub("", title.strip()).strip()
    return name or None
