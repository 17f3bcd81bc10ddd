"""Activation slips of a unit, and the front page of each role."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from app.core.db import db
from app.domain.accounts.rules import Role
from tests import factories as make
from tests.factories import CHUXIONG, CHUXIONG_CITY, LINCANG, LUFENG

SignIn = Callable[[int], FlaskClient]


@pytest.fixture
def world(app: Flask) -> dict[str, Any]:
    with app.app_context():
        school = make.make_school(CHUXIONG_CITY, "楚雄市实验小学")
        people = [make.make_counselor(school, f"教师{sign}").id for sign in "甲乙丙丁戊己庚辛壬"]
        stranger = make.make_counselor(make.make_school(LUFENG, "别处小学"), "外人").id
        return {
            "school": make.make_account("school", school).id,
            "county": make.make_account("county", CHUXIONG_CITY).id,
            "people": people,
            "stranger": stranger,
            "code": school.code,
        }


def test_lists_the_people_of_the_unit(world: dict[str, Any], sign_in: SignIn) -> None:
    client = sign_in(world["school"])
    page = client.get("/slips/").text
    assert "教师甲" in page
    assert "外人" not in page
    assert "教师甲" not in client.get("/slips/?state=active").text
    assert "教师乙" not in client.get("/slips/?q=教师甲").text


def test_prints_eight_slips_a_sheet_and_shows_codes_once(
    world: dict[str, Any], sign_in: SignIn
) -> None:
    client = sign_in(world["school"])
    page = client.post("/slips/print", data={"action": "all"}).text
    codes = re.findall(r"[A-Z2-9]{4}-[A-Z2-9]{4}-[A-Z2-9]{4}(?=</dd>)", page)
    assert len(set(codes)) == 9
    sheets = page.split('<ul class="slip-sheet">')[1:]
    assert [sheet.count('<li class="slip">') for sheet in sheets] == [8, 1]
    assert page.count("<svg") >= 9
    assert not any(code in client.get("/slips/").text for code in codes)
    assert client.get("/slips/print").status_code == 405


def test_the_code_of_a_slip_lets_its_person_in(
    world: dict[str, Any], sign_in: SignIn, client: FlaskClient
) -> None:
    page = sign_in(world["school"]).post("/slips/print", data={"id": world["people"][0]}).text
    code = re.search(r"[A-Z2-9]{4}-[A-Z2-9]{4}-[A-Z2-9]{4}", page)
    assert code is not None
    address = "/activate/" + code[0].replace("-", "")
    assert "jiaoshijia" in client.get(address).text
    form = {"password": "lantern river 77", "again": "lantern river 77"}
    assert client.post(address, data=form).status_code == 302
    assert "教师甲" in client.get("/account/").text


def test_prints_only_what_the_filter_shows(world: dict[str, Any], sign_in: SignIn) -> None:
    page = sign_in(world["school"]).post("/slips/print?q=教师甲", data={"action": "all"})
    assert page.text.count('<li class="slip">') == 1


def test_refuses_nobody_and_people_of_others(world: dict[str, Any], sign_in: SignIn) -> None:
    client = sign_in(world["school"])
    assert client.post("/slips/print", data={}).status_code == 422
    assert client.post("/slips/print", data={"id": "x"}).status_code == 422
    assert client.post("/slips/print", data={"id": world["stranger"]}).status_code == 404
    assert client.post("/slips/print", data={"id": 987654321}).status_code == 404


@pytest.mark.parametrize("unit", [LINCANG, CHUXIONG, "999999"])
def test_refuses_a_unit_outside_ones_own(world: dict[str, Any], sign_in: SignIn, unit: str) -> None:
    assert sign_in(world["county"]).get(f"/slips/?unit={unit}").status_code == 403


def test_a_county_narrows_to_a_school(world: dict[str, Any], sign_in: SignIn) -> None:
    client = sign_in(world["county"])
    assert "教师甲" in client.get(f"/slips/?unit={world['code']}").text
    assert client.get("/slips/?page=9").status_code == 404


@pytest.mark.parametrize("role", list(Role))
def test_home_opens_for_every_role_with_few_queries(
    app: Flask, sign_in: SignIn, role: Role
) -> None:
    with app.app_context():
        client = sign_in(make.make_account(role, CHUXIONG).id)
        engine = db.engine
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        sent.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    page = client.get("/")
    event.remove(engine, "before_cursor_execute", note)
    assert page.status_code == 200
    assert len([statement for statement in sent if not statement.startswith("BEGIN")]) <= 9


def test_home_names_the_counties_without_a_lead_teacher(app: Flask, sign_in: SignIn) -> None:
    with app.app_context():
        person = make.make_counselor(make.make_school(LUFENG))
        make.make_designation(person, make.get_unit(LUFENG))
        account = make.make_account("bureau", CHUXIONG).id
    page = sign_in(account).get("/").text
    assert "个县（市、区）没有带头人" in page
    assert "双柏县" in page
    assert "禄丰市" not in page


def test_home_of_a_school_asks_for_accounts(world: dict[str, Any], sign_in: SignIn) -> None:
    page = sign_in(world["school"]).get("/").text
    assert "名教师还没有账号" in page
    assert "/slips/?state=none" in page
