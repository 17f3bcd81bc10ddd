"""What no database could answer is refused before one is asked."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests import factories


@pytest.fixture
def auditor(app: Flask, sign_in: Callable[[int], FlaskClient]) -> FlaskClient:
    with app.app_context():
        account_id = factories.make_account("auditor", factories.CHUXIONG).id
    return sign_in(account_id)


@pytest.mark.parametrize("number", [2**31, 2**63, 10**30])
def test_an_id_beyond_any_column_does_not_exist(auditor: FlaskClient, number: int) -> None:
    assert auditor.get(f"/audit/{number}").status_code == 404


def test_the_largest_id_is_looked_for(auditor: FlaskClient) -> None:
    assert auditor.get(f"/audit/{2**31 - 1}").status_code == 404


def test_refuses_a_character_no_text_column_keeps(auditor: FlaskClient) -> None:
    assert auditor.get("/audit/?q=a%00b").status_code == 400


def test_refuses_it_in_a_form_too(client: FlaskClient) -> None:
    token = client.get("/login").text.split('name="csrf_token" value="')[1].split('"')[0]
    answer = client.post("/login", data={"csrf_token": token, "username": "a\0b", "password": "x"})
    assert answer.status_code == 400


@pytest.mark.parametrize(
    "path",
    [
        "/units/532300?page=",
        "/people/?page=",
        "/posting-changes/?page=",
        "/imports/?page=",
        "/workshops/?page=",
    ],
)
def test_refuses_a_page_beyond_any_list(
    app: Flask, sign_in: Callable[[int], FlaskClient], path: str
) -> None:
    with app.app_context():
        account_id = factories.make_account("bureau", factories.CHUXIONG).id
    assert sign_in(account_id).get(f"{path}{10**20}").status_code in {400, 404}


def test_refuses_a_cursor_beyond_any_list(auditor: FlaskClient) -> None:
    assert auditor.get(f"/audit/?cursor={10**20}").status_code == 400
