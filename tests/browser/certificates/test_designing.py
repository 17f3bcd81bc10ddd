"""A certificate is designed on the sheet: moved by mouse, finger and keys, looked at, published, offered for issuing."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests import factories
from tests.browser.conftest import (
    PHONE,
    Live,
    OpenPage,
    check_accessibility,
    let_sign_in,
    sign_in,
)

pytestmark = pytest.mark.browser


def _value(page: Page, name: str) -> float:
    return float(page.locator(f"[name='{name}']").input_value())


def _drag(page: Page, box: Locator, right: int, down: int) -> None:
    """By so many millimetres of the sheet, in steps as a hand does."""
    place, sheet = box.bounding_box(), page.locator("#sheet").bounding_box()
    assert place is not None
    assert sheet is not None
    scale = sheet["width"] / 297
    x, y = place["x"] + 6, place["y"] + place["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + right * scale / 2, y + down * scale / 2)
    page.mouse.move(x + right * scale, y + down * scale)
    page.mouse.up()


def test_an_element_is_moved_the_preview_follows_and_issuing_offers_the_template(
    live: Live, open_page: OpenPage
) -> None:
    with live.app.app_context():
        bureau = factories.make_actor("bureau", factories.CHUXIONG)
        let_sign_in(bureau)
    desk = open_page()
    sign_in(desk, bureau.username)
    desk.goto("/certificates/templates/")
    desk.get_by_role("button", name="复制 结业证书").click()
    expect(desk.locator(".xy-box[data-key=text-1]")).to_be_visible()
    check_accessibility(desk)
    picture = desk.locator("#sheet-picture")
    before = picture.get_attribute("src") or ""
    number = desk.locator(".xy-box[data-key=text-1]")
    x, y = _value(desk, "texts-1-x"), _value(desk, "texts-1-y")
    _drag(desk, number, -20, 5)
    assert _value(desk, "texts-1-x") == pytest.approx(x - 20, abs=1)
    assert _value(desk, "texts-1-y") == pytest.approx(y + 5, abs=1)
    expect(picture).not_to_have_attribute("src", before)

    after, left = picture.get_attribute("src") or "", _value(desk, "texts-1-x")
    number.press("ArrowRight")
    number.press("Shift+ArrowRight")
    number.press("ArrowUp")
    assert _value(desk, "texts-1-x") == left + 11
    expect(picture).not_to_have_attribute("src", after)

    # A placeholder that there is not is named beside its text; put right, nothing is left to mend.
    number.press("Enter")
    words = desk.locator("[name=texts-1-text]")
    expect(words).to_be_focused()
    words.fill("编号：{age}")
    expect(desk.locator("#text-1 [data-told]", has_text="{age}")).to_be_visible()
    expect(desk.locator(".xy-box[data-key=text-1]")).to_have_class(re.compile("xy-faulty"))
    words.fill("编号：")
    desk.locator("#insert-1").select_option("number")
    desk.locator("[data-insert='1']").click()
    expect(words).to_have_value("编号：{number}")
    expect(desk.locator("#findings .xy-good")).to_be_visible()

    texts = desk.locator("#design-texts > details")
    count = texts.count()
    desk.get_by_role("button", name="添加文字").click()
    expect(texts).to_have_count(count + 1)
    desk.locator(f".xy-box[data-key=text-{count}]").press("Delete")
    expect(texts).to_have_count(count)
    moved = _value(desk, "texts-1-x")
    assert moved == left + 11  # what was not saved yet outlived both
    desk.get_by_role("button", name="保存并发布").click()
    expect(desk.get_by_text("今后准备的证书使用这一版")).to_be_visible()
    title = desk.locator("h1").inner_text()
    desk.goto("/certificates/batches/new?source=hand")
    expect(desk.locator("#template option", has_text=f"{title} · 楚雄")).to_have_count(1)


def test_a_finger_scrolls_past_a_box_until_it_was_chosen(live: Live, open_page: OpenPage) -> None:
    with live.app.app_context():
        bureau = factories.make_actor("bureau", factories.CHUXIONG)
        let_sign_in(bureau)
    phone = open_page(PHONE)
    sign_in(phone, bureau.username)
    phone.goto("/certificates/templates/new")
    phone.locator("#title").fill("手机上的证书")
    phone.get_by_role("button", name="新建并编辑").click()
    code = phone.locator(".xy-box[data-key=qr]")
    expect(code).to_be_visible()
    check_accessibility(phone)
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    touch = phone.context.new_cdp_session(phone)
    left = _value(phone, "qr_x")

    def drag() -> None:
        code.scroll_into_view_if_needed()
        place = code.bounding_box()
        assert place is not None
        x, y = place["x"] + place["width"] / 2, place["y"] + place["height"] / 2
        for kind, step in (("touchStart", 0), ("touchMove", 15), ("touchMove", 30)):
            points = [{"x": x + step, "y": y}]
            touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
        touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    drag()
    assert _value(phone, "qr_x") == left
    code.tap()
    expect(code).to_have_class(re.compile("xy-chosen"))
    drag()
    assert _value(phone, "qr_x") > left + 10
