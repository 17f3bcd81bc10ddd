"""A teacher takes a quiz on the phone while the connection comes and goes; a trainer marks by the keyboard."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from app.core import clock
from app.core.db import atomic, db
from app.domain.courses.models import AttemptItem, QuizAttempt
from app.domain.courses.rules.words import AttemptStatus, LessonKind, QuestionKind
from tests import course_factories as courses
from tests import factories as make
from tests.browser.conftest import (
    DESKTOP,
    PHONE,
    Live,
    OpenPage,
    check_accessibility,
    let_sign_in,
    sign_in,
)

pytestmark = pytest.mark.browser
SAVED = "已全部保存"
OFFLINE = "答案已存在本机"


@dataclass(frozen=True)
class Quiz:
    lesson: str
    marking: str
    learner: str
    trainer: str


@pytest.fixture
def quiz(live: Live) -> Quiz:
    """A quiz of a single choice, a fill-in and a short answer, half an hour long."""
    with live.app.app_context():
        course = courses.make_course()
        lesson = courses.make_lesson(courses.make_version(course), LessonKind.QUIZ, "结业测验")
        bank = courses.make_bank()
        facts: list[tuple[QuestionKind, dict[str, Any]]] = [
            (QuestionKind.SINGLE, {"stem": "首要原则？"}),
            (QuestionKind.FILL_IN, {"stem": "倾听与____", "options": (), "answer": (["尊重"],)}),
            (QuestionKind.SHORT_ANSWER, {"stem": "怎样报告？", "options": (), "answer": ("要点",)}),
        ]
        for topic, (kind, said) in enumerate(facts):
            courses.make_question(bank, kind, topic=str(topic), **said)
        made = courses.make_quiz(lesson, bank, 3, minutes=30, shuffles=False)
        with atomic():
            db.session.delete(db.session.get_one(type(made), lesson.id).draws[0])
            db.session.flush()
            for topic in range(3):
                db.session.add(
                    courses.QuizDraw(
                        lesson_id=lesson.id, position=topic, bank_id=bank.id, topic=str(topic),
                        count=1, marks=Decimal(1),
                    )
                )  # fmt: skip
        learner = courses.make_learner_account(courses.make_learner(course))
        trainer = courses.make_course_trainer(course)
        let_sign_in(make.actor_of(learner), make.actor_of(trainer))
        return Quiz(
            f"/courses/{course.id}/lessons/{lesson.id}",
            f"/courses/{course.id}/marking/answers",
            learner.username,
            trainer.username,
        )


def kept(live: Live) -> list[Any]:
    with live.app.app_context():
        newest = select(QuizAttempt.id).order_by(QuizAttempt.id.desc()).limit(1).scalar_subquery()
        return list(
            db.session.scalars(
                select(AttemptItem.answer)
                .where(AttemptItem.attempt_id == newest)
                .order_by(AttemptItem.position)
            )
        )


def begin(page: Page, quiz: Quiz) -> None:
    sign_in(page, quiz.learner)
    page.goto(quiz.lesson)
    page.get_by_role("button", name="开始测验").click()
    page.wait_for_selector("#quiz")


def test_a_lost_connection_loses_no_answer(live: Live, open_page: OpenPage, quiz: Quiz) -> None:
    page = open_page(PHONE)
    begin(page, quiz)
    state = page.locator("#quiz-state")
    page.get_by_text("保密", exact=True).click()
    expect(state).to_have_text(SAVED)
    expect(page.locator("#quiz-count")).to_have_text("已答 1 / 3 题")
    assert kept(live) == [[0], None, None]
    check_accessibility(page)
    page.context.set_offline(True)
    page.fill("input[name=a-2]", "尊 重")
    page.locator("input[name=a-2]").blur()
    expect(state).to_contain_text(OFFLINE)
    page.fill("textarea[name=a-3]", "先记录，再报告")
    page.get_by_role("button", name="完成并检查").click()
    expect(state).to_contain_text("还没有保存到服务器")
    assert kept(live) == [[0], None, None]
    page.context.set_offline(False)
    expect(state).to_have_text(SAVED, timeout=15_000)
    assert kept(live) == [[0], ["尊 重"], ["先记录，再报告"]]
    page.get_by_role("button", name="完成并检查").click()
    expect(page.locator("main")).to_contain_text("所有题目都已作答")
    page.get_by_role("button", name="交卷").click()
    expect(page.locator("main")).to_contain_text("简答题由教师评阅")


def test_answers_kept_on_the_device_survive_closing_the_page(
    live: Live, open_page: OpenPage, quiz: Quiz
) -> None:
    page = open_page(PHONE)
    begin(page, quiz)
    page.route("**/answers", lambda route: route.abort())
    page.get_by_text("说教", exact=True).click()
    expect(page.locator("#quiz-state")).to_contain_text(OFFLINE)
    page.unroute("**/answers")
    page.goto(page.url)
    expect(page.locator("#quiz-state")).to_have_text(SAVED)
    expect(page.locator("input[name=a-1][value='1']")).to_be_checked()
    assert kept(live)[0] == [1]


def test_the_newest_answer_of_two_devices_stands_on_both(
    live: Live, open_page: OpenPage, quiz: Quiz
) -> None:
    phone = open_page(PHONE)
    begin(phone, quiz)
    desk = open_page(DESKTOP)
    sign_in(desk, quiz.learner)
    desk.goto(phone.url)
    phone.route("**/answers", lambda route: route.abort())
    phone.get_by_text("说教", exact=True).click()
    expect(phone.locator("#quiz-state")).to_contain_text(OFFLINE)
    desk.wait_for_timeout(300)
    desk.get_by_text("批评", exact=True).click()
    expect(desk.locator("#quiz-state")).to_have_text(SAVED)
    phone.unroute("**/answers")
    expect(phone.locator("#q1 .qz-told")).to_contain_text("另一台设备", timeout=15_000)
    expect(phone.locator("input[name=a-1][value='2']")).to_be_checked()
    assert kept(live)[0] == [2]


def test_when_the_time_is_over_the_result_comes_by_itself(
    live: Live, open_page: OpenPage, quiz: Quiz
) -> None:
    page = open_page(PHONE)
    begin(page, quiz)
    page.fill("input[name=a-2]", "尊重")
    with live.app.app_context(), atomic():
        attempt = db.session.scalars(select(QuizAttempt).order_by(QuizAttempt.id.desc())).first()
        attempt.deadline_at = clock.now() + timedelta(seconds=6)
    page.goto(page.url)
    expect(page.locator("#quiz-clock")).to_contain_text("剩余 0:0")
    page.fill("input[name=a-2]", "尊重")
    page.wait_for_url("**/result", timeout=20_000)
    with live.app.app_context():
        attempt = db.session.scalars(select(QuizAttempt).order_by(QuizAttempt.id.desc())).first()
        assert (attempt.status, attempt.marks) == (AttemptStatus.MARKED, 1)


def test_a_trainer_marks_by_the_keyboard(live: Live, open_page: OpenPage, quiz: Quiz) -> None:
    page = open_page(PHONE)
    begin(page, quiz)
    page.fill("textarea[name=a-3]", "先记录，再报告")
    page.get_by_role("button", name="完成并检查").click()
    page.get_by_role("button", name="交卷").click()
    page.wait_for_url("**/result")
    desk = open_page(DESKTOP)
    sign_in(desk, quiz.trainer)
    desk.goto(quiz.marking)
    check_accessibility(desk)
    expect(desk.locator("input.qz-marks")).to_be_focused()
    desk.keyboard.press("f")
    expect(desk.locator("input.qz-marks")).to_have_value("1")
    desk.locator("input.qz-marks").focus()
    desk.keyboard.press("Control+Enter")
    expect(desk.locator("main")).to_contain_text("没有待评阅的作答")
    page.reload()
    expect(page.locator("main")).to_contain_text("33.33 %")
    check_accessibility(page)
