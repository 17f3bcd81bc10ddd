"""A certificate from the phone of its holder over the desk of the county into the ledger."""

from __future__ import annotations

import io
import os
from dataclasses import dataclass
from pathlib import Path

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Page, expect

from app.core.db import atomic
from tests import factories
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
NUMBER = "1511000000212345"


@dataclass(frozen=True)
class Parties:
    """Two teachers of a new school of Lufeng, and the county."""

    first: str
    second: str
    county: str
    school_code: str


@pytest.fixture
def parties(live: Live) -> Parties:
    with live.app.app_context():
        school = factories.make_school(factories.LUFENG, "拍照小学")
        actors = []
        for name in ("李桃艳", "王小红"):
            person = factories.make_counselor(school, name)
            actor = factories.make_actor("teacher", school)
            with atomic():
                person.account_id = actor.account_id
            actors.append(actor)
        county = factories.make_actor("county", factories.LUFENG)
        let_sign_in(*actors, county)
        first, second = actors
        return Parties(first.username, second.username, county.username, school.code)


def _photo(text: str) -> bytes:
    picture = Image.new("RGB", (1600, 1100), "#f7efe0")
    pen = ImageDraw.Draw(picture)
    pen.rectangle((60, 60, 1540, 1040), outline="#8a1c1c", width=8)
    pen.ellipse((1150, 700, 1430, 980), outline="#c02020", width=10)
    pen.text((200, 300), text, fill="#202020", font_size=90)
    out = io.BytesIO()
    picture.save(out, "JPEG")
    return out.getvalue()


def _bring(page: Page, number: str) -> None:
    page.goto("/credentials/mine/new")
    check_accessibility(page)
    _look(page, "bring")
    photo = {"name": "IMG_1.jpg", "mimeType": "image/jpeg", "buffer": _photo(f"No. {number}")}
    page.locator("input[type=file]").set_input_files([photo])
    page.locator("#kind_id").select_option(label="心理咨询师（二级）")
    page.locator("#number").fill(number)
    page.locator("#issued_on").fill("2015-06-01")
    page.locator("main .xy-submit button[type=submit]").click()
    expect(page.locator(".xy-viewer img")).to_be_visible()
    check_accessibility(page)
    _look(page, "brought")


def _holders(desk: Page) -> int:
    """How many of the county hold a recognised certificate, as its ledger says."""
    desk.goto("/counties/")
    return int(desk.locator("a[href*='/counties/figures/holders?']").first.inner_text())


def _look(page: Page, name: str) -> None:
    """Keep the page as a picture where somebody wants to look at it."""
    folder = os.environ.get("XINYU_TEST_PICTURES")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def test_from_the_phone_over_the_queue_into_the_ledger(
    live: Live, parties: Parties, open_page: OpenPage
) -> None:
    phones = []
    for username, number in ((parties.first, NUMBER), (parties.second, "X1")):
        phone = open_page(PHONE)
        sign_in(phone, username)
        _bring(phone, number)
        phones.append(phone)

    desk = open_page(DESKTOP)
    sign_in(desk, parties.county)
    rows = f"/counties/figures/holders_psych_2?unit={parties.school_code}"
    before = _holders(desk)
    desk.goto(rows)
    expect(desk.get_by_role("row", name="李桃艳")).to_have_count(0)
    desk.goto("/credentials/?q=李桃艳&state=claimed")
    desk.get_by_role("link", name="心理咨询师（二级）").first.click()
    number = desk.url.rsplit("/", 1)[1]
    desk.goto(f"/credentials/queue?after={int(number) - 1}")
    check_accessibility(desk)
    _look(desk, "queue")
    image = desk.locator(".xy-viewer img")
    expect(desk.locator("[data-viewer-tools]")).to_be_visible()  # the keys are there
    desk.locator("#evidence").press("Escape")
    desk.keyboard.press("+")
    expect(image).to_have_attribute("data-size", "150")
    desk.keyboard.press("t")
    expect(image).to_have_attribute("data-turn", "90")
    desk.keyboard.press("e")
    desk.keyboard.type("官网核验")
    desk.keyboard.press("Enter")
    expect(desk.locator("h2", has_text="王小红")).to_be_visible()
    expect(desk.locator("[data-viewer-tools]")).to_be_visible()  # the keys are there
    desk.keyboard.press("b")
    desk.keyboard.type("编号与照片不一致")
    desk.keyboard.press("Enter")
    expect(desk.get_by_text("没有待核验的证书")).to_be_visible()  # the decision has landed
    assert _holders(desk) == before + 1
    desk.goto(rows)
    expect(desk.get_by_role("row", name="李桃艳")).to_have_count(1)

    phones[1].goto("/credentials/mine")
    phones[1].locator("main a[href*='/credentials/mine/']").last.click()
    expect(phones[1].get_by_text("编号与照片不一致").first).to_be_visible()
    _look(phones[1], "sent-back")
