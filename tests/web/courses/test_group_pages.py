"""Courses assigned to groups, in pages: assign, see who is late, remind, another day, end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.core.db import db
from app.domain.courses.models import CourseReminder, Requirement
from app.domain.courses.operations.looking_after import look_after
from app.domain.people.models import PersonDuty
from app.domain.people.rules import Duty
from tests import course_factories as courses
from tests import factories as make
from tests.conftest import TODAY

SignIn = Callable[[int], FlaskClient]
DUE = (TODAY.date() + timedelta(days=30)).isoformat()


@pytest.fixture
def course(app: Flask) -> int:
    with app.app_context():
        made = courses.make_course(unit=make.CHUXIONG)
        courses.make_lesson(courses.make_version(made))
        return made.id


@pytest.fixture
def county(app: Flask, sign_in: SignIn) -> FlaskClient:
    with app.app_context():
        account_id = make.make_account("county", make.LUFENG).id
    return sign_in(account_id)


def homeroom_teachers(app: Flask, *names: str) -> None:
    with app.app_context():
        school = make.make_school(make.LUFENG, "金山小学")
        for name in names:
            person = make.make_counselor(school, name)
            make.save(
                PersonDuty(
                    person_id=person.id,
                    unit_id=school.id,
                    duty=Duty.HOMEROOM_TEACHER,
                    valid_from=make.SOME_DAY,
                )
            )


def assign(client: FlaskClient, course: int, **changes: str) -> int:
    form = {
        "audience": "homeroom_teachers",
        "unit": make.LUFENG,
        "due_on": DUE,
        "reminders": "14，3 0",
    }
    return client.post(f"/courses/{course}/groups/new", data=form | changes).status_code


def requirement(app: Flask) -> Requirement:
    with app.app_context():
        return db.session.scalars(select(Requirement)).one()


def test_a_county_assigns_and_sees_how_its_group_stands(
    app: Flask, county: FlaskClient, course: int
) -> None:
    homeroom_teachers(app, "李梅", "王芳")
    assert assign(county, course) == 302
    made = requirement(app)
    assert made.reminders == [14, 3, 0]
    with app.app_context():
        look_after(made.id)
    listed = county.get(f"/courses/{course}/groups").text
    assert "班主任" in listed
    shown = county.get(f"/courses/{course}/groups/{made.id}").text
    assert "李梅" in shown
    assert "王芳" in shown
    narrowed = county.get(f"/courses/{course}/groups/{made.id}?standing=finished").text
    assert "李梅" not in narrowed
    export = county.get(f"/courses/{course}/groups/{made.id}/export")
    assert export.mimetype.endswith("sheet")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"due_on": "2023-08-16"}, "due_on"),
        ({"reminders": "soon"}, "reminders"),
        ({"reminders": "91"}, "reminders"),
        ({"unit": "没有的学校"}, "unit"),
        ({"unit": make.CHUXIONG_CITY}, "unit"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(
    app: Flask, county: FlaskClient, course: int, changes: dict[str, str], said: str
) -> None:
    answer = county.post(
        f"/courses/{course}/groups/new",
        data={"audience": "homeroom_teachers", "unit": make.LUFENG, "due_on": DUE} | changes,
    )
    assert answer.status_code == 422
    assert f'id="{said}-error"' in answer.text


def test_reminds_moves_the_day_and_ends(app: Flask, county: FlaskClient, course: int) -> None:
    homeroom_teachers(app, "李梅")
    assign(county, course)
    made = requirement(app)
    with app.app_context():
        look_after(made.id)
    address = f"/courses/{course}/groups/{made.id}"
    for _twice in range(2):
        assert county.post(f"{address}/remind").status_code == 302
    with app.app_context():
        assert len(db.session.scalars(select(CourseReminder)).all()) == 1
    later = (TODAY.date() + timedelta(days=60)).isoformat()
    stale = {"due_on": later, "reminders": "7", "row_version": "99"}
    assert county.post(f"{address}/edit", data=stale).status_code in {409, 422}
    fresh = stale | {"row_version": str(made.row_version)}
    assert county.get(f"{address}/edit").status_code == 200
    assert county.post(f"{address}/edit", data=fresh).status_code == 302
    assert requirement(app).due_on.isoformat() == later
    assert county.post(f"{address}/end", data={"reason": ""}).status_code == 422
    assert county.post(f"{address}/end", data={"reason": "改为线下"}).status_code == 302
    assert "改为线下" in county.get(address).text


def test_a_school_sees_its_groups_and_assigns_nothing(
    app: Flask, county: FlaskClient, sign_in: SignIn, course: int
) -> None:
    homeroom_teachers(app, "李梅")
    assign(county, course)
    made = requirement(app)
    with app.app_context():
        school = make.make_account("school", make.make_school(make.LUFENG)).id
        other = make.make_account("county", make.CHUXIONG_CITY).id
    assert sign_in(school).get(f"/courses/{course}/groups").status_code == 200
    assert sign_in(school).get(f"/courses/{course}/groups/new").status_code == 403
    assert sign_in(other).get(f"/courses/{course}/groups/{made.id}").status_code == 404
    assert county.get(f"/courses/{course + 1}/groups/{made.id}").status_code == 404


def test_the_page_of_a_group_takes_as_many_queries_for_many_as_for_one(
    app: Flask,
    county: FlaskClient,
    course: int,
    count_queries: Callable[[Callable[[], object]], int],
) -> None:
    homeroom_teachers(app, "李梅")
    assign(county, course)
    made = requirement(app)
    with app.app_context():
        look_after(made.id)
    address = f"/courses/{course}/groups/{made.id}"
    county.get(address)
    few = count_queries(lambda: county.get(address))
    homeroom_teachers(app, *(f"教师{number}" for number in range(24)))
    with app.app_context():
        look_after(made.id)
    assert count_queries(lambda: county.get(address)) == few
    assert few <= 12
