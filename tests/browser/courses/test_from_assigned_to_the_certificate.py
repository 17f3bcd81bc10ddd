"""A teacher with a phone goes the whole way of an assigned course: from the home page to the certificate of hours."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader
from sqlalchemy import select

from app.cli.demo_course_texts import TITLE
from app.core import clock
from app.core.db import atomic, db
from app.domain.accounts.models import Account
from app.domain.accounts.queries.actors import find_acting
from app.domain.accounts.rules import Actor
from app.domain.courses.models import AttemptItem, Course, CourseEnrolment, HandIn
from app.domain.courses.operations.handing_in import Judgement, mark_hand_in
from app.domain.courses.queries.quizzes import load_items
from app.domain.courses.rules.words import LearnerStatus
from app.domain.people.models import Person, TrainingRecord
from tests.browser.conftest import PHONE, Live, OpenPage, check_accessibility, let_sign_in, sign_in
from tests.browser.courses.test_player import AT, PLAY, until

pytestmark = pytest.mark.browser


@dataclass(frozen=True)
class Given:
    course_id: int
    enrolment_id: int
    person_id: int
    name: str
    username: str


@pytest.fixture
def given(live: Live) -> Given:
    """A homeroom teacher to whom the demonstration's course is assigned, and who has opened nothing of it."""
    with live.app.app_context():
        row = db.session.execute(
            select(CourseEnrolment.id, Course.id, Person.id, Person.name, Account.id)
            .join(Course, Course.id == CourseEnrolment.course_id)
            .join(Person, Person.id == CourseEnrolment.person_id)
            .join(Account, Account.id == Person.account_id)
            .where(
                Course.title == TITLE,
                CourseEnrolment.started_at.is_(None),
            )
            .order_by(CourseEnrolment.id.desc())
            .limit(1)
        ).one()
        actor = acting(row[4])
        let_sign_in(actor)
        return Given(row[1], row[0], row[2], row[3], actor.username)


def acting(account_id: int) -> Actor:
    found = find_acting(account_id)
    assert found is not None
    assert found[1] is not None
    return found[1]


def watch(page: Page) -> None:
    """Seeking ahead is refused; then it is played to its end."""
    until(page, "document.querySelector('video').readyState >= 1")
    page.evaluate("document.querySelector('video').currentTime = 15")
    expect(page.locator(".le-told")).to_contain_text("请先看完这一段")
    assert page.evaluate(AT) < 1
    page.evaluate(PLAY)
    expect(page.locator("#lesson-foot")).to_contain_text("已完成", timeout=60_000)


def answer(page: Page, live: Live, given: Given) -> None:
    """Every question as it is right; handed in, and passed."""
    page.get_by_role("button", name="开始测验").click()
    page.wait_for_url("**/quiz/**")
    attempt_id = int(page.url.rstrip("/").rpartition("/")[2])
    with live.app.app_context():
        given_answers = [(item.position, *right(item)) for item in load_items(attempt_id)]
    check_accessibility(page)
    for position, places, texts in given_answers:
        question = page.locator(".qz-question").nth(position - 1)
        for place in places:
            question.locator(".qz-choice input").nth(place).check()
        for text in texts:
            question.locator("input[type=text]").fill(text)
    expect(page.locator("#quiz-state")).to_have_text("已全部保存", timeout=15_000)
    page.get_by_role("button", name="完成并检查").click()
    page.get_by_role("button", name="交卷").click()
    expect(page.locator("main")).to_contain_text("合格")


def right(item: AttemptItem) -> tuple[list[int], list[str]]:
    """Places of the right options as they are shown, and texts to write."""
    answer = item.revision.answer
    if item.order:
        return [item.order.index(option) for option in answer], []
    if isinstance(answer[0], bool):
        return [0 if answer[0] else 1], []
    return [], [accepted[0] for accepted in answer]


def accept(live: Live, given: Given) -> None:
    with live.app.app_context():
        trainer = db.session.scalars(
            select(Account.id).where(Account.username == "trainer-lincang")
        ).one()
        work = db.session.scalars(
            select(HandIn.id).where(HandIn.enrolment_id == given.enrolment_id)
        ).one()
        with atomic():
            mark_hand_in(
                work, Judgement(True, Decimal(90), "很好。"), actor=acting(trainer), now=clock.now()
            )


def test_an_assigned_course_is_learnt_on_the_phone_to_the_certificate_of_hours(
    live: Live, open_page: OpenPage, given: Given
) -> None:
    page = open_page(PHONE, accept_downloads=True)
    sign_in(page, given.username)
    page.goto("/")
    page.get_by_text(TITLE).first.click()
    page.wait_for_url(f"**/courses/{given.course_id}")
    page.get_by_role("link", name="开始学习").first.click()
    page.get_by_role("button", name="我已学完").click()
    page.get_by_role("link", name="下一课").first.click()
    watch(page)
    page.get_by_role("link", name="下一课").first.click()
    page.get_by_role("button", name="我已学完").click()
    page.get_by_role("link", name="下一课").first.click()
    page.get_by_role("button", name="我已学完").click()
    page.get_by_role("link", name="下一课").first.click()
    answer(page, live, given)
    page.goto(f"/courses/{given.course_id}")
    page.get_by_role("link", name="接着上次学").first.click()
    page.locator("textarea").first.fill("主题：给情绪起名字。")
    page.get_by_role("button", name="提交").first.click()
    expect(page.locator("main")).to_contain_text("给情绪起名字")
    accept(live, given)
    page.goto(f"/courses/{given.course_id}")
    check_accessibility(page)
    with page.expect_download() as waiting:
        page.get_by_role("link", name="学时证明").first.click()
    text = "".join(one.extract_text() for one in PdfReader(waiting.value.path()).pages)
    assert given.name in text.replace(" ", "")
    assert TITLE in text.replace("\n", "")
    with live.app.app_context():
        held = db.session.get_one(CourseEnrolment, given.enrolment_id)
        assert held.status is LearnerStatus.COMPLETED
        record = db.session.get_one(TrainingRecord, held.training_record_id)
        assert (record.person_id, record.title, float(record.hours)) == (
            given.person_id,
            TITLE,
            3.0,
        )
