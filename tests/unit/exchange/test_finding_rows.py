"""Formats, header rows, columns by meaning, and which rows are read."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from app.domain.exchange.reading import message_of, read_sheet, studio_name
from app.domain.exchange.reading.headers import field_of
from app.domain.exchange.reading.kinds import KINDS
from tests.unit.exchange.books import DAY, ROSTER, id_number, read, xlsx

LINE = (1, "李梅", id_number(2), "楚雄市", "楚雄市鹿城小学", "兼职")
TEXT = ",".join(ROSTER) + "\n" + ",".join(map(str, LINE)) + "\n"


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode(),
        b"\xef\xbb\xbf" + TEXT.encode(),
        TEXT.encode("gbk"),
        TEXT.encode("utf-16"),
        TEXT.replace(",", ";").encode(),
        TEXT.replace(",", "\t").encode("gb18030"),
        ("花名册,,,,,\n填报单位：楚雄市教育体育局　填报时间：2023年8月,,,,,\n" + TEXT).encode(
            "gbk"
        ),
    ],
    ids=["utf-8", "bom", "gbk", "utf-16", "semicolon", "tab", "title"],
)
def test_reads_csv_however_it_was_saved(data: bytes) -> None:
    sheet = read_sheet("counselors", data, "roster.csv", today=DAY)
    assert [row.values["name"] for row in sheet.rows] == ["李梅"]
    assert sheet.rows[0].values["id_number"] == id_number(2)
    assert sheet.rows[0].problems == []


def test_reads_csv_with_rare_characters_in_gb18030() -> None:
    data = TEXT.replace("李梅", "李𬭊").encode("gb18030")
    assert read_sheet("counselors", data, "a.csv", today=DAY).rows[0].values["name"] == "李𬭊"


def test_reads_an_old_xls() -> None:
    data = (Path(__file__).parent / "roster.xls").read_bytes()
    sheet = read_sheet("counselors", data, "roster.xls", today=DAY)
    assert [row.values["name"] for row in sheet.rows] == ["李梅", "俄木·吉克"]
    assert sheet.rows[1].values["counseling_began_on"] == date(2019, 7, 1)


@pytest.mark.parametrize(
    ("kind", "header", "field"),
    [
        ("counselors", "县（市）", "county"),
        ("counselors", "县(市、区)", "county"),
        ("counselors", "县 （ 区 ）", "county"),
        ("counselors", "区县", "county"),
        ("counselors", "所在\n单位", "school"),
        ("counselors", "工作单位（全称）", "school"),
        ("counselors", "发证日期", "credential_issued_on"),
        ("counselors", "专/兼职", "employment"),
        ("counselors", "兼／专职", "employment"),
        ("counselors", "专、兼职", "employment"),
        ("counselors", "*姓　名", "name"),
        ("counselors", "身份证号码（18位）", "id_number"),
        ("counselors", "是否带头人（是/否）", "lead_teacher"),
        ("schools", "心理辅导室面积（㎡）", "room_area"),
        ("schools", "心理辅导室面积(平方米)", "room_area"),
        ("schools", "学校（机构）标识码", "code"),
        ("placements", "选派县（区）", "nominating_county"),
        ("placements", "跟岗学校", "base_school"),
        ("trainings", "培训起止时间", "period"),
        ("online", "获得学时", "hours"),
        ("counselors", "鞋码", None),
    ],
)
def test_matches_headers_by_meaning(kind: str, header: str, field: str | None) -> None:
    assert field_of(KINDS[kind], header) == field


def test_finds_the_header_below_title_unit_and_blank_rows() -> None:
    sheet = read(
        "counselors",
        ("附件1",),
        ("楚雄市花名册",),
        (),
        ("填报单位（盖章）：", "楚雄市教育体育局", "", "填报时间：", "2023.07"),
        (),
        ROSTER,
        LINE,
    )
    assert (sheet.title, sheet.reported_by) == ("楚雄市花名册", "楚雄市教育体育局")
    assert (sheet.filled_on, sheet.header_row, sheet.rows[0].number) == (date(2023, 7, 1), 6, 7)


def test_reads_a_header_over_two_rows() -> None:
    above = ("序号", "姓名", "学校名称", "专/兼职", "资格证书", "", "", "联系方式")
    below = ("", "", "", "", "名称", "编号", "发证时间", "")
    line = (
        1,
        "李梅",
        "鹿城小学",
        "专职",
        "心理咨询师三级",
        "1753220213270004",
        "2017.08",
        "13312343134",
    )
    sheet = read("counselors", ("花名册",), above, below, line)
    (credential,) = sheet.rows[0].values["credentials"]
    assert (credential.name, credential.number) == ("心理咨询师三级", "1753220213270004")
    assert credential.issued_on == date(2017, 8, 1)
    assert sheet.rows[0].values["phone"] == "13312343134"
    assert (sheet.header_row, sheet.unknown_columns) == (3, [])


def test_names_and_ignores_unknown_columns() -> None:
    sheet = read("counselors", (*ROSTER, "鞋码", "是否住宿"), (*LINE, 38, "是"))
    assert sheet.unknown_columns == ["鞋码", "是否住宿"]
    assert sheet.rows[0].problems == []


def test_refuses_two_columns_that_mean_the_same() -> None:
    sheet = read("counselors", (*ROSTER, "所在单位"), (*LINE, "别的小学"))
    (problem,) = sheet.problems
    assert (problem.code, problem.severity, problem.row) == ("duplicate_column", "error", 1)
    assert problem.params == {"first": "学校名称", "second": "所在单位"}
    assert "学校名称" in message_of(problem)


def test_skips_blank_rows_sums_notes_and_signatures() -> None:
    sheet = read(
        "counselors",
        ROSTER,
        LINE,
        ("", "  "),
        (2,),
        (3, "李艳", "", "楚雄市", "楚雄市鹿城小学", "专职"),
        ("小计", "", "", "", "", "2人"),
        ROSTER,
        ("合 计", 2),
        ("注：专职指专门从事心理健康教育工作的在编教师。",),
        ("兼职指其他教师。",),
        ("填表人：王芳", "", "联系电话：0878-3123456"),
    )
    assert [row.values["name"] for row in sheet.rows] == ["李梅", "李艳"]
    assert [row.number for row in sheet.rows] == [2, 5]


def test_keeps_a_row_that_has_only_a_name() -> None:
    sheet = read("counselors", ROSTER, LINE, ("", "李艳"))
    assert {p.code for p in sheet.rows[1].problems} == {"value_missing"}
    assert [p.column for p in sheet.rows[1].problems] == ["学校名称", "专/兼职"]


def test_fills_cells_merged_downwards() -> None:
    book = openpyxl.Workbook()
    page = book.active
    page.append(ROSTER)
    page.append(LINE)
    page.append((2, "李艳", "", None, "楚雄市鹿城小学", "专职"))
    page.merge_cells("D2:D3")
    buffer = io.BytesIO()
    book.save(buffer)
    sheet = read_sheet("counselors", buffer.getvalue(), "a.xlsx", today=DAY)
    assert [row.values["county"] for row in sheet.rows] == ["楚雄市", "楚雄市"]


def test_reads_the_first_sheet_with_a_header_and_names_the_others() -> None:
    data = xlsx(
        sheets={
            "封面": [("楚雄市",)],
            "名册": [ROSTER, LINE],
            "附表": [("a", "b")],
            "填写说明": [("x",)],
        }
    )
    sheet = read_sheet("counselors", data, "a.xlsx", today=DAY)
    assert sheet.name == "名册"
    (note,) = sheet.problems
    assert (note.code, note.severity) == ("other_sheets", "warning")
    assert note.params == {"sheet": "名册", "others": "封面、附表"}


def test_names_the_studio_by_its_title() -> None:
    assert (
        studio_name("楚雄州第一届中小学心理健康教育工作室成员名册")
        == "楚雄州第一届中小学心理健康教育工作室"
    )
    assert studio_name("王芳心理名师工作室名单") == "王芳心理名师工作室"
    assert studio_name(None) is None


def test_refuses_a_studio_without_title() -> None:
    sheet = read("studio", ("姓名", "学校名称", "工作室角色"), ("李梅", "鹿城小学", "成员"))
    assert [p.code for p in sheet.problems] == ["studio_without_title"]


def test_refuses_a_day_of_the_workbook_in_the_future_and_says_what_is_meant() -> None:
    sheet = read(
        "counselors", ("填报单位：楚雄市教育体育局　填报时间：2032年8月10日",), ROSTER, LINE
    )
    (problem,) = sheet.problems
    assert (problem.code, problem.severity) == ("filled_on_future", "error")
    assert problem.params["suggestion"] == "2023-08-10"


def test_refuses_an_impossible_day_of_the_workbook() -> None:
    sheet = read("counselors", ("填报时间：2023年2月30日",), ROSTER, LINE)
    (problem,) = sheet.problems
    assert problem.code == "filled_on_impossible"
    assert "2023-02-28" in message_of(problem)


def test_leaves_the_day_open_where_the_form_was_not_filled_in() -> None:
    sheet = read("counselors", ("填报单位：　　　填报时间：　　年　月　日",), ROSTER, LINE)
    assert (sheet.reported_by, sheet.filled_on, sheet.problems) == (None, None, [])


def test_tells_how_far_it_has_come() -> None:
    steps: list[tuple[int, int]] = []
    lines = [
        (n, "李梅", id_number(n % 1000, f"19{80 + n // 1000}0304"), "楚雄市", "鹿城小学", "兼职")
        for n in range(1200)
    ]
    data = xlsx(ROSTER, *lines)
    read_sheet(
        "counselors",
        data,
        "a.xlsx",
        today=DAY,
        progress=lambda done, total: steps.append((done, total)),
    )
    assert steps == [(500, 1200), (1000, 1200)]


def test_takes_a_row_of_blanks_for_blank() -> None:
    sheet = read(
        "counselors",
        ROSTER,
        LINE,
        ("　", " ", "　", " ", " ", "  "),
        (3, "李艳", "", "楚雄", "鹿城小学", "专"),
    )
    assert [row.number for row in sheet.rows] == [2, 4]
