"""The ledger, its rows and its rules as pages: who may open what, what they show, what bad addresses get."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.core.db import db
from app.domain.audit.models import AuditEntry
from app.domain.statistics.models import CountingPolicy
from tests.factories import (
    CHUXIONG,
    CHUXIONG_CITY,
    LINCANG,
    LUFENG,
    make_account,
    make_counselor,
    make_credential,
    make_return,
    make_school,
    make_training,
)
from tests.integration.statistics.helpers import count_queries

SignIn = Callable[[int], FlaskClient]
LEDGER = "/counties/?as_of=2023-08-17"
ROWS = "/counties/figures/counselors?as_of=2023-08-17"


@pytest.fixture
def world(app: Flask) -> dict[str, int]:
    """Two counselors in 禄丰, one at a municipal school; accounts by role."""
    with app.app_context():
        school = make_school(LUFENG, "禄丰测试小学", code="5323029001")
        municipal = make_school(CHUXIONG, "州直测试中学", code="5323009001")
        first = make_counselor(school, "李梅")
        make_credential(first, "psych_2")
        make_counselor(school, "王芳")
        make_counselor(municipal, "赵强")
        make_training(first, school, ended_on=date(2023, 6, 1))
        make_return(school, date(2023, 1, 1), 1, "23.5")
        return {
            "bureau": make_account("bureau", CHUXIONG).id,
            "county": make_account("county", LUFENG).id,
            "school": make_account("school", school).id,
            "teacher": make_account("teacher", school).id,
            "municipal teacher": make_account("teacher", municipal).id,
            "auditor": make_account("auditor", CHUXIONG).id,
        }


def text(client: FlaskClient, address: str, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status, response.get_data(as_text=True)[:500]
    return response.get_data(as_text=True)


def test_the_ledger_shows_totals_rows_gaps_and_links(
    world: dict[str, int], sign_in: SignIn
) -> None:
    page = text(sign_in(world["bureau"]), LEDGER)
    assert "10 个县（市、区）中有 10 个还没有带头人" in page
    assert "州直学校" in page
    assert "/counties/figures/counselors?unit=532302&amp;as_of=2023-08-17" in page
    assert "/counties/figures/schools?lacking=counselor&amp;unit=532300" not in page, "all covered"
    assert "/counties/?unit=532302&amp;as_of=2023-08-17" in page
    assert "没有带头人" in page


def test_the_ledger_defaults_to_the_own_unit_and_today(
    world: dict[str, int], sign_in: SignIn
) -> None:
    page = text(sign_in(world["county"]), "/counties/")
    assert "禄丰市" in page
    assert "截至 2023-08-17；招聘和培训自 2023-01-01 起统计" in page
    assert "禄丰测试小学" in page


def test_the_unit_may_be_chosen_as_the_picker_writes_it(
    world: dict[str, int], sign_in: SignIn
) -> None:
    client = sign_in(world["bureau"])
    for chosen in ("532302", "532302 禄丰市", "禄丰", "532331"):
        assert "禄丰测试小学" in text(client, f"{LEDGER}&unit={chosen}")


def test_a_comparison_shows_what_changed(world: dict[str, int], sign_in: SignIn) -> None:
    page = text(sign_in(world["bureau"]), f"{LEDGER}&compare=2019-12-31")
    assert "截至 2023-08-17，与 2019-12-31 对比" in page
    assert "+3" in page


def test_all_columns_are_shown_on_demand(world: dict[str, int], sign_in: SignIn) -> None:
    client = sign_in(world["bureau"])
    assert "二级证书（本）" not in text(client, LEDGER)
    assert "二级证书（本）" in text(client, f"{LEDGER}&columns=all")


def test_the_page_shows_a_change_at_once(
    app: Flask, world: dict[str, int], sign_in: SignIn
) -> None:
    client = sign_in(world["bureau"])
    assert "陈新" not in text(client, ROWS)
    before = text(client, LEDGER)
    with app.app_context():
        make_counselor(make_school(CHUXIONG_CITY), "陈新")
    assert text(client, LEDGER) != before
    assert "陈新" in text(client, ROWS)


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("as_of=gestern", 400),
        ("as_of=2023-02-30", 400),
        ("as_of=20230817", 400),
        ("unit=abc!", 400),
        ("unit=53", 400),
        ("part=middle", 400),
        ("compare=x", 400),
        ("unit=530900", 403),
        ("unit=999999", 403),
        ("unit=532302&part=municipal_schools", 404),
        ("as_of=2023-01-01&since=2023-02-01", 422),
    ],
)
def test_bad_addresses_get_a_page_that_says_so(
    world: dict[str, int], sign_in: SignIn, query: str, status: int
) -> None:
    client = sign_in(world["bureau"])
    text(client, f"/counties/?{query}", status)
    text(client, f"/counties/figures/counselors?{query.replace('compare', 'page')}", status)


@pytest.mark.parametrize("query", ["page=0", "page=x", "level=heavenly", "lacking=all"])
def test_bad_filters_of_rows_get_400(world: dict[str, int], sign_in: SignIn, query: str) -> None:
    text(sign_in(world["bureau"]), f"{ROWS}&{query}", 400)


def test_an_unknown_figure_is_404(world: dict[str, int], sign_in: SignIn) -> None:
    text(sign_in(world["bureau"]), "/counties/figures/students", 404)


def test_a_coverage_leads_to_the_schools_that_lack_it(
    world: dict[str, int], sign_in: SignIn
) -> None:
    client = sign_in(world["bureau"])
    response = client.get("/counties/figures/room_coverage?as_of=2023-08-17")
    assert response.status_code == 302
    page = text(client, response.headers["Location"])
    assert "州直测试中学" in page
    assert "禄丰测试小学" not in page


def test_rows_are_listed_with_links_filters_and_the_sum(
    world: dict[str, int], sign_in: SignIn
) -> None:
    client = sign_in(world["bureau"])
    page = text(client, ROWS)
    assert "3 人" in page
    assert 'href="/people/' in page
    filtered = text(client, f"{ROWS}&q=李梅")
    assert "王芳" not in filtered
    municipal = text(client, f"{ROWS}&part=municipal_schools")
    assert "赵强" in municipal
    assert "李梅" not in municipal
    assert "没有符合条件的记录" in text(client, f"{ROWS}&q=没有此人")
    assert "没有数据" in text(client, "/counties/figures/counselors?as_of=1990-01-01")


@pytest.mark.parametrize(
    "figure",
    ["schools", "rooms", "room_area", "holders", "certificates_psych_2", "training_headcount",
     "training_person_times", "credit_hours", "lead_teachers", "counties_covered", "studios",
     "studio_members", "recruited", "hours_year_met"],
)  # fmt: skip
def test_every_kind_of_list_has_its_page_and_workbook(
    world: dict[str, int], sign_in: SignIn, figure: str
) -> None:
    client = sign_in(world["bureau"])
    text(client, f"/counties/figures/{figure}?as_of=2023-08-17")
    response = client.get(f"/counties/figures/{figure}/workbook?as_of=2023-08-17")
    assert response.status_code == 200
    openpyxl.load_workbook(io.BytesIO(response.data))


def test_the_workbook_has_title_unit_rows_total_and_notes(
    world: dict[str, int], sign_in: SignIn
) -> None:
    response = sign_in(world["bureau"]).get("/counties/workbook?as_of=2023-08-17")
    assert "filename*=UTF-8''" in response.headers["Content-Disposition"]
    sheet = openpyxl.load_workbook(io.BytesIO(response.data)).active
    lines = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert lines[0][0] == "楚雄彝族自治州心理健康教育情况统计表"
    assert str(lines[1][0]).startswith("填报单位：楚雄彝族自治州")
    header = lines[2]
    assert header[:3] == ["序号", "县（市、区）", "学校数"]
    names = [line[1] for line in lines[3:15]]
    assert names[:2] == ["楚雄市", "禄丰市"]
    assert names[10:] == ["州直学校", "合计"]
    counselors = header.index("心理健康教育教师")
    assert lines[14][counselors] == 3
    assert any("带头人在选派县" in str(line[0]) for line in lines[15:])


def test_a_teacher_sees_the_own_county_without_the_rows_behind_it(
    world: dict[str, int], sign_in: SignIn
) -> None:
    client = sign_in(world["teacher"])
    page = text(client, LEDGER)
    assert "禄丰市" in page
    assert "/counties/figures/" not in page
    text(client, f"{LEDGER}&unit=532302")
    text(client, f"{LEDGER}&unit=5323029001")
    for other in (CHUXIONG, CHUXIONG_CITY, LINCANG, "999999"):
        text(client, f"{LEDGER}&unit={other}", 403)
    text(client, ROWS, 403)
    text(client, "/counties/figures/counselors/workbook", 403)
    text(client, "/counties/policies/", 403)


def test_a_teacher_of_a_municipal_school_sees_the_municipal_schools_only(
    world: dict[str, int], sign_in: SignIn
) -> None:
    client = sign_in(world["municipal teacher"])
    page = text(client, LEDGER)
    assert "州直测试中学" in page
    assert "禄丰" not in page
    text(client, f"{LEDGER}&unit=532300", 403)
    text(client, f"{LEDGER}&unit=532300&part=municipal_schools")


def test_a_school_sees_its_own_rows_only(world: dict[str, int], sign_in: SignIn) -> None:
    client = sign_in(world["school"])
    text(client, LEDGER)
    page = text(client, ROWS)
    assert "李梅" in page
    assert "赵强" not in page
    text(client, f"{ROWS}&unit=532302", 403)


def test_roles_without_the_ledger_are_refused(
    world: dict[str, int], sign_in: SignIn, client: FlaskClient
) -> None:
    text(sign_in(world["auditor"]), LEDGER, 403)
    assert client.get(LEDGER).status_code == 302


def test_a_page_of_rows_takes_the_same_queries_for_few_and_many(
    app: Flask, world: dict[str, int], sign_in: SignIn
) -> None:
    client = sign_in(world["bureau"])
    text(client, ROWS)
    with app.app_context(), count_queries() as few:
        text(client, ROWS)
    with app.app_context():
        school = make_school(LUFENG)
        for number in range(30):
            make_counselor(school, f"第{number}人")
    with app.app_context(), count_queries() as many:
        text(client, ROWS)
    assert len(many) == len(few) <= 8


def test_a_new_value_of_a_rule_ends_the_one_before(
    app: Flask, world: dict[str, int], sign_in: SignIn
) -> None:
    client = sign_in(world["bureau"])
    assert "统计口径" in text(client, "/counties/policies/")
    text(client, "/counties/policies/hours_year")
    for day, hours in (("2023-01-01", "72"), ("2023-09-01", "100")):
        answer = client.post(
            "/counties/policies/hours_year",
            data={"hours": hours, "valid_from": day, "basis": "州教体局文件", **csrf(client)},
        )
        assert answer.status_code == 302, answer.get_data(as_text=True)
    with app.app_context():
        kept = (
            db.session.query(CountingPolicy)
            .filter_by(name="hours_year")
            .order_by(CountingPolicy.id)
            .all()
        )
        found = [(p.value["hours"], p.valid_from, p.valid_until) for p in kept]
        audited = db.session.query(AuditEntry).filter_by(action="policies.set").count()
    assert found == [
        (90, None, None),
        (72, date(2023, 1, 1), date(2023, 8, 31)),
        (100, date(2023, 9, 1), None),
    ]
    assert audited == 2
    assert "州教体局文件" in text(client, "/counties/policies/")


@pytest.mark.parametrize(
    "changes",
    [{"hours": "0"}, {"hours": "viele"}, {"valid_from": "x"}, {"basis": " "}, {"valid_from": ""}],
)
def test_a_value_out_of_range_or_without_a_basis_is_refused(
    app: Flask, world: dict[str, int], sign_in: SignIn, changes: dict[str, str]
) -> None:
    client = sign_in(world["bureau"])
    data = {"hours": "72", "valid_from": "2023-01-01", "basis": "文件", **changes}
    answer = client.post("/counties/policies/hours_year", data={**data, **csrf(client)})
    assert answer.status_code == 422
    with app.app_context():
        assert db.session.query(CountingPolicy).filter_by(name="hours_year").count() == 1


def test_a_value_before_a_later_one_is_refused(world: dict[str, int], sign_in: SignIn) -> None:
    client = sign_in(world["bureau"])
    data = {"counts": "always", "valid_from": "2023-01-01", "basis": "文件"}
    address = "/counties/policies/lead_teacher_moved"
    assert client.post(address, data={**data, **csrf(client)}).status_code == 302
    again = client.post(address, data={**data, **csrf(client)})
    assert again.status_code == 422
    assert "已有自2023-01-01起生效的规定" in again.get_data(as_text=True)


def test_an_unknown_rule_is_404(world: dict[str, int], sign_in: SignIn) -> None:
    text(sign_in(world["bureau"]), "/counties/policies/weather", 404)


def csrf(client: FlaskClient) -> dict[str, str]:
    page = client.get("/counties/policies/hours_year").get_data(as_text=True)
    mark = 'name="csrf-token" content="'
    return {"csrf_token": page.split(mark, 1)[1].split('"', 1)[0]}
