"""Enrolments for programs: one's own, nominations, the line, withdrawing, the same request twice."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.core import clock
from app.core.db import atomic, db
from app.domain.people.models import Person
from app.domain.workshops.models import Enrolment, Workshop
from app.domain.workshops.rules.words import Approval, EnrolmentStatus, WorkshopStatus
from tests import factories
from tests.web.api.conftest import Program, ProgramClient, make_token
from tests.workshop_factories import enrol_one, make_session, make_workshop

PATH = "/api/v1/workshops"


@pytest.fixture
def school_code(app: Flask) -> str:
    with app.app_context():
        return factories.make_school(name="鹿城小学").code


class Teachers:
    """Teachers of one school, each with an account and a program of their own."""

    def __init__(self, app: Flask, school_code: str) -> None:
        self.app, self.school_code = app, school_code

    def make(self, name: str = "李老师") -> tuple[ProgramClient, int]:
        with self.app.app_context():
            school = factories.get_unit(self.school_code)
            person = factories.make_counselor(school, name)
            account = factories.make_account("teacher", school)
            person_id, account_id = person.id, account.id
            with atomic():
                db.session.get_one(Person, person_id).account_id = account_id
            text = f"token-of-teacher-{person_id}"
            make_token(account_id, text)
        client = ProgramClient(self.app, self.app.response_class, use_cookies=False)
        client.token = text
        return client, person_id


@pytest.fixture
def teachers(app: Flask, school_code: str) -> Teachers:
    return Teachers(app, school_code)


@pytest.fixture
def workshop_id(app: Flask) -> int:
    with app.app_context():
        return make_workshop(capacity=1).id


def change(app: Flask, workshop_id: int, **columns: Any) -> None:
    with app.app_context(), atomic():
        workshop = db.session.get_one(Workshop, workshop_id)
        for name, value in columns.items():
            setattr(workshop, name, value)


def test_a_teacher_gets_the_seat_and_the_next_one_a_place_in_line(
    teachers: Teachers, workshop_id: int
) -> None:
    (first, _one), (second, _two) = teachers.make("甲"), teachers.make("乙")
    seated = first.post(f"{PATH}/{workshop_id}/enrolments")
    assert (seated.status_code, seated.json["status"], seated.json["position"]) == (
        201,
        "confirmed",
        None,
    )
    waiting = second.post(f"{PATH}/{workshop_id}/enrolments", json={})
    assert (waiting.status_code, waiting.json["status"], waiting.json["position"]) == (
        201,
        "waitlisted",
        1,
    )


def test_enrolling_twice_answers_with_the_first(teachers: Teachers, workshop_id: int) -> None:
    client, _person = teachers.make()
    first = client.post(f"{PATH}/{workshop_id}/enrolments")
    again = client.post(f"{PATH}/{workshop_id}/enrolments")
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json == again.json


def test_the_same_key_gives_the_same_answer_and_acts_once(
    app: Flask, teachers: Teachers, workshop_id: int
) -> None:
    client, _person = teachers.make()
    headers = {"Idempotency-Key": "enrol-1"}
    answers = [
        client.post(f"{PATH}/{workshop_id}/enrolments", json={}, headers=headers)
        for _time in range(2)
    ]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json == answers[1].json
    with app.app_context():
        assert db.session.query(Enrolment).count() == 1


def test_refuses_when_it_is_not_open(app: Flask, teachers: Teachers, workshop_id: int) -> None:
    client, _person = teachers.make()
    change(app, workshop_id, enrolment_closes_at=clock.now())
    answer = client.post(f"{PATH}/{workshop_id}/enrolments")
    assert (answer.status_code, answer.json["code"]) == (409, "not_open")


def test_refuses_who_it_is_not_for(app: Flask, teachers: Teachers, workshop_id: int) -> None:
    client, _person = teachers.make()
    change(app, workshop_id, eligible_roles=["full_time"])
    answer = client.post(f"{PATH}/{workshop_id}/enrolments")
    assert (answer.status_code, answer.json["code"]) == (409, "not_eligible")


def test_refuses_an_account_without_a_person(program: Program, workshop_id: int) -> None:
    answer = program("teacher", factories.CHUXIONG_CITY).post(f"{PATH}/{workshop_id}/enrolments")
    assert (answer.status_code, answer.json["code"]) == (409, "not_eligible")


def test_refuses_two_at_the_same_time(app: Flask, teachers: Teachers, workshop_id: int) -> None:
    client, _person = teachers.make()
    starts = clock.now() + timedelta(days=20)
    with app.app_context():
        other = make_workshop(title="同一天的讲座")
        make_session(db.session.get_one(Workshop, workshop_id), starts)
        make_session(db.session.get_one(Workshop, other.id), starts + timedelta(hours=1))
        other_id = other.id
    assert client.post(f"{PATH}/{workshop_id}/enrolments").status_code == 201
    answer = client.post(f"{PATH}/{other_id}/enrolments")
    assert (answer.status_code, answer.json["code"]) == (409, "clash")


def test_a_pending_one_holds_its_seat(app: Flask, teachers: Teachers, workshop_id: int) -> None:
    change(app, workshop_id, approval=Approval.SCHOOL)
    (first, _one), (second, _two) = teachers.make("甲"), teachers.make("乙")
    assert first.post(f"{PATH}/{workshop_id}/enrolments").json["position"] is None
    waiting = second.post(f"{PATH}/{workshop_id}/enrolments").json
    assert (waiting["status"], waiting["position"]) == ("pending", 1)


def test_a_school_nominates_its_own_people_only(
    app: Flask, program: Program, teachers: Teachers, workshop_id: int, school_code: str
) -> None:
    _client, person_id = teachers.make()
    with app.app_context():
        other_school = factories.make_school(name="另一所小学")
        stranger_id = factories.make_counselor(other_school, "外校").id
    school = program("school", school_code)
    answer = school.post(f"{PATH}/{workshop_id}/enrolments", json={"person": person_id})
    assert (answer.status_code, answer.json["status"]) == (201, "confirmed")
    for unknown in (stranger_id, 987654321):
        refused = school.post(f"{PATH}/{workshop_id}/enrolments", json={"person": unknown})
        assert refused.status_code == 404


def test_a_nomination_names_somebody(program: Program, workshop_id: int, school_code: str) -> None:
    answer = program("school", school_code).post(f"{PATH}/{workshop_id}/enrolments")
    assert (answer.status_code, answer.json["code"]) == (422, "person_missing")


def test_a_teacher_enrols_nobody_else(teachers: Teachers, workshop_id: int) -> None:
    client, own = teachers.make("甲")
    _other, person_id = teachers.make("乙")
    refused = client.post(f"{PATH}/{workshop_id}/enrolments", json={"person": person_id})
    assert refused.status_code == 403
    assert client.post(f"{PATH}/{workshop_id}/enrolments", json={"person": own}).status_code == 201


def test_the_list_shows_each_what_concerns_them(
    app: Flask, program: Program, teachers: Teachers, workshop_id: int, school_code: str
) -> None:
    (first, one), (second, two) = teachers.make("甲"), teachers.make("乙")
    for client in (first, second):
        client.post(f"{PATH}/{workshop_id}/enrolments")
    with app.app_context():
        far = factories.make_counselor(factories.make_school(factories.LUFENG), "丙").id
        enrol_one(db.session.get_one(Workshop, workshop_id), db.session.get_one(Person, far))

    def people(client: FlaskClient) -> list[tuple[int, str, int | None]]:
        items = client.get(f"{PATH}/{workshop_id}/enrolments").json["items"]
        return [(item["person"]["id"], item["status"], item["position"]) for item in items]

    seated, waiting = (one, "confirmed", None), (two, "waitlisted", 1)
    assert people(program("bureau", factories.CHUXIONG)) == [
        seated,
        waiting,
        (far, "waitlisted", 2),
    ]
    assert people(program("school", school_code)) == [seated, waiting]
    assert people(second) == [waiting]
    assert (
        program("bureau", factories.LINCANG).get(f"{PATH}/{workshop_id}/enrolments").status_code
        == 404
    )


def test_shows_ones_own_enrolments(teachers: Teachers, workshop_id: int) -> None:
    client, _person = teachers.make()
    made = client.post(f"{PATH}/{workshop_id}/enrolments").json
    own = client.get("/api/v1/me/enrolments").json
    assert own["next_cursor"] is None
    assert [(item["id"], item["workshop"]["id"]) for item in own["items"]] == [
        (made["id"], workshop_id)
    ]


def test_withdrawing_passes_the_seat_on_at_once(teachers: Teachers, workshop_id: int) -> None:
    (first, _one), (second, _two) = teachers.make("甲"), teachers.make("乙")
    enrolment_id = first.post(f"{PATH}/{workshop_id}/enrolments").json["id"]
    second.post(f"{PATH}/{workshop_id}/enrolments")
    assert first.delete(f"/api/v1/enrolments/{enrolment_id}").status_code == 204
    assert second.get("/api/v1/me/enrolments").json["items"][0]["status"] == "confirmed"
    again = first.delete(f"/api/v1/enrolments/{enrolment_id}")
    assert (again.status_code, again.json["code"]) == (409, "not_enrolled")


def test_withdrawing_after_the_deadline_needs_a_reason(
    app: Flask, teachers: Teachers, workshop_id: int
) -> None:
    client, _person = teachers.make()
    enrolment_id = client.post(f"{PATH}/{workshop_id}/enrolments").json["id"]
    change(app, workshop_id, withdraw_until=clock.now() - timedelta(hours=1))
    refused = client.delete(f"/api/v1/enrolments/{enrolment_id}")
    assert (refused.status_code, refused.json["code"]) == (422, "reason_missing")
    assert client.delete(f"/api/v1/enrolments/{enrolment_id}?reason=生病").status_code == 204


def test_the_reason_may_come_in_the_body(app: Flask, teachers: Teachers, workshop_id: int) -> None:
    client, _person = teachers.make()
    path = f"/api/v1/enrolments/{client.post(f'{PATH}/{workshop_id}/enrolments').json['id']}"
    change(app, workshop_id, withdraw_until=clock.now() - timedelta(hours=1))
    for body in ({"reason": ""}, {}):
        refused = client.delete(path, json=body)
        assert (refused.status_code, refused.json["code"]) == (422, "reason_missing")
    unknown = client.delete(path, json={"why": "生病"})
    assert (unknown.status_code, unknown.json["errors"][0]["field"]) == (422, "why")
    assert client.delete(path, json={"reason": "生病"}).status_code == 204
    with app.app_context():
        assert db.session.scalars(select(Enrolment.end_reason)).one() == "生病"


def test_nobody_else_withdraws_it(program: Program, teachers: Teachers, workshop_id: int) -> None:
    (first, _one), (second, _two) = teachers.make("甲"), teachers.make("乙")
    enrolment_id = first.post(f"{PATH}/{workshop_id}/enrolments").json["id"]
    for client in (second, program("school", factories.LUFENG)):
        assert client.delete(f"/api/v1/enrolments/{enrolment_id}").status_code == 404
        assert client.delete("/api/v1/enrolments/987654321").status_code == 404


def test_counts_stand_in_the_workshop(
    program: Program, teachers: Teachers, workshop_id: int
) -> None:
    for name in "甲乙丙":
        teachers.make(name)[0].post(f"{PATH}/{workshop_id}/enrolments")
    told = program("bureau", factories.CHUXIONG).get(f"{PATH}/{workshop_id}").json
    assert (told["seats_taken"], told["waitlisted"]) == (1, 2)


def test_lowering_the_capacity_below_what_is_taken_is_refused_and_raising_it_promotes(
    app: Flask, program: Program, teachers: Teachers
) -> None:
    with app.app_context():
        workshop_id = make_workshop(capacity=2, status=WorkshopStatus.PUBLISHED).id
    clients = [teachers.make(name)[0] for name in "甲乙丙"]
    for client in clients:
        client.post(f"{PATH}/{workshop_id}/enrolments")
    bureau = program("bureau", factories.CHUXIONG)
    refused = bureau.patch(f"{PATH}/{workshop_id}", json={"capacity": 1})
    assert (refused.status_code, refused.json["code"]) == (409, "capacity_below_taken")
    assert bureau.patch(f"{PATH}/{workshop_id}", json={"capacity": 3}).json["waitlisted"] == 0
    last = clients[-1].get("/api/v1/me/enrolments").json["items"][0]
    assert last["status"] == EnrolmentStatus.CONFIRMED


def test_refuses_an_id_that_no_database_keeps(program: Program, workshop_id: int) -> None:
    officer = program("bureau", factories.CHUXIONG)
    answer = officer.post(f"{PATH}/{workshop_id}/enrolments", json={"person": 10**30})
    assert (answer.status_code, answer.json["code"]) == (422, "invalid_input")
