"""Pages for strangers, in a browser: a link tells that it was opened, and the language changes without a session."""

from __future__ import annotations

import secrets
from datetime import timedelta

from playwright.sync_api import expect
from sqlalchemy import select

from app.core import clock, crypto
from app.core.db import atomic, db
from app.domain.certificates.models import WalletShare
from app.domain.people.models import Person
from tests.browser.conftest import PHONE, Live, OpenPage


def make_link(live: Live) -> tuple[int, str]:
    token, now = secrets.token_urlsafe(24), clock.now()
    with live.app.app_context(), atomic():
        person_id = db.session.scalars(select(Person.id).order_by(Person.id)).first()
        share = WalletShare(
            person_id=person_id, token_hash=crypto.token_hash(token), token_sealed=b"",
            created_at=now, expires_at=now + timedelta(days=7),
        )  # fmt: skip
        db.session.add(share)
        db.session.flush()
        return share.id, f"{live.address}/verify/shared/{token}"


def test_a_link_that_is_opened_says_so_and_speaks_the_readers_language(
    live: Live, open_page: OpenPage
) -> None:
    share_id, link = make_link(live)
    page = open_page(PHONE)
    with page.expect_response(lambda answer: answer.url == f"{link}/seen") as told:
        page.goto(link)
    assert told.value.status == 204
    with live.app.app_context():
        assert db.session.get_one(WalletShare, share_id).seen == 1
    assert page.context.cookies() == []
    page.get_by_title("语言与显示").click()
    page.get_by_role("button", name="English").click()
    expect(page.get_by_text("Certificates issued")).to_be_visible()
    assert page.url == link
