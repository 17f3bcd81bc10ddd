"""Notices of an account: its own, in words, unread first."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.core import clock
from app.core.db import atomic, db
from app.domain.outbox.models import DeliveryState, Notice
from app.domain.outbox.operations import notify
from tests import factories

SignIn = Callable[[int], FlaskClient]


@pytest.fixture
def account_id(app: Flask) -> int:
    with app.app_context():
        return int(factories.make_account("county", factories.LUFENG).id)


def tell(app: Flask, account_id: int, kind: str = "password_changed", **more: object) -> int:
    with app.app_context(), atomic():
        return notify(account_id, kind, **more)  # type: ignore[arg-type]


def post(client: FlaskClient, address: str) -> object:
    token = client.get("/inbox/").text.split('name="csrf_token" value="')[1].split('"')[0]
    return client.post(address, data={"csrf_token": token})


def unread(app: Flask, account_id: int) -> int:
    with app.app_context():
        return len(
            db.session.scalars(
                select(Notice.id).where(Notice.account_id == account_id, Notice.read_at.is_(None))
            ).all()
        )


def test_says_a_notice_in_words(app: Flask, sign_in: SignIn, account_id: int) -> None:
    tell(
        app,
        account_id,
        "role_granted",
        parameters={"role": "county", "unit": "禄丰市", "from": "2023-08-17"},
    )
    page = sign_in(account_id).get("/inbox/").text
    assert "您获得新角色：县（市、区）教育体育局（禄丰市）" in page or "您获得新角色：" in page
    assert "自 2023-08-17 起生效" in page


def test_shows_nobody_elses_notices(app: Flask, sign_in: SignIn, account_id: int) -> None:
    with app.app_context():
        other = factories.make_account("county", factories.CHUXIONG_CITY).id
    notice_id = tell(app, other)
    client = sign_in(account_id)
    assert "密码已修改" not in client.get("/inbox/").text
    tell(app, account_id)
    assert post(client, f"/inbox/{notice_id}/read").status_code == 404  # type: ignore[attr-defined]
    assert unread(app, other) == 1


def test_puts_the_unread_first(app: Flask, sign_in: SignIn, account_id: int) -> None:
    old = tell(app, account_id, "account_unlocked")
    read_id = tell(app, account_id, "password_changed")
    with app.app_context(), atomic():
        db.session.get_one(Notice, read_id).read_at = clock.now()
        db.session.get_one(Notice, old).created_at = clock.now() - timedelta(days=3)
    page = sign_in(account_id).get("/inbox/").text
    assert page.index("账号已解锁") < page.index("密码已修改")


def test_marks_one_as_read_and_goes_where_it_leads(
    app: Flask, sign_in: SignIn, account_id: int
) -> None:
    notice_id = tell(app, account_id, link="/account/")
    answer = post(sign_in(account_id), f"/inbox/{notice_id}/read")
    assert answer.headers["Location"] == "/account/"  # type: ignore[attr-defined]
    assert unread(app, account_id) == 0


@pytest.mark.parametrize("link", ["//evil.example", "https://evil.example"])
def test_leads_nowhere_outside(app: Flask, sign_in: SignIn, account_id: int, link: str) -> None:
    notice_id = tell(app, account_id, link=link)
    answer = post(sign_in(account_id), f"/inbox/{notice_id}/read")
    assert answer.headers["Location"] == "/inbox/"  # type: ignore[attr-defined]


def test_marks_all_as_read(app: Flask, sign_in: SignIn, account_id: int) -> None:
    for _ in range(3):
        tell(app, account_id)
    post(sign_in(account_id), "/inbox/read")
    assert unread(app, account_id) == 0


def test_turns_pages(app: Flask, sign_in: SignIn, account_id: int) -> None:
    for _ in range(30):
        tell(app, account_id)
    client = sign_in(account_id)
    assert client.get("/inbox/").text.count("<section") == 25
    assert client.get("/inbox/?page=2").text.count("<section") == 5
    assert client.get("/inbox/?page=3").status_code == 404


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (DeliveryState.QUEUED, "邮件发送中"),
        (DeliveryState.SENT, "已同时发送邮件"),
        (DeliveryState.FAILED, "邮件未能送达"),
    ],
)
def test_says_how_the_mail_went(
    app: Flask, sign_in: SignIn, account_id: int, state: DeliveryState, words: str
) -> None:
    notice_id = tell(app, account_id, email="a@example.org")
    with app.app_context(), atomic():
        db.session.get_one(Notice, notice_id).deliveries[0].state = state
    assert words in sign_in(account_id).get("/inbox/").text


def test_says_what_an_empty_inbox_is_for(sign_in: SignIn, account_id: int) -> None:
    assert "暂无通知" in sign_in(account_id).get("/inbox/").text
