"""Whoever guesses is stopped, whichever worker answers; who holds a genuine certificate beside them is not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from app.blueprints.verify import routes
from app.core import clock, crypto
from app.core.db import atomic, db
from app.domain.certificates.models import Certificate, WalletShare
from app.extensions import limiter
from tests import factories as make
from tests.issued_factories import make_certificate

NUMBER = "楚教培〔2023〕第0007号"


@pytest.fixture
def code(app: Flask) -> str:
    with app.app_context():
        person = make.make_counselor(make.make_school(make.CHUXIONG_CITY), "李桃艳")
        return str(make_certificate(person, sequence=7).code)


@pytest.fixture
def limited(app: Flask) -> Iterator[Flask]:
    """The application as it serves, on the database of the test."""
    before = limiter.enabled
    served = create_app(replace(app.extensions["settings"], environment="single"))
    limiter.reset()
    yield served
    limiter.reset()
    limiter.enabled = before
    with served.app_context():
        db.engine.dispose()


def address(code: str, number: str = NUMBER) -> str:
    return f"/verify/{quote(number, safe='')}?code={code}"


def guess(client: FlaskClient, count: int, place: str = "203.0.113.9") -> list[int]:
    return [
        client.get(address(f"{turn:012d}"), environ_base={"REMOTE_ADDR": place}).status_code
        for turn in range(count)
    ]


def test_a_hundred_guesses_are_stopped_and_genuine_ones_beside_them_are_not(
    limited: Flask, code: str
) -> None:
    hall = {"environ_base": {"REMOTE_ADDR": "203.0.113.9"}}
    client = limited.test_client()
    assert {client.get(address(code), **hall).status_code for _ in range(120)} == {200}
    assert guess(client, 100) == [404] * 30 + [429] * 70
    assert client.get(address(code), **hall).status_code == 200
    assert guess(client, 1, "203.0.113.10") == [404]


def test_a_name_cannot_be_tried_on_while_guesses_are_stopped(limited: Flask, code: str) -> None:
    client = limited.test_client()
    known = {"number": NUMBER, "name": "李桃艳"}
    tries = [client.post("/verify/", data={**known, "name": f"李{turn}"}) for turn in range(40)]
    assert [one.status_code for one in tries] == [404] * 30 + [429] * 10
    assert client.post("/verify/", data=known).status_code == 429


@pytest.mark.parametrize(
    ("language", "words"), [("zh_CN", "请等待 1 分钟"), ("en", "Wait 1 minute")]
)
def test_who_is_stopped_is_told_until_when(limited: Flask, language: str, words: str) -> None:
    client = limited.test_client()
    with client.session_transaction() as session:
        session["language"] = language
    for _ in range(30):
        client.get(address("0" * 12))
    stopped = client.get(address("0" * 12))
    assert stopped.status_code == 429
    assert words in stopped.text
    assert 0 < int(stopped.headers["Retry-After"]) <= 61


def test_workers_count_together(limited: Flask, app: Flask) -> None:
    guess(limited.test_client(), 20)
    other = create_app(replace(app.extensions["settings"], environment="single"))
    assert guess(other.test_client(), 12) == [404] * 10 + [429] * 2
    with other.app_context():
        db.engine.dispose()


def test_addresses_of_one_network_of_ipv6_are_one_place(limited: Flask) -> None:
    client = limited.test_client()
    first = [guess(client, 1, f"2001:db8:1:2::{turn:x}")[0] for turn in range(31)]
    assert first == [404] * 30 + [429]
    assert guess(client, 1, "2001:db8:1:3::1") == [404]
    assert guess(client, 31, "192.0.2.5")[-1] == 429
    assert guess(client, 1, "::ffff:192.0.2.5") == [429]


def test_links_and_files_are_guesses_of_the_same_count(limited: Flask) -> None:
    client = limited.test_client()
    assert [client.get(f"/verify/shared/{turn:032d}").status_code for turn in range(30)] == (
        [404] * 30
    )
    assert client.get("/verify/shared/" + "x" * 32).status_code == 429
    assert client.post("/verify/shared/" + "x" * 32 + "/seen").status_code == 429


def test_an_open_link_is_shown_beside_guesses(app: Flask, limited: Flask, code: str) -> None:
    with app.app_context(), atomic():
        now = clock.now()
        db.session.add(
            WalletShare(
                person_id=db.session.query(Certificate).one().person_id,
                token_hash=crypto.token_hash("open"),
                token_sealed=crypto.seal("open", "wallet_shares.token"),
                created_at=now,
                expires_at=now + timedelta(days=1),
            )
        )
    client = limited.test_client()
    guess(client, 31, "127.0.0.1")
    assert client.get("/verify/shared/open").status_code == 200


def test_checking_begins_no_session_and_is_not_stored(client: FlaskClient, code: str) -> None:
    for path in ("/verify/", address(code), address("0" * 12), "/verify/shared/nobody"):
        answer = client.get(path)
        assert "Set-Cookie" not in answer.headers
        assert answer.headers["Cache-Control"] == "no-store"
        assert ("X-Robots-Tag" in answer.headers) == (path != "/verify/")
        assert "ETag" not in answer.headers


def test_the_language_is_changed_from_a_page_without_token(limited: Flask, code: str) -> None:
    client = limited.test_client()
    page = client.get(address(code))
    assert 'name="csrf_token" value=""' in page.text
    sent = {"language": "en", "next": address(code)}
    elsewhere = {"Origin": "https://elsewhere.example"}
    for headers in ({}, elsewhere, {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"}):
        assert client.post("/language", data=sent, headers=headers).status_code == 400
        assert client.post("/display", data={"theme": "dark"}, headers=headers).status_code == 400
    for headers in ({"Origin": "http://localhost"}, {"Sec-Fetch-Site": "same-origin"}):
        answer = client.post("/language", data=sent, headers=headers)
        assert (answer.status_code, answer.location) == (302, address(code))
    assert "What was certified" in client.get(address(code)).text


def test_addresses_that_show_the_same_are_kept_once(
    client: FlaskClient, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[str] = []
    real = routes.told
    monkeypatch.setattr(routes, "told", lambda facts: (shown.append(facts.number), real(facts))[1])
    spelled = quote("楚教培[2023]7", safe="")
    for path in (address(code), address(code) + "&x=1", f"/verify/{spelled}?code={code.lower()}"):
        page = client.get(path)
        assert page.status_code == 200
        assert f'name="next" value="{address(code)}"' in page.text
    assert shown == [NUMBER]
