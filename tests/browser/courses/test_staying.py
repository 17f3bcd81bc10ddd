"""A long read: what a reader does counts as being there, and whom nothing is seen of stays with one tap."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, Request, expect

from tests.browser.conftest import PHONE, Live, OpenPage, check_accessibility, let_sign_in, sign_in
from tests.lesson_factories import make_learned

pytestmark = pytest.mark.browser


def beats(page: Page) -> list[str]:
    """The signs of life that the page sends, as they come."""
    heard: list[str] = []

    def note(request: Request) -> None:
        if request.url.endswith("/account/stay"):
            heard.append(request.method)

    page.on("request", note)
    return heard


def test_a_reader_stays_signed_in_by_reading_or_with_one_tap(
    live: Live, open_page: OpenPage
) -> None:
    with live.app.app_context():
        learned = make_learned()
        let_sign_in(learned.actor)
    page = open_page(PHONE)
    sign_in(page, learned.actor.username)
    page.clock.install()
    page.goto(f"/courses/{learned.course_id}/lessons/{learned.pdf_id}")
    heard, bar = beats(page), page.locator("[data-stay]")
    page.mouse.wheel(0, 200)
    with page.expect_response("**/account/stay"):
        page.clock.run_for("06:00")
    assert heard == ["POST"]
    page.clock.run_for("22:00")
    assert heard == ["POST"]  # nothing was done meanwhile
    expect(bar).to_be_hidden()
    page.clock.run_for("04:00")
    expect(bar).to_contain_text(re.compile("约 [345] 分钟"))
    check_accessibility(page)
    with page.expect_response("**/account/stay") as answer:
        page.get_by_role("button", name="继续学习").click()
    assert answer.value.status == 204
    expect(bar).to_be_hidden()
