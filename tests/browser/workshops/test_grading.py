"""A trainer grades a class with the keyboard; two browsers edit the same grade."""

from __future__ import annotations

from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from app.core.db import db
from app.domain.accounts.models import Account
from app.domain.workshops.models import Mark, WorkshopTrainer
from tests import factories as make
from tests.browser.conftest import Live, OpenPage, check_accessibility, sign_in
from tests.grading_factories import Class, make_class, mark

pytestmark = pytest.mark.browser


@pytest.fixture
def given(live: Live) -> Class:
    """Three people to grade; the demonstration's trainer runs their workshop."""
    with live.app.app_context():
        given = make_class(3)
        statement = select(Account.id).where(Account.username == "trainer-chuxiong")
        account_id = db.session.scalars(statement).one()
        make.save(WorkshopTrainer(workshop_id=given.workshop_id, account_id=account_id))
        return given


def marks(live: Live, given: Class) -> list[Decimal]:
    with live.app.app_context():
        statement = select(Mark.value).where(Mark.criterion_id.in_(given.criteria))
        return sorted(db.session.scalars(statement))


def open_book(page: Page, given: Class, username: str = "trainer-chuxiong") -> None:
    sign_in(page, username)
    page.goto(f"/workshops/{given.workshop_id}/grades")


def cell(page: Page, person: int, criterion: int) -> str:
    names = ("理论", "实操")
    return f"input[aria-label='学员00{person}：{names[criterion]}']"


def test_a_trainer_grades_a_class_with_the_keyboard(
    live: Live, open_page: OpenPage, given: Class
) -> None:
    page = open_page()
    open_book(page, given)
    state = page.locator("#grades-state")
    page.focus(cell(page, 0, 0))
    for text in ("85", "60.5", "95"):
        page.keyboard.type(text)
        page.keyboard.press("Enter")
    expect(state).to_have_text("已全部保存")
    page.focus(cell(page, 0, 0))
    page.keyboard.press("ArrowRight")
    for text in ("40", "30"):
        page.keyboard.type(text)
        page.keyboard.press("ArrowDown")
    page.keyboard.type("55")
    page.keyboard.press("Enter")
    expect(page.locator("text=不在 0 到 50 之间")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("text=不在 0 到 50 之间")).to_have_count(0)
    page.keyboard.type("48")
    page.keyboard.press("Tab")
    row = page.locator("tr", has_text="学员002")
    expect(row).to_contain_text("95.60")
    expect(row).to_contain_text("优秀")
    expect(page.locator("tr", has_text="学员000")).to_contain_text("82.00")
    assert marks(live, given) == [Decimal(n) for n in ("30", "40", "48", "60.5", "85", "95")]
    check_accessibility(page)


def test_two_browsers_edit_the_same_grade_and_neither_is_lost(
    live: Live, open_page: OpenPage, given: Class
) -> None:
    one, other = open_page(), open_page()
    open_book(one, given)
    open_book(other, given, "bureau-chuxiong")
    one.fill(cell(one, 0, 0), "80")
    one.keyboard.press("Tab")
    expect(one.locator("#grades-state")).to_have_text("已全部保存")
    other.fill(cell(other, 0, 0), "90")
    other.keyboard.press("Tab")
    expect(other.locator(".xy-grade-said")).to_contain_text("填了 80，您填的是 90")
    assert marks(live, given) == [Decimal(80)]
    other.click("text=改用我的")
    expect(other.locator("#grades-state")).to_have_text("已全部保存")
    assert marks(live, given) == [Decimal(90)]
    one.fill(cell(one, 0, 0), "85")
    one.keyboard.press("Tab")
    expect(one.locator(".xy-grade-said")).to_contain_text("填了 90，您填的是 85")
    one.click("text=保留对方的")
    expect(one.locator(cell(one, 0, 0))).to_have_value("90")
    assert marks(live, given) == [Decimal(90)]


def test_a_column_copied_from_a_spreadsheet_is_pasted(
    live: Live, open_page: OpenPage, given: Class
) -> None:
    page = open_page()
    open_book(page, given)
    page.focus(cell(page, 0, 0))
    page.evaluate(
        """text => {
          const data = new DataTransfer();
          data.setData("text/plain", text);
          document.activeElement.dispatchEvent(
            new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
        }""",
        "85\t40\r\n70\t35\r\n90\t45\r\n",
    )
    expect(page.locator("#grades-state")).to_have_text("已全部保存")
    expect(page.locator("tr", has_text="学员001")).to_contain_text("70.00")
    assert marks(live, given) == [Decimal(n) for n in (35, 40, 45, 70, 85, 90)]


def test_what_could_not_be_sent_is_sent_when_the_network_is_back(
    live: Live, open_page: OpenPage, given: Class
) -> None:
    page = open_page()
    open_book(page, given)
    page.context.set_offline(True)
    page.fill(cell(page, 0, 0), "85")
    page.keyboard.press("Tab")
    expect(page.locator("#grades-state")).to_contain_text("未保存")
    page.fill(cell(page, 1, 0), "75")
    page.keyboard.press("Tab")
    page.context.set_offline(False)
    expect(page.locator("#grades-state")).to_have_text("已全部保存", timeout=15_000)
    assert marks(live, given) == [Decimal(75), Decimal(85)]


def test_without_scripts_the_page_is_one_form(
    live: Live, open_page: OpenPage, given: Class
) -> None:
    with live.app.app_context():
        mark(given, 1, "70")
    page = open_page(java_script_enabled=False)
    open_book(page, given)
    page.fill(cell(page, 0, 0), "85")
    page.click("#grades button[type=submit]")
    expect(page.locator("text=已保存 1 项成绩")).to_be_visible()
    assert marks(live, given) == [Decimal(70), Decimal(85)]
