"""A teacher with a phone: finds what is open, enrols with two taps, sees where it stands, withdraws."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from app.core.db import db
from app.domain.workshops.models import Enrolment, Workshop
from tests.browser.conftest import PHONE, Live, OpenPage, check_accessibility, sign_in

pytestmark = pytest.mark.browser
COHORT = "第三期"  # of the demonstration data: open, approved by school and county


def _last_status(live: Live) -> tuple[str, str | None]:
    with live.app.app_context():
        enrolment = db.session.scalars(
            select(Enrolment)
            .join(Workshop, Workshop.id == Enrolment.workshop_id)
            .where(Workshop.cohort == COHORT)
            .order_by(Enrolment.id.desc())
        ).first()
        assert enrolment is not None
        return enrolment.status.value, enrolment.approval_step


def _fits_the_phone(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def test_enrols_with_two_taps_and_withdraws(live: Live, open_page: OpenPage) -> None:
    page = open_page(PHONE)
    sign_in(page, "teacher-chuxiong")
    page.goto("/workshops/open")
    check_accessibility(page)
    assert _fits_the_phone(page)
    page.get_by_role("link", name=COHORT).tap()
    expect(page.get_by_text("您可用名额还有")).to_be_visible()
    page.get_by_role("button", name="我要报名").tap()
    expect(page.get_by_text("审核期间名额为您保留").first).to_be_visible()
    check_accessibility(page)
    assert _fits_the_phone(page)
    assert _last_status(live) == ("pending", "school")

    page.goto("/workshops/mine")
    card = page.get_by_role("listitem").filter(has_text=COHORT).first
    expect(card).to_contain_text("待审核")
    check_accessibility(page)

    page.get_by_role("link", name=COHORT).tap()
    page.locator("summary", has_text="退出培训班").tap()
    page.get_by_role("button", name="确认退出").tap()
    expect(page.get_by_text("您已退出").first).to_be_visible()
    assert _last_status(live) == ("withdrawn", None)


def test_says_why_a_workshop_is_not_for_one(open_page: OpenPage) -> None:
    page = open_page(PHONE)
    sign_in(page, "teacher-chuxiong")
    page.goto("/workshops/open")
    card = page.get_by_role("listitem").filter(has_text="赴上海").first
    expect(card).to_contain_text("不符合条件")
    page.get_by_role("link", name="赴上海").tap()
    expect(page.get_by_text("暂不能报名")).to_be_visible()
    expect(page.get_by_role("button", name="我要报名")).to_have_count(0)


def test_works_without_scripts(live: Live, open_page: OpenPage) -> None:
    page = open_page(PHONE, java_script_enabled=False)
    sign_in(page, "teacher-chuxiong")
    page.goto("/workshops/open")
    page.get_by_role("link", name=COHORT).tap()
    page.get_by_role("button", name="我要报名").tap()
    assert _last_status(live) == ("pending", "school")
