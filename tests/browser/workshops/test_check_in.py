"""A teacher holds the phone before the trainer's screen: scans, signs in, presses the button, is in."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from app.cli.demo import PASSWORD
from app.core import clock
from app.core.db import atomic, db
from app.domain.accounts.models import Account
from app.domain.people.models import Person
from app.domain.workshops.models import Attendance, Workshop
from app.domain.workshops.models.planning import WorkshopTrainer
from app.domain.workshops.operations.checking_in import make_code
from tests import attendance_factories as course
from tests.browser.conftest import DESKTOP, PHONE, Live, OpenPage, check_accessibility, sign_in
from tests.workshop_factories import make_session

TITLE = "扫码签到演练班"


@pytest.fixture
def ids(live: Live) -> dict[str, int]:
    """A session that has just begun, with the demonstration teacher and trainer."""
    with live.app.app_context():
        accounts = {
            role: db.session.scalars(
                select(Account.id).where(Account.username == f"{role}-chuxiong")
            ).one()
            for role in ("teacher", "trainer")
        }
        person = db.session.scalars(
            select(Person).where(Person.account_id == accounts["teacher"])
        ).one()
        workshop = course.make_running([person], title=TITLE)
        session = make_session(workshop, clock.now() - timedelta(minutes=2), 2)
        trainer = WorkshopTrainer(workshop_id=workshop.id, account_id=accounts["trainer"])
        with atomic():
            db.session.add(trainer)
        return {"workshop": workshop.id, "session": session.id}


def _code(live: Live, ids: dict[str, int]) -> str:
    with live.app.app_context():
        return f"/check-in/{make_code(ids['session'], clock.now())}"


def _methods(live: Live, ids: dict[str, int]) -> list[tuple[str, str]]:
    with live.app.app_context():
        rows = select(Attendance).where(Attendance.session_id == ids["session"])
        return [(one.state.value, one.method.value) for one in db.session.scalars(rows)]


def _fills_no_wider_than_the_phone(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def test_a_teacher_checks_in_on_the_phone_and_the_screen_counts(
    live: Live, ids: dict[str, int], open_page: OpenPage
) -> None:
    screen = open_page(DESKTOP)
    sign_in(screen, "trainer-chuxiong")
    screen.goto(f"/workshops/{ids['workshop']}/attendance/{ids['session']}/code")
    expect(screen.locator(".att-frame svg")).to_be_visible()
    expect(screen.locator(".att-number")).to_contain_text("0 / 1")
    check_accessibility(screen)

    phone = open_page(PHONE)
    phone.goto(_code(live, ids))
    phone.fill("#username", "teacher-chuxiong")
    phone.fill("#password", PASSWORD)
    phone.click("main button[type=submit]")
    phone.wait_for_load_state()
    if "privacy" in phone.url:
        phone.click("main button[type=submit]")
        phone.wait_for_load_state()
    expect(phone.get_by_text(TITLE)).to_be_visible()
    assert _fills_no_wider_than_the_phone(phone)
    check_accessibility(phone)
    assert _methods(live, ids) == []
    phone.get_by_role("button", name="签到").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("签到成功")
    assert _fills_no_wider_than_the_phone(phone)
    check_accessibility(phone)
    assert _methods(live, ids) == [("present", "qr")]
    expect(screen.locator(".att-number")).to_contain_text("1 / 1", timeout=15000)


def test_the_place_is_asked_when_the_button_is_pressed(
    live: Live, ids: dict[str, int], open_page: OpenPage
) -> None:
    with live.app.app_context(), atomic():
        workshop = db.session.get_one(Workshop, ids["workshop"])
        workshop.place_check = True
        workshop.sessions[0].latitude, workshop.sessions[0].longitude = 25.033, 101.546
    at_home = {"latitude": 25.145, "longitude": 102.076}
    phone = open_page(PHONE, geolocation=at_home, permissions=["geolocation"])
    sign_in(phone, "teacher-chuxiong")
    phone.goto(_code(live, ids))
    phone.get_by_role("button", name="签到").click()
    expect(phone.locator("main")).to_contain_text(re.compile("约 55 公里"))
    phone.context.set_geolocation({"latitude": 25.034, "longitude": 101.547})
    phone.goto(_code(live, ids))
    phone.get_by_role("button", name="签到").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("签到成功")


def test_without_leave_to_know_the_place_the_phone_says_what_to_do(
    live: Live, ids: dict[str, int], open_page: OpenPage
) -> None:
    with live.app.app_context(), atomic():
        workshop = db.session.get_one(Workshop, ids["workshop"])
        workshop.place_check = True
        workshop.sessions[0].latitude, workshop.sessions[0].longitude = 25.033, 101.546
    phone = open_page(PHONE)
    sign_in(phone, "teacher-chuxiong")
    phone.goto(_code(live, ids))
    phone.get_by_role("button", name="签到").click()
    expect(phone.get_by_role("alert")).to_contain_text("请讲师为您登记")


def test_a_trainer_keeps_the_register_with_the_keyboard(
    live: Live, ids: dict[str, int], open_page: OpenPage
) -> None:
    page = open_page(DESKTOP)
    sign_in(page, "trainer-chuxiong")
    page.goto(f"/workshops/{ids['workshop']}/attendance/{ids['session']}")
    check_accessibility(page)
    page.locator("fieldset input[type=radio]:checked").focus()
    page.keyboard.press("ArrowRight")  # from the last of the group around to the first: present
    page.keyboard.press("ArrowRight")  # late
    expect(page.locator("[data-counts]")).to_have_text("已记 1 人，共 1 人")
    page.locator(".att-save button").press("Enter")
    expect(page.get_by_text("已保存 1 人的考勤。")).to_be_visible()
    assert _methods(live, ids) == [("late", "roster")]
