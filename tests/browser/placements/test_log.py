"""A trainee writes the log on a phone, the mentor signs it: with scripts, as people have them."""

from __future__ import annotations

import io
from datetime import timedelta
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import expect

from app.core import clock
from app.core.db import db
from app.domain.placements.models import LogEntry
from app.domain.placements.rules.words import EntryStatus
from tests.browser.conftest import PHONE, Live, OpenPage, check_accessibility, let_sign_in, sign_in
from tests.semester_factories import make_term

pytestmark = pytest.mark.browser


@pytest.fixture
def placement_id(live: Live) -> int:
    """A placement in its second month, whose trainee and mentor sign in with the demonstration's password."""
    today = clock.today()
    with live.app.app_context():
        term = make_term(
            title="浏览器第九期",
            event_key="browser-9",
            starts_on=today - timedelta(days=40),
            ends_on=today + timedelta(days=60),
            mid_term_on=None,
        )
        let_sign_in(term.trainee, term.guide)
        return term.id


def entry_of(live: Live) -> LogEntry | None:
    with live.app.app_context():
        return db.session.query(LogEntry).order_by(LogEntry.id.desc()).first()


def photo(folder: Path) -> Path:
    path, data = folder / "课堂.jpg", io.BytesIO()
    Image.new("RGB", (1200, 900), "teal").save(data, "JPEG")
    path.write_bytes(data.getvalue())
    return path


def test_a_trainee_writes_on_a_phone_and_the_mentor_signs(
    live: Live, open_page: OpenPage, placement_id: int, tmp_path: Path
) -> None:
    page = open_page(PHONE)
    sign_in(page, "teacher-li")
    page.goto("/placements/")
    check_accessibility(page)
    page.get_by_role("button", name="写日志").last.click()
    page.fill("textarea[name=content]", "听课三节，学生张某某愿意开口。")
    expect(page.locator("#typed")).to_contain_text("已自动保存")
    expect(page.locator("#typed")).to_contain_text("张某某")
    page.fill("textarea[name=content]", "听课三节，一名学生愿意开口。")
    page.fill("input[name=hours]", "6.5")
    page.select_option("select[name='activities-0-kind']", "observation")
    page.fill("input[name='activities-0-count']", "3")
    page.fill("input[name='activities-0-topic']", "情绪管理")
    page.set_input_files("input[type=file]", photo(tmp_path))
    page.get_by_role("button", name="添加").click()
    expect(page.locator(".sm-files img")).to_have_count(1)
    check_accessibility(page)
    page.get_by_role("button", name="提交").click()
    expect(page.locator("body")).to_contain_text("已提交，等待导师批阅")
    kept = entry_of(live)
    assert kept is not None
    assert (kept.status, kept.warned) == (EntryStatus.HANDED_IN, False)

    mentor = open_page()
    sign_in(mentor, "mentor-wang")
    mentor.goto("/placements/")
    check_accessibility(mentor)
    mentor.get_by_role("link", name="李梅").first.click()
    expect(mentor.locator("body")).to_contain_text("一名学生愿意开口")
    mentor.fill("textarea[name=comment]", "观察细致。")
    mentor.get_by_role("button", name="签字").click()
    expect(mentor.locator("body")).to_contain_text("我的学员")
    page.goto(f"/placements/{placement_id}")
    expect(page.locator("body")).to_contain_text("6.5 / 200")


def test_the_log_is_written_without_scripts_too(
    live: Live, open_page: OpenPage, placement_id: int
) -> None:
    page = open_page(PHONE, java_script_enabled=False)
    sign_in(page, "teacher-li")
    page.goto("/placements/")
    page.get_by_role("button", name="写日志").last.click()
    page.fill("textarea[name=content]", "备课。")
    page.get_by_role("button", name="再加一条").click()
    page.fill("input[name=hours]", "2")
    page.get_by_role("button", name="提交").click()
    kept = entry_of(live)
    assert kept is not None
    assert (kept.content, kept.status) == ("备课。", EntryStatus.HANDED_IN)
