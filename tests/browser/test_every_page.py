"""Every page that a role can reach from its menu is accessible, fits the screen and throws no error."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import DESKTOP, PHONE, OpenPage, check_accessibility, sign_in

pytestmark = pytest.mark.browser
VISITS = {
    "bureau-chuxiong": [
        "/",
        "/counties/?unit=532300&as_of=2023-08-17&since=2020-01-01&compare=2022-08-17",
        "/counties/figures/holders?unit=532300&as_of=2023-08-17&since=2020-01-01",
        "/counties/policies/",
        "/people/",
        "/people/1",
        "/people/1/edit",
        "/people/new",
        "/posting-changes/",
        "/gaps/",
        "/credentials/",
        "/trainings/",
        "/studios/",
        "/designations/",
        "/units/532301",
        "/units/5323010001",
        "/units/532301/new",
        "/imports/",
        "/imports/new",
        "/imports/queue/",
        "/slips/",
        "/inbox/",
        "/account/",
    ],
    "teacher-chuxiong": ["/", "/people/me", "/inbox/", "/account/"],
    "auditor-chuxiong": ["/", "/audit/"],
    "security-chuxiong": ["/", "/users/", "/users/new"],
    "admin-chuxiong": ["/", "/jobs/", "/imports/"],
}


def _fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


@pytest.mark.parametrize("username", VISITS)
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_every_page_is_accessible_and_fits(
    open_page: OpenPage, username: str, size: dict[str, int]
) -> None:
    page = open_page(size)
    sign_in(page, username)
    for path in VISITS[username]:
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == 200, path
        check_accessibility(page)
        assert _fits(page), f"{path} is wider than the screen"
