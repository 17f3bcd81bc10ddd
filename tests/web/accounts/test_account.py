"""One's own account: data, password, tokens, activation, reset."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from app.core import clock, crypto
from app.core.db import atomic, db
from app.domain.accounts import passwords
from app.domain.accounts.models import Account, CodePurpose
from app.domain.accounts.operations.codes import issue_codes
from app.domain.accounts.queries import find_token
from app.domain.accounts.rules import system_actor
from app.domain.outbox.models import Delivery
from app.domain.outbox.operations import SECRET_PURPOSE
from tests import factories as make
from tests.web.accounts.conftest import PASSWORD

SignIn = Callable[[int], FlaskClient]
NEW = "river lantern 88"


@pytest.fixture
def me(officer: int, sign_in: SignIn) -> FlaskClient:
    return sign_in(officer)


def read(app: Flask, account_id: int) -> Account:
    account = db.session.get(Account, account_id, populate_existing=True)
    assert account is not None
    return account


def save_data(client: FlaskClient, **changed: str) -> TestResponse:
    form = {"display_name": "王老师", "language": "zh_CN", "phone": "", "email": "wang@example.cn"}
    return client.post("/account/data", data={**form, **changed})


def test_shows_what_one_signs_in_with(me: FlaskClient) -> None:
    page = me.get("/account/").text
    assert "wang@example.cn" in page
    assert "楚雄市" in page


def test_saves_name_and_language_without_a_password(
    app: Flask, officer: int, me: FlaskClient
) -> None:
    assert save_data(me, language="en").location == "/account/"
    with app.app_context():
        account = read(app, officer)
        assert (account.display_name, account.language) == ("王老师", "en")
    assert "My account" in me.get("/account/").text


@pytest.mark.parametrize("changed", [{"phone": "13988001234"}, {"email": "new@example.cn"}])
def test_asks_for_the_password_before_changing_what_one_signs_in_with(
    app: Flask, officer: int, me: FlaskClient, changed: dict[str, str]
) -> None:
    for wrong in ({}, {"current": "wrong"}):
        page = save_data(me, **changed, **wrong)
        assert page.status_code == 422
        assert "须输入当前密码" in page.text
    assert save_data(me, **changed, current=PASSWORD).status_code == 302


def test_tells_the_old_address_of_a_new_one(app: Flask, officer: int, me: FlaskClient) -> None:
    save_data(me, email="new@example.cn", current=PASSWORD)
    with app.app_context():
        sealed = db.session.scalars(select(Delivery.address)).one()
        assert crypto.unseal(sealed, "deliveries.address") == "wang@example.cn"


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"phone": "123"}, "手机号格式不正确"),
        ({"email": "nowhere"}, "不是有效的邮箱地址"),
        ({"email": "taken@example.cn"}, "该邮箱已被其他账号使用"),
    ],
)
def test_refuses_wrong_data(
    app: Flask, me: FlaskClient, changed: dict[str, str], message: str
) -> None:
    with app.app_context():
        other = make.make_account("teacher", make.CHUXIONG_CITY).id
        with atomic():
            db.session.get_one(Account, other).email_key = "taken@example.cn"
    page = save_data(me, **changed, current=PASSWORD)
    assert (page.status_code, message in page.text) == (422, True)


def change_password(client: FlaskClient, **changed: str) -> TestResponse:
    return client.post(
        "/account/password", data={"current": PASSWORD, "password": NEW, "again": NEW, **changed}
    )


def test_changes_the_password_and_stays_signed_in_here_alone(
    app: Flask, officer: int, me: FlaskClient, sign_in: SignIn
) -> None:
    other = sign_in(officer)
    assert me.get("/account/password").status_code == 200
    assert change_password(me).location == "/"
    assert me.get("/account/").status_code == 200
    assert other.get("/account/").status_code == 302
    with app.app_context():
        assert passwords.matches(read(app, officer).password_hash, NEW)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"current": "wrong"}, "当前密码不正确"),
        ({"password": "short", "again": "short"}, "密码太短"),
        ({"password": "wang.wang.wang", "again": "wang.wang.wang"}, "不能包含用户名"),
        ({"password": "1234567890", "again": "1234567890"}, "过于常见"),
        ({"again": "another one 1"}, "两次输入的密码不一致"),
        ({"password": PASSWORD, "again": PASSWORD}, "不能与原密码相同"),
        ({"password": ""}, "此项必填"),
    ],
)
def test_refuses_a_password(me: FlaskClient, changed: dict[str, str], message: str) -> None:
    page = change_password(me, **changed)
    assert (page.status_code, message in page.text) == (422, True)


def test_shows_a_token_once_and_revokes_it(app: Flask, officer: int, me: FlaskClient) -> None:
    with app.app_context():
        grant_id = read(app, officer).grants[0].id
    assert "还没有令牌" in me.get("/account/tokens").text
    made = me.post("/account/tokens", data={"name": "月报", "grant": grant_id}).text
    text = re.search(r"xy_[\w-]{43}", made)
    assert text is not None
    assert text[0] not in me.get("/account/tokens").text
    with app.app_context():
        found = find_token(text[0], clock.now())
        assert found is not None
    assert me.post(f"/account/tokens/{found.token_id}/revoke").location == "/account/tokens"
    with app.app_context():
        assert find_token(text[0], clock.now()) is None
    assert me.post(f"/account/tokens/{found.token_id}/revoke").status_code == 404


@pytest.mark.parametrize(
    "changed", [{"name": ""}, {"grant": "99999"}, {"expires_on": "2020-01-01"}]
)
def test_refuses_a_token(
    app: Flask, officer: int, me: FlaskClient, changed: dict[str, str]
) -> None:
    with app.app_context():
        grant_id = str(read(app, officer).grants[0].id)
    page = me.post("/account/tokens", data={"name": "月报", "grant": grant_id, **changed})
    assert page.status_code == 422
    assert "xy_" not in page.text


def code_for(app: Flask, account_id: int, purpose: CodePurpose) -> str:
    with app.app_context(), atomic():
        return issue_codes([account_id], purpose, actor=system_actor(), now=clock.now())[account_id]


@pytest.mark.parametrize(
    ("path", "purpose"), [("activate", CodePurpose.ACTIVATION), ("reset", CodePurpose.RESET)]
)
def test_a_code_sets_the_password_and_signs_in(
    app: Flask, officer: int, client: FlaskClient, path: str, purpose: CodePurpose
) -> None:
    address = f"/{path}/{code_for(app, officer, purpose)}"
    assert "wang" in client.get(address).text
    weak = client.post(address, data={"password": "short", "again": "short"})
    assert (weak.status_code, "密码太短" in weak.text) == (422, True)
    assert client.post(address, data={"password": NEW, "again": NEW}).location == "/privacy"
    assert client.get("/account/").status_code == 200
    used = app.test_client().get(address)
    assert (used.status_code, "已失效" in used.text) == (404, True)


@pytest.mark.parametrize("path", ["/activate/ABCDEFGHJKMN", "/reset/ABCDEFGHJKMN", "/activate/-"])
def test_an_unknown_code_says_what_to_do(client: FlaskClient, path: str) -> None:
    for page in (client.get(path), client.post(path, data={"password": NEW, "again": NEW})):
        assert page.status_code == 404
        assert "您可以" in page.text or "怎么办" in page.text or "已失效" in page.text


def test_types_the_code_of_a_slip(client: FlaskClient) -> None:
    assert client.get("/activate").status_code == 200
    assert client.post("/activate", data={"code": ""}).status_code == 422
    sent = client.post("/activate", data={"code": " abcd-efgh jkmn "})
    assert sent.location == "/activate/ABCDEFGHJKMN"


def test_answers_a_reset_alike_for_everybody_and_mails_the_link(
    app: Flask, officer: int, client: FlaskClient
) -> None:
    assert client.get("/reset").status_code == 200
    answers = []
    for name in ("nobody", "wang@example.cn"):
        assert client.post("/reset", data={"username": name}).location == "/login"
        answers.append(client.get("/login").text.count("重置链接已发往该邮箱"))
    assert answers == [1, 1]
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Delivery)) == 1
        secret = db.session.scalars(select(Delivery.secret)).one()
        link = crypto.unseal(secret or b"", SECRET_PURPOSE)
    assert link.startswith("http://localhost/reset/")
    assert client.get(link.removeprefix("http://localhost")).status_code == 200
    with clock.frozen(clock.now() + timedelta(minutes=60)):
        assert client.get(link.removeprefix("http://localhost")).status_code == 404


def test_refuses_an_empty_reset(client: FlaskClient) -> None:
    assert client.post("/reset", data={"username": ""}).status_code == 422
