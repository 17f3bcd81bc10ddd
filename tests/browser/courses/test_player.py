"""A teacher watches a video on the phone: no seeking ahead, a lost connection, another device, the way on."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import func

from app.core.db import atomic, db
from app.domain.courses.models import CourseEnrolment, Lesson, LessonProgress
from tests.browser.conftest import (
    DESKTOP,
    PHONE,
    Live,
    OpenPage,
    check_accessibility,
    let_sign_in,
    sign_in,
)
from tests.lesson_factories import make_learned, make_media, version_course

pytestmark = pytest.mark.browser
CLIP = Path(__file__).with_name("clip.mp4")  # twelve seconds
PLAY = "const video = document.querySelector('video'); video.muted = true; video.play().catch(() => {}); 0"
AT = "document.querySelector('video').currentTime"
PAUSE = "document.querySelector('video').pause()"


@dataclass(frozen=True)
class Given:
    video: str
    text: str
    other: str
    username: str
    enrolment_id: int


@pytest.fixture
def given(live: Live) -> Given:
    """A course of the clip and a text that opens after it."""
    with live.app.app_context():
        learned = make_learned()
        with atomic():
            lesson = db.session.get_one(Lesson, learned.video_id)
            course = version_course(lesson.version)
        film = make_media(course, data=CLIP.read_bytes(), seconds=Decimal(12))
        with atomic():
            db.session.get_one(Lesson, learned.video_id).media_id = film.id
        let_sign_in(learned.actor)
        base = f"/courses/{learned.course_id}/lessons"
        return Given(
            f"{base}/{learned.video_id}",
            f"{base}/{learned.text_id}",
            f"{base}/{learned.pdf_id}",
            learned.actor.username,
            learned.enrolment_id,
        )


def enter(open_page: OpenPage, given: Given, size: dict[str, int] = PHONE) -> Page:
    page = open_page(size)
    sign_in(page, given.username)
    page.goto(given.video)
    until(page, "document.querySelector('video').readyState >= 1")
    return page


def until(page: Page, condition: str) -> None:
    """Wait until something is so, a minute at most; the pages refuse the scripts of playwright's own way to wait."""
    for _ in range(300):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(200)
    raise AssertionError(f"never so: {condition}")


def reach(page: Page, seconds: float) -> None:
    until(page, f"{AT} >= {seconds}")


def progress(live: Live) -> LessonProgress:
    with live.app.app_context():
        newest = db.session.query(func.max(LessonProgress.enrolment_id)).scalar()
        return db.session.query(LessonProgress).filter_by(enrolment_id=newest).one()


def test_a_video_is_watched_on_the_phone_while_the_connection_comes_and_goes(
    live: Live, open_page: OpenPage, given: Given
) -> None:
    page = enter(open_page, given)
    page.evaluate("document.querySelector('video').currentTime = 9")
    expect(page.locator(".le-told")).to_contain_text("请先看完这一段")
    assert page.evaluate(AT) < 1
    page.evaluate(PLAY)
    page.evaluate("document.querySelector('video').playbackRate = 3")
    expect(page.locator(".le-told")).to_contain_text("正常速度")
    reach(page, 3)
    page.context.set_offline(True)
    reach(page, 5)
    page.evaluate(PAUSE)
    expect(page.locator(".le-told")).to_contain_text("保存在本机")
    assert page.evaluate("Object.keys(localStorage).length") == 1
    page.context.set_offline(False)
    expect(page.locator(".le-percent")).not_to_have_text("0 %")
    until(page, "Object.keys(localStorage).length === 0")
    assert progress(live).watched_seconds > 4
    page.reload()
    until(page, f"{AT} > 4")
    page.evaluate(PLAY)
    expect(page.locator("#lesson-foot")).to_contain_text("已完成", timeout=60_000)
    page.click("text=下一课")
    page.wait_for_url(f"**{given.text}")
    page.click("text=我已学完")
    expect(page.locator("main")).to_contain_text("您已学完本课程")
    with live.app.app_context():
        held = db.session.get_one(CourseEnrolment, given.enrolment_id)
        assert (held.done, held.status.value) == (2, "completed")


def test_another_device_goes_on_where_the_first_one_stopped(
    live: Live, open_page: OpenPage, given: Given
) -> None:
    phone = enter(open_page, given)
    phone.evaluate(PLAY)
    reach(phone, 3)
    phone.evaluate(PAUSE)
    expect(phone.locator(".le-told")).to_contain_text("已保存")
    desk = enter(open_page, given, DESKTOP)
    until(desk, f"{AT} > 2.5")
    assert progress(live).position > 2.5


def test_what_was_kept_on_the_device_is_sent_when_another_lesson_is_opened(
    live: Live, open_page: OpenPage, given: Given
) -> None:
    page = enter(open_page, given)
    page.evaluate(PLAY)
    reach(page, 1)
    page.context.set_offline(True)
    reach(page, 3)
    page.evaluate(PAUSE)
    expect(page.locator(".le-told")).to_contain_text("保存在本机")
    page.route("**/progress", lambda route: route.abort())
    page.context.set_offline(False)
    page.goto(given.other)
    page.unroute("**/progress")
    page.reload()
    until(page, "Object.keys(localStorage).length === 0")
    assert progress_of_video(live) > 2


def progress_of_video(live: Live) -> float:
    with live.app.app_context():
        newest = db.session.query(func.max(LessonProgress.enrolment_id)).scalar()
        rows = db.session.query(LessonProgress).filter_by(enrolment_id=newest)
        return max(row.watched_seconds for row in rows)


def test_the_pages_of_lessons_are_for_everybody(open_page: OpenPage, given: Given) -> None:
    for size in (PHONE, DESKTOP):
        page = enter(open_page, given, size)
        check_accessibility(page)
