"""Pages of who lacks what."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from app.core.db import db
from app.domain.people.models import Studio
from app.domain.statistics.gaps import Gap
from tests import factories as make

SignIn = Callable[[int], FlaskClient]


@pytest.fixture
def ids(app: Flask) -> dict[str, int]:
    with app.app_context():
        school = make.make_school(make.LUFENG, "禄丰第一小学", code="532302000001")
        make.make_school(make.LUFENG, "禄丰第二小学", code="532302000002")
        make.make_return(school, date(2022, 9, 1), 1)
        full = make.make_counselor(school, "李齐全", number=make.id_number(1))
        make.make_credential(full)
        make.make_training(full, school, ended_on=date(2023, 3, 1), hours=90)
        make.make_counselor(school, "王缺项")
        return {
            "bureau": make.make_account("bureau", make.CHUXIONG).id,
            "county": make.make_account("county", make.LUFENG).id,
            "school": make.make_account("school", school).id,
        }


def test_counts_and_lists_what_is_missing(ids: dict[str, int], sign_in: SignIn) -> None:
    client = sign_in(ids["bureau"])
    page = client.get("/gaps/").get_data(as_text=True)
    assert "10个县（市、区）还没有带头人" in page
    assert "禄丰市" in page
    rooms = client.get("/gaps/schools-without-room").get_data(as_text=True)
    assert "禄丰第二小学" in rooms
    assert "禄丰第一小学" not in rooms
    numbers = client.get("/gaps/without-identity-number").get_data(as_text=True)
    assert "王缺项" in numbers
    assert "李齐全" not in numbers


def test_shows_a_school_its_people_with_what_each_lacks(
    ids: dict[str, int], sign_in: SignIn
) -> None:
    page = sign_in(ids["school"]).get("/gaps/").get_data(as_text=True)
    assert "王缺项" in page
    assert "缺证书" in page
    assert "0 / 90" in page


@pytest.mark.parametrize("gap", [*Gap, "anything"])
def test_every_list_opens_and_exports(gap: str, ids: dict[str, int], sign_in: SignIn) -> None:
    client = sign_in(ids["county"])
    assert client.get(f"/gaps/{gap}?unit={make.LUFENG}").status_code == 200
    assert client.get(f"/gaps/{gap}/export?unit={make.LUFENG}&text=x").data[:2] == b"PK"


def test_refuses_unknown_gaps_and_units(ids: dict[str, int], sign_in: SignIn) -> None:
    client = sign_in(ids["county"])
    assert client.get("/gaps/everything").status_code == 404
    assert client.get(f"/gaps/?unit={make.LINXIANG}").status_code == 403
    assert client.get(f"/gaps/without-phone?unit={make.LINXIANG}").status_code == 403
    assert client.get("/gaps/without-phone?page=7").status_code == 404


@pytest.mark.parametrize(
    "address",
    ["/gaps/", "/gaps/anything", "/designations/", "/studios/", "/trainings/", "/credentials/"],
)
def test_costs_the_same_queries_for_one_row_and_for_thirty(
    address: str, app: Flask, ids: dict[str, int], sign_in: SignIn
) -> None:
    client = sign_in(ids["bureau"])

    def queries() -> int:
        counted: list[str] = []

        def count(_c: object, _cur: object, statement: str, *_rest: object) -> None:
            if statement.lstrip().upper().startswith(("SELECT", "WITH")):
                counted.append(statement)

        with app.app_context():
            engine = db.engine
        event.listen(engine, "before_cursor_execute", count)
        try:
            assert client.get(address).status_code == 200
        finally:
            event.remove(engine, "before_cursor_execute", count)
        return len(counted)

    def grow(number: int) -> None:
        with app.app_context():
            school = make.make_school(make.LUFENG)
            county = make.get_unit(make.LUFENG)
            for index in range(number):
                person = make.make_counselor(school, f"张{index}")
                make.make_credential(person)
                make.make_designation(person, county)
                make.make_training(person, school, title=f"培训{index}")
                make.save(
                    Studio(
                        unit_id=county.id,
                        kind="studio",
                        name=f"工作室{index}{school.id}",
                        name_key=f"工作室{index}{school.id}",
                        valid_from=date(2020, 1, 1),
                    )
                )

    grow(1)
    few = queries()
    grow(30)
    assert queries() == few
    assert few <= 8
