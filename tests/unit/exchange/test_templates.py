"""Empty templates, and annotated workbooks that come back mended."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from openpyxl.styles import Font

from app.domain.exchange.annotate import AUTHOR, annotate
from app.domain.exchange.reading import Sheet, WorkbookRefused, message_of, read_sheet
from app.domain.exchange.reading.kinds import KINDS
from app.domain.exchange.template_columns import EXPLAINED
from app.domain.exchange.templates import empty_template
from tests.unit.exchange.books import DAY, ROSTER, TODAY, id_number, xlsx

VALID = id_number(2)


def opened(data: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(data))


def saved(book: Any) -> bytes:
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def reread(kind: str, data: bytes) -> Sheet:
    return read_sheet(kind, data, "book.xlsx", today=TODAY)


@pytest.mark.parametrize("kind", KINDS)
def test_an_empty_template_is_refused_as_empty(kind: str) -> None:
    with pytest.raises(WorkbookRefused) as caught:
        reread(kind, empty_template(kind))
    assert caught.value.code == "empty_sheet"


@pytest.mark.parametrize("kind", KINDS)
def test_a_template_filled_with_its_own_examples_is_read_without_problems(kind: str) -> None:
    book = opened(empty_template(kind))
    page = book.worksheets[0]
    if kind == "studio":
        page["A1"] = "楚雄州第一届中小学心理健康教育工作室成员名册"
    for column, said in enumerate(EXPLAINED[kind].values(), 1):
        page.cell(4, column).value = float(said.example) if said.is_number else said.example
    sheet = reread(kind, saved(book))
    assert (len(sheet.rows), sheet.problems, sheet.unknown_columns) == (1, [], [])
    assert sheet.rows[0].problems == []
    assert list(sheet.columns) == [f.name for f in KINDS[kind].fields if f.name in EXPLAINED[kind]]


@pytest.mark.parametrize("kind", KINDS)
def test_a_template_explains_each_column_and_offers_choices(kind: str) -> None:
    book = opened(empty_template(kind))
    instructions = book["填写说明"]
    explained = {row[0].value for row in instructions.iter_rows()}
    assert {KINDS[kind].field(name).headers[0] for name in EXPLAINED[kind]} <= explained
    offered = {str(rule.sqref) for rule in book.worksheets[0].data_validations.dataValidation}
    assert len(offered) == sum(bool(said.choices) for said in EXPLAINED[kind].values())


def test_a_template_keeps_identity_numbers_as_text() -> None:
    page = opened(empty_template("counselors")).worksheets[0]
    columns = {page.cell(3, index).value: index for index in range(1, page.max_column + 1)}
    letter = openpyxl.utils.get_column_letter(columns["身份证号"])
    assert page.column_dimensions[letter].number_format == "@"


FAULTY = (
    ("花名册",),
    (*ROSTER, "公开招聘时间"),
    (1, "李梅", VALID[:-1], "楚雄", "鹿城小学", "全职", "2032.07"),
    (2, "李艳", id_number(4), "楚雄", "鹿城小学", "兼职", ""),
)


def annotated(data: bytes, name: str = "book.xlsx") -> bytes:
    sheet = read_sheet("counselors", data, name, today=DAY)
    problems = [*sheet.problems, *(p for row in sheet.rows for p in row.problems)]
    return annotate(data, name, problems, sheet)


def test_colours_and_comments_the_bad_cells_alone() -> None:
    page = opened(annotated(xlsx(*FAULTY)))["Sheet1"]
    marked = {
        cell.coordinate: cell.fill.start_color.rgb
        for row in page.iter_rows()
        for cell in row
        if cell.comment is not None
    }
    assert marked == {"C3": "FFF4B6B6", "F3": "FFF4B6B6", "G3": "FFF4B6B6"}
    sheet = read_sheet("counselors", xlsx(*FAULTY), "a.xlsx", today=DAY)
    assert page["F3"].comment.text == message_of(sheet.rows[0].problems[1])
    assert page["F3"].comment.author == AUTHOR


def test_lists_all_problems_on_a_sheet_that_is_never_read() -> None:
    data = annotated(xlsx(*FAULTY))
    listed = list(opened(data)["问题清单"].iter_rows(values_only=True))
    assert [row[:2] for row in listed[1:]] == [
        ("3", "身份证号"),
        ("3", "专/兼职"),
        ("3", "公开招聘时间"),
    ]
    assert read_sheet("counselors", data, "a.xlsx", today=DAY).problems == []


def test_warnings_are_yellow_and_problems_of_the_sheet_stand_at_the_top_left() -> None:
    lines = (
        ("花名册",),
        (*ROSTER, "从事心理健康教育工作时间", "参加工作时间"),
        (1, "李梅", VALID, "楚雄", "鹿城小学", "兼职", "2016.03", "2016.09"),
    )
    data = xlsx(sheets={"名册": lines, "附表": [("a", "b")]})
    page = opened(annotated(data))["名册"]
    assert page["G3"].fill.start_color.rgb == "FFFFF2B3"
    assert "附表" in page["A1"].comment.text


def test_keeps_the_owners_formatting_and_other_sheets() -> None:
    book = opened(xlsx(sheets={"Sheet1": FAULTY, "附表": [("a",)]}))
    book["Sheet1"]["B3"].font = Font(bold=True, color="FF00FF00")
    book["Sheet1"].column_dimensions["B"].width = 33
    after = opened(annotated(saved(book)))
    assert after.sheetnames == ["Sheet1", "附表", "问题清单"]
    assert after["Sheet1"]["B3"].font.bold
    assert after["Sheet1"].column_dimensions["B"].width == 33


def test_a_mended_annotated_workbook_is_read_without_problems() -> None:
    book = opened(annotated(xlsx(*FAULTY)))
    page = book["Sheet1"]
    page["C3"], page["F3"], page["G3"] = VALID, "专职", "2022.07"
    sheet = read_sheet("counselors", saved(book), "book.xlsx", today=DAY)
    assert [row.values["name"] for row in sheet.rows] == ["李梅", "李艳"]
    assert [row.problems for row in sheet.rows] == [[], []]


def test_a_second_annotation_takes_the_marks_of_mended_cells_away() -> None:
    book = opened(annotated(xlsx(*FAULTY)))
    book["Sheet1"]["F3"] = "专职"
    page = opened(annotated(saved(book)))["Sheet1"]
    assert page["F3"].comment is None
    assert page["F3"].fill.fill_type is None
    assert page["C3"].comment is not None


@pytest.mark.parametrize("encoding", ["gbk", "utf-8-sig"])
def test_gives_csv_back_as_xlsx_with_the_same_cells(encoding: str) -> None:
    text = "\n".join(",".join(map(str, row)) for row in FAULTY)
    data = annotated(text.encode(encoding), "花名册.csv")
    page = opened(data).worksheets[0]
    assert page["F3"].value == "全职"
    assert page["F3"].comment is not None
    sheet = read_sheet("counselors", data, "b.xlsx", today=DAY)
    assert [p.code for p in sheet.rows[0].problems] == [
        "id_number_length",
        "employment_unknown",
        "date_future",
    ]


def test_gives_an_old_xls_back_as_xlsx() -> None:
    data = (Path(__file__).parent / "roster.xls").read_bytes()
    sheet = read_sheet("counselors", data, "roster.xls", today=DAY)
    again = read_sheet("counselors", annotated(data, "roster.xls"), "b.xlsx", today=DAY)
    assert [row.values for row in again.rows] == [row.values for row in sheet.rows]


def test_keeps_text_that_looks_like_a_formula_as_text() -> None:
    lines = (*FAULTY[:1], (*FAULTY[1], "备注"), (*FAULTY[2], "=1+1"))
    for data in (xlsx(*lines), "\n".join(",".join(map(str, row)) for row in lines).encode()):
        cell = opened(annotated(data)).worksheets[0]["H3"]
        assert (cell.value, cell.data_type) == ("=1+1", "s")


def test_stores_the_results_of_formulas_so_that_the_file_can_be_read_again() -> None:
    book = io.BytesIO()
    with xlsxwriter.Workbook(book) as writer:
        page = writer.add_worksheet()
        page.write_row(0, 0, ROSTER)
        page.write_row(1, 0, (1, "李梅", VALID, "楚雄", "", "全职"))
        page.write_formula(1, 4, '="鹿城"&"小学"', None, "鹿城小学")
    again = read_sheet("counselors", annotated(book.getvalue()), "b.xlsx", today=DAY)
    assert again.rows[0].values["school"] == "鹿城小学"


def test_marks_the_first_cell_of_a_merged_range() -> None:
    book = opened(
        xlsx(
            ROSTER,
            (1, "李梅", VALID, "楚雄", "鹿城小学", "全职"),
            (2, "李艳", id_number(4), "楚雄", "鹿城小学", "全职"),
        )
    )
    book.active.merge_cells("F2:F3")
    page = opened(annotated(saved(book))).worksheets[0]
    assert page["F2"].comment is not None
