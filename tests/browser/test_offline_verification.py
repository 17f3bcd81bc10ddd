"""Proving a certificate without the network: as installed after one visit, and as a file from a folder."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from app.core.db import atomic, db
from app.domain.certificates.facts import address_of
from app.domain.certificates.models import Certificate
from app.domain.certificates.operations.keys import rotate_facts_key
from app.domain.certificates.rules.words import CertificateState
from app.domain.people.models import Person
from tests import factories as make
from tests.browser.conftest import PHONE, Live, OpenPage, check_accessibility
from tests.issued_factories import end_certificate, make_certificate

# As a browser that knows no Ed25519, or a page that is not served securely.
WITHOUT_CRYPTO = "Object.defineProperty(window.crypto, 'subtle', {value: undefined});"


@pytest.fixture
def address(live: Live) -> str:
    """What the QR code of a certificate leads to, on the server of this test."""
    with live.app.app_context():
        person = db.session.scalars(select(Person).order_by(Person.id)).first()
        assert person is not None
        certificate = make_certificate(person, sequence=7)
        path = address_of(certificate, certificate.key.name).partition("/verify/")[2]
    return f"{live.address}/verify/{path}"


def end(live: Live, state: CertificateState) -> None:
    with live.app.app_context():
        newest = select(Certificate).order_by(Certificate.id.desc()).limit(1)
        end_certificate(db.session.scalars(newest).one(), state)


def open_copy(page: Page, live: Live, folder: Path) -> None:
    """The downloaded page, opened from a folder with no network."""
    path = folder / "offline.html"
    path.write_bytes(page.request.get(f"{live.address}/verify/offline.html").body())
    page.context.set_offline(True)
    page.goto(path.as_uri())


def judge(page: Page, text: str, tone: str) -> str:
    page.get_by_label("二维码内容").fill(text)
    expect(page.locator("#result")).to_have_class(tone)
    return page.locator("#result").inner_text()


@pytest.mark.parametrize("without", [False, True], ids=["webcrypto", "fallback"])
def test_the_file_proves_genuine_ones_and_finds_changed_ones(
    live: Live, open_page: OpenPage, address: str, tmp_path: Path, without: bool
) -> None:
    page = open_page(PHONE)
    if without:
        page.add_init_script(WITHOUT_CRYPTO)
    open_copy(page, live, tmp_path)
    told = judge(page, address, "success")
    assert "签名真实" in told
    assert "楚教培〔2023〕第0007号" in told
    assert "截至" in told
    packed = address.partition("#")[2]
    changed = packed[:-4] + ("AAAA" if packed[-4:] != "AAAA" else "BBBB")
    assert "不真实" in judge(page, changed, "danger")
    assert "不是本系统证书的二维码内容" in judge(page, "https://example.cn/", "danger")


def test_a_page_made_after_the_act_says_revoked(
    live: Live, open_page: OpenPage, address: str, tmp_path: Path
) -> None:
    end(live, CertificateState.REVOKED)
    page = open_page()
    open_copy(page, live, tmp_path)
    assert "已撤销" in judge(page, address, "danger")


def test_what_an_old_key_signed_is_still_proved_after_a_rotation(
    live: Live, open_page: OpenPage, address: str, tmp_path: Path
) -> None:
    with live.app.app_context():
        admin = make.make_actor("admin", make.CHUXIONG)
        with atomic():
            rotate_facts_key(actor=admin)
    page = open_page()
    open_copy(page, live, tmp_path)
    judge(page, address, "success")


def test_the_address_opens_without_the_network_after_one_visit(
    live: Live, open_page: OpenPage, address: str
) -> None:
    page = open_page(PHONE)
    page.goto(address)
    expect(page.get_by_text("该证书由下列单位发放")).to_be_visible()
    check_accessibility(page)
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.wait_for_function("caches.match('/verify/offline').then((kept) => Boolean(kept))")
    page.goto("/verify/")
    check_accessibility(page)
    page.context.set_offline(True)
    page.goto(address)
    expect(page.locator("#result")).to_have_class("success")
    assert "楚教培〔2023〕第0007号" in page.locator("#result").inner_text()
    check_accessibility(page)


def test_revoking_shows_at_once_to_who_scans_again(
    live: Live, open_page: OpenPage, address: str
) -> None:
    page = open_page(PHONE)
    page.goto(address)
    expect(page.locator(".ve-word")).to_have_text("有效")
    end(live, CertificateState.REVOKED)
    page.goto("/verify/")
    page.goto(address)
    expect(page.locator(".ve-word")).to_have_text("已撤销")
