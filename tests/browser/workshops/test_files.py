"""A file that is too large is refused before it travels."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Request, expect

from tests.browser.conftest import PHONE, OpenPage, check_accessibility, sign_in

pytestmark = pytest.mark.browser


def test_a_file_tells_its_size_and_a_too_large_one_is_not_sent(
    open_page: OpenPage, tmp_path: Path
) -> None:
    large, small = tmp_path / "large.pdf", tmp_path / "small.pdf"
    large.write_bytes(b"%PDF-1.7\n" + b"x" * (21 * 1024 * 1024))
    small.write_bytes(b"%PDF-1.7\n" + b"x" * (512 * 1024))
    page = open_page(PHONE)
    sign_in(page, "bureau-chuxiong")
    page.goto("/workshops/")
    page.locator("main").get_by_role("link", name="骨干").first.tap()
    page.wait_for_url(re.compile(r"/workshops/\d+$"))
    page.goto(f"{page.url}/files")
    sent: list[str] = []

    def note(request: Request) -> None:
        if request.method == "POST":
            sent.append(request.url)

    page.on("request", note)
    page.set_input_files("input[type=file]", large)
    expect(page.get_by_text("21.0 MB")).to_be_visible()
    check_accessibility(page)
    page.get_by_role("button", name="添加").tap()
    expect(page.get_by_text("21.0 MB")).to_be_visible()
    assert sent == []
    page.set_input_files("input[type=file]", small)
    expect(page.get_by_text("0.5 MB")).to_be_visible()
    page.get_by_role("button", name="添加").tap()
    expect(page.get_by_role("link", name="small.pdf")).to_be_visible()
    assert len(sent) == 1
