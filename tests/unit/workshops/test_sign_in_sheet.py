"""A filled sign-in sheet (签到表): its header, its lines, whom they are about and what they say."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from app.domain.workshops.rules import sign_in_sheet as rules
from app.domain.workshops.rules.words import AttendanceState

START = datetime(2023, 8, 17, 1, 0, tzinfo=UTC)  # 9:00 in Shanghai
SHEET = rules.SheetTime(START, START + timedelta(hours=3), ZoneInfo("Asia/Shanghai"))
ROWS: list[list[object]] = [
    ["2023年培训签到表", "", "", "", "", "", "", ""],
    [" 序号", "姓　名", "单 位", "联系电话", "日期/时段", "签到", "签退", "备注"],
    [1.0, "李　梅", "第一小学", 13312343134.0, "8月17日", "李梅", "", ""],
    ["", "", "", "", "", "", "", ""],
    [2.0, "王强", "第二小学", "", "2023-08-17 09:00–12:00", "", "", ""],
    ["合计", "2", "", "", "", "", "", ""],
    ["注：请本人签名", "", "", "", "", "", "", ""],
]


def line(came: str = "", left: str = "", note: str = "", **more: str) -> rules.Line:
    return rules.Line(3, "李梅", "第一小学", {"came": came, "left": left, "note": note, **more})


def test_finds_the_header_and_the_lines_of_people() -> None:
    found = rules.find_header(ROWS)
    assert found is not None
    assert found[0] == 1
    lines = rules.read_lines(ROWS, *found)
    assert [(one.number, one.name, one.unit) for one in lines] == [
        (3, "李　梅", "第一小学"),
        (5, "王强", "第二小学"),
    ]
    assert lines[0].cells["phone"] == "13312343134"


def test_without_a_signature_column_it_is_no_sign_in_sheet() -> None:
    assert rules.find_header([["序号", "姓名", "单位", "备注"]]) is None


@pytest.mark.parametrize(
    ("cells", "state"),
    [
        (("李梅",), "present"), (("√",), "present"), (("8:55",), "present"), (("9:16",), "late"),
        (("９：１６",), "late"), (("09时20分",), "late"), (("√", "11:30"), "left_early"),
        (("√", "11:50"), "present"), (("",), "absent"), (("×",), "absent"), (("缺勤",), "absent"),
        (("请假",), "leave"), (("", "", "病假"), "leave"), (("√", "", "迟到10分钟"), "late"),
        (("√", "早退"), "left_early"), (("25:70",), "present"),
    ],
)  # fmt: skip
def test_reads_what_a_line_says(cells: tuple[str, ...], state: str) -> None:
    assert rules.state_of_line(line(*cells), SHEET) is AttendanceState(state)


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("", False),
        ("上午", False),
        ("8月17日", False),
        ("2023-08-17 09:00", False),
        ("2023.8.18", True),
        ("8月16日", True),
        ("2022-08-17", True),
    ],
)
def test_a_line_about_another_day_is_noticed(text: str, other: bool) -> None:
    assert SHEET.is_other_day(text) is other


def match(*lines: rules.Line, people: list[rules.Known]) -> list[tuple[int | None, str | None]]:
    found = rules.match_lines(lines, people, SHEET)
    return [(one.known.enrolment_id if one.known else None, one.trouble) for one in found]


FULL = [rules.Known(1, "李梅", "楚雄市第一小学", "13312343134")]
NAMESAKES = [*FULL, rules.Known(2, "李梅", "楚雄市第一小学", "13900001111")]


def test_matches_names_however_written_and_units_in_short() -> None:
    spaced = rules.Line(3, "李　 梅", "第一小学", {"came": "√"})
    assert match(spaced, people=FULL) == [(1, None)]


def test_names_who_is_not_on_the_list() -> None:
    assert match(rules.Line(3, "赵六", "第一小学", {"came": "√"}), people=FULL) == [
        (None, "unknown")
    ]
    assert match(rules.Line(3, "李梅", "第九小学", {"came": "√"}), people=FULL) == [
        (None, "unknown")
    ]
    assert match(rules.Line(3, "李梅", "", {"came": "√"}), people=FULL) == [(None, "unknown")]


@pytest.mark.parametrize(
    ("phone", "expected"),
    [
        ("", (None, "ambiguous")),
        ("139 0000 1111", (2, None)),
        ("139****1111", (2, None)),
        ("13700000000", (None, "ambiguous")),
    ],
)
def test_tells_namesakes_by_their_phone(
    phone: str, expected: tuple[int | None, str | None]
) -> None:
    assert match(line("√", phone=phone), people=NAMESAKES) == [expected]


def test_refuses_the_same_person_twice_and_another_day() -> None:
    assert match(line("√"), line("√"), people=FULL) == [(1, None), (1, "twice")]
    assert match(line("√", period="2023-08-18"), people=FULL) == [(1, "other_day")]
