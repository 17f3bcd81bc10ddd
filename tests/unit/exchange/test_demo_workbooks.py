"""The eight workbooks of the demonstration, whose people are invented, read to the last row."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from app.domain.exchange.reading import Period, Sheet, read_sheet, studio_name
from app.domain.people.rules import PostingRole, StudioRole, TrainingLevel
from app.domain.units.models import SchoolStage
from tests.unit.exchange.books import TODAY

FOLDER = Path(__file__).parents[3] / "demo" / "data"


def read(name: str) -> Sheet:
    kind = name.split("-")[1]
    return read_sheet(kind, (FOLDER / name).read_bytes(), name, today=TODAY)


def codes(sheet: Sheet) -> Counter[str]:
    return Counter(problem.code for row in sheet.rows for problem in row.problems)


@pytest.mark.parametrize(
    ("name", "rows", "title", "reported_by", "filled_on"),
    [
        ("chuxiong-counselors-2023.xlsx", 2232, "楚雄州中小学心理健康教育教师花名册", "楚雄州教育体育局", date(2023, 8, 10)),
        ("chuxiong-schools-2023.xlsx", 873, "楚雄州中小学校及心理辅导室情况统计表", "楚雄州教育体育局", date(2023, 8, 1)),
        ("chuxiong-studio-2022.xlsx", 71, "楚雄州第一届中小学心理健康教育工作室成员名册", "楚雄州教育体育局", None),
        ("chuxiong-trainings-2023.xlsx", 712, "楚雄州心理健康教育教师参加培训情况登记表", "楚雄州教育体育局", None),
        ("lincang-counselors-2023.xlsx", 818, "临沧市中小学心理健康教育教师花名册", "临沧市教育体育局", date(2023, 5, 12)),
        ("lincang-online-2022.xlsx", 242, "学员学习情况导出", None, None),
        ("lincang-placements-2022.xlsx", 8, "临沧市中小学心理健康教师规范化培训（跟岗）学员名册", "临沧市教育体育局", None),
        ("lincang-schools-2023.xlsx", 612, "临沧市中小学校及心理辅导室情况统计表", "临沧市教育体育局", date(2023, 5, 1)),
    ],
)  # fmt: skip
def test_reads_every_row_and_what_stands_above(
    name: str, rows: int, title: str, reported_by: str | None, filled_on: date | None
) -> None:
    sheet = read(name)
    assert len(sheet.rows) == rows
    assert (sheet.title, sheet.reported_by, sheet.filled_on) == (title, reported_by, filled_on)
    assert sheet.header_row == 3
    assert sheet.unknown_columns == []
    assert sheet.problems == []
    assert not sheet.has_errors


def test_reads_the_chuxiong_roster() -> None:
    sheet = read("chuxiong-counselors-2023.xlsx")
    employment = Counter(row.values["employment"] for row in sheet.rows)
    assert employment == {PostingRole.FULL_TIME: 70, PostingRole.PART_TIME: 2162}
    assert sum(len(row.values["credentials"]) for row in sheet.rows) == 193
    assert sum(row.values["recruited_on"] is not None for row in sheet.rows) == 16
    assert codes(sheet) == {"counseling_before_work": 129, "issued_before_18": 10}


def test_reads_the_chuxiong_schools() -> None:
    sheet = read("chuxiong-schools-2023.xlsx")
    assert sum(row.values["rooms"] for row in sheet.rows) == 809
    assert str(sum(row.values["room_area"] or 0 for row in sheet.rows)) == "23476.8"
    assert Counter(row.values["stage"] for row in sheet.rows)[SchoolStage.NINE_YEAR] == 47


def test_reads_the_chuxiong_trainings() -> None:
    sheet = read("chuxiong-trainings-2023.xlsx")
    assert Counter(row.values["level"] for row in sheet.rows) == {
        TrainingLevel.NATIONAL: 214,
        TrainingLevel.PROVINCIAL: 398,
        TrainingLevel.PREFECTURE: 100,
    }
    assert sheet.rows[0].values["period"] == Period(date(2021, 10, 11), date(2021, 10, 20))
    assert all(row.values["passed"] for row in sheet.rows)


def test_reads_the_chuxiong_studio() -> None:
    sheet = read("chuxiong-studio-2022.xlsx")
    assert studio_name(sheet.title) == "楚雄州第一届中小学心理健康教育工作室"
    assert Counter(row.values["role"] for row in sheet.rows) == {
        StudioRole.HOST: 1,
        StudioRole.MEMBER: 70,
    }


def test_reads_the_lincang_online_export_with_its_masks() -> None:
    sheet = read("lincang-online-2022.xlsx")
    assert sum(bool(row.values["passed"]) for row in sheet.rows) == 217
    first = sheet.rows[0].values
    assert (first["id_number"], first["masked_id_number"]) == (None, "530998********5298")
    assert (first["phone"], first["masked_phone"]) == (None, "133****3134")
    assert first["completed_at"] == date(2022, 12, 13)


def test_reads_the_lincang_placements() -> None:
    first = read("lincang-placements-2022.xlsx").rows[0].values
    assert first["cohort"] == "第一期"
    assert first["nominating_county"] == "凤庆县"
    assert first["base_school"] == "临沧市第一中学"
    assert first["period"] == Period(date(2022, 3, 1), date(2022, 7, 8))
    assert (first["passed"], first["result"]) == (True, "合格")


def test_warns_where_the_identity_number_says_another_sex() -> None:
    assert codes(read("lincang-counselors-2023.xlsx")) == {"sex_differs": 1}
