"""What the lines of a filled sign-in sheet (签到表) say. Source: DOMAIN.md §6."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, tzinfo

from app.core.text import name_key
from app.domain.workshops.rules.attendance import state_of_times
from app.domain.workshops.rules.words import AttendanceState

SEARCHED_ROWS = 15
# The form is official: its headers are Chinese in every language.
COLUMNS = ("序号", "姓名", "单位", "联系电话", "日期/时段", "签到", "签退", "备注")
HEADERS: dict[str, tuple[str, ...]] = {
    "name": ("姓名",),
    "unit": ("单位", "所在单位", "工作单位", "学校", "学校名称"),
    "phone": ("联系电话", "电话", "手机", "手机号", "手机号码"),
    "period": ("日期/时段", "日期时段", "日期", "时段"),
    "came": ("签到", "签到时间", "签名"),
    "left": ("签退", "签退时间"),
    "note": ("备注", "说明"),
}
NEEDED = ("name", "unit", "came")
_SUMS = ("合计", "总计", "小计", "注", "注：", "备注")
_TIME = re.compile(r"(?<!\d)(\d{1,2})[:：时](\d{2})?")
_DAY = re.compile(r"(?:(\d{4})[-./年])?(\d{1,2})[-./月](\d{1,2})日?")
_WORDS = (
    (("请假", "事假", "病假", "公假"), AttendanceState.LEAVE),
    (("早退",), AttendanceState.LEFT_EARLY),
    (("缺勤", "缺席", "旷课", "未到"), AttendanceState.ABSENT),
    (("迟到",), AttendanceState.LATE),
)
_ABSENT_MARKS = frozenset({"×", "x", "✗", "✕", "╳", "-", "—", "/", "无", "否"})


def plain(text: object) -> str:
    """A cell's text without blanks, full-width signs made plain."""
    return "".join(unicodedata.normalize("NFKC", str(text)).split())


def find_header(rows: Sequence[Sequence[object]]) -> tuple[int, dict[str, int]] | None:
    """The row of the header and the column of each field; None when no row names person, unit and signature."""
    wanted = {plain(word).casefold(): name for name, words in HEADERS.items() for word in words}
    for index, row in enumerate(rows[:SEARCHED_ROWS]):
        found: dict[str, int] = {}
        for column, cell in enumerate(row):
            name = wanted.get(plain(cell).casefold())
            if name is not None:
                found.setdefault(name, column)
        if all(name in found for name in NEEDED):
            return index, found
    return None


@dataclass(frozen=True, slots=True)
class Line:
    """One person's line as it stands in the sheet; ``number`` counts from 1 as the spreadsheet shows it."""

    number: int
    name: str
    unit: str
    cells: Mapping[str, str] = field(default_factory=dict)


def read_lines(
    rows: Sequence[Sequence[object]], header: int, columns: Mapping[str, int]
) -> list[Line]:
    """The people's lines below the header; blank ones, sums and notes are none."""
    lines = []
    for index, row in enumerate(rows[header + 1 :], start=header + 2):
        cells = {
            name: _text(row[column]) if column < len(row) else ""
            for name, column in columns.items()
        }
        first = next((plain(cell) for cell in row if plain(cell)), "")
        if first.startswith(_SUMS) or not (cells["name"] or cells["unit"]):
            continue
        lines.append(Line(index, cells["name"], cells["unit"], cells))
    return lines


def _text(cell: object) -> str:
    if isinstance(cell, datetime):
        return cell.strftime("%Y-%m-%d %H:%M")
    if isinstance(cell, time):
        return cell.strftime("%H:%M")
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


@dataclass(frozen=True, slots=True)
class SheetTime:
    """The session a sheet is for, with the zone its clock is in."""

    starts_at: datetime
    ends_at: datetime
    zone: tzinfo

    def at(self, text: str) -> datetime | None:
        """The moment of a time of day in the text; of two, the first."""
        found = _TIME.search(unicodedata.normalize("NFKC", text))
        if found is None:
            return None
        hour, minute = int(found[1]), int(found[2] or 0)
        if hour > 23 or minute > 59:
            return None
        day = self.starts_at.astimezone(self.zone).date()
        return datetime.combine(day, time(hour, minute), tzinfo=self.zone)

    def is_other_day(self, text: str) -> bool:
        """Whether a date in the text names another day than the session's."""
        found = _DAY.search(unicodedata.normalize("NFKC", text))
        if found is None:
            return False
        day = self.starts_at.astimezone(self.zone).date()
        year = int(found[1]) if found[1] else day.year
        return (year, int(found[2]), int(found[3])) != (day.year, day.month, day.day)


def state_of_line(line: Line, sheet: SheetTime) -> AttendanceState:
    """What a line says: its words (请假, 迟到, 早退, 缺勤) first, then the times, then whether it is signed."""
    came, left = line.cells.get("came", ""), line.cells.get("left", "")
    said = plain(f"{came}|{left}|{line.cells.get('note', '')}").casefold()
    for words, state in _WORDS:
        if any(word in said for word in words):
            return state
    if not plain(came) or plain(came).casefold() in _ABSENT_MARKS:
        return AttendanceState.ABSENT
    return state_of_times(sheet.starts_at, sheet.ends_at, sheet.at(came), sheet.at(left))


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody on the workshop's list, as a sheet may name them; ``phone`` in plain digits."""

    enrolment_id: int
    name: str
    unit: str
    phone: str | None = None


@dataclass(frozen=True, slots=True)
class Matched:
    """A line, whom it is about, what it says; ``trouble``: ``unknown``, ``ambiguous``, ``twice``, ``other_day``."""

    line: Line
    state: AttendanceState
    known: Known | None = None
    trouble: str | None = None


def match_lines(lines: Sequence[Line], people: Sequence[Known], sheet: SheetTime) -> list[Matched]:
    """Whom each line is about: by name and unit, namesakes of one unit by their phone."""
    by_name: dict[str, list[Known]] = {}
    for one in people:
        by_name.setdefault(name_key(one.name), []).append(one)
    matched: list[Matched] = []
    seen: set[int] = set()
    for line in lines:
        found = _candidates(line, by_name.get(name_key(line.name), []))
        known = found[0] if len(found) == 1 else None
        trouble = None
        if known is None:
            trouble = "ambiguous" if found else "unknown"
        elif known.enrolment_id in seen:
            trouble = "twice"
        elif sheet.is_other_day(line.cells.get("period", "")):
            trouble = "other_day"
        if known is not None:
            seen.add(known.enrolment_id)
        matched.append(Matched(line, state_of_line(line, sheet), known, trouble))
    return matched


def _candidates(line: Line, namesakes: Sequence[Known]) -> list[Known]:
    """Namesakes of the line's unit (written in full or shortened); among several, who has the phone it states."""
    unit = name_key(line.unit)
    found = [one for one in namesakes if name_key(one.unit) == unit] or [
        one for one in namesakes if unit and _is_short_for(unit, name_key(one.unit))
    ]
    if len(found) < 2:
        return found
    phone = "".join(sign for sign in line.cells.get("phone", "") if sign in "0123456789*")
    return [one for one in found if phone and _same_phone(phone, one.phone)] or found


def _is_short_for(one: str, other: str) -> bool:
    return one in other or other in one


def _same_phone(written: str, phone: str | None) -> bool:
    """The same digits; a star stands for any (133****3134)."""
    return (
        phone is not None
        and len(written) == len(phone)
        and all(sign in {"*", digit} for sign, digit in zip(written, phone, strict=True))
    )
