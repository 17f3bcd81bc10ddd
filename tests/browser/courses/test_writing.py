"""Write a course in the browser: order by dragging and by keys, preview, a video that survives a lost connection."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, Request, Route, expect
from sqlalchemy import select

from app.core.db import db
from app.domain.courses.models import CourseMedia, Lesson
from app.domain.courses.rules.words import LessonKind, VersionStatus
from tests import course_factories as courses
from tests.browser.conftest import PHONE, Live, OpenPage, check_accessibility, sign_in
from tests.movies import make_movie

pytestmark = pytest.mark.browser
PIECE = 4 * 1024 * 1024


@pytest.fixture
def course(live: Live) -> int:
    """A course of Lincang with a draft of three texts and a video lesson without its video."""
    with live.app.app_context():
        made = courses.make_course("班主任网络课程")
        draft = courses.make_version(made, VersionStatus.DRAFT)
        for title in ("甲课", "乙课", "丙课"):
            courses.make_lesson(draft, title=title)
        courses.make_lesson(draft, LessonKind.VIDEO, "示范课")
        return made.id


def titles(page: Page) -> list[str]:
    return page.locator(".ct-title").all_inner_texts()


def drag(page: Page, moving: str, onto: str) -> None:
    """Drag a lesson by its dots to just above another one."""
    grip = page.locator("[data-lesson]", has_text=moving).locator("[data-grip]")
    row = page.locator("[data-lesson]", has_text=onto).bounding_box()
    start = grip.bounding_box()
    assert row is not None
    assert start is not None
    page.mouse.move(start["x"] + 8, start["y"] + 8)
    page.mouse.down()
    page.mouse.move(row["x"] + 60, row["y"] + 20, steps=5)
    page.mouse.move(row["x"] + 60, row["y"] + 4, steps=2)
    page.mouse.up()


def test_lessons_are_put_in_order_by_dragging_and_by_keys(
    live: Live, open_page: OpenPage, course: int
) -> None:
    page = open_page()
    sign_in(page, "bureau-lincang")
    page.goto(f"/courses/{course}/content")
    drag(page, "示范课", "甲课")
    expect(page.locator(".ct-title").first).to_have_text("示范课")
    assert titles(page) == ["示范课", "甲课", "乙课", "丙课"]
    page.get_by_role("link", name="丙课", exact=True).focus()
    page.keyboard.press("Alt+ArrowUp")
    expect(page.locator(".ct-title").nth(2)).to_have_text("丙课")
    expect(page.locator("#order-told")).to_have_text(re.compile("丙课"))
    focused = page.evaluate("document.activeElement.id")
    assert re.fullmatch(r"lesson-\d+-up", focused), "the next press moves it on"
    page.keyboard.press("Enter")
    expect(page.locator(".ct-title").nth(1)).to_have_text("丙课")
    check_accessibility(page)
    page.reload()
    assert titles(page) == ["示范课", "丙课", "甲课", "乙课"]


def test_a_text_is_seen_as_learners_read_it_while_it_is_written(
    open_page: OpenPage, course: int
) -> None:
    page = open_page(PHONE)
    sign_in(page, "bureau-lincang")
    page.goto(f"/courses/{course}/content")
    page.get_by_role("link", name="甲课", exact=True).tap()
    page.fill("#body", "# 要点\n\n- 保密\n\n<img src=x onerror=alert(1)>")
    seen = page.locator("#text-preview")
    expect(seen.get_by_role("heading", name="要点")).to_be_visible()
    expect(seen).to_contain_text("<img src=x onerror=alert(1)>")
    check_accessibility(page)
    page.get_by_role("button", name="保存", exact=True).tap()
    expect(page).to_have_url(re.compile(r"/content#lesson-\d+$"))


def test_a_video_goes_on_after_a_lost_connection_and_a_closed_page(
    live: Live, open_page: OpenPage, course: int, tmp_path: Path
) -> None:
    movie = tmp_path / "示范课.mp4"
    movie.write_bytes(make_movie(300, extra=os.urandom(10 * 1024 * 1024)))
    page = open_page()
    sign_in(page, "bureau-lincang")
    page.goto(f"/courses/{course}/content")
    page.get_by_role("link", name="示范课", exact=True).click()
    address = page.url
    pieces: list[int] = []

    def lose_the_second(route: Route, request: Request) -> None:
        if request.method != "PATCH":
            route.continue_()
            return
        offset = int(request.headers["upload-offset"])
        if offset:
            route.abort("connectionreset")
            return
        pieces.append(offset)
        route.continue_()

    page.route("**/uploads/**", lose_the_second)
    page.set_input_files("#file", movie)
    expect(page.locator("[data-upload-state]")).to_contain_text("网络中断", timeout=60_000)
    expect(page.locator("[data-upload-state]")).to_contain_text("39 %")
    check_accessibility(page)

    page.unroute("**/uploads/**")
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto("/")
    page.goto(address)
    page.on(
        "request",
        lambda sent: (
            pieces.append(int(sent.headers["upload-offset"])) if sent.method == "PATCH" else None
        ),
    )
    page.set_input_files("#file", movie)
    expect(page.locator("[data-upload-state]")).to_contain_text("已上传（10.0 MB）", timeout=60_000)
    assert pieces == [0, PIECE, 2 * PIECE], "what had arrived did not travel again"
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page).to_have_url(re.compile(r"/content#lesson-\d+$"))
    with live.app.app_context():
        newest = select(CourseMedia).order_by(CourseMedia.id.desc()).limit(1)
        media = db.session.scalars(newest).one()
        assert (media.file_name, media.size) == ("示范课.mp4", movie.stat().st_size)
        lesson = db.session.scalars(
            select(Lesson).where(Lesson.title == "示范课").order_by(Lesson.id.desc()).limit(1)
        ).one()
        assert lesson.media_id == media.id


def test_saving_waits_for_the_upload(
    live: Live, open_page: OpenPage, course: int, tmp_path: Path
) -> None:
    movie = tmp_path / "a.mp4"
    movie.write_bytes(make_movie(60, extra=os.urandom(9 * 1024 * 1024)))
    page = open_page(PHONE)
    sign_in(page, "bureau-lincang")
    page.goto(f"/courses/{course}/files")
    page.set_input_files("#file", movie)
    page.get_by_role("button", name="添加", exact=True).tap()
    expect(page.get_by_role("link", name="a.mp4", exact=True)).to_be_visible(timeout=60_000)


def test_what_is_too_large_or_of_a_wrong_kind_is_told_before_anything_travels(
    live: Live, open_page: OpenPage, course: int, tmp_path: Path
) -> None:
    large, other = tmp_path / "large.mp4", tmp_path / "a.exe"
    with large.open("wb") as handle:
        handle.truncate(1025 * 1024 * 1024)
    other.write_bytes(b"MZ")
    page = open_page()
    sign_in(page, "bureau-lincang")
    page.goto(f"/courses/{course}/files")
    sent: list[str] = []
    page.on("request", lambda one: sent.append(one.url) if one.method != "GET" else None)
    for path, words in ((large, "1025.0 MB"), (other, "mp4, pdf")):
        page.set_input_files("#file", path)
        expect(page.locator("[data-upload-state]")).to_contain_text(words)
        page.get_by_role("button", name="添加", exact=True).click()
        expect(page).to_have_url(re.compile("/files$"))
    assert sent == []
