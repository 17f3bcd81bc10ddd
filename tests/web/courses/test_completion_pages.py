"""The completion of a learner in the browser: seen by the office, revoked, corrected and counted again with a reason."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.core import clock
from app.core.db import atomic, db
from app.domain.courses.models import CourseEnrolment, Lesson
from app.domain.courses.operations.progressing import mark_read
from app.domain.courses.rules.words import LearnerStatus
from app.domain.people.models import TrainingRecord
from tests import factories
from tests.course_factories import (
    make_course,
    make_learner,
    make_learner_account,
    make_lesson,
    make_version,
)
from tests.factories import CHUXIONG, LINCANG, LINXIANG

SignIn = Callable[[int], FlaskClient]


@pytest.fixture
def enter(app: Flask, sign_in: SignIn) -> Callable[[str, str], FlaskClient]:
    """A client in a role on a unit, in English."""

    def signed(role: str, unit: str) -> FlaskClient:
        with app.app_context():
            account_id = factories.make_account(role, unit).id
        client = sign_in(account_id)
        with client.session_transaction() as cookie:
            cookie["language"] = "en"
        return client

    return signed


@pytest.fixture
def completed(app: Flask) -> tuple[str, int]:
    """The address of a completion, and the enrolment."""
    with app.app_context():
        course = make_course()
        make_lesson(make_version(course))
        learner = make_learner(course, school=factories.make_school(LINXIANG))
        make_learner_account(learner)
        actor = factories.make_actor("bureau", LINCANG)
        with atomic():
            lesson_id = db.session.scalars(select(Lesson.id)).one()
            mark_read(learner.id, lesson_id, actor=actor, now=clock.now())
        return f"/courses/{course.id}/learners/{learner.id}/completion", learner.id


def text_of(client: FlaskClient, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.get_data(as_text=True)


def stamp(app: Flask, learner_id: int) -> str:
    with app.app_context():
        return str(db.session.get_one(CourseEnrolment, learner_id).stamp)


def test_from_the_list_of_learners_to_a_revoked_completion_and_back(
    app: Flask, enter: Callable[[str, str], FlaskClient], completed: tuple[str, int]
) -> None:
    address, learner_id = completed
    bureau = enter("bureau", LINCANG)
    assert address in text_of(bureau, address.rsplit("/", 2)[0])
    assert "Revoke" in text_of(bureau, address)
    assert "may take the course again from the beginning" in text_of(bureau, f"{address}/revoke")
    given = {"reason": "由他人代学", "row_version": stamp(app, learner_id)}
    assert bureau.post(f"{address}/revoke", data=given | {"reason": ""}).status_code == 422
    shown = bureau.post(f"{address}/revoke", data=given, follow_redirects=True)
    text = shown.get_data(as_text=True)
    assert "Completion revoked" in text
    assert "由他人代学" in text
    assert "Completion revoked" in text_of(bureau, address.rsplit("/", 2)[0])
    again = {"reason": "核实为本人学习", "row_version": stamp(app, learner_id)}
    bureau.post(f"{address}/restore", data=again)
    with app.app_context():
        learner = db.session.get_one(CourseEnrolment, learner_id)
        assert learner.status is LearnerStatus.COMPLETED


def test_a_correction_shows_before_and_after(
    app: Flask, enter: Callable[[str, str], FlaskClient], completed: tuple[str, int]
) -> None:
    address, learner_id = completed
    bureau = enter("bureau", LINCANG)
    given = {
        "credit_hours": "6",
        "completed_on": "2023-08-17",
        "reason": "课时登记有误",
        "row_version": stamp(app, learner_id),
    }
    assert 'value="10"' in text_of(bureau, f"{address}/correct")
    stale = given | {"row_version": "1"}
    assert bureau.post(f"{address}/correct", data=stale).status_code == 422
    bureau.post(f"{address}/correct", data=given)
    text = text_of(bureau, address)
    assert "10.0 credit hours, completed on 2023-08-17" in text
    assert "6 credit hours, completed on 2023-08-17" in text


def test_the_persons_record_and_the_teacher_see_what_was_revoked(
    app: Flask,
    enter: Callable[[str, str], FlaskClient],
    sign_in: SignIn,
    completed: tuple[str, int],
) -> None:
    address, learner_id = completed
    bureau = enter("bureau", LINCANG)
    with app.app_context():
        learner = db.session.get_one(CourseEnrolment, learner_id)
        person = learner.person
        person_id, account_id, course_id = person.id, person.account_id, learner.course_id
    assert address in text_of(bureau, f"/people/{person_id}")
    given = {"reason": "由他人代学", "row_version": stamp(app, learner_id)}
    bureau.post(f"{address}/revoke", data=given)
    assert "由他人代学" in text_of(bureau, f"/people/{person_id}")
    teacher = sign_in(account_id)
    shown = text_of(teacher, f"/courses/{course_id}")
    assert "由他人代学" in shown
    assert f"/courses/{course_id}/enrol" in shown
    assert teacher.get(address).status_code == 404


def test_others_see_the_completion_and_decide_nothing(
    enter: Callable[[str, str], FlaskClient], completed: tuple[str, int]
) -> None:
    address, _learner_id = completed
    county = enter("county", LINXIANG)
    assert "Revoke" not in text_of(county, address)
    assert county.get(f"{address}/revoke").status_code == 404
    assert enter("bureau", CHUXIONG).get(address).status_code == 404


def test_the_record_of_a_course_is_changed_where_it_comes_from(
    app: Flask, enter: Callable[[str, str], FlaskClient], completed: tuple[str, int]
) -> None:
    address, _learner_id = completed
    bureau = enter("bureau", LINCANG)
    with app.app_context():
        record_id = db.session.scalars(select(TrainingRecord.id)).one()
    for verb in ("correct", "withdraw", "restore"):
        answer = bureau.get(f"/trainings/records/{record_id}/{verb}")
        assert answer.headers["Location"] == address
    with app.app_context():
        assert db.session.get_one(TrainingRecord, record_id).hours == Decimal(10)
