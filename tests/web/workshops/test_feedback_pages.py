"""Feedback after the end: once, without a name, summed up from five answers on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.core import clock
from app.core.db import atomic, db
from app.domain.audit.models import AuditEntry
from app.domain.people.models import Person
from app.domain.units.models import Unit
from app.domain.workshops.models import FeedbackAnswer, FeedbackQuestion, FeedbackReceipt, Workshop
from app.domain.workshops.operations.feedback import give_feedback
from app.domain.workshops.rules.words import WorkshopStatus
from tests.factories import CHUXIONG, CHUXIONG_CITY, make_account, make_counselor, make_school
from tests.web.workshops.test_teacher_pages import in_english, make_teacher_account
from tests.workshop_factories import enrol_one, make_session, make_workshop

SignIn = Callable[[int], FlaskClient]
ANSWERS = {"content": "5", "trainers": "4", "organisation": "3", "good": "案例很多", "improve": ""}


@pytest.fixture
def case(app: Flask) -> dict[str, int]:
    """A workshop that ended yesterday with six people; ids, account of the teacher and of the bureau."""
    with app.app_context():
        school_id = make_school(CHUXIONG_CITY, "鹿城小学").id
        account_id = make_teacher_account(school_id)
        workshop = make_workshop(10)
        ids = {"workshop": workshop.id, "account": account_id}
        make_session(workshop, clock.now() - timedelta(days=1))
        people = [db.session.query(Person).filter_by(account_id=account_id).one().id]
        people += [
            make_counselor(db.session.get_one(Unit, school_id), f"学员{number}").id
            for number in range(5)
        ]
        for person_id in people:
            enrol_one(
                db.session.get_one(Workshop, ids["workshop"]), db.session.get_one(Person, person_id)
            )
        with atomic():
            db.session.get_one(Workshop, ids["workshop"]).status = WorkshopStatus.RUNNING
        ids |= {f"person{number}": person_id for number, person_id in enumerate(people)}
        ids["bureau"] = make_account("bureau", CHUXIONG).id
        return ids


def give(app: Flask, case: dict[str, int], *numbers: int) -> None:
    with app.app_context():
        for number in numbers:
            with atomic():
                give_feedback(case["workshop"], case[f"person{number}"], ANSWERS)


def address(case: dict[str, int], more: str = "") -> str:
    return f"/workshops/{case['workshop']}/feedback{more}"


def test_keeps_answers_apart_from_who_gave_them(
    app: Flask, case: dict[str, int], sign_in: SignIn
) -> None:
    teacher = in_english(sign_in(case["account"]))
    assert 'name="content"' in teacher.get(address(case)).get_data(as_text=True)
    answer = teacher.post(address(case), data=ANSWERS, follow_redirects=True)
    assert "kept without your name" in answer.get_data(as_text=True)
    with app.app_context():
        stored = db.session.query(FeedbackAnswer).one()
        assert stored.answers == {
            "content": 5,
            "trainers": 4,
            "organisation": 3,
            "good": "案例很多",
        }
        assert set(FeedbackAnswer.__table__.columns.keys()) == {
            "id",
            "workshop_id",
            "answers",
            "given_on",
        }
        assert db.session.query(FeedbackReceipt).count() == 1
        actions = {entry.action for entry in db.session.query(AuditEntry)}
        assert not any("feedback" in action for action in actions)


def test_refuses_a_second_questionnaire(app: Flask, case: dict[str, int], sign_in: SignIn) -> None:
    teacher = in_english(sign_in(case["account"]))
    teacher.post(address(case), data=ANSWERS)
    again = teacher.post(address(case), data=ANSWERS, follow_redirects=True)
    assert "given your feedback already" in again.get_data(as_text=True)
    with app.app_context():
        assert db.session.query(FeedbackAnswer).count() == 1


def test_refuses_feedback_before_the_end(app: Flask, case: dict[str, int], sign_in: SignIn) -> None:
    with app.app_context():
        make_session(
            db.session.get_one(Workshop, case["workshop"]), clock.now() + timedelta(days=1)
        )
    teacher = in_english(sign_in(case["account"]))
    assert "opens when the last session has ended" in teacher.get(address(case)).get_data(
        as_text=True
    )
    teacher.post(address(case), data=ANSWERS)
    with app.app_context():
        assert db.session.query(FeedbackAnswer).count() == 0


def test_refuses_feedback_of_who_was_not_there(
    app: Flask, case: dict[str, int], sign_in: SignIn
) -> None:
    with app.app_context():
        other = make_teacher_account(make_school(CHUXIONG_CITY).id, "旁人")
    teacher = in_english(sign_in(other))
    assert "for those who took part" in teacher.get(address(case)).get_data(as_text=True)


@pytest.mark.parametrize("rating", ["", "6", "0", "x"])
def test_asks_for_every_rating_and_loses_nothing(
    app: Flask, case: dict[str, int], sign_in: SignIn, rating: str
) -> None:
    teacher = in_english(sign_in(case["account"]))
    answer = teacher.post(address(case), data={**ANSWERS, "trainers": rating})
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "Rate every question from 1 to 5." in text
    assert "案例很多" in text
    with app.app_context():
        assert db.session.query(FeedbackReceipt).count() == 0


def test_shows_nothing_below_five_answers(
    app: Flask, case: dict[str, int], sign_in: SignIn
) -> None:
    give(app, case, 0, 1, 2, 3)
    bureau = in_english(sign_in(case["bureau"]))
    text = bureau.get(address(case)).get_data(as_text=True)
    assert "Too few answers yet" in text
    assert "案例很多" not in text
    assert bureau.get(address(case, "/export")).status_code == 409


def test_sums_up_five_answers_in_numbers(app: Flask, case: dict[str, int], sign_in: SignIn) -> None:
    give(app, case, 0, 1, 2, 3, 4)
    bureau = in_english(sign_in(case["bureau"]))
    text = bureau.get(address(case)).get_data(as_text=True)
    assert "Mean 4.0 of 5 · 5 answers" in text
    assert "83.33 %" in text
    assert "案例很多" in text
    export = bureau.get(address(case, "/export"))
    assert export.status_code == 200
    assert export.data.startswith(b"PK")


def test_the_organiser_asks_questions_of_their_own(
    app: Flask, case: dict[str, int], sign_in: SignIn
) -> None:
    bureau = in_english(sign_in(case["bureau"]))
    data = {"text-1": "食宿如何？", "kind-1": "rated", "text-3": "还想学什么？", "kind-3": "words"}
    bureau.post(address(case, "/questions"), data=data)
    with app.app_context():
        asked = db.session.query(FeedbackQuestion).order_by(FeedbackQuestion.position)
        assert [(q.position, q.text, q.rated) for q in asked] == [
            (1, "食宿如何？", True),
            (2, "还想学什么？", False),
        ]
    teacher = in_english(sign_in(case["account"]))
    assert "食宿如何？" in teacher.get(address(case)).get_data(as_text=True)
    assert teacher.post(address(case), data=ANSWERS).status_code == 422
    given = {**ANSWERS, "own-1": "2", "own-2": "沙盘"}
    assert teacher.post(address(case), data=given).status_code == 302
    refused = bureau.post(address(case, "/questions"), data={"text-1": "晚了"})
    assert refused.status_code == 422
    assert "the questions stay as they are" in refused.get_data(as_text=True)


def test_a_teacher_cannot_export_or_ask(app: Flask, case: dict[str, int], sign_in: SignIn) -> None:
    give(app, case, 1, 2, 3, 4, 5)
    teacher = sign_in(case["account"])
    assert teacher.get(address(case, "/export")).status_code == 404
    assert teacher.get(address(case, "/questions")).status_code == 403
