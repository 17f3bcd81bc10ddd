"""Duties in pages: noted one by one, brought as a workbook, ended for several at once."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.core.db import db
from app.core.spreadsheet import Column, write_table
from app.domain.people.models import Person, PersonDuty
from app.domain.people.rules import Duty
from tests import factories as make
from tests.conftest import TODAY

SignIn = Callable[[int], FlaskClient]
HEADERS = ("序号", "学校", "姓名", "身份证号", "联系电话", "职务", "任职时间", "备注")


@pytest.fixture
def county(app: Flask, sign_in: SignIn) -> FlaskClient:
    with app.app_context():
        school = make.make_school(make.LUFENG, "金山小学")
        make.make_counselor(school, "李梅", number=make.id_number(1))
        account_id = make.make_account("county", make.LUFENG).id
    return sign_in(account_id)


def held(app: Flask) -> list[tuple[str, str, bool]]:
    """(name, duty, runs) of every duty."""
    with app.app_context():
        rows = db.session.scalars(
            select(PersonDuty).join(PersonDuty.person).order_by(Person.sort_key)
        )
        return [(row.person.name, row.duty.value, row.valid_until is None) for row in rows]


def bring(client: FlaskClient, *rows: tuple[str, ...], duty: str = "") -> TestResponse:
    lines = [(str(number), *row, "") for number, row in enumerate(rows, 1)]
    data = write_table("班主任名单", [Column(header, 14) for header in HEADERS], lines)
    return client.post(
        "/duties/sheet",
        data={"file": (io.BytesIO(data), "名单.xlsx"), "duty": duty},
        content_type="multipart/form-data",
    )


def confirm(client: FlaskClient, preview: TestResponse) -> TestResponse:
    found = re.search(r'name="rows" value="([^"]+)"', preview.text)
    assert found is not None
    return client.post("/duties/confirm", data={"rows": html.unescape(found[1])})


def test_a_workbook_is_previewed_then_taken_over(app: Flask, county: FlaskClient) -> None:
    preview = bring(
        county,
        ("金山小学", "李梅", make.id_number(1), "", "班主任", "2022-09-01"),
        ("金山小学", "王芳", make.id_number(2), "13900001111", "德育主任", ""),
    )
    assert preview.status_code == 200
    assert "共 2 行，其中 1 人为新登记" in preview.text
    assert make.id_number(2) not in preview.text
    assert held(app) == []
    confirm(county, preview)
    assert held(app) == [
        ("李梅", "homeroom_teacher", True),
        ("王芳", "moral_education_officer", True),
    ]


def test_a_list_without_duties_takes_the_one_that_was_chosen(
    app: Flask, county: FlaskClient
) -> None:
    preview = bring(county, ("金山小学", "李梅", "", "", "", ""), duty="homeroom_teacher")
    confirm(county, preview)
    assert held(app) == [("李梅", "homeroom_teacher", True)]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (("没有的学校", "李梅", "", "", "班主任", ""), "没有唯一对应这个名称"),
        (("金山小学", "李梅", "", "", "", ""), "没有写明职务"),
        (("金山小学", "李梅", "", "", "门卫", ""), "门卫"),
        (("金山小学", "王芳", make.id_number(1), "", "班主任", ""), "另一个姓名"),
    ],
)
def test_a_wrong_row_is_named_and_nothing_is_taken(
    app: Flask, county: FlaskClient, row: tuple[str, ...], said: str
) -> None:
    preview = bring(county, ("金山小学", "张强", "", "", "班主任", ""), row)
    assert preview.status_code == 422
    assert said in preview.text
    assert 'name="rows"' not in preview.text
    assert held(app) == []


def test_a_preview_is_for_who_made_it(app: Flask, county: FlaskClient, sign_in: SignIn) -> None:
    preview = bring(county, ("金山小学", "李梅", "", "", "班主任", ""))
    with app.app_context():
        other = make.make_account("county", make.LUFENG).id
    confirm(sign_in(other), preview)
    county.post("/duties/confirm", data={"rows": "AAAA"})
    assert held(app) == []


def test_one_is_noted_and_ended_by_hand(app: Flask, county: FlaskClient) -> None:
    form = {
        "name": "李梅",
        "unit": "金山小学",
        "duty": Duty.HOMEROOM_TEACHER.value,
        "valid_from": "2022-09-01",
    }
    assert county.post("/duties/new", data=form).status_code == 302
    assert county.post("/duties/new", data=form).status_code == 422
    assert held(app) == [("李梅", "homeroom_teacher", True)]
    page = county.get("/duties/").text
    assert "李梅" in page
    with app.app_context():
        duty_id = db.session.scalars(select(PersonDuty.id)).one()
    county.post("/duties/end", data={"id": duty_id, "on": "never", "reason": "x"})
    assert held(app) == [("李梅", "homeroom_teacher", True)]
    county.post(
        "/duties/end", data={"id": duty_id, "on": TODAY.date().isoformat(), "reason": "学年结束"}
    )
    assert held(app) == [("李梅", "homeroom_teacher", False)]


def test_the_list_takes_as_many_queries_for_many_as_for_one(
    app: Flask, county: FlaskClient, count_queries: Callable[[Callable[[], object]], int]
) -> None:
    def note(count: int) -> None:
        with app.app_context():
            school = make.make_school(make.LUFENG)
            for number in range(count):
                person = make.make_counselor(school, f"教师{number}")
                make.save(
                    PersonDuty(
                        person_id=person.id,
                        unit_id=school.id,
                        duty=Duty.PRINCIPAL,
                        valid_from=make.SOME_DAY,
                    )
                )

    note(1)
    county.get("/duties/")
    few = count_queries(lambda: county.get("/duties/"))
    note(24)
    assert count_queries(lambda: county.get("/duties/")) == few <= 8


def test_the_export_lists_what_the_page_lists(app: Flask, county: FlaskClient) -> None:
    confirm(county, bring(county, ("金山小学", "李梅", "", "", "班主任", "")))
    answer = county.get("/duties/export")
    assert answer.status_code == 200
    assert answer.mimetype.endswith("sheet")
