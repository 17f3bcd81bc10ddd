"""GET /statistics and the rows behind a figure, as CONTRACT.md shapes them, and the command line beside it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.domain.statistics.figures import FIGURES
from tests.factories import (
    CHUXIONG,
    LINCANG,
    LUFENG,
    make_counselor,
    make_return,
    make_school,
    make_training,
)
from tests.web.api.conftest import program

__all__ = ["program"]
Program = Callable[[str, str], FlaskClient]
DAY = "as_of=2023-08-17"
LEVELS = {"national", "provincial", "prefecture", "county", "school", "abroad"}


@pytest.fixture
def school_code(app: Flask) -> str:
    with app.app_context():
        school = make_school(LUFENG, "禄丰测试小学")
        for number in range(3):
            person = make_counselor(school, f"第{number}人")
            make_training(person, school, ended_on=date(2023, 6, 1))
        make_return(school, date(2023, 1, 1), 2, "23.5")
        make_counselor(make_school(CHUXIONG, "州直测试中学"), "赵强")
        return school.code


def get(client: FlaskClient, address: str, status: int = 200) -> Any:
    response = client.get(f"/api/v1{address}")
    assert response.status_code == status, response.get_data(as_text=True)
    return json.loads(response.data)


def test_the_ledger_has_the_shape_of_the_contract(school_code: str, program: Program) -> None:
    found = get(program("bureau", CHUXIONG), f"/statistics?unit=532300&{DAY}&since=2020-01-01")
    assert set(found) == {"unit", "as_of", "since", "totals", "units"}
    assert found["unit"] == {"code": "532300", "name": "楚雄彝族自治州", "kind": "prefecture"}
    assert (found["as_of"], found["since"]) == ("2023-08-17", "2020-01-01")
    assert set(found["totals"]) == set(FIGURES)
    assert set(found["totals"]["training_person_times_by_level"]) == LEVELS
    assert found["totals"]["room_area"] == 23.5
    assert found["totals"]["credit_hours"] == 120
    assert found["totals"]["counselor_coverage"] == 1.0
    last = found["units"][-1]
    assert (last["code"], last["kind"], last["name"]) == (None, "municipal_schools", "州直学校")
    assert last["figures"]["room_coverage"] == 0.0
    empty = next(unit for unit in found["units"] if unit["code"] == "532301")
    assert empty["figures"]["counselor_coverage"] is None
    assert sum(unit["figures"]["counselors"] for unit in found["units"]) == 4


def test_the_rows_come_in_pages_whose_values_sum_to_the_figure(
    school_code: str, program: Program
) -> None:
    client = program("bureau", CHUXIONG)
    address = f"/statistics/counselors/rows?unit=532300&{DAY}&limit=3"
    first = get(client, address)
    assert {"figure", "unit", "as_of", "since", "count", "items", "next_cursor"} == set(first)
    assert (first["figure"], first["count"], len(first["items"])) == ("counselors", 4, 3)
    second = get(client, f"{address}&cursor={first['next_cursor']}")
    assert second["next_cursor"] is None
    items = first["items"] + second["items"]
    assert sum(item["value"] for item in items) == 4
    assert items[0]["label"] == "第0人"
    assert items[0]["unit"] == {"code": school_code, "name": "禄丰测试小学"}


def test_rows_may_be_narrowed_to_a_level_or_a_part(school_code: str, program: Program) -> None:
    client = program("bureau", CHUXIONG)
    person_times = "/statistics/training_person_times/rows"
    assert get(client, f"{person_times}?{DAY}&level=provincial")["count"] == 3
    assert get(client, f"{person_times}?{DAY}&level=national")["count"] == 0
    part = get(client, f"/statistics/counselors/rows?{DAY}&part=municipal_schools")
    assert [item["label"] for item in part["items"]] == ["赵强"]


@pytest.mark.parametrize("figure", [name for name, f in FIGURES.items() if f.has_rows])
def test_every_figure_with_rows_agrees_with_its_list(
    school_code: str, program: Program, figure: str
) -> None:
    client = program("bureau", CHUXIONG)
    value = get(client, f"/statistics?{DAY}")["totals"][figure]
    expected = sum(value.values()) if isinstance(value, dict) else value
    found = get(client, f"/statistics/{figure}/rows?{DAY}")
    assert found["count"] == expected
    assert sum(item["value"] for item in found["items"]) == expected


@pytest.mark.parametrize(
    ("address", "status", "code"),
    [
        ("/statistics?unit=530900", 403, "unit_out_of_scope"),
        ("/statistics?unit=999999", 403, "unit_out_of_scope"),
        ("/statistics?unit=x!", 400, "malformed_unit"),
        ("/statistics?as_of=gestern", 422, "invalid_input"),
        ("/statistics?as_of=2023-01-01&since=2023-02-01", 422, "since_after_as_of"),
        ("/statistics?colour=red", 422, "invalid_input"),
        ("/statistics/students/rows", 404, "unknown_figure"),
        ("/statistics/room_coverage/rows", 422, "ratio_without_rows"),
        ("/statistics/counselors/rows?level=national", 422, "level_not_applicable"),
        ("/statistics/counselors/rows?level=heavenly", 422, "invalid_input"),
        ("/statistics/counselors/rows?cursor=nonsense", 422, "invalid_cursor"),
    ],
)
def test_refusals_are_problems_with_a_code(
    program: Program, address: str, status: int, code: str
) -> None:
    found = get(program("bureau", CHUXIONG), address, status)
    assert (found["status"], found["code"]) == (status, code)


def test_a_teacher_gets_the_figures_and_not_the_rows(school_code: str, program: Program) -> None:
    client = program("teacher", school_code)
    assert get(client, f"/statistics?{DAY}")["unit"]["code"] == LUFENG
    get(client, f"/statistics?unit={CHUXIONG}", 403)
    get(client, f"/statistics?unit={LINCANG}", 403)
    get(client, "/statistics/counselors/rows", 403)


def run(app: Flask, *arguments: str) -> Any:
    return app.test_cli_runner().invoke(args=["statistics", *arguments])


def test_the_command_line_gives_the_same_numbers(
    app: Flask, school_code: str, program: Program, tmp_path: Path
) -> None:
    asked = ("--unit", "532300", "--as-of", "2023-08-17", "--since", "2020-01-01")
    api = get(program("bureau", CHUXIONG), f"/statistics?{DAY}&since=2020-01-01")
    assert json.loads(run(app, "show", *asked, "--format", "json").output) == api
    listing = json.loads(run(app, "rows", "rooms", *asked, "--format", "json").output)
    assert (listing["count"], [row["value"] for row in listing["rows"]]) == (2, [2])
    table = run(app, "show", *asked)
    assert "禄丰市" in table.output
    assert "counselors" in table.output
    assert run(app, "rows", "counselors", *asked).output.count("第") >= 3
    file = tmp_path / "ledger.xlsx"
    result = run(app, "show", *asked, "--format", "xlsx", "--output", str(file))
    assert result.exit_code == 0
    assert openpyxl.load_workbook(file).active["A1"].value


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("show", "--unit", "000000", "--as-of", "2023-08-17"), "000000"),
        (("show", "--unit", "532300", "--as-of", "17.8.2023"), "17.8.2023"),
        (("show", "--unit", "532300", "--as-of", "2023-01-01", "--since", "2023-02-01"), "2023-02-01"),
        (("rows", "students", "--unit", "532300", "--as-of", "2023-08-17"), "students"),
        (("rows", "room_coverage", "--unit", "532300", "--as-of", "2023-08-17"), "schools"),
        (("show", "--unit", "532300", "--as-of", "2023-08-17", "--format", "xlsx"), "--output"),
    ],
)  # fmt: skip
def test_the_command_line_refuses_with_a_reason(
    app: Flask, arguments: tuple[str, ...], message: str
) -> None:
    result = run(app, *arguments)
    assert result.exit_code != 0
    assert message in result.output
