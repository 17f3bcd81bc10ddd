"""Enrolments, lessons and completions of online courses for programs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.core.db import db
from app.domain.courses.models import Course, CourseEnrolment, Recognition
from app.domain.courses.rules.words import CourseKind
from app.domain.people.models import Person, TrainingRecord
from tests import factories
from tests.course_factories import make_course, make_lesson, make_version
from tests.recognition_factories import COUNTY, make_parties
from tests.web.api.conftest import Program, ProgramClient, make_token

PATH = "/api/v1/courses"


@dataclass(frozen=True)
class Scene:
    """A course learnt here, one on a platform, and somebody with an account at a school of 凤庆."""

    own_id: int
    external_id: int
    lesson_id: int
    person_id: int
    colleague_id: int
    account_id: int
    school_id: int
    county_id: int


@pytest.fixture
def scene(app: Flask) -> Scene:
    with app.app_context():
        own = make_course()
        lesson = make_lesson(make_version(own))
        external = make_course(
            "2023年全国班主任网络研修",
            kind=CourseKind.EXTERNAL,
            platform="国家中小学智慧教育平台",
        )
        parties = make_parties()
        colleague = factories.make_counselor(parties.unit, "王芳", number=factories.id_number(7))
        return Scene(
            own.id,
            external.id,
            lesson.id,
            parties.person.id,
            colleague.id,
            parties.account.id,
            int(parties.school.account_id or 0),
            int(parties.county.account_id or 0),
        )


def client_of(app: Flask, account_id: int) -> ProgramClient:
    with app.app_context():
        make_token(account_id, f"token-of-{account_id}")
    client = ProgramClient(app, app.response_class, use_cookies=False)
    client.token = f"token-of-{account_id}"
    return client


@pytest.fixture
def teacher(app: Flask, scene: Scene) -> FlaskClient:
    return client_of(app, scene.account_id)


@pytest.fixture
def school(app: Flask, scene: Scene) -> FlaskClient:
    return client_of(app, scene.school_id)


@pytest.fixture
def county(app: Flask, scene: Scene) -> FlaskClient:
    return client_of(app, scene.county_id)


def enrol(client: FlaskClient, course_id: int, **body: Any) -> Any:
    return client.post(f"{PATH}/{course_id}/enrolments", json=body)


def set_course(app: Flask, course_id: int, **columns: Any) -> None:
    with app.app_context():
        course = db.session.get_one(Course, course_id)
        for name, value in columns.items():
            setattr(course, name, value)
        db.session.commit()


def test_comes_in_once(teacher: FlaskClient, scene: Scene) -> None:
    first, again = enrol(teacher, scene.own_id), enrol(teacher, scene.own_id)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json == again.json == {"id": first.json["id"], "status": "enrolled"}
    assert enrol(teacher, scene.own_id, person=scene.person_id).status_code == 200
    assert enrol(teacher, scene.own_id, person=scene.colleague_id).status_code == 403
    assert enrol(teacher, scene.own_id, colour="red").status_code == 422


def test_a_school_nominates_its_own_people(
    program: Program, school: FlaskClient, scene: Scene
) -> None:
    assert enrol(school, scene.own_id, person=scene.colleague_id).status_code == 201
    assert enrol(school, scene.own_id, person=scene.colleague_id).status_code == 200
    assert enrol(school, scene.own_id).json["code"] == "person_missing"
    assert enrol(school, scene.own_id, person=999999).status_code == 404
    stranger = program("school", "530922")
    assert enrol(stranger, scene.own_id, person=scene.colleague_id).status_code == 404
    assert enrol(program("bureau", factories.CHUXIONG), scene.own_id, person=1).status_code == 404


@pytest.mark.parametrize(
    ("columns", "code"),
    [
        ({"closes_on": date(2023, 8, 16)}, "not_open"),
        ({"way": "nomination"}, "not_eligible"),
        ({"capacity": 1}, "full"),
    ],
)
def test_says_why_nobody_comes_in(
    app: Flask,
    teacher: FlaskClient,
    school: FlaskClient,
    scene: Scene,
    columns: dict[str, Any],
    code: str,
) -> None:
    enrol(school, scene.own_id, person=scene.colleague_id)
    set_course(app, scene.own_id, **columns)
    if "capacity" in columns:
        set_course(app, scene.own_id, taken=1)
    answer = enrol(teacher, scene.own_id)
    assert (answer.status_code, answer.json["code"]) == (409, code)


def test_everybody_sees_whom_they_may(
    program: Program, teacher: FlaskClient, school: FlaskClient, scene: Scene
) -> None:
    enrol(teacher, scene.own_id)
    enrol(school, scene.own_id, person=scene.colleague_id)
    address = f"{PATH}/{scene.own_id}/enrolments"
    both = [scene.person_id, scene.colleague_id]
    for client, people in (
        (teacher, both[:1]),
        (school, both),
        (program("county", COUNTY), both),
        (program("bureau", factories.LINCANG), both),
        (program("county", "530922"), []),
    ):
        items = client.get(address).json["items"]
        assert [item["person"]["id"] for item in items] == people
    item = teacher.get(address).json["items"][0]
    assert (item["person"]["name"], item["done"], item["required"]) == ("李梅", 0, 1)
    assert (item["source"], item["completed_on"], item["credit_hours"]) == ("self", None, None)
    assert school.get(f"{address}?status=completed").json["items"] == []


def test_ones_own_courses_and_lessons_with_progress(teacher: FlaskClient, scene: Scene) -> None:
    lessons = f"{PATH}/{scene.own_id}/lessons"
    assert teacher.get(lessons).json["items"][0]["status"] is None
    enrol(teacher, scene.own_id)
    teacher.post(f"{PATH}/{scene.own_id}/progress", json={"lesson": scene.lesson_id, "read": True})
    (lesson,) = teacher.get(lessons).json["items"]
    assert (lesson["id"], lesson["status"], lesson["percent"]) == (
        scene.lesson_id,
        "completed",
        100,
    )
    (own,) = teacher.get("/api/v1/me/courses").json["items"]
    assert own["course"] == {
        "id": scene.own_id,
        "title": "班主任心理健康教育网络课程",
        "kind": "own",
        "status": "published",
    }
    assert (own["status"], own["credit_hours"], own["due_on"]) == ("completed", 10, None)
    assert teacher.get("/api/v1/me/courses?status=enrolled").json["items"] == []


def test_leaves_with_a_reason_once_begun(
    teacher: FlaskClient, school: FlaskClient, scene: Scene
) -> None:
    made = enrol(teacher, scene.own_id).json["id"]
    address = f"/api/v1/course-enrolments/{made}"
    assert school.delete(address).json["code"] == "reason_missing"
    assert teacher.delete(address).status_code == 204
    assert teacher.delete(address).json["code"] == "not_enrolled"
    enrol(teacher, scene.own_id)
    assert school.delete(address, json={"reason": "已调离"}).status_code == 204
    assert school.delete("/api/v1/course-enrolments/987654").status_code == 404


def finish(client: FlaskClient, course_id: int, **body: Any) -> Any:
    body = {"completed_on": "2023-06-30", **body}
    return client.post(f"{PATH}/{course_id}/completions", json=body)


def test_a_county_reports_who_finished_and_it_counts_once(
    app: Flask, county: FlaskClient, scene: Scene
) -> None:
    first = finish(county, scene.external_id, person=scene.person_id, started_on="2023-05-01")
    again = finish(county, scene.external_id, person=scene.person_id, completed_on="2023-07-01")
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json == again.json
    assert (first.json["status"], first.json["credit_hours"]) == ("recognised", 10)
    with app.app_context():
        (record,) = db.session.query(TrainingRecord).all()
        assert (record.id, record.person_id) == (first.json["training_record"], scene.person_id)
        assert (record.organiser, record.ended_on.isoformat(), record.hours) == (
            "国家中小学智慧教育平台",
            "2023-06-30",
            10,
        )
        assert db.session.query(Recognition).count() == 1
    (item,) = county.get(f"{PATH}/{scene.external_id}/completions").json["items"]
    assert item["id"] == first.json["enrolment"]
    assert (item["person"]["id"], item["completed_on"], item["credit_hours"]) == (
        scene.person_id,
        "2023-06-30",
        10,
    )


def test_completions_are_narrowed_to_days(county: FlaskClient, scene: Scene) -> None:
    finish(county, scene.external_id, person=scene.person_id)
    address = f"{PATH}/{scene.external_id}/completions"
    for query, found in (
        ("since=2023-06-30", 1),
        ("since=2023-07-01", 0),
        ("until=2023-06-30", 1),
        ("until=2023-06-29", 0),
    ):
        assert len(county.get(f"{address}?{query}").json["items"]) == found, query
    backwards = county.get(f"{address}?since=2023-07-01&until=2023-06-30")
    assert backwards.status_code == 422


def test_of_a_school_it_waits_for_who_decides(
    app: Flask, school: FlaskClient, county: FlaskClient, scene: Scene
) -> None:
    first = finish(school, scene.external_id, person=scene.person_id).json
    assert (first["status"], first["training_record"], first["credit_hours"]) == (
        "checked",
        None,
        None,
    )
    again = finish(county, scene.external_id, person=scene.person_id)
    assert (again.status_code, again.json["recognition"]) == (200, first["recognition"])
    with app.app_context():
        assert db.session.query(TrainingRecord).count() == 0


def test_fewer_hours_need_a_reason_and_more_are_refused(county: FlaskClient, scene: Scene) -> None:
    body = {"person": scene.person_id}
    more = finish(county, scene.external_id, **body, credit_hours=11)
    assert (more.status_code, more.json["code"]) == (422, "bad_hours")
    fewer = finish(county, scene.external_id, **body, credit_hours=8)
    assert (fewer.status_code, fewer.json["code"]) == (422, "reason_missing")
    said = finish(county, scene.external_id, **body, credit_hours=8, reason="缺两讲")
    assert (said.status_code, said.json["credit_hours"]) == (201, 8)


def test_what_cannot_be_reported(
    app: Flask, program: Program, teacher: FlaskClient, county: FlaskClient, scene: Scene
) -> None:
    person = scene.person_id
    assert finish(teacher, scene.external_id, person=person).status_code == 403
    assert finish(county, scene.own_id, person=person).json["code"] == "own_course"
    assert finish(county, scene.external_id, person=999999).status_code == 404
    future = finish(county, scene.external_id, person=person, completed_on="2099-01-01")
    assert (future.status_code, future.json["errors"][0]["field"]) == (422, "completed_on")
    assert finish(program("county", "530922"), scene.external_id, person=person).status_code == 404
    with app.app_context():
        db.session.get_one(Person, person).account_id = scene.county_id
        db.session.commit()
    own = finish(county, scene.external_id, person=person)
    assert (own.status_code, own.json["code"]) == (403, "own_request")
    with app.app_context():
        assert db.session.query(Recognition).count() == 0
        assert db.session.query(CourseEnrolment).count() == 0
