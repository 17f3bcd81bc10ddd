"""Sign in and out, stay in, be sent out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.core import clock
from app.core.db import atomic, db
from app.domain.accounts.models import Account, Grant
from app.domain.accounts.operations.privacy import acknowledge_privacy
from app.domain.accounts.rules import Role, system_actor
from tests import factories as make
from tests.web.accounts.conftest import PASSWORD

Enter = Callable[..., TestResponse]
SignIn = Callable[[int], FlaskClient]


@pytest.fixture
def informed(app: Flask, officer: int) -> int:
    """The officer, who has read the privacy notice."""
    with app.app_context(), atomic():
        acknowledge_privacy(officer, actor=system_actor(), now=clock.now())
    return officer


def change(app: Flask, account_id: int, **values: object) -> None:
    with app.app_context(), atomic():
        account = db.session.get_one(Account, account_id)
        for name, value in values.items():
            setattr(account, name, value)


def test_the_form_asks_for_a_name_and_a_password(client: FlaskClient) -> None:
    page = client.get("/login")
    assert page.status_code == 200
    assert 'name="username"' in page.text
    assert 'name="password"' in page.text


def test_leads_to_what_needs_doing(informed: int, enter: Enter, client: FlaskClient) -> None:
    assert enter().location == "/"
    assert "待办事项" in client.get("/").text


def test_leads_to_the_page_asked_for(informed: int, enter: Enter, client: FlaskClient) -> None:
    asked = client.get("/account/tokens?x=1")
    assert asked.location == "/login?next=/account/tokens?x%3D1"
    assert enter(next="/account/tokens?x=1").location == "/account/tokens?x=1"


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "/\t/evil.example",
        "javascript:alert(1)",
        "evil",
    ],
)
def test_leads_nowhere_else_than_here(informed: int, enter: Enter, target: str) -> None:
    assert enter(next=target).location == "/"


def test_says_the_same_of_a_wrong_password_and_an_unknown_name(officer: int, enter: Enter) -> None:
    wrong, unknown = enter(password="wrong"), enter("nobody")
    assert wrong.status_code == unknown.status_code == 422
    message = "用户名或密码不正确"
    assert message in wrong.text
    assert message in unknown.text
    assert PASSWORD not in unknown.text


def test_refuses_an_empty_form(client: FlaskClient) -> None:
    assert client.post("/login", data={}).status_code == 422


@pytest.mark.parametrize("name", ["wang", "nobody"])
def test_tells_how_long_sign_in_is_locked(officer: int, enter: Enter, name: str) -> None:
    pages = [enter(name, "wrong") for _ in range(6)]
    assert "请 30 分钟后再试" in pages[4].text
    assert "请 30 分钟后再试" in pages[5].text
    assert enter(name).status_code == 422


def test_tells_of_an_officers_lock_and_of_a_disabled_account(
    app: Flask, officer: int, enter: Enter
) -> None:
    change(app, officer, disabled_at=clock.now())
    assert "已停用" in enter().text
    change(app, officer, disabled_at=None, locked_by=1, locked_until=clock.now() + timedelta(1))
    assert "已被管理员锁定" in enter().text


def test_begins_a_session_of_its_own(informed: int, enter: Enter, client: FlaskClient) -> None:
    with client.session_transaction() as cookie:
        cookie["planted"] = "x"
        cookie["grant"] = 1
        cookie["language"] = "en"
    enter()
    with client.session_transaction() as cookie:
        assert "planted" not in cookie
        assert "grant" not in cookie
        assert cookie["language"] == "en"


def test_who_is_signed_in_needs_no_form(informed: int, enter: Enter, client: FlaskClient) -> None:
    enter()
    assert client.get("/login").location == "/"


def test_signs_out(informed: int, enter: Enter, client: FlaskClient) -> None:
    enter()
    assert client.post("/logout").location == "/login"
    assert "您已退出登录" in client.get("/login").text
    assert client.get("/").location == "/login"


def test_half_an_hour_without_a_page_ends_the_session(
    informed: int, enter: Enter, client: FlaskClient
) -> None:
    enter()
    start = clock.now()
    with clock.frozen(start + timedelta(minutes=29)):
        assert client.get("/account/").status_code == 200
    with clock.frozen(start + timedelta(minutes=58)):
        assert client.get("/account/").status_code == 200
    with clock.frozen(start + timedelta(minutes=89)):
        assert client.get("/account/").location == "/login?next=/account/"
        assert "长时间未操作" in client.get("/login").text


def test_not_every_answer_sets_a_cookie(informed: int, enter: Enter, client: FlaskClient) -> None:
    enter()
    client.get("/account/")
    start = clock.now()
    with clock.frozen(start + timedelta(seconds=59)):
        assert "Set-Cookie" not in client.get("/account/").headers
    with clock.frozen(start + timedelta(seconds=60)):
        assert "Set-Cookie" in client.get("/account/").headers


def test_signing_out_everywhere_ends_other_sessions(
    app: Flask, informed: int, enter: Enter, client: FlaskClient, sign_in: SignIn
) -> None:
    enter()
    other = sign_in(informed)
    assert other.get("/account/").status_code == 200
    assert client.post("/account/sign-out-everywhere").location == "/account/"
    assert client.get("/account/").status_code == 200
    assert other.get("/account/").location == "/login?next=/account/"


def test_an_account_that_was_disabled_is_out_at_once(
    app: Flask, informed: int, enter: Enter, client: FlaskClient
) -> None:
    enter()
    change(app, informed, disabled_at=clock.now())
    assert client.get("/account/").status_code == 302


def test_an_account_without_a_role_today_gets_a_clear_page(
    app: Flask, informed: int, enter: Enter, client: FlaskClient
) -> None:
    with app.app_context(), atomic():
        db.session.get_one(Account, informed).grants[0].valid_until = make.SOME_DAY
    enter()
    page = client.get("/")
    assert page.status_code == 403
    assert "当前没有角色" in page.text
    assert client.get("/account/password").status_code == 200
    assert client.post("/logout").status_code == 302


def test_a_given_password_must_be_changed_first(
    app: Flask, informed: int, enter: Enter, client: FlaskClient
) -> None:
    change(app, informed, must_change_password=True)
    enter()
    assert client.get("/account/").location == "/account/password"
    assert client.post("/account/sign-out-everywhere").location == "/account/password"
    new = "river lantern 88"
    form = {"current": PASSWORD, "password": new, "again": new}
    assert client.post("/account/password", data=form).location == "/"
    assert client.get("/account/").status_code == 200


def test_shows_the_sign_in_before_this_one(
    informed: int, enter: Enter, client: FlaskClient
) -> None:
    enter()
    assert "上次登录" not in client.get("/").text
    with clock.frozen(clock.now() + timedelta(days=1)):
        client.post("/logout")
        enter()
        assert "上次登录 2023-08-17 10:00" in client.get("/").text


def test_switches_between_roles(app: Flask, informed: int, sign_in: SignIn) -> None:
    with app.app_context():
        grant = Grant(
            account_id=informed,
            role=Role.BUREAU,
            unit_id=make.get_unit(make.CHUXIONG).id,
            valid_from=make.SOME_DAY,
        )
        second = make.save(grant).id
    client = sign_in(informed)
    assert "楚雄市 · 县" in client.get("/").text
    assert client.post("/account/grant", data={"grant_id": second}).location == "/"
    assert "楚雄彝族自治州 · 州" in client.get("/").text


def test_refuses_a_role_of_somebody_else(app: Flask, informed: int, sign_in: SignIn) -> None:
    with app.app_context():
        other = make.make_account("bureau", make.CHUXIONG).grants[0].id
    client = sign_in(informed)
    for grant_id in (other, "x", ""):
        assert client.post("/account/grant", data={"grant_id": grant_id}).status_code == 404


def test_the_privacy_notice_comes_first_and_again_with_a_new_version(
    app: Flask, officer: int, enter: Enter, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert enter(next="/account/").location == "/privacy?next=/account/"
    page = client.get("/privacy?next=/account/")
    assert "本系统不收集任何学生的信息" in page.text
    assert "我已阅读" in page.text
    assert client.post("/privacy", data={"next": "/account/"}).location == "/account/"
    assert "我已阅读" not in client.get("/privacy").text
    client.post("/logout")
    assert enter().location == "/"
    defaults = "app.domain.accounts.operations.privacy.has_acknowledged.__defaults__"
    monkeypatch.setattr(defaults, ("2099-01",))
    client.post("/logout")
    assert enter().location == "/privacy"


def test_anybody_may_read_the_privacy_notice_in_both_languages(client: FlaskClient) -> None:
    assert "我已阅读" not in client.get("/privacy").text
    client.post("/language", data={"language": "en"})
    assert "No student’s data is collected" in client.get("/privacy").text
