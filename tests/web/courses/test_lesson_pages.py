"""The pages of lessons: who sees them, what is open, what a player reports, how files are given away."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.blueprints import stretches
from app.core import clock
from app.core.db import atomic, db
from app.domain.courses.models import (
    Course,
    CourseEnrolment,
    CourseVersion,
    Lesson,
    LessonProgress,
)
from app.domain.courses.rules.words import CourseStatus, LearnerStatus, LessonKind
from tests import factories
from tests.conftest import TODAY
from tests.course_factories import make_course_trainer, make_lesson
from tests.lesson_factories import PDF, Learned, another_learner, make_learned, make_prerequisite

SignIn = Callable[[int], FlaskClient]


@pytest.fixture
def learned(app: Flask) -> Learned:
    with app.app_context():
        return make_learned()


@pytest.fixture
def learner(learned: Learned, sign_in: SignIn) -> FlaskClient:
    return sign_in(learned.account_id)


def address(learned: Learned, lesson_id: int, rest: str = "") -> str:
    return f"/courses/{learned.course_id}/lessons/{lesson_id}{rest}"


def tell(client: FlaskClient, learned: Learned, *watched: list[float], passed: float = 100, **more):
    body = {"enrolment": learned.enrolment_id, "watched": list(watched), **more}
    with clock.frozen(TODAY + timedelta(seconds=passed)):
        return client.post(address(learned, learned.video_id, "/progress"), json=body)


def change(app: Flask, model: type, key: int, **values: Any) -> None:
    with app.app_context(), atomic():
        found = db.session.get_one(model, key)
        for name, value in values.items():
            setattr(found, name, value)


def test_a_lesson_shows_the_course_beside_it_with_what_is_open(
    learner: FlaskClient, learned: Learned
) -> None:
    page = learner.get(address(learned, learned.video_id)).text
    assert "认识情绪" in page
    assert address(learned, learned.pdf_id) in page
    assert address(learned, learned.text_id) not in page, "it opens after the video"
    assert "必修课 0/2" in page


def test_a_lesson_that_is_not_open_says_so(learner: FlaskClient, learned: Learned) -> None:
    answer = learner.get(address(learned, learned.text_id))
    assert answer.status_code == 409
    assert "先完成" in answer.text


def test_markdown_is_shown_and_scripts_are_not(
    app: Flask, learner: FlaskClient, learned: Learned
) -> None:
    with app.app_context():
        version = db.session.get_one(CourseVersion, learned.version_id)
        lesson = make_lesson(version, body="## 倾听\n\n**先听**<script>alert(1)</script>").id
    page = learner.get(address(learned, lesson)).text
    assert "<h4>倾听</h4>" in page
    assert "<strong>先听</strong>" in page
    assert "<script>alert" not in page


def test_reading_completes_a_lesson_and_the_last_one_the_course(
    app: Flask, learner: FlaskClient, learned: Learned
) -> None:
    assert tell(learner, learned, [0, 100]).json["status"] == "completed"
    learner.get(address(learned, learned.text_id))
    page = learner.post(address(learned, learned.text_id, "/read"), follow_redirects=True).text
    assert "您已学完本课程" in page
    with app.app_context():
        held = db.session.get_one(CourseEnrolment, learned.enrolment_id)
        assert held.status is LearnerStatus.COMPLETED


def test_a_player_gets_what_the_server_knows(learner: FlaskClient, learned: Learned) -> None:
    answer = tell(learner, learned, [0, 10], [5, 20.5], position=20.5)
    assert answer.json == {
        "lesson_id": learned.video_id,
        "status": "started",
        "percent": 21,
        "watched_seconds": 20.5,
        "position": 20.5,
        "course_status": "enrolled",
        "done": 0,
        "required": 2,
    }


def test_a_player_is_told_how_long_to_wait(learner: FlaskClient, learned: Learned) -> None:
    answer = tell(learner, learned, [0, 100], passed=50)
    assert (answer.status_code, answer.json["code"], answer.json["wait"]) == (409, "too_fast", 21)


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        {},
        {"enrolment": "1"},
        {"enrolment": True},
        {"enrolment": 2**40},
        {"watched": 5},
        {"watched": [[1]]},
        {"watched": [[0, "10"]]},
        {"watched": [[0, 1e300]]},
        {"position": "x"},
        {"age": [1]},
    ],
)
def test_refuses_what_is_no_report(learner: FlaskClient, learned: Learned, body: Any) -> None:
    if isinstance(body, dict) and body and "enrolment" not in body:
        body = {"enrolment": learned.enrolment_id, **body}
    answer = learner.post(address(learned, learned.video_id, "/progress"), json=body)
    assert (answer.status_code, answer.json["code"]) == (422, "unreadable_report")


def test_who_is_not_in_the_course_is_not_told_what_a_report_looks_like(
    app: Flask, learned: Learned, sign_in: SignIn
) -> None:
    with app.app_context():
        other = factories.make_account("teacher", factories.LINCANG).id
    answer = sign_in(other).post(address(learned, learned.video_id, "/progress"), json={})
    assert (answer.status_code, answer.json["code"]) == (404, "not_found")


def test_what_another_person_kept_on_this_device_is_not_taken(
    app: Flask, learned: Learned, sign_in: SignIn
) -> None:
    with app.app_context():
        _held, actor = another_learner(learned)
    client = sign_in(actor.account_id)
    assert tell(client, learned, [0, 10]).status_code == 404
    with app.app_context():
        assert db.session.query(LessonProgress).count() == 0


def test_who_is_not_in_the_course_sees_no_lesson(
    app: Flask, learned: Learned, sign_in: SignIn
) -> None:
    with app.app_context():
        other = factories.make_account("teacher", factories.LINCANG).id
        school = factories.make_account("school", factories.make_school(factories.LINXIANG)).id
    for account in (other, school):
        client = sign_in(account)
        assert client.get(address(learned, learned.video_id)).status_code == 404
    change(app, CourseEnrolment, learned.enrolment_id, status=LearnerStatus.WITHDRAWN)
    assert sign_in(learned.account_id).get(address(learned, learned.pdf_id)).status_code == 404


def test_who_teaches_the_course_sees_a_preview_in_which_nothing_counts(
    app: Flask, learned: Learned, sign_in: SignIn
) -> None:
    with app.app_context():
        trainer = make_course_trainer(db.session.get_one(Course, learned.course_id)).id
        other = factories.make_account("trainer", factories.LINCANG).id
        elsewhere = make_learned(factories.CHUXIONG)
    page = sign_in(trainer).get(address(learned, learned.text_id)).text
    assert "预览" in page
    assert "/read" not in page
    assert sign_in(other).get(address(learned, learned.text_id)).status_code == 404
    crossed = f"/courses/{learned.course_id}/lessons/{elsewhere.text_id}"
    assert sign_in(trainer).get(crossed).status_code == 404


def test_before_its_first_day_a_course_is_not_read(
    app: Flask, learner: FlaskClient, learned: Learned
) -> None:
    change(app, Course, learned.course_id, opens_on=date(2023, 8, 18))
    assert learner.get(address(learned, learned.video_id)).status_code == 409


def test_a_course_that_is_over_is_read_and_counts_nothing(
    app: Flask, learner: FlaskClient, learned: Learned
) -> None:
    change(app, Course, learned.course_id, status=CourseStatus.ENDED)
    page = learner.get(address(learned, learned.pdf_id)).text
    assert "课程已结束" in page
    assert "player.js" not in page
    assert tell(learner, learned, [0, 10]).json["code"] == "course_over"
    assert learner.post(address(learned, learned.pdf_id, "/read")).status_code == 409


def test_goes_on_where_one_stopped(app: Flask, learner: FlaskClient, learned: Learned) -> None:
    goal = learner.get(f"/courses/{learned.course_id}/continue").location
    assert goal == address(learned, learned.video_id)
    opened = {"enrolment": learned.enrolment_id, "watched": []}
    learner.post(address(learned, learned.pdf_id, "/progress"), json=opened)
    goal = learner.get(f"/courses/{learned.course_id}/continue").location
    assert goal == address(learned, learned.pdf_id)


def test_a_kept_page_shows_what_was_watched_meanwhile(
    learner: FlaskClient, learned: Learned, count_queries: Callable[[Callable[[], Any]], int]
) -> None:
    assert 'data-watched="[]"' in learner.get(address(learned, learned.video_id)).text
    assert count_queries(lambda: learner.get(address(learned, learned.video_id))) == 2
    tell(learner, learned, [0, 30], position=30)
    tell(learner, learned, [30, 40], position=40)
    page = learner.get(address(learned, learned.video_id)).text
    assert 'data-watched="[[0.0, 40.0]]"' in page
    assert 'data-position="40.0"' in page


def test_a_lesson_asks_as_much_for_forty_lessons_as_for_three(
    app: Flask,
    learner: FlaskClient,
    learned: Learned,
    count_queries: Callable[[Callable[[], Any]], int],
) -> None:
    few = count_queries(lambda: learner.get(address(learned, learned.video_id)))
    with app.app_context():
        version = db.session.get_one(CourseVersion, learned.version_id)
        for number in range(37):
            make_lesson(version, title=f"第{number}课")
    change(app, CourseEnrolment, learned.enrolment_id, stamp=99)
    many = count_queries(lambda: learner.get(address(learned, learned.video_id)))
    assert (few, many) == (8, 8)


def test_every_kind_of_lesson_has_its_page(
    app: Flask, learner: FlaskClient, learned: Learned
) -> None:
    with app.app_context():
        version = db.session.get_one(CourseVersion, learned.version_id)
        link = make_lesson(
            version, LessonKind.LINK, "平台", address="https://www.example.edu.cn/"
        ).id
        empty = make_lesson(version, LessonKind.VIDEO, "还没有视频").id
    assert "https://www.example.edu.cn/" in learner.get(address(learned, link)).text
    assert "还没有文件" in learner.get(address(learned, empty)).text
    assert "讲义.pdf" in learner.get(address(learned, learned.pdf_id)).text


def media_of(app: Flask, lesson_id: int) -> str:
    with app.app_context():
        return f"/courses/media/{db.session.get_one(Lesson, lesson_id).media_id}"


def test_a_file_is_given_in_the_stretches_that_are_asked_for(
    app: Flask, learner: FlaskClient, learned: Learned
) -> None:
    file = media_of(app, learned.pdf_id)
    whole = learner.get(file)
    assert (whole.status_code, whole.data, whole.headers["Accept-Ranges"]) == (200, PDF, "bytes")
    assert whole.headers["Content-Disposition"].startswith("inline; filename*=UTF-8''%E8")
    for asked, begin, end in (
        ("0-9", 0, 10),
        ("100-", 100, len(PDF)),
        ("-5", len(PDF) - 5, len(PDF)),
    ):
        part = learner.get(file, headers={"Range": f"bytes={asked}"})
        assert (part.status_code, part.data) == (206, PDF[begin:end])
        assert part.headers["Content-Range"] == f"bytes {begin}-{end - 1}/{len(PDF)}"
        assert part.content_length == end - begin


def test_one_answer_never_gives_more_than_two_megabytes(
    app: Flask, learner: FlaskClient, learned: Learned, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stretches, "LONGEST", 1000)
    part = learner.get(media_of(app, learned.pdf_id), headers={"Range": "bytes=0-"})
    assert (part.status_code, part.data) == (206, PDF[:1000])
    assert part.headers["Content-Range"] == f"bytes 0-999/{len(PDF)}"


def test_beyond_its_end_there_is_nothing_to_give(
    app: Flask, learner: FlaskClient, learned: Learned
) -> None:
    answer = learner.get(media_of(app, learned.pdf_id), headers={"Range": f"bytes={len(PDF)}-"})
    assert (answer.status_code, answer.headers["Content-Range"]) == (416, f"bytes */{len(PDF)}")


def test_a_player_that_knows_another_file_gets_the_whole_of_this_one(
    app: Flask, learner: FlaskClient, learned: Learned
) -> None:
    file = media_of(app, learned.pdf_id)
    etag = learner.get(file).headers["ETag"]
    same = learner.get(file, headers={"Range": "bytes=0-9", "If-Range": etag})
    other = learner.get(file, headers={"Range": "bytes=0-9", "If-Range": '"other"'})
    assert (same.status_code, other.status_code) == (206, 200)


def test_the_server_in_front_gives_files_away_where_there_is_one(
    app: Flask, learner: FlaskClient, learned: Learned, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = replace(app.extensions["settings"], accel="/media-files")
    monkeypatch.setitem(app.extensions, "settings", settings)
    answer = learner.get(media_of(app, learned.pdf_id), headers={"Range": "bytes=0-9"})
    place = answer.headers["X-Accel-Redirect"]
    assert (answer.status_code, answer.data) == (200, b"")
    folder, prefix, key = place.removeprefix("/").split("/")
    assert (folder, prefix, len(key)) == ("media-files", key[:2], 64)


def test_files_are_given_only_to_who_learns_or_teaches_the_course(
    app: Flask, learned: Learned, learner: FlaskClient, sign_in: SignIn
) -> None:
    with app.app_context():
        course = db.session.get_one(Course, learned.course_id)
        trainer = make_course_trainer(course).id
        strangers = [
            factories.make_account("teacher", factories.LINCANG).id,
            factories.make_account("trainer", factories.LINCANG).id,
            factories.make_account("school", factories.make_school(factories.LINXIANG)).id,
            factories.make_account("bureau", factories.CHUXIONG).id,
        ]
    file = media_of(app, learned.pdf_id)
    assert sign_in(trainer).get(file).status_code == 200
    for account in strangers:
        assert sign_in(account).get(file).status_code == 404
    change(app, CourseEnrolment, learned.enrolment_id, status=LearnerStatus.WITHDRAWN)
    assert learner.get(file).status_code == 404


def test_the_file_of_a_lesson_that_is_not_open_yet_is_not_given(
    app: Flask, learner: FlaskClient, learned: Learned
) -> None:
    with app.app_context():
        pdf = db.session.get_one(Lesson, learned.pdf_id)
        make_prerequisite(pdf, db.session.get_one(Lesson, learned.video_id))
    file = media_of(app, learned.pdf_id)
    assert learner.get(file).status_code == 404
    tell(learner, learned, [0, 100])
    assert learner.get(file).status_code == 200
