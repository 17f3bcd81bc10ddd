"""A platform's own layout of the online workbook: exact headers, own words, what fills gaps; samples of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest

from app.core import crypto
from app.core.errors import InvalidInput
from app.domain.exchange.reading import Sheet, WorkbookRefused, read_sheet
from app.domain.exchange.reading.mapped import Layout, fill_rows, kind_of, why_not_layout
from app.domain.exchange.sampling import (
    Sample,
    guess_columns,
    guess_header_row,
    open_sample,
    seal_sample,
    take_sample,
)
from tests.databases import TEST_FIELD_KEY, TEST_SECRET
from tests.unit.exchange.books import DAY, xlsx

COLUMNS = {"name": "学员", "school": "学校（全称）", "title": "课程", "hours": "学时（认定）"}


def read(layout: Layout, *rows: Sequence[Any]) -> Sheet:
    sheet = read_sheet(kind_of(layout), xlsx(*rows), "导出.xlsx", today=DAY)
    fill_rows(sheet, layout)
    return sheet


def test_a_header_is_known_as_it_stands_and_not_by_its_meaning() -> None:
    header = ("学员", "姓名", "学校", "学校（全称）", "课程", "学时", "学时（认定）")
    sheet = read(Layout(COLUMNS), header, ("李甲", "昵称", "简称", "青山小学", "研修", 99, 40))
    (row,) = sheet.rows
    assert (row.values["name"], row.values["school"]) == ("李甲", "青山小学")
    assert row.values["hours"] == Decimal(40)
    assert sheet.unknown_columns == ["姓名", "学校", "学时"]
    assert sheet.problems == []


def test_blanks_in_a_header_do_not_matter() -> None:
    header = ("学 员", "学校(全称)", "课程\n", "学时（认定）")
    sheet = read(Layout(COLUMNS), header, ("李甲", "青山小学", "研修", 40))
    assert sheet.rows[0].values["name"] == "李甲"


def test_a_header_over_two_rows_is_found_by_its_lower_row() -> None:
    above = ("人员", "", "学习", "")
    below = ("学员", "学校（全称）", "课程", "学时（认定）")
    sheet = read(Layout(COLUMNS), above, below, ("李甲", "青山小学", "研修", 40))
    assert [row.values["title"] for row in sheet.rows] == ["研修"]


def test_every_column_of_the_layout_must_be_there() -> None:
    with pytest.raises(WorkbookRefused) as refused:
        read(Layout(COLUMNS), ("学员", "学校（全称）", "课程"), ("李甲", "青山小学", "研修"))
    assert refused.value.code == "required_column_missing"
    assert "学时（认定）" in str(refused.value)


STATUS = {"name": "学员", "school": "学校", "title": "课程", "verdict": "状态"}


def passed(words: tuple[str, ...], *cells: str) -> list[bool | None]:
    rows = [
        (f"李{number}"[:1] + "甲乙丙丁戊"[number], "青山", "研修", cell)
        for number, cell in enumerate(cells)
    ]
    sheet = read(Layout(STATUS, words), ("学员", "学校", "课程", "状态"), *rows)
    return [row.values["passed"] for row in sheet.rows]


def test_the_platforms_words_say_who_has_finished() -> None:
    assert passed(("学完", "Done"), "学完", " done ", "已完成", "") == [True, True, False, False]


def test_without_own_words_the_usual_ones_do_and_others_mean_not_yet() -> None:
    assert passed((), "已完成", "合格", "学习中", "排队") == [True, True, False, False]


def test_what_holds_for_all_rows_fills_only_gaps() -> None:
    layout = Layout({**COLUMNS}, title="统一名称", hours=Decimal(30))
    header = ("学员", "学校（全称）", "课程", "学时（认定）")
    rows = (("李甲", "青山", "", ""), ("李乙", "青山", "研修", 40))
    sheet = read(layout, header, *rows)
    said = [(row.values["title"], row.values["hours"]) for row in sheet.rows]
    assert said == [("统一名称", Decimal(30)), ("研修", Decimal(40))]
    assert [row.has_errors for row in sheet.rows] == [False, False]


@pytest.mark.parametrize(
    ("layout", "why"),
    [
        (Layout(COLUMNS), None),
        (Layout({"name": "学员", "school": "学校"}, title="研修"), None),
        (Layout({"school": "学校", "title": "课程"}), ("name_column", "name")),
        (Layout({"name": "学员", "title": "课程"}), ("school_column", "school")),
        (Layout({"name": "学员", "school": "学校"}), ("title_missing", "title")),
        (Layout({**COLUMNS, "title": "学员"}), ("column_twice", "title")),
        (Layout(COLUMNS, ("学完",)), ("words_without_column", "verdict")),
    ],
)
def test_says_why_a_layout_reads_nothing(layout: Layout, why: tuple[str, str] | None) -> None:
    assert why_not_layout(layout) == why


CELLS = [
    "李甲",
    3,
    2.5,
    True,
    date(2022, 5, 1),
    datetime(2022, 5, 1, 8, 30),  # noqa: DTZ001  as spreadsheets have it
    time(8, 30),
    timedelta(hours=2),
]


@pytest.fixture
def keys() -> None:
    crypto.configure([TEST_FIELD_KEY], TEST_SECRET)


@pytest.mark.usefixtures("keys")
def test_a_sample_comes_back_as_it_was_and_shows_nothing_outside() -> None:
    sample = Sample("导出.xlsx", [list(CELLS), ["", "", "", "", "", "", "", ""]])
    sealed = seal_sample(sample)
    assert open_sample(sealed) == sample
    assert "李甲" not in sealed


@pytest.mark.usefixtures("keys")
@pytest.mark.parametrize(
    "sealed", ["", "AAAA", "不是", "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo=", "@"]
)
def test_refuses_a_sample_that_it_did_not_seal(sealed: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        open_sample(sealed)
    assert refused.value.code == "sample_broken"


def test_a_sample_is_the_first_rows_of_the_first_sheet_that_has_some() -> None:
    sheets = {
        "封面": (("说明",),),
        "数据": [("学员", "学校"), *((f"李{n}", "青山") for n in range(99))],
    }
    sample = take_sample(xlsx(sheets=sheets), "导出.xlsx")
    assert sample.rows[0] == ["学员", "学校"]
    assert len(sample.rows) == 40


def test_guesses_the_header_by_known_words_else_by_the_fullest_row() -> None:
    known = Sample("a", [["标题", ""], ["姓名", "单位"], ["李甲", "青山"]])
    unknown = Sample("a", [["导出", "", ""], ["甲", "乙", "丙"], ["李甲", "青山", "青山"]])
    assert (guess_header_row(known), guess_header_row(unknown)) == (2, 2)


def test_guesses_columns_by_the_headers_it_knows() -> None:
    headers = ["姓名", "单位", "考核结果", "结业时间", "账号"]
    assert guess_columns(headers) == {
        "name": "姓名",
        "school": "单位",
        "verdict": "考核结果",
        "completed_at": "结业时间",
    }


def test_counts_the_words_below_a_header() -> None:
    rows: list[list[Any]] = [["姓名", "状态"], ["甲", "学完"], ["乙", "学习中"], ["丙", "学完 "]]
    sample = Sample("a", rows)
    assert sample.words_below(1, "状态") == [("学完", 2), ("学习中", 1)]
    assert sample.words_below(1, "没有") == []
