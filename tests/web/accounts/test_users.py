"""The security administrator's pages: accounts, grants, locks."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from app.core import clock
from app.core.db import atomic, db
from app.domain.accounts import passwords
from app.domain.accounts.models import Account, CodePurpose
from app.domain.accounts.operations.codes import find_code_holder
from app.domain.accounts.queries.accounts import find_account_by_username
from tests import factories as make
from tests.factories import CHUXIONG, CHUXIONG_CITY, LINCANG, LUFENG

SignIn = Callable[[int], FlaskClient]


@pytest.fixture
def security(app: Flask, sign_in: SignIn) -> FlaskClient:
    with app.app_context():
        account_id = make.make_account("security", CHUXIONG, "sec").id
    return sign_in(account_id)


def load(name: str) -> Account:
    account = find_account_by_username(name)
    assert account is not None
    return account


def new_account(client: FlaskClient, **changed: str) -> Any:
    form = {
        "username": "litaoyan",
        "display_name": "李桃艳",
        "role": "county",
        "unit": "532302 禄丰市",
        "valid_from": "2023-08-17",
        "reason": "任免通知",
        "way_in": "slip",
    }
    return client.post("/users/new", data={**form, **changed})


def test_lists_searches_and_filters(app: Flask, security: FlaskClient, officer: int) -> None:
    with app.app_context():
        make.make_account("county", LINCANG, "elsewhere")
    page = security.get("/users/").text
    assert ">wang<" in page
    assert "elsewhere" not in page
    assert ">wang<" not in security.get("/users/?q=zhang").text
    assert (
        ">wang<" in security.get("/users/?q=wang@example.cn&role=county&state=never_signed_in").text
    )
    assert ">wang<" not in security.get("/users/?role=auditor").text
    assert "没有符合条件的账号" in security.get("/users/?state=locked").text


@pytest.mark.parametrize("query", ["?page=99", "?page=x", "?role=king", "?state=odd", "?q=%00"])
def test_an_odd_address_is_no_fault(security: FlaskClient, query: str) -> None:
    assert security.get(f"/users/{query}").status_code in {200, 400, 404}


def test_a_list_costs_the_same_queries_however_long(app: Flask, security: FlaskClient) -> None:
    def queries() -> int:
        sent: list[str] = []

        def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            sent.append(statement)

        with app.app_context():
            engine = db.engine
        event.listen(engine, "before_cursor_execute", note)
        security.get("/users/")
        event.remove(engine, "before_cursor_execute", note)
        return len([statement for statement in sent if not statement.startswith("BEGIN")])

    with app.app_context():
        make.make_account("teacher", CHUXIONG_CITY)
    few = queries()
    with app.app_context():
        for _number in range(24):
            make.make_account("teacher", CHUXIONG_CITY)
    assert queries() == few <= 8


def test_creates_an_account_and_shows_its_slip(app: Flask, security: FlaskClient) -> None:
    assert security.get("/users/new").status_code == 200
    page = new_account(security)
    assert page.status_code == 200
    code = re.search(r"[A-Z2-9]{4}-[A-Z2-9]{4}-[A-Z2-9]{4}", page.text)
    assert code is not None
    assert "<svg" in page.text
    with app.app_context():
        account = load("litaoyan")
        assert [(g.role.value, g.unit.code) for g in account.grants] == [("county", LUFENG)]
        holder = find_code_holder(code[0], CodePurpose.ACTIVATION, now=clock.now())
        assert holder is not None
        assert holder.id == account.id


def test_creates_an_account_with_a_password_to_be_changed(
    app: Flask, security: FlaskClient
) -> None:
    answer = new_account(security, way_in="password", password="lantern river 77")
    assert re.fullmatch(r"/users/\d+", answer.location)
    with app.app_context():
        account = load("litaoyan")
        assert account.must_change_password
        assert passwords.matches(account.password_hash, "lantern river 77")


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"username": ""}, "此项必填"),
        ({"username": "sec"}, "该用户名已被使用"),
        ({"username": "13988001234"}, "不能用作用户名"),
        ({"unit": "无此单位"}, "无此单位"),
        ({"valid_from": "昨天"}, ""),
        ({"valid_until": "2023-08-16"}, "截止日期早于开始日期"),
        ({"way_in": "password", "password": "short"}, "密码太短"),
        ({"phone": "123"}, "手机号格式不正确"),
        ({"role": "king"}, ""),
        ({"reason": ""}, "此项必填"),
    ],
)
def test_refuses_an_account(
    app: Flask, security: FlaskClient, changed: dict[str, str], message: str
) -> None:
    page = new_account(security, **changed)
    assert (page.status_code, message in page.text) == (422, True)
    with app.app_context():
        assert find_account_by_username("litaoyan") is None


@pytest.mark.parametrize("unit", [LINCANG, "999999"])
def test_a_unit_outside_ones_own_is_refused_known_or_not(security: FlaskClient, unit: str) -> None:
    page = new_account(security, unit=unit)
    assert page.status_code in {403, 422}
    assert "临沧" not in page.text


def test_grants_a_further_role(app: Flask, security: FlaskClient, officer: int) -> None:
    address = f"/users/{officer}/grants/new"
    assert security.get(address).status_code == 200
    form = {"role": "school", "unit": LUFENG, "valid_from": "2023-08-17", "reason": "兼任"}
    assert security.post(address, data=form).location == f"/users/{officer}"
    again = security.post(address, data=form)
    assert (again.status_code, "已在该单位担任此角色" in again.text) == (422, True)
    assert "兼任" in security.get(f"/users/{officer}").text


def test_keeps_administrator_duties_apart(app: Flask, security: FlaskClient) -> None:
    with app.app_context():
        auditor = make.make_account("auditor", CHUXIONG).id
    form = {"role": "admin", "unit": CHUXIONG, "valid_from": "2023-08-17", "reason": "x"}
    page = security.post(f"/users/{auditor}/grants/new", data=form)
    assert (page.status_code, "三员分立" in page.text, "审计员" in page.text) == (422, True, True)


def test_hands_a_role_over(app: Flask, security: FlaskClient, officer: int) -> None:
    with app.app_context():
        grant_id = load("wang").grants[0].id
        make.make_account("teacher", CHUXIONG_CITY, "zhang")
    address = f"/users/{officer}/grants/{grant_id}/end"
    assert security.get(address).status_code == 200
    form = {"last_day": "2023-08-31", "successor": "nobody", "reason": "轮岗"}
    page = security.post(address, data=form)
    assert (page.status_code, "没有名为“nobody”的账号" in page.text) == (422, True)
    assert (
        security.post(address, data={**form, "successor": "zhang"}).location == f"/users/{officer}"
    )
    with app.app_context():
        assert load("wang").grants[0].valid_until.isoformat() == "2023-08-31"
        assert [g.role.value for g in load("zhang").grants] == ["teacher", "county"]


def test_a_grant_belongs_to_the_account_in_the_address(
    app: Flask, security: FlaskClient, officer: int
) -> None:
    with app.app_context():
        other = make.make_account("teacher", CHUXIONG_CITY).grants[0].id
    assert security.get(f"/users/{officer}/grants/{other}/end").status_code == 404


def test_locks_with_a_reason_and_unlocks(app: Flask, security: FlaskClient, officer: int) -> None:
    asked = security.post(f"/users/{officer}/lock", data={})
    assert (asked.status_code, "解锁前任何人不能用它登录" in asked.text) == (422, True)
    assert security.post(f"/users/{officer}/lock", data={"reason": "遗失"}).status_code == 302
    assert "已锁定" in security.get(f"/users/{officer}").text
    assert security.post(f"/users/{officer}/unlock").status_code == 302
    with app.app_context():
        assert load("wang").locked_until is None


def test_disables_with_a_reason_and_enables(
    app: Flask, security: FlaskClient, officer: int
) -> None:
    assert security.post(f"/users/{officer}/disable", data={}).status_code == 422
    assert security.post(f"/users/{officer}/disable", data={"reason": "离职"}).status_code == 302
    assert security.post(f"/users/{officer}/slip").status_code == 409
    assert security.post(f"/users/{officer}/enable").status_code == 302
    assert security.post(f"/users/{officer}/slip").status_code == 200


def test_ends_sessions(app: Flask, security: FlaskClient, officer: int, sign_in: SignIn) -> None:
    theirs = sign_in(officer)
    assert theirs.get("/account/").status_code == 200
    assert security.post(f"/users/{officer}/end-sessions").location == f"/users/{officer}"
    assert theirs.get("/account/").status_code == 302


def test_cannot_lock_itself_out(app: Flask, security: FlaskClient) -> None:
    with app.app_context():
        own = load("sec")
        own_id, grant_id = own.id, own.grants[0].id
    assert "您本人的账号" in security.get(f"/users/{own_id}").text
    for act in ("lock", "disable"):
        assert security.post(f"/users/{own_id}/{act}", data={"reason": "x"}).status_code == 409
    end = {"last_day": "2023-08-31", "reason": "x"}
    page = security.post(f"/users/{own_id}/grants/{grant_id}/end", data=end)
    assert (page.status_code, "不能终止本人的安全管理员角色" in page.text) == (422, True)


def test_marks_what_ends_soon(app: Flask, security: FlaskClient) -> None:
    with app.app_context():
        until = clock.today() + timedelta(days=10)
        make.make_account("county", LUFENG, "zhao", valid_until=until)
        locked = make.make_account("county", LUFENG, "qian").id
        with atomic():
            db.session.get_one(Account, locked).locked_until = clock.now() + timedelta(minutes=9)
    home = security.get("/").text
    assert "个账号被锁定" in home
    assert "个账号有角色将在 30 天内到期" in home
    assert ">zhao<" in security.get("/users/?state=ending").text
    assert ">qian<" in security.get("/users/?state=locked").text
