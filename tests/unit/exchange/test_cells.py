"""What single cells may hold, and what is said of those that hold something else."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from app.domain.exchange.reading import message_of, read_sheet
from app.domain.exchange.reading.kinds import KINDS
from app.domain.exchange.reading.values.finding import Parsed, Reading
from app.domain.exchange.reading.values.numbers import read_number
from app.domain.people.rules import PostingRole, Sex, TrainingLevel
from app.domain.units.models import SchoolStage
from tests.unit.exchange.books import (
    DAY,
    ROSTER,
    id_number,
    problem,
    read,
    roster,
    value,
    with_part,
    xlsx,
)

VALID = id_number(2)


def id_cell(cell: Any, kind: str = "studio") -> tuple[Any, list[str]]:
    (row,) = read(
        kind,
        ("花名册工作室",),
        ("姓名", "身份证号", "学校名称", "工作室角色", "培训项目", "培训级别", "培训时间"),
        ("李梅", cell, "鹿城小学", "成员", "国培", "国家级", "2022.03"),
    ).rows
    return row.values.get("id_number"), [p.code for p in row.problems]


def name_cell(cell: Any) -> tuple[Any, list[str]]:
    (row,) = read("studio", ("姓名", "学校名称", "工作室角色"), (cell, "鹿城小学", "成员")).rows
    return row.values["name"], [p.code for p in row.problems]


@pytest.mark.parametrize(
    ("cell", "name"),
    [
        ("李　梅", "李梅"),
        ("李  梅 ", "李梅"),
        ("俄木•吉克", "俄木·吉克"),
        ("俄木・吉克", "俄木·吉克"),
        ("俄木．吉克", "俄木·吉克"),
        ("李𬭊", "李𬭊"),
        ("马梅㛃", "马梅㛃"),
        ("John  Smith", "John Smith"),
    ],
)
def test_tidies_a_name(cell: str, name: str) -> None:
    assert name_cell(cell) == (name, [])


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("李梅2", "name_not_a_name"),
        (12.0, "name_not_a_name"),
        ("???", "name_not_a_name"),
        ("李" * 51, "name_too_long"),
    ],
)
def test_refuses_what_is_no_name(cell: Any, code: str) -> None:
    assert name_cell(cell) == (None, [code])


@pytest.mark.parametrize(
    "cell",
    [
        VALID,
        f" {VALID[:6]} {VALID[6:14]} {VALID[14:]} ",
        "".join(chr(ord(c) + 0xFEE0) for c in VALID),
        f"'{VALID}",
        f'="{VALID}"',
    ],
)
def test_reads_an_identity_number_however_it_was_kept_as_text(cell: str) -> None:
    assert id_cell(cell) == (VALID, [])


def test_writes_the_last_x_large() -> None:
    number = next(n for n in map(id_number, range(100)) if n.endswith("X"))
    assert id_cell(number.lower()) == (number, [])


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        (530998198112194000.0, "id_number_lost_digits"),
        ("5.30998198112195E+17", "id_number_lost_digits"),
        ("5.30998E+17", "id_number_lost_digits"),
        ("530998198112194000", "id_number_lost_digits"),
        (VALID[:-1], "id_number_length"),
        (VALID + "1", "id_number_length"),
        ("530998850304002", "id_number_length"),
        (530998850304002.0, "id_number_length"),
        ("53239A198503040025", "id_number_characters"),
        ("99" + VALID[2:], "id_number_province"),
        ("532398198513040025", "id_number_date"),
        ("532398203003040029", "id_number_date"),
        (VALID[:-1] + ("1" if VALID[-1] != "1" else "2"), "id_number_check_digit"),
        ("532398********0025", "id_number_masked"),
    ],
)
def test_refuses_an_identity_number(cell: Any, code: str) -> None:
    assert id_cell(cell) == (None, [code])


def test_shows_a_wrong_identity_number_masked() -> None:
    wrong = VALID[:-1] + ("1" if VALID[-1] != "1" else "2")
    (row,) = read(
        "studio",
        ("姓名", "身份证号", "学校名称", "工作室角色"),
        ("李梅", wrong, "鹿城小学", "成员"),
    ).rows
    (found,) = row.problems
    assert found.value == f"532398********{wrong[-4:]}"
    assert wrong not in message_of(found)
    assert (found.row, found.column) == (2, "身份证号")


def test_says_how_to_save_lost_digits() -> None:
    message = message_of(problem_of_id(5.30998198112194e17))
    assert message == (
        "Row 2, 身份证号 “530998********4000”: The spreadsheet has rounded this identity number and its last digits "
        "are lost. Format the column as text and enter the number again."
    )


def problem_of_id(cell: Any) -> Any:
    (row,) = read(
        "studio", ("姓名", "身份证号", "学校名称", "工作室角色"), ("李梅", cell, "鹿城小学", "成员")
    ).rows
    (found,) = row.problems
    return found


def test_keeps_a_masked_number_where_platforms_mask_them() -> None:
    sheet = read(
        "online",
        ("姓名", "证件号码", "手机号", "所在单位", "项目名称", "是否合格"),
        ("李梅", "532398********0025", "133****3134", "鹿城小学", "网络培训", "合格"),
        ("李艳", "******************", "1**********", "鹿城小学", "网络培训", "未完成"),
    )
    assert [row.problems for row in sheet.rows] == [[], []]
    assert sheet.rows[0].values["masked_id_number"] == "532398********0025"
    assert sheet.rows[0].values["id_number"] is None
    assert sheet.rows[1].values["masked_phone"] == "1**********"
    assert [row.values["passed"] for row in sheet.rows] == [True, False]


@pytest.mark.parametrize(
    ("cell", "phone"),
    [
        ("13312343134", "13312343134"),
        (13312343134.0, "13312343134"),
        ("133 1234 3134", "13312343134"),
        ("133-1234-3134", "13312343134"),
        ("+86 13312343134", "13312343134"),
        ("0878-3123456", "08783123456"),
    ],
)
def test_reads_a_phone(cell: Any, phone: str) -> None:
    assert value("联系电话", "phone", cell) == phone


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("1331234", "phone_wrong"),
        ("13312343134/13412343134", "phone_several"),
        ("133****3134", "phone_masked"),
    ],
)
def test_warns_of_a_phone_and_rejects_nothing(cell: str, code: str) -> None:
    found = problem("联系电话", cell)
    assert (found.code, found.severity) == (code, "warning")


@pytest.mark.parametrize(
    ("cell", "role"),
    [
        ("专", PostingRole.FULL_TIME),
        ("专职", PostingRole.FULL_TIME),
        ("专 职", PostingRole.FULL_TIME),
        ("兼", PostingRole.PART_TIME),
        ("兼　职", PostingRole.PART_TIME),
    ],
)
def test_reads_employment(cell: str, role: PostingRole) -> None:
    (row,) = read("counselors", ROSTER, (1, "李梅", VALID, "楚雄", "鹿城小学", cell)).rows
    assert (row.values["employment"], row.problems) == (role, [])


@pytest.mark.parametrize("cell", ["专兼", "全职", "是", 1.0, "兼职专职"])
def test_refuses_another_employment_and_names_what_is_allowed(cell: Any) -> None:
    (row,) = read("counselors", ROSTER, (1, "李梅", VALID, "楚雄", "鹿城小学", cell)).rows
    (found,) = row.problems
    assert (found.code, found.column, found.severity) == ("employment_unknown", "专/兼职", "error")
    assert "专职、兼职" in message_of(found)


def test_refuses_an_empty_employment() -> None:
    (row,) = read("counselors", ROSTER, (1, "李梅", VALID, "楚雄", "鹿城小学", "")).rows
    assert [(p.code, p.column) for p in row.problems] == [("value_missing", "专/兼职")]


@pytest.mark.parametrize(
    ("cell", "stage"),
    [
        ("完小", SchoolStage.PRIMARY),
        ("小学", SchoolStage.PRIMARY),
        ("初中", SchoolStage.JUNIOR),
        ("九年一贯", SchoolStage.NINE_YEAR),
        ("九年一贯制", SchoolStage.NINE_YEAR),
        ("完全中学", SchoolStage.COMPLETE_SECONDARY),
        ("完中", SchoolStage.COMPLETE_SECONDARY),
        ("高中", SchoolStage.SENIOR),
        ("职业学校", SchoolStage.VOCATIONAL),
        ("职中", SchoolStage.VOCATIONAL),
        ("中职", SchoolStage.VOCATIONAL),
        ("特殊教育", SchoolStage.SPECIAL),
        ("特校", SchoolStage.SPECIAL),
        ("教学点", SchoolStage.TEACHING_POINT),
        ("幼儿园", SchoolStage.KINDERGARTEN),
    ],
)
def test_reads_a_school_stage(cell: str, stage: SchoolStage) -> None:
    (row,) = read("schools", ("学校名称", "办学类型"), ("鹿城小学", cell)).rows
    assert (row.values["stage"], row.problems) == (stage, [])


def test_refuses_an_unknown_stage_of_a_school_but_only_warns_in_a_roster() -> None:
    (row,) = read("schools", ("学校名称", "办学类型"), ("鹿城小学", "大学")).rows
    assert [(p.code, p.severity) for p in row.problems] == [("stage_unknown", "error")]
    assert problem("学段", "大学").severity == "warning"


@pytest.mark.parametrize(
    ("cell", "level"),
    [
        ("国家级", TrainingLevel.NATIONAL),
        ("省级", TrainingLevel.PROVINCIAL),
        ("州级", TrainingLevel.PREFECTURE),
        ("市级", TrainingLevel.PREFECTURE),
        ("地级", TrainingLevel.PREFECTURE),
        ("县级", TrainingLevel.COUNTY),
        ("校级", TrainingLevel.SCHOOL),
        ("国(境)外", TrainingLevel.ABROAD),
        ("国（境）外", TrainingLevel.ABROAD),
    ],
)
def test_reads_a_training_level(cell: str, level: TrainingLevel) -> None:
    (row,) = training(level=cell).rows
    assert (row.values["level"], row.problems) == (level, [])


def training(**given: Any) -> Any:
    cells = {"level": "省级", "period": "2022.06.13-06.17", "hours": 40, "result": "合格", **given}
    return read(
        "trainings",
        ("培训项目", "培训级别", "培训时间", "姓名", "身份证号", "学校名称", "学时", "考核结果"),
        (
            "省培",
            cells["level"],
            cells["period"],
            "李梅",
            VALID,
            "鹿城小学",
            cells["hours"],
            cells["result"],
        ),
    )


@pytest.mark.parametrize(
    ("cell", "passed"),
    [
        ("优秀", True),
        ("合格", True),
        ("通过", True),
        ("不合格", False),
        ("未完成", False),
        ("", None),
    ],
)
def test_reads_a_result(cell: str, passed: bool | None) -> None:
    (row,) = training(result=cell).rows
    assert (row.values["passed"], row.problems) == (passed, [])
    assert row.values["result"] == (cell or None)


@pytest.mark.parametrize(
    ("column", "cells", "code"),
    [
        ("培训级别", {"level": "乡级"}, "level_unknown"),
        ("考核结果", {"result": "尚可"}, "result_unknown"),
        ("学时", {"hours": "四十"}, "number_unreadable"),
        ("学时", {"hours": -1}, "number_out_of_range"),
        ("学时", {"hours": 99999}, "number_out_of_range"),
        ("培训时间", {"period": ""}, "value_missing"),
        ("培训时间", {"period": "2022.06.17-2022.06.13"}, "period_reversed"),
        ("培训时间", {"period": "2032.06.13-06.17"}, "date_future"),
        ("培训时间", {"period": "2022.06.31"}, "date_impossible"),
    ],
)
def test_refuses_cells_of_a_training(column: str, cells: dict[str, Any], code: str) -> None:
    assert [(p.column, p.code) for p in training(**cells).rows[0].problems] == [(column, code)]


def test_warns_of_a_training_that_has_not_ended() -> None:
    (found,) = training(period="2023.08.01-2023.09.30", result="").rows[0].problems
    assert (found.code, found.severity) == ("period_not_ended", "warning")


def test_refuses_a_result_of_a_training_that_has_not_ended() -> None:
    found = training(period="2023.08.01-2023.09.30").rows[0].problems
    assert [(p.code, p.severity) for p in found] == [
        ("period_not_ended", "warning"),
        ("result_before_end", "error"),
    ]


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        (40.0, "40"),
        ("40", "40"),
        ("40学时", "40"),
        ("３６", "36"),
        ("7.5", "7.5"),
        ("1,200", "1200"),
    ],
)
def test_reads_hours(cell: Any, number: str) -> None:
    (row,) = training(hours=cell).rows
    assert (row.values["hours"], row.problems) == (Decimal(number), [])


def test_reads_the_figures_of_a_school() -> None:
    (row,) = read(
        "schools",
        (
            "学校名称",
            "办学类型",
            "在校学生数",
            "心理辅导室（间）",
            "心理辅导室面积（㎡）",
            "建校时间",
            "停办时间",
        ),
        ("鹿城小学", "完小", "1,050人", "1间", "23.4㎡", "1950.09", "2030-07-31"),
    ).rows
    assert row.problems == []
    assert (row.values["pupils"], row.values["rooms"], row.values["room_area"]) == (
        1050,
        1,
        Decimal("23.4"),
    )
    assert (row.values["opened_on"], row.values["closed_on"]) == (
        date(1950, 9, 1),
        date(2030, 7, 31),
    )


def test_refuses_half_a_room_and_a_school_that_closes_before_it_opens() -> None:
    (row,) = read(
        "schools",
        ("学校名称", "办学类型", "心理辅导室（间）", "建校时间", "停办时间"),
        ("鹿城小学", "完小", 1.5, "2020.09", "2019.07"),
    ).rows
    assert [p.code for p in row.problems] == ["number_not_whole", "closed_before_opened"]


@pytest.mark.parametrize(
    ("cell", "answer"), [("是", True), ("√", True), ("否", False), ("×", False), ("无", None)]
)
def test_reads_yes_and_no(cell: str, answer: bool | None) -> None:
    assert value("是否带头人", "lead_teacher", cell) is answer


def test_reads_the_sex() -> None:
    assert value("性别", "sex", "男 ") is Sex.MALE
    assert problem("性别", "未知").code == "sex_unknown"


@pytest.mark.parametrize("cell", ["无", "/", "—", "暂无", "N/A", "-"])
def test_takes_words_for_nothing_as_nothing(cell: str) -> None:
    assert value("公开招聘时间", "recruited_on", cell) is None


@pytest.mark.parametrize("cell", ["=1+1", "+86", "-备注", "@某人", '=HYPERLINK("http://a")'])
def test_keeps_text_that_looks_like_a_formula(cell: str) -> None:
    assert value("备注", "note", cell) == cell


def test_takes_away_the_mark_that_keeps_a_formula_from_running() -> None:
    assert value("备注", "note", "'=1+1") == "=1+1"


def test_refuses_a_cell_with_an_error_of_the_spreadsheet() -> None:
    assert problem("任教学科", "#REF!").code == "cell_error"


def test_refuses_a_text_that_is_too_long() -> None:
    found = problem("任教学科", "语" * 300)
    assert found.code == "text_too_long"
    assert found.value == "语" * 59 + "…"


def test_takes_the_stored_value_of_a_formula_and_refuses_one_without() -> None:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        page = book.add_worksheet("名册")
        page.write_row(0, 0, (*ROSTER, "备注"))
        for line, result in ((1, "鹿城小学"), (2, "")):
            page.write_row(line, 0, (line, "李梅" + "甲" * line, id_number(line), "楚雄"))
            page.write_formula(line, 4, '="鹿城"&"小学"', None, result)
            page.write(line, 5, "兼职")
    data = buffer.getvalue()
    first, second = read_sheet("counselors", data, "a.xlsx", today=DAY).rows
    assert (first.values["school"], first.problems) == ("鹿城小学", [])
    assert [p.code for p in second.problems] == ["formula_without_value"]

    book2 = openpyxl.load_workbook(io.BytesIO(data))
    again = io.BytesIO()
    book2.save(again)  # openpyxl saves formulas without their results
    rows = read_sheet("counselors", again.getvalue(), "a.xlsx", today=DAY).rows
    assert [[(p.code, p.column) for p in row.problems] for row in rows] == [
        [("formula_without_value", "学校名称")],
        [("formula_without_value", "学校名称")],
    ]


@given(
    st.one_of(
        st.text(max_size=20), st.floats(), st.integers(), st.booleans(), st.dates(), st.timedeltas()
    )
)
def test_no_parser_fails_on_any_cell(cell: Any) -> None:
    for kind in KINDS.values():
        for column in kind.fields:
            assert isinstance(column.parse(cell, Reading(DAY, False)), Parsed)


@given(
    st.one_of(
        st.text(max_size=20),
        st.floats(),
        st.integers(),
        st.text("0123456789.,㎡学时-", max_size=12),
    )
)
def test_never_reads_what_is_no_finite_number(cell: Any) -> None:
    number = read_number(cell, ("", "学时", "m2"))
    assert number is None or number.is_finite()


@given(st.lists(st.lists(st.text(max_size=6), min_size=1, max_size=8), max_size=6))
def test_never_fails_on_any_table(lines: list[list[str]]) -> None:
    data = xlsx(
        ROSTER,
        *[[cell.replace("\0", "") for cell in line] for line in lines],
        (1, "李梅", "", "", "鹿城小学", "兼"),
    )
    sheet = read_sheet("counselors", data, "a.xlsx", today=DAY)
    for row in sheet.rows:
        for found in row.problems:
            assert message_of(found)


def test_reads_the_same_cells_once_and_each_problem_in_its_row() -> None:
    rows = roster("公开招聘时间", "2032.07", "2032.07")
    assert [[(p.row, p.code) for p in row.problems] for row in rows] == [
        [(2, "date_future")],
        [(3, "date_future")],
    ]


def test_takes_an_empty_text_as_the_result_of_a_formula() -> None:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, (*ROSTER, "备注"))
        page.write_row(1, 0, (1, "李梅", VALID, "楚雄", "鹿城小学", "兼职"))
        page.write_formula(1, 6, '=""', None, "")
    data = with_part(
        buffer.getvalue(),
        "xl/worksheets/sheet1.xml",
        lambda part: part.replace(b'<c r="G2"', b'<c r="G2" t="str"'),
    )
    (row,) = read_sheet("counselors", data, "a.xlsx", today=DAY).rows
    assert (row.values["note"], row.problems) == (None, [])
