"""Real packages played in a real browser: to the end, gone on with later, and kept away from the pages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import FrameLocator, Page, expect
from sqlalchemy import select

from app.core.db import db
from app.domain.courses.models import CourseEnrolment, LessonProgress, PackageState
from app.domain.courses.rules.words import LearnerStatus, LessonKind, LessonStatus, VersionStatus
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
from tests.course_factories import (
    make_course,
    make_course_trainer,
    make_learner,
    make_learner_account,
    make_lesson,
    make_version,
)
from tests.package_factories import make_package
from tests.packages import archive_at, files_of_scorm_12, files_of_scorm_2004

pytestmark = pytest.mark.browser
SPY = """
document.getElementById("told").textContent = "trying";
(async function () {
  const seen = [];
  seen.push("cookie=" + document.cookie);
  try { seen.push("page=" + window.top.document.title); } catch (error) { seen.push("page=refused"); }
  try { seen.push("above=" + window.parent.parent.document.title); } catch (error) { seen.push("above=refused"); }
  for (const address of [PAGES + "/account/", PAGES + "/api/v1/me", "/account/"]) {
    try {
      const answer = await fetch(address, { credentials: "include" });
      seen.push("fetch=" + answer.status);
    } catch (error) { seen.push("fetch=refused"); }
  }
  try { window.top.location = "about:blank"; seen.push("moved"); } catch (error) { seen.push("move=refused"); }
  try { await navigator.serviceWorker.register("worker.js"); seen.push("worker"); } catch (error) { seen.push("worker=refused"); }
  const form = document.createElement("form");
  form.method = "post"; form.action = PAGES + "/account/"; form.target = "out";
  document.body.append(form); form.submit();
  document.getElementById("told").textContent = seen.join(" ");
}());
"""


@dataclass
class Classroom:
    """Somebody who learns a lesson with a package; another lesson stands behind it."""

    course: int
    lesson: int
    after: int
    username: str
    enrolment: int

    @property
    def path(self) -> str:
        return f"/courses/{self.course}/lessons/{self.lesson}"


def classroom(live: Live, files: dict[str, str], folder: Path) -> Classroom:
    with live.app.app_context():
        course = make_course(unit=make.CHUXIONG)
        version = make_version(course)
        package = make_package(course, files, folder)
        lesson = make_lesson(version, LessonKind.PACKAGE, "课件", package_id=package.id)
        after = make_lesson(version, title="后一课", required=False)
        enrolment = make_learner(course)
        account = make_learner_account(enrolment)
        let_sign_in(make.actor_of(account))
        return Classroom(course.id, lesson.id, after.id, account.username, enrolment.id)


def package_of(page: Page, part: str = "第一讲") -> FrameLocator:
    """The inside of the package, while it shows this part."""
    window = page.frame_locator(f'[data-package-stage] iframe[title="{part}"]')
    return window.frame_locator("iframe")


def told(page: Page) -> Any:
    return expect(page.locator("[data-package-told]"))


def inside(live: Live, act: Callable[[], Any]) -> Any:
    with live.app.app_context():
        return act()


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_plays_a_12_package_to_the_end_and_goes_on_where_it_was_left(
    live: Live, open_page: OpenPage, tmp_path: Path, size: dict[str, int]
) -> None:
    room = classroom(live, files_of_scorm_12(), tmp_path)
    page = open_page(size)
    sign_in(page, room.username)
    page.goto(room.path)
    lesson = package_of(page)
    expect(lesson.locator("#told")).to_have_text("1|ab-initio||chapter=1|学员")
    lesson.locator("#more").click()
    lesson.locator("#more").click()
    expect(lesson.locator("#told")).to_have_text("3|ab-initio|答案3|chapter=1|学员")
    told(page).to_have_text("已保存。")
    check_accessibility(page)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.get_by_role("link", name="后一课").first.click()  # its last words are waited for
    page.wait_for_url(f"**/lessons/{room.after}")
    another = open_page(size)
    sign_in(another, room.username)
    another.goto(room.path)
    lesson = package_of(another)
    expect(lesson.locator("#told")).to_have_text("3|resume|答案3|chapter=1|学员")
    lesson.locator("#pass").click()
    told(another).to_have_text("恭喜，您已学完本课程，学时已记入您的档案。")
    expect(another.locator("[data-part-state]")).to_have_text("已完成，85 分")
    expect(another.locator("#lesson-foot")).to_contain_text("已完成")

    def state() -> tuple[Any, ...]:
        progress = db.session.scalars(
            select(LessonProgress).where(LessonProgress.lesson_id == room.lesson)
        ).one()
        enrolment = db.session.get_one(CourseEnrolment, room.enrolment)
        return progress.status, progress.score, enrolment.status, enrolment.done

    assert inside(live, state) == (LessonStatus.COMPLETED, 85, LearnerStatus.COMPLETED, 1)


def test_plays_the_parts_of_a_2004_package(live: Live, open_page: OpenPage, tmp_path: Path) -> None:
    room = classroom(live, files_of_scorm_2004(), tmp_path)
    page = open_page()
    sign_in(page, room.username)
    page.goto(room.path)
    lesson, parts = package_of(page, "理论"), page.locator("[data-part-state]")
    expect(lesson.locator("#told")).to_have_text("1|ab-initio||?part=a")
    for _turn in range(3):
        lesson.locator("#more").click()
    expect(parts).to_have_text(["已完成", "未学习", "未学习"])
    page.get_by_role("link", name="练习").click()
    lesson = package_of(page, "练习")
    expect(lesson.locator("h1")).to_have_text("练习")
    lesson.locator("#more").click()
    expect(parts.nth(1)).to_have_text("学习中")
    page.reload()
    expect(lesson.locator("#told")).to_have_text("2|resume|答案2|")
    lesson.locator("#pass").click()
    expect(parts).to_have_text(["已完成", "已完成，90 分", "未学习"])
    lesson.locator("#leave").click()
    page.get_by_role("button", name="下一部分").click()
    lesson = package_of(page, "阅读材料")
    expect(lesson.locator("h1")).to_have_text("阅读材料")
    told(page).to_have_text("恭喜，您已学完本课程，学时已记入您的档案。")
    expect(parts).to_have_text(["已完成", "已完成，90 分", "已完成"])


def test_loses_nothing_when_the_connection_breaks(
    live: Live, open_page: OpenPage, tmp_path: Path
) -> None:
    room = classroom(live, files_of_scorm_12(), tmp_path)
    page = open_page()
    sign_in(page, room.username)
    page.goto(room.path)
    lesson = package_of(page)
    lesson.locator("#more").click()
    told(page).to_have_text("已保存。")
    page.context.set_offline(True)
    lesson.locator("#more").click()
    told(page).to_have_text("网络已断开：您的学习记录暂存在本机，恢复后自动上传。")
    page.context.set_offline(False)
    told(page).to_have_text("已保存。", timeout=10_000)
    page.context.set_offline(True)
    lesson.locator("#more").click()
    told(page).to_have_text("网络已断开：您的学习记录暂存在本机，恢复后自动上传。")
    page.evaluate("window.stop()")
    page.context.set_offline(False)
    page.goto("/account/")  # and comes back: what was kept on this device goes first
    page.goto(room.path)
    expect(lesson.locator("#told")).to_have_text("4|resume|答案4|chapter=1|学员")


def test_tells_a_window_that_it_was_left_behind(
    live: Live, open_page: OpenPage, tmp_path: Path
) -> None:
    room = classroom(live, files_of_scorm_12(), tmp_path)
    old, new = open_page(), open_page(PHONE)
    for page in (old, new):
        sign_in(page, room.username)
    old.goto(room.path)
    package_of(old).locator("#more").click()
    told(old).to_have_text("已保存。")
    new.goto(room.path)
    expect(package_of(new).locator("#told")).to_have_text("2|resume|答案2|chapter=1|学员")
    told(new).to_have_text("已保存。")
    package_of(old).locator("#more").click()
    told(old).to_have_text("您已在其他窗口或设备上继续学习。如要在此继续，请刷新本页。")

    def page_saved() -> str:
        return str(
            db.session.scalars(select(PackageState))
            .one()
            .data["elements"]["cmi.core.lesson_location"]
        )

    assert inside(live, page_saved) == "2"


def test_keeps_the_scripts_of_a_package_away_from_us(
    live: Live, open_page: OpenPage, tmp_path: Path
) -> None:
    files = files_of_scorm_12()
    files["lesson.js"] = f'const PAGES = "{live.address}";\n{SPY}'
    files["worker.js"] = "self.addEventListener('fetch', () => {});"
    room = classroom(live, files, tmp_path)
    page = open_page()
    sign_in(page, room.username)
    posted: list[str] = []
    page.on("request", lambda sent: posted.append(sent.url) if sent.method == "POST" else None)
    page.goto(room.path)
    spied = package_of(page).locator("#told")
    expect(spied).to_contain_text("worker")
    assert spied.inner_text() == (
        "cookie= page=refused above=refused fetch=refused fetch=refused fetch=404 move=refused worker=refused"
    )
    assert page.url.endswith(room.path), "the page stays where it is"
    assert [address for address in posted if "/account/" in address] == []


def test_believes_only_the_frame_it_opened(live: Live, open_page: OpenPage, tmp_path: Path) -> None:
    """A message from anywhere else is not taken for the package's."""
    room = classroom(live, files_of_scorm_12(), tmp_path)
    page = open_page()
    sign_in(page, room.username)
    page.goto(room.path)
    expect(package_of(page).locator("#told")).to_contain_text("ab-initio")
    told(page).to_have_text("已保存。")
    page.evaluate(
        """window.postMessage({xinyu: "state", elements: {"cmi.core.lesson_status": "passed"}, ended: false}, "*")"""
    )
    package_of(page).locator("#more").click()
    expect(package_of(page).locator("#told")).to_contain_text("2|")
    expect(page.locator("[data-part-state]")).to_have_text("学习中")


