"""Progress for players outside: one's own, of one's learners, the same report twice, and what is refused."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from app.core import clock
from app.core.db import db
from app.domain.courses.models import Course, LessonProgress
from tests import factories
from tests.conftest import TODAY
from tests.course_factories import make_course_trainer
from tests.lesson_factories import Learned, another_learner, make_learned
from tests.web.api.conftest import ProgramClient, make_token


@pytest.fixture
def learned(app: Flask) -> Learned:
    with app.app_context():
        return make_learned()


def program(app: Flask, account_id: int) -> ProgramClient:
    with app.app_context():
        make_token(account_id, f"token-of-{account_id}")
    client = ProgramClient(app, app.response_class, use_cookies=False)
    client.token = f"token-of-{account_id}"
    return client


@pytest.fixture
def learner(app: Flask, learned: Learned) -> ProgramClient:
    return program(app, learned.account_id)


@pytest.fixture
def trainer(app: Flask, learned: Learned) -> ProgramClient:
    with app.app_context():
        account = make_course_trainer(db.session.get_one(Course, learned.course_id)).id
    return program(app, account)


def tell(
    client: ProgramClient, learned: Learned, *, passed: float = 100, key: str = "", **body: Any
) -> Any:
    headers = {"Idempotency-Key": key} if key else {}
    body = {"lesson": learned.video_id, **body}
    with clock.frozen(TODAY + timedelta(seconds=passed)):
        return client.post(
            f"/api/v1/courses/{learned.course_id}/progress", json=body, headers=headers
        )


def test_says_how_far_the_tokens_own_person_is(learner: ProgramClient, learned: Learned) -> None:
    answer = tell(learner, learned, watched=[[0, 30], [20, 45]], position=45)
    assert answer.json == {
        "lesson": learned.video_id,
        "status": "started",
        "percent": 45,
        "watched_seconds": 45,
        "position": 45,
        "course": {"status": "enrolled", "done": 0, "required": 2},
    }


def test_a_report_may_come_twice_with_or_without_a_key(
    app: Flask, learner: ProgramClient, learned: Learned
) -> None:
    first = tell(learner, learned, watched=[[0, 30]], key="report-1")
    replay = tell(learner, learned, watched=[[0, 30]], key="report-1", passed=101)
    again = tell(learner, learned, watched=[[0, 30]], passed=102)
    assert first.json == replay.json == again.json
    assert replay.headers["Idempotency-Replayed"] == "true"
    with app.app_context():
        assert db.session.query(LessonProgress).one().watched == [[0, 30]]


def test_a_text_or_pdf_is_read(learner: ProgramClient, learned: Learned) -> None:
    answer = tell(learner, learned, lesson=learned.pdf_id, read=True)
    assert (answer.json["status"], answer.json["percent"]) == ("completed", 100)
    assert tell(learner, learned, lesson=learned.text_id, read=True).json["code"] == "lesson_closed"


def test_who_teaches_reports_for_a_learner(
    trainer: ProgramClient, learner: ProgramClient, learned: Learned
) -> None:
    answer = tell(trainer, learned, watched=[[0, 30]], person=learned.person_id)
    assert answer.json["watched_seconds"] == 30
    assert tell(learner, learned, watched=[[30, 40]]).json["watched_seconds"] == 40
    assert tell(trainer, learned, watched=[[0, 30]]).json["code"] == "person_missing"
    stranger = tell(trainer, learned, watched=[[0, 30]], person=999)
    assert (stranger.status_code, stranger.json["code"]) == (404, "not_found")


def test_nobody_reports_for_somebody_else(
    app: Flask, learner: ProgramClient, learned: Learned
) -> None:
    with app.app_context():
        other, _actor = another_learner(learned)
        person_id = other.person_id
        school = factories.make_account("school", other.unit).id
        bureau = factories.make_account("bureau", factories.CHUXIONG).id
    for person in (person_id, 999):
        answer = tell(learner, learned, watched=[[0, 30]], person=person)
        assert (answer.status_code, answer.json["code"]) == (403, "forbidden")
    assert tell(program(app, school), learned, person=person_id).status_code == 403
    assert tell(program(app, bureau), learned, person=person_id).status_code == 404
    with app.app_context():
        assert db.session.query(LessonProgress).count() == 0


def test_more_seconds_than_have_passed_are_refused(
    learner: ProgramClient, learned: Learned
) -> None:
    answer = tell(learner, learned, watched=[[0, 100]], passed=60)
    assert (answer.status_code, answer.json["code"]) == (409, "too_fast")
    assert tell(learner, learned, watched=[[0, 100]], passed=75).json["percent"] == 100


@pytest.mark.parametrize(
    "body",
    [
        {"watched": [[0]]},
        {"watched": [[0, -1]]},
        {"watched": [["a", 1]]},
        {"watched": "all"},
        {"watched": [[30, 20]]},
        {"watched": [[0, 500]]},
        {"watched": [[0, 1]] * 201},
        {"position": -1},
        {"at": "yesterday"},
        {"person": "me"},
        {"lesson": 0},
        {"seconds": 5},
        {"watched": [[0, 1]], "read": True},
    ],
)
def test_refuses_what_is_no_report(
    learner: ProgramClient, learned: Learned, body: dict[str, Any]
) -> None:
    answer = tell(learner, learned, **body)
    assert answer.status_code == 422
    assert answer.json["errors"]


def test_an_older_report_that_comes_later_moves_nothing_back(
    learner: ProgramClient, learned: Learned
) -> None:
    newer = (TODAY + timedelta(seconds=90)).isoformat()
    older = (TODAY + timedelta(seconds=60)).isoformat()
    tell(learner, learned, watched=[[30, 60]], position=60, at=newer)
    answer = tell(learner, learned, watched=[[0, 30]], position=30, at=older)
    assert (answer.json["position"], answer.json["watched_seconds"]) == (0, 60)
    assert tell(learner, learned, position=60, passed=101).json["position"] == 60


def test_a_time_before_all_calendars_is_the_oldest_there_is(
    learner: ProgramClient, learned: Learned
) -> None:
    answer = tell(learner, learned, watched=[[0, 9]], position=9, at="0001-01-01T00:00:00+14:00")
    assert (answer.status_code, answer.json["position"]) == (200, 9)
    assert tell(learner, learned, position=5).json["position"] == 5
