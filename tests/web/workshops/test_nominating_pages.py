"""Nominating in pages: from a list with who fits, and by a 报名表 with a preview."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.core import clock
from app.core.db import db
from app.core.spreadsheet import Column, write_table
from app.domain.exchange.nominations import HEADERS
from app.domain.people.models import Person
from app.domain.people.rules import PostingRole
from app.domain.units.models import Unit
from app.domain.workshops.models import Enrolment, Workshop
from app.domain.workshops.rules.words import Approval
from tests.factories import (
    CHUXIONG_CITY,
    LUFENG,
    get_unit,
    id_number,
    make_account,
    make_counselor,
    make_school,
)
from tests.web.workshops.test_teacher_pages import in_english
from tests.workshop_factories import enrol_one, make_session, make_workshop

SignIn = Callable[[int], FlaskClient]


@pytest.fixture
def school(app: Flask) -> dict[str, int]:
    """鹿城小学 with 李海燕 (full time, with a number) and 王小明 (part time); ids by name."""
    with app.app_context():
        unit = make_school(CHUXIONG_CITY, "鹿城小学")
        ids = {"unit": unit.id}
        first = make_counselor(unit, "李海燕", number=id_number(1), role=PostingRole.FULL_TIME)
        second = make_counselor(db.session.get_one(Unit, ids["unit"]), "王小明")
        ids |= {"李海燕": first.id, "王小明": second.id}
        ids["account"] = make_account("school", db.session.get_one(Unit, ids["unit"])).id
        return ids


@pytest.fixture
def officer(school: dict[str, int], sign_in: SignIn) -> FlaskClient:
    return in_english(sign_in(school["account"]))


def enrolled(app: Flask) -> dict[str, str]:
    with app.app_context():
        rows = db.session.query(Person.name, Enrolment.status).join(
            Enrolment, Enrolment.person_id == Person.id
        )
        return {name: status.value for name, status in rows}


def workbook(*rows: tuple[str, ...]) -> bytes:
    """A 报名表 of rows (单位, 姓名, 身份证号, 是否住宿, 备注)."""
    lines = [
        (str(number), unit, name, "", "", "", "", identity, "", lodging, note)
        for number, (unit, name, identity, lodging, note) in enumerate(rows, start=1)
    ]
    return write_table("培训班报名表", [Column(header, width) for header, width in HEADERS], lines)


def bring(client: FlaskClient, workshop_id: int, data: bytes) -> TestResponse:
    return client.post(
        f"/workshops/{workshop_id}/nominate/sheet",
        data={"file": (io.BytesIO(data), "报名表.xlsx")},
        content_type="multipart/form-data",
    )


def test_lists_the_people_of_the_unit_with_who_fits(
    app: Flask, school: dict[str, int], officer: FlaskClient
) -> None:
    with app.app_context():
        make_counselor(make_school(LUFENG), "外校老师")
        workshop_id = make_workshop(5, eligible_roles=["full_time"]).id
    text = officer.get(f"/workshops/{workshop_id}/nominate").get_data(as_text=True)
    assert "李海燕" in text
    assert "外校老师" not in text
    assert "another post than asked for" in text
    assert f'name="id" value="{school["李海燕"]}"' in text
    assert f'name="id" value="{school["王小明"]}"' not in text


def test_nominates_several_and_says_what_came_of_each(
    app: Flask, school: dict[str, int], officer: FlaskClient
) -> None:
    with app.app_context():
        workshop_id = make_workshop(1, approval=Approval.SCHOOL).id
    answer = officer.post(
        f"/workshops/{workshop_id}/nominate",
        data={"id": [school["李海燕"], school["王小明"]]},
    ).get_data(as_text=True)
    assert "The seat is confirmed." in answer
    assert "On the waitlist, number 1 in line." in answer
    assert enrolled(app) == {"李海燕": "confirmed", "王小明": "waitlisted"}


def test_who_is_nominated_by_the_school_waits_for_the_county(
    app: Flask, school: dict[str, int], officer: FlaskClient
) -> None:
    with app.app_context():
        workshop_id = make_workshop(2, approval=Approval.COUNTY).id
    answer = officer.post(
        f"/workshops/{workshop_id}/nominate", data={"id": school["李海燕"]}
    ).get_data(as_text=True)
    assert "It waits for approval (County bureau)." in answer
    assert enrolled(app) == {"李海燕": "pending"}


def test_who_does_not_fit_is_refused_and_the_others_go_through(
    app: Flask, school: dict[str, int], officer: FlaskClient
) -> None:
    with app.app_context():
        workshop_id = make_workshop(5, eligible_roles=["full_time"]).id
    officer.post(
        f"/workshops/{workshop_id}/nominate",
        data={"id": [school["王小明"], school["李海燕"]]},
    )
    assert enrolled(app) == {"李海燕": "confirmed"}


def test_who_is_bound_at_the_time_is_shown_and_refused(
    app: Flask, school: dict[str, int], officer: FlaskClient
) -> None:
    with app.app_context():
        first = make_workshop(5, title="先报的班")
        make_session(first, clock.now() + timedelta(days=3))
        enrol_one(
            db.session.get_one(Workshop, first.id), db.session.get_one(Person, school["李海燕"])
        )
        second = make_workshop(5, title="撞期的班")
        make_session(second, clock.now() + timedelta(days=3, hours=1))
        second_id = second.id
    text = officer.get(f"/workshops/{second_id}/nominate").get_data(as_text=True)
    assert "is at “先报的班” then" in text
    answer = officer.post(f"/workshops/{second_id}/nominate", data={"id": school["李海燕"]})
    assert "already" in answer.get_data(as_text=True)
    assert len(enrolled(app)) == 1


def test_nobody_of_another_unit_can_be_nominated(app: Flask, officer: FlaskClient) -> None:
    with app.app_context():
        workshop_id = make_workshop(5).id
        stranger_id = make_counselor(make_school(LUFENG), "外校老师").id
    answer = officer.post(f"/workshops/{workshop_id}/nominate", data={"id": stranger_id})
    assert answer.status_code == 404
    assert enrolled(app) == {}


def test_a_malformed_choice_is_a_bad_request(app: Flask, officer: FlaskClient) -> None:
    with app.app_context():
        workshop_id = make_workshop(5).id
    assert officer.post(f"/workshops/{workshop_id}/nominate", data={"id": "x"}).status_code == 400


def test_the_same_queries_for_two_people_and_for_forty(
    app: Flask, school: dict[str, int], officer: FlaskClient, count_queries: Callable[..., int]
) -> None:
    with app.app_context():
        workshop = make_workshop(5, required_level=None, not_trained_since=None)
        make_session(workshop, clock.now() + timedelta(days=3))
        address = f"/workshops/{workshop.id}/nominate"
    officer.get(address)
    few = count_queries(lambda: officer.get(address))
    with app.app_context():
        for number in range(38):
            make_counselor(db.session.get_one(Unit, school["unit"]), f"教师{number}")
    assert count_queries(lambda: officer.get(address)) == few


def test_previews_a_sheet_row_by_row_and_nominates_on_confirmation(
    app: Flask, school: dict[str, int], officer: FlaskClient
) -> None:
    with app.app_context():
        workshop_id = make_workshop(5).id
    data = workbook(
        ("鹿城小学", "李　海燕", id_number(1), "是", "素食"),
        ("鹿城小学", "王小明", "", "", ""),
        ("鹿城小学", "查无此人", "", "", ""),
        ("鹿城小学", "张三", id_number(7), "", ""),
    )
    preview = bring(officer, workshop_id, data)
    text = preview.get_data(as_text=True)
    assert preview.status_code == 200
    assert "2 of 4 rows can be nominated" in text
    assert "Nobody of this number or name is posted in your unit." in text
    assert enrolled(app) == {}
    first = school["李海燕"]
    officer.post(
        f"/workshops/{workshop_id}/nominate/confirm",
        data={
            "id": [first, school["王小明"]],
            f"lodging-{first}": "yes",
            f"note-{first}": "素食",
        },
    )
    assert enrolled(app) == {"李海燕": "confirmed", "王小明": "confirmed"}
    with app.app_context():
        kept = db.session.query(Enrolment).filter_by(person_id=first).one()
        assert (kept.needs_lodging, kept.note, kept.nominated) == (True, "素食", True)


def test_a_number_that_lost_its_digits_stops_the_whole_sheet(
    app: Flask, officer: FlaskClient
) -> None:
    with app.app_context():
        workshop_id = make_workshop(5).id
    data = workbook(
        ("鹿城小学", "李海燕", id_number(1), "", ""),
        ("鹿城小学", "王小明", "5.32398E+17", "", ""),
    )
    answer = bring(officer, workshop_id, data)
    assert answer.status_code == 422
    text = answer.get_data(as_text=True)
    assert "nothing was taken" in text
    assert "nominate/confirm" not in text


def test_a_namesake_without_a_number_is_not_guessed(
    app: Flask, school: dict[str, int], officer: FlaskClient
) -> None:
    with app.app_context():
        make_counselor(db.session.get_one(Unit, school["unit"]), "王小明")
        workshop_id = make_workshop(5).id
    text = bring(officer, workshop_id, workbook(("鹿城小学", "王小明", "", "", ""))).get_data(
        as_text=True
    )
    assert "Several people have this name there; add the identity number." in text


def test_a_number_of_somebody_else_is_refused(
    app: Flask, school: dict[str, int], officer: FlaskClient
) -> None:
    with app.app_context():
        workshop_id = make_workshop(5).id
    text = bring(
        officer, workshop_id, workbook(("鹿城小学", "王小明", id_number(1), "", ""))
    ).get_data(as_text=True)
    assert "This identity number belongs to somebody of another name." in text


def test_a_file_that_is_no_workbook_is_refused_in_words(app: Flask, officer: FlaskClient) -> None:
    with app.app_context():
        workshop_id = make_workshop(5).id
    assert bring(officer, workshop_id, b"\x00\x01\x02").status_code == 422


def test_the_empty_sheet_can_be_read_back(app: Flask, officer: FlaskClient) -> None:
    with app.app_context():
        workshop_id = make_workshop(5).id
    answer = officer.get(f"/workshops/{workshop_id}/nominate/template")
    assert answer.status_code == 200
    assert "filename*=UTF-8''" in answer.headers["Content-Disposition"]
    assert "no rows" in bring(officer, workshop_id, answer.data).get_data(as_text=True)


def test_who_has_left_the_unit_meanwhile_stops_nobody_else(
    app: Flask, officer: FlaskClient, school: dict[str, int]
) -> None:
    with app.app_context():
        workshop_id = make_workshop(5).id
        stranger_id = make_counselor(make_school(LUFENG), "外校老师").id
    ids = [school["李海燕"], stranger_id, 987_654_321, school["王小明"]]
    for _time in range(2):
        answer = officer.post(f"/workshops/{workshop_id}/nominate", data={"id": ids})
        text = answer.get_data(as_text=True)
        assert answer.status_code == 200
        assert text.count("This person is no longer within your unit.") == 2
        assert "外校老师" not in text
    assert len(enrolled(app)) == 2


def test_a_closed_workshop_offers_nobody(app: Flask, officer: FlaskClient) -> None:
    with app.app_context():
        workshop_id = make_workshop(5, enrolment_closes_at=clock.now() - timedelta(minutes=1)).id
    text = officer.get(f"/workshops/{workshop_id}/nominate").get_data(as_text=True)
    assert "Enrolment has ended." in text
    assert 'name="id"' not in text


def test_a_workshop_of_another_prefecture_is_not_found(app: Flask, officer: FlaskClient) -> None:
    with app.app_context():
        workshop_id = make_workshop(5, organiser_id=get_unit("530900").id).id
    for address in ("nominate", "nominate/sheet", "nominate/template"):
        assert officer.get(f"/workshops/{workshop_id}/{address}").status_code == 404