def test_brings_a_package_and_previews_it(live: Live, open_page: OpenPage, tmp_path: Path) -> None:
    with live.app.app_context():
        course = make_course(unit=make.CHUXIONG)
        draft = make_version(course, VersionStatus.DRAFT)
        lesson = make_lesson(draft, LessonKind.PACKAGE, "课件")
        trainer = make_course_trainer(course)
        let_sign_in(make.actor_of(trainer))
        path, username = (
            f"/courses/{course.id}/content/lessons/{lesson.id}/package",
            trainer.username,
        )
    page = open_page()
    sign_in(page, username)
    page.goto(path)
    page.set_input_files("input[type=file]", archive_at(tmp_path, {"index.html": "x"}, "坏.zip"))
    page.get_by_role("button", name="检查并使用").click()
    expect(page.get_by_text("压缩包中没有 imsmanifest.xml").first).to_be_visible()
    check_accessibility(page)
    page.set_input_files("input[type=file]", archive_at(tmp_path, files_of_scorm_2004()))
    page.get_by_role("button", name="检查并使用").click()
    expect(page.get_by_text("本课已使用课件包“团体辅导”。")).to_be_visible()
    check_accessibility(page)
    page.get_by_role("link", name="预览").click()
    expect(package_of(page, "理论").locator("h1")).to_have_text("理论")
    told(page).to_have_text("此处为预览，不保存学习记录。")
