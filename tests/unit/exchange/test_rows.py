"""What is wrong between the cells of a row, and between rows; certificates that share a cell."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from app.domain.exchange.reading import BroughtCredential, Period, Sheet, message_of
from tests.unit.exchange.books import ROSTER, id_number, problem, read, roster, value

VALID = id_number(2)


def codes(sheet: Sheet) -> list[list[tuple[str, str, str]]]:
    return [[(p.code, p.column, p.severity) for p in row.problems] for row in sheet.rows]


def person(*cells: Any, headers: tuple[str, ...]) -> Sheet:
    return read(
        "counselors", (*ROSTER, *headers), (1, "李梅", VALID, "楚雄", "鹿城小学", "兼职", *cells)
    )


def test_warns_of_counseling_before_work() -> None:
    sheet = person("2016.09", "2016.03", headers=("参加工作时间", "从事心理健康教育工作时间"))
    assert codes(sheet) == [[("counseling_before_work", "从事心理健康教育工作时间", "warning")]]


def test_warns_of_a_certificate_issued_before_18() -> None:
    sheet = person("心理咨询师三级", "2003.02", headers=("资格证书名称", "发证时间"))
    assert codes(sheet) == [[("issued_before_18", "发证时间", "warning")]]
    assert codes(person("心理咨询师三级", "2003.03", headers=("资格证书名称", "发证时间"))) == [[]]


def test_warns_where_the_identity_number_says_another_birth_or_sex() -> None:
    sheet = person("1985.04", "男", headers=("出生年月", "性别"))
    assert codes(sheet) == [
        [("sex_differs", "性别", "warning"), ("birth_differs", "出生年月", "warning")]
    ]
    assert codes(person("1985.03", "女", headers=("出生年月", "性别"))) == [[]]


def test_reckons_the_start_of_counseling_from_a_number_of_years() -> None:
    sheet = read(
        "counselors",
        ("填报时间：2023年8月10日",),
        (*ROSTER, "从事心理健康教育年限"),
        (1, "李梅", VALID, "楚雄", "鹿城小学", "兼职", "5年"),
    )
    (found,) = sheet.rows[0].problems
    assert sheet.rows[0].values["counseling_began_on"] == date(2018, 8, 1)
    assert (found.code, found.severity, found.params) == (
        "began_from_years",
        "warning",
        {"day": "2018-08-01"},
    )


def credentials(
    *cells: Any, headers: tuple[str, ...] = ("资格证书名称", "证书编号", "发证时间")
) -> Any:
    sheet = person(*cells, headers=headers)
    return sheet.rows[0].values["credentials"], [p.code for p in sheet.rows[0].problems]


def test_reads_one_certificate() -> None:
    found = credentials(
        "心理咨询师", "二级", "1753220213270004", "人社部", "2017.08",
        headers=("资格证书名称", "证书等级", "证书编号", "发证机关", "发证时间"),
    )  # fmt: skip
    one = BroughtCredential("心理咨询师", "二级", "1753220213270004", "人社部", date(2017, 8, 1))
    assert found == ((one,), [])


@pytest.mark.parametrize("between", ["、", "；", "\n", ";"])
def test_pairs_certificates_that_share_a_cell(between: str) -> None:
    found, wrong = credentials(
        between.join(("心理咨询师三级", "社会工作师（中级）")),
        between.join(("1753220213270004", "GL20201234")),
        between.join(("2017.08", "2020-10-01")),
    )
    assert wrong == []
    assert [(one.name, one.number, one.issued_on) for one in found] == [
        ("心理咨询师三级", "1753220213270004", date(2017, 8, 1)),
        ("社会工作师（中级）", "GL20201234", date(2020, 10, 1)),
    ]


def test_takes_the_numbering_of_certificates_away() -> None:
    found, wrong = credentials(
        "1.心理咨询师三级\n2.社会工作师", "1.1753220213270004\n2.GL2020", "2017.08"
    )
    assert wrong == []
    assert [(one.name, one.number) for one in found] == [
        ("心理咨询师三级", "1753220213270004"),
        ("社会工作师", "GL2020"),
    ]


def test_gives_one_date_to_all_certificates() -> None:
    found, wrong = credentials("心理咨询师三级、社会工作师", "A1、B2", date(2017, 8, 1))
    assert (wrong, {one.issued_on for one in found}) == ([], {date(2017, 8, 1)})


def test_refuses_certificates_that_do_not_pair_with_their_numbers() -> None:
    _, wrong = credentials("心理咨询师三级、社会工作师", "1753220213270004", "2017.08")
    assert wrong == ["credentials_do_not_pair"]
    sheet = person("心理咨询师三级、社会工作师", "A、B、C", headers=("资格证书名称", "证书编号"))
    assert sheet.rows[0].problems[0].params == {"names": "2", "found": "3"}


def test_refuses_a_certificate_with_an_impossible_date() -> None:
    assert credentials("心理咨询师三级", "1753220213270004", "2017.13")[1] == ["date_impossible"]


def test_warns_of_a_number_without_certificate() -> None:
    assert credentials("", "1753220213270004", "") == ((), ["credential_without_name"])


def test_takes_no_certificate_from_the_word_for_none() -> None:
    assert credentials("无", "/", "") == ((), [])


# The same key twice


def test_refuses_the_same_person_twice_in_a_roster_and_names_the_first_row() -> None:
    sheet = read(
        "counselors",
        ROSTER,
        (1, "李梅", VALID, "楚雄", "鹿城小学", "兼职"),
        (2, "李艳", id_number(4), "楚雄", "鹿城小学", "兼职"),
        (3, "李梅", VALID, "楚雄", "北浦小学", "专职"),
    )
    (found,) = sheet.rows[2].problems
    assert (found.code, found.row, found.column, found.severity) == (
        "duplicate_person",
        4,
        "身份证号",
        "error",
    )
    assert found.params == {"first_row": "2"}
    assert VALID not in message_of(found)
    assert sheet.rows[0].problems == sheet.rows[1].problems == []


def test_says_that_a_whole_row_is_repeated() -> None:
    line = ("李梅", VALID, "楚雄", "鹿城小学", "兼职")
    sheet = read("counselors", ROSTER, (1, *line), (2, *line))
    assert codes(sheet)[1] == [("duplicate_row", "身份证号", "error")]


def test_tells_namesakes_without_number_apart_by_school_and_phone() -> None:
    headers = (*ROSTER, "联系电话")
    lines = [
        (1, "李梅", "", "楚雄", "鹿城小学", "兼职", "13312343134"),
        (2, "李 梅", "", "楚雄", "鹿城小学", "兼职", "13312343135"),
        (3, "李梅", "", "楚雄", "北浦小学", "兼职", "13312343134"),
        (4, "李　梅", "", "楚雄市", "鹿城小学", "专职", "133 1234 3134"),
    ]
    sheet = read("counselors", headers, *lines)
    assert codes(sheet) == [[], [], [], [("duplicate_person", "姓名", "error")]]


def test_refuses_the_same_person_twice_in_a_studio() -> None:
    header = ("姓名", "身份证号", "学校名称", "工作室角色")
    sheet = read(
        "studio",
        ("工作室",),
        header,
        ("李梅", VALID, "a校", "成员"),
        ("李梅", VALID, "b校", "主持人"),
    )
    assert codes(sheet)[1] == [("duplicate_person", "身份证号", "error")]


def test_takes_the_training_into_the_key_of_trainings() -> None:
    header = ("培训项目", "培训级别", "培训时间", "姓名", "身份证号", "学校名称")
    sheet = read(
        "trainings",
        header,
        ("国培", "国家级", "2021.10.11-10.20", "李梅", VALID, "鹿城小学"),
        ("省培", "省级", "2021.10.11-10.20", "李梅", VALID, "鹿城小学"),
        ("国培", "国家级", "2022.10.11-10.20", "李梅", VALID, "鹿城小学"),
        ("国 培", "国家级", "2021.10.11-2021.10.20", "李梅", VALID, "北浦小学"),
    )
    assert codes(sheet) == [[], [], [], [("duplicate_training", "身份证号", "error")]]


def test_takes_the_cohort_into_the_key_of_placements() -> None:
    header = ("期次", "姓名", "身份证号", "选派学校", "规培基地", "跟岗时间")
    rest = ("李梅", VALID, "鹿城小学", "一中", "2022.03.01-2022.07.08")
    sheet = read(
        "placements",
        header,
        ("第一期", *rest),
        ("第二期", *rest),
        ("第一期 ", *rest[:-1], "2022.03-07"),
    )
    assert codes(sheet)[:2] == [[], []]
    assert codes(sheet)[2][-1] == ("duplicate_placement", "身份证号", "error")


def test_refuses_a_school_twice_by_code_or_by_county_and_name() -> None:
    header = ("县（市）", "学校名称", "学校标识码", "办学类型")
    sheet = read(
        "schools",
        header,
        ("楚雄", "新村小学", "5323010001", "完小"),
        ("禄丰", "新村小学", "5323020001", "完小"),
        ("大姚", "老村小学", "5323010001", "完小"),
        ("楚雄", "新村 小学", "5323010009", "完小"),
    )
    assert codes(sheet) == [
        [],
        [],
        [("duplicate_school", "学校标识码", "error")],
        [("duplicate_school", "学校名称", "error")],
    ]


def test_only_warns_of_namesakes_whose_numbers_are_wholly_hidden() -> None:
    header = ("姓名", "证件号码", "手机号", "所在单位", "项目名称", "是否合格", "考核成绩")
    rest = ("******************", "1**********", "鹿城小学", "网络培训", "合格")
    sheet = read("online", header, ("李梅", *rest, 80), ("李梅", *rest, 90), ("李梅", *rest, 80))
    assert codes(sheet) == [
        [],
        [("perhaps_same_person", "姓名", "warning")],
        [("duplicate_row", "姓名", "error")],
    ]


def test_masked_numbers_with_visible_digits_are_a_key() -> None:
    header = ("姓名", "证件号码", "所在单位", "项目名称", "是否合格", "考核成绩")
    rest = ("鹿城小学", "网络培训", "合格")
    sheet = read(
        "online",
        header,
        ("李梅", "532398********0025", *rest, 80),
        ("李梅", "532398********0041", *rest, 80),
        ("李梅", "532398********0025", *rest, 90),
    )
    assert codes(sheet) == [[], [], [("duplicate_training", "姓名", "error")]]


# Messages


def test_a_message_names_row_column_value_and_what_is_meant() -> None:
    assert message_of(problem("公开招聘时间", "2032.07")) == (
        "Row 2, 公开招聘时间 “2032.07”: This day lies in the future. Perhaps 2023-07 is meant."
    )


def test_a_row_with_several_errors_tells_them_all() -> None:
    (row,) = read(
        "counselors",
        (*ROSTER, "公开招聘时间"),
        (1, "", VALID[:-1], "楚雄", "", "全职", "2019.13"),
    ).rows
    assert [p.code for p in row.problems] == [
        "value_missing",
        "value_missing",
        "id_number_length",
        "employment_unknown",
        "date_impossible",
    ]


def test_keeps_the_text_of_each_cell_beside_its_value() -> None:
    (row,) = roster("公开招聘时间", 201907.0)
    assert (row.values["recruited_on"], row.cells["recruited_on"]) == (date(2019, 7, 1), "201907")
    assert value("备注", "note", "") is None


def test_a_training_whose_end_lies_before_its_start_is_told_with_the_end_that_was_read() -> None:
    sheet = read(
        "trainings",
        ("培训项目", "培训级别", "培训时间", "姓名", "身份证号", "学校名称"),
        ("团体辅导培训", "州级", "2023.03.05-03.01", "李梅", VALID, "鹿城小学"),
        today=date(2024, 6, 1),
    )
    (found,) = sheet.rows[0].problems
    assert (found.code, found.column, found.value, found.severity) == (
        "period_perhaps_reversed",
        "培训时间",
        "2023.03.05-03.01",
        "warning",
    )
    assert found.params == {"until": "2024-03-01"}
    assert sheet.rows[0].values["period"] == Period(date(2023, 3, 5), date(2024, 3, 1))
