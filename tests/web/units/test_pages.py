"""The tree in the browser: browsing, forms, and who may not."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from app.core.db import db
from tests import factories

SignIn = Callable[[int], FlaskClient]
FORMS = (
    "rename",
    "stage",
    "move",
    "correct",
    "close",
    "merge",
    "names",
    "facilities",
    "base-school",
)


@pytest.fixture
def bureau(app: Flask, sign_in: SignIn) -> FlaskClient:
    with app.app_context():
        factories.make_school(name="楚雄市白河小学", code="5323010777")
        account_id = factories.make_account("bureau", factories.CHUXIONG).id
    return sign_in(account_id)


def test_leads_from_the_own_unit_down_to_a_school(bureau: FlaskClient) -> None:
    assert bureau.get("/units/").location == "/units/532300"
    assert "楚雄市" in bureau.get("/units/532300").text
    assert "楚雄市白河小学" in bureau.get("/units/532301").text
    assert "5323010777" in bureau.get("/units/5323010777").text


@pytest.mark.parametrize("name", FORMS)
def test_shows_every_form(bureau: FlaskClient, name: str) -> None:
    assert bureau.get(f"/units/5323010777/{name}").status_code == 200


def test_renames_a_school(bureau: FlaskClient) -> None:
    answer = bureau.post(
        "/units/5323010777/rename",
        data={"name": "楚雄市白河学校", "on": "2023-08-01", "reason": "升格"},
    )
    assert answer.status_code == 302
    page = bureau.get("/units/5323010777").text
    assert "楚雄市白河学校" in page
    assert "2023-07-31" in page


def test_shows_a_refusal_beside_its_field(bureau: FlaskClient) -> None:
    answer = bureau.post(
        "/units/5323010777/rename", data={"name": "楚雄市白河学校", "on": "2024-08-01"}
    )
    assert answer.status_code == 422
    assert 'id="on-error"' in answer.text


def test_adds_a_school(bureau: FlaskClient) -> None:
    data = {"kind": "school", "name": "楚雄市新河小学", "stage": "primary"}
    answer = bureau.post("/units/532301/new", data=data)
    assert answer.location == "/units/5323010001"


def test_refuses_units_of_another_prefecture_known_or_not(bureau: FlaskClient) -> None:
    for code in ("530902", "539999"):
        assert bureau.get(f"/units/{code}").status_code == 403
        assert bureau.get(f"/units/{code}/rename").status_code == 403


def test_suggests_only_units_of_the_scope(bureau: FlaskClient) -> None:
    assert "532302" in bureau.get("/units/suggest?q=禄丰").text
    assert "530921" not in bureau.get("/units/suggest?q=凤庆").text


def test_lets_a_school_look_but_not_change(app: Flask, sign_in: SignIn) -> None:
    with app.app_context():
        school = factories.make_school(code="5323010778")
        account_id = factories.make_account("school", school).id
    client = sign_in(account_id)
    assert client.get("/units/5323010778").status_code == 200
    assert client.get("/units/5323010778/rename").status_code == 403


def test_closing_asks_about_open_postings(app: Flask, bureau: FlaskClient) -> None:
    with app.app_context():
        factories.make_counselor(factories.get_unit("5323010777"))
    data = {"on": "2023-08-01", "reason": "撤并"}
    assert bureau.post("/units/5323010777/close", data=data).status_code == 422
    answer = bureau.post("/units/5323010777/close", data={**data, "end_postings": "y"})
    assert answer.status_code == 302


def test_asks_the_same_number_of_queries_for_any_number_of_parts(
    app: Flask, bureau: FlaskClient
) -> None:
    def count() -> int:
        asked: list[str] = []
        with app.app_context():
            engine = db.engine

        def note(_c: object, _u: object, statement: str, *_rest: object) -> None:
            asked.append(statement)

        event.listen(engine, "before_cursor_execute", note)
        bureau.get("/units/532301")
        event.remove(engine, "before_cursor_execute", note)
        return len([statement for statement in asked if not statement.startswith("BEGIN")])

    first = count()
    with app.app_context():
        for _ in range(30):
            factories.make_school()
    assert count() == first
    assert first <= 9
