"""A certificate from the finished training to its holder's phone, to who scans it, and to its revocation."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from app.core import jobs
from app.core.db import atomic, db
from app.domain.certificates.facts import address_of
from app.domain.certificates.models import Certificate, CertificateBatch
from app.domain.people.models import Person
from tests import factories
from tests.browser.conftest import (
    PHONE,
    Live,
    OpenPage,
    check_accessibility,
    let_sign_in,
    sign_in,
)
from tests.certificate_factories import make_trained

pytestmark = pytest.mark.browser
TITLE = "心理危机干预专题培训"


@dataclass(frozen=True)
class Parties:
    """The bureau, and a teacher who passed its training."""

    bureau: str
    teacher: str
    training: str


@pytest.fixture
def parties(live: Live) -> Parties:
    with live.app.app_context():
        people, key = make_trained(names=["李桃艳"], title=TITLE)
        teacher = factories.make_actor("teacher", people[0].registered_unit)
        with atomic():
            db.session.get_one(Person, people[0].id).account_id = teacher.account_id
        bureau = factories.make_actor("bureau", factories.CHUXIONG)
        let_sign_in(bureau, teacher)
        return Parties(bureau.username, teacher.username, f"/trainings/event?key={key}")


def _issue(desk: Page, live: Live, parties: Parties) -> int:
    """From the training over the preview to a number; then the worker makes the paper; its id."""
    desk.goto(parties.training)
    desk.get_by_role("link", name="发证").click()
    expect(desk.locator("#template option:checked")).to_contain_text("结业证书")
    desk.locator("#prefix").fill("楚危培")
    check_accessibility(desk)
    desk.get_by_role("button", name="生成发证名单").click()
    expect(desk.get_by_role("row", name="李桃艳")).to_be_visible()
    expect(desk.locator("img.xy-paper")).to_have_js_property("complete", True)
    check_accessibility(desk)
    desk.get_by_role("button", name="颁发 1 张证书").click()
    expect(desk.get_by_role("progressbar")).to_be_visible()
    with live.app.app_context():
        batch = db.session.scalars(
            select(CertificateBatch).where(CertificateBatch.title == TITLE)
        ).one()
        batch_id, job_id = batch.id, batch.job_id or 0
        assert jobs.run_job(job_id)
    expect(
        desk.get_by_role("link", name="合并 PDF")
    ).to_be_visible()  # by itself, two seconds later
    with live.app.app_context():
        return db.session.scalars(
            select(Certificate.id).where(Certificate.batch_id == batch_id)
        ).one()


def _scanned(live: Live, certificate_id: int) -> str:
    """What a phone opens that scans the paper."""
    with live.app.app_context():
        one = db.session.get_one(Certificate, certificate_id)
        path = address_of(one, one.key.name).partition("/verify/")[2]
    return f"{live.address}/verify/{path}"


def _judge(page: Page, live: Live, file: Path, scanned: str, tone: str) -> str:
    """What an offline page says, opened from a folder without the network."""
    page.context.set_offline(True)
    page.goto(file.as_uri())
    page.get_by_label("二维码内容").fill(scanned)
    expect(page.locator("#result")).to_have_class(tone)
    page.context.set_offline(False)
    return page.locator("#result").inner_text()


def test_issued_downloaded_verified_and_revoked(
    live: Live, parties: Parties, open_page: OpenPage, tmp_path: Path
) -> None:
    desk = open_page()
    sign_in(desk, parties.bureau)
    certificate_id = _issue(desk, live, parties)

    phone = open_page(PHONE)
    sign_in(phone, parties.teacher)
    phone.goto("/inbox/")
    phone.get_by_role("button", name="查看").first.click()  # of the notice that it was issued
    check_accessibility(phone)
    with phone.expect_download() as download:
        phone.locator("main").get_by_role("link", name="PDF", exact=True).click()
    assert Path(download.value.path()).read_bytes().startswith(b"%PDF")
    assert "李桃艳" in download.value.suggested_filename

    scanned = _scanned(live, certificate_id)
    stranger = open_page(PHONE)
    stranger.goto(scanned)
    expect(stranger.locator(".ve-word")).to_have_text("有效")
    expect(stranger.get_by_text("楚危培〔").first).to_be_visible()
    check_accessibility(stranger)
    before, after = tmp_path / "before.html", tmp_path / "after.html"
    page_file = f"{live.address}/verify/offline.html"
    before.write_bytes(stranger.request.get(page_file).body())
    assert "撤销、补发情况截至" in _judge(stranger, live, before, scanned, "success")

    desk.goto(f"/certificates/{certificate_id}")
    desk.get_by_role("link", name="撤销").click()
    desk.locator("#reason").fill("信息有误，已重新核实")
    desk.locator("main form").get_by_role("button", name="撤销").click()
    expect(desk.locator("main").get_by_text("信息有误，已重新核实").first).to_be_visible()

    stranger.goto(scanned)
    expect(stranger.locator(".ve-word")).to_have_text("已撤销")
    # A page taken before the act cannot know of it, and says until when it knows.
    assert "撤销、补发情况截至" in _judge(stranger, live, before, scanned, "success")
    after.write_bytes(stranger.request.get(page_file).body())
    assert "已撤销" in _judge(stranger, live, after, scanned, "danger")
    phone.goto("/certificates/mine")
    expect(phone.get_by_text("已撤销")).to_be_visible()
    expect(phone.get_by_text("信息有误，已重新核实")).to_be_visible()
