"""Handing in and marking in the browser's way: forms, files, the queue of who marks."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.core import files
from app.core.db import db
from app.domain.courses.models import Course, CourseVersion, HandIn
from app.domain.courses.rules.words import HandInStatus, LessonKind
from tests import factories
from tests.course_factories import make_course_trainer, make_lesson
from tests.lesson_factories import PDF, Learned, another_learner, make_learned

SignIn = Callable[[int], FlaskClient]


@pytest.fixture
def learned(app: Flask) -> Learned:
    with app.app_context():
        return make_learned()


@pytest.fixture
def lesson_id(app: Flask, learned: Learned) -> int:
    with app.app_context():
        version = db.session.get_one(CourseVersion, learned.version_id)
        return make_lesson(
            version, LessonKind.ASSIGNMENT, "个案报告", body="写一份**个案报告**。", required=False
        ).id


@pytest.fixture
def learner(learned: Learned, sign_in: SignIn) -> FlaskClient:
    return sign_in(learned.account_id)


@pytest.fixture
def trainer(app: Flask, learned: Learned, sign_in: SignIn) -> FlaskClient:
    with app.app_context():
        account = make_course_trainer(db.session.get_one(Course, learned.course_id)).id
    return sign_in(account)


def lesson_url(learned: Learned, lesson_id: int, rest: str = "") -> str:
    return f"/courses/{learned.course_id}/lessons/{lesson_id}{rest}"


def send(client: FlaskClient, learned: Learned, lesson_id: int, **fields: Any) -> Any:
    return client.post(lesson_url(learned, lesson_id, "/hand-in"), data=fields)


def work(app: Flask) -> list[HandIn]:
    with app.app_context():
        return list(db.session.scalars(select(HandIn).order_by(HandIn.id)))


def test_the_page_asks_for_work_and_shows_what_was_handed_in(
    learner: FlaskClient, learned: Learned, lesson_id: int
) -> None:
    page = learner.get(lesson_url(learned, lesson_id)).text
    assert "<strong>个案报告</strong>" in page
    assert "我已学完" not in page
    assert "学生A" in page
    send(learner, learned, lesson_id, text="正文", file=(io.BytesIO(PDF), "报告.pdf"))
    page = learner.get(lesson_url(learned, lesson_id)).text
    assert "待批阅" in page
    assert "报告.pdf" in page


def test_a_file_is_kept_encrypted_and_given_back_as_it_came(
    app: Flask, learner: FlaskClient, trainer: FlaskClient, learned: Learned, lesson_id: int
) -> None:
    send(learner, learned, lesson_id, file=(io.BytesIO(PDF), "报告.pdf"))
    (one,) = work(app)
    assert files.load(one.file_key or "") == PDF
    file = f"/courses/{learned.course_id}/hand-ins/{one.id}/file"
    for client, name in ((learner, "%E6%8A%A5"), (trainer, "%E6%9D%8E%E6%A2%85_")):
        answer = client.get(file)
        assert answer.data == PDF
        assert f"filename*=UTF-8''{name}" in answer.headers["Content-Disposition"]


def test_refusals_stand_in_the_form_and_keep_what_was_typed(
    app: Flask, learner: FlaskClient, learned: Learned, lesson_id: int
) -> None:
    assert send(learner, learned, lesson_id).status_code == 422
    bad = send(learner, learned, lesson_id, text="我的正文", file=(io.BytesIO(b"MZ"), "x.exe"))
    assert bad.status_code == 422
    assert "我的正文" in bad.text
    assert not work(app)


def test_a_refused_piece_leaves_no_file(
    app: Flask, learner: FlaskClient, learned: Learned, lesson_id: int
) -> None:
    folder = app.extensions["settings"].instance / "files"
    before = set(folder.rglob("*"))
    answer = send(
        learner, learned, lesson_id, text="字" * 20_000 + "过长", file=(io.BytesIO(PDF), "a.pdf")
    )
    assert answer.status_code == 422
    assert {path for path in set(folder.rglob("*")) - before if path.is_file()} == set()


def test_work_is_marked_one_after_the_other(
    app: Flask, learner: FlaskClient, trainer: FlaskClient, learned: Learned, lesson_id: int,
    sign_in: SignIn,
) -> None:  # fmt: skip
    with app.app_context():
        _held, actor = another_learner(learned)
    send(learner, learned, lesson_id, text="第一份")
    send(sign_in(actor.account_id or 0), learned, lesson_id, text="第二份")
    first, second = (one.id for one in work(app))
    base = f"/courses/{learned.course_id}/marking"
    queue = trainer.get(base).text
    assert queue.index("李梅") < queue.index("王芳")
    page = trainer.get(f"{base}/work/{first}").text
    assert "第一份" in page
    missing = trainer.post(f"{base}/work/{first}", data={"decision": "return"})
    assert missing.status_code == 422
    done = trainer.post(f"{base}/work/{first}", data={"decision": "accept", "marks": "88"})
    assert done.location == f"{base}/work/{second}"
    back = {"decision": "return", "feedback": "请补充"}
    assert trainer.post(f"{base}/work/{second}", data=back).location == base
    assert [one.status for one in work(app)] == [HandInStatus.ACCEPTED, HandInStatus.RETURNED]
    again = trainer.post(f"{base}/work/{first}", data={"decision": "return", "feedback": "x"})
    assert again.status_code == 422
    assert "88" in trainer.get(f"{base}?status=accepted").text
    assert "王芳" not in trainer.get(f"{base}?status=accepted").text
    assert "请补充" in sign_in(actor.account_id or 0).get(lesson_url(learned, lesson_id)).text


def test_only_who_teaches_the_course_marks(
    app: Flask, learner: FlaskClient, learned: Learned, lesson_id: int, sign_in: SignIn
) -> None:
    send(learner, learned, lesson_id, text="正文", file=(io.BytesIO(PDF), "报告.pdf"))
    (one,) = work(app)
    base = f"/courses/{learned.course_id}/marking"
    with app.app_context():
        other_trainer = factories.make_account("trainer", factories.LINCANG).id
        bureau = factories.make_account("bureau", factories.CHUXIONG).id
        _held, actor = another_learner(learned)
    for account in (other_trainer, bureau):
        client = sign_in(account)
        for address in (base, f"{base}/work/{one.id}"):
            assert client.get(address).status_code == 404
        assert client.get(f"/courses/{learned.course_id}/hand-ins/{one.id}/file").status_code == 404
    stranger = sign_in(actor.account_id or 0)
    assert stranger.get(f"/courses/{learned.course_id}/hand-ins/{one.id}/file").status_code == 404
    assert learner.get(base).status_code == 403


def test_the_queue_asks_as_much_for_thirty_as_for_one(
    app: Flask, learner: FlaskClient, trainer: FlaskClient, learned: Learned, lesson_id: int,
    count_queries: Callable[[Callable[[], Any]], int],
) -> None:  # fmt: skip
    send(learner, learned, lesson_id, text="正文")
    base = f"/courses/{learned.course_id}/marking"
    few = count_queries(lambda: trainer.get(base))
    with app.app_context():
        for number in range(29):
            held, _actor = another_learner(learned, f"老师{number}")
            factories.save(
                HandIn(
                    enrolment_id=held.id,
                    lesson_id=lesson_id,
                    number=1,
                    text="正文",
                    handed_in_at=held.enrolled_at,
                )
            )
    many = count_queries(lambda: trainer.get(base))
    assert (many, few <= 8) == (few, True)
    assert trainer.get(f"{base}?page=2").status_code == 200
    assert trainer.get(f"{base}?page=9").status_code == 404
