"""A semester from the first entry to the lead teacher: who is in it does their part, each in a browser of their own."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from playwright.sync_api import Page, expect

from app.core import clock
from app.core.db import db
from app.domain.placements.models import AppraisalCriterion, Placement
from app.domain.placements.rules.words import Phase, PlacementResult
from tests import factories
from tests.browser.conftest import PHONE, Live, OpenPage, check_accessibility, let_sign_in, sign_in
from tests.semester_factories import Term, make_term

pytestmark = pytest.mark.browser
ZHENKANG = "530924"


@pytest.fixture
def term(live: Live) -> Term:
    """Somebody of Zhenkang, a county without a lead teacher, on the last day of the placement."""
    today = clock.today()
    with live.app.app_context():
        term = make_term(
            nominating=ZHENKANG,
            title="浏览器第十期",
            event_key="browser-10",
            starts_on=today - timedelta(days=60),
            ends_on=today,
            mid_term_on=None,
            required_hours=6,
            required_observations=3,
            required_attendance=0,
            credit_hours=160,
        )
        factories.save(
            AppraisalCriterion(
                cohort_id=term.cohort.id,
                phase=Phase.FINAL,
                position=1,
                title="课堂教学",
                weight=100,
            )
        )
        let_sign_in(term.trainee, term.guide, term.host)
        return term


def gaps(page: Page, day: date) -> str:
    """What the bureau's ledger of a day says of counties without a lead teacher."""
    page.goto(f"/counties/?unit=530900&as_of={day.isoformat()}")
    check_accessibility(page)
    note = page.locator(".xy-note", has_text="还没有带头人")
    return note.inner_text() if note.count() else ""


def sign_opinion(
    page: Page, term_id: int, text: str, *, mark: str | None = None, result: str | None = None
) -> None:
    page.goto(f"/placements/{term_id}/appraisal?phase=final")
    check_accessibility(page)
    form = page.locator("form[action$='/appraisal/sign']")
    form.locator("textarea[name=text]").fill(text)
    if mark is not None:
        form.locator("input[name^='mark-']").fill(mark)
    if result is not None:
        form.locator(f"input[name=result][value={result}]").check()
    form.locator("button[type=submit]").click()
    expect(page.locator("main .xy-text", has_text=text)).to_be_visible()


def test_a_county_turns_from_gap_to_covered(live: Live, open_page: OpenPage, term: Term) -> None:
    today = clock.today()
    bureau = open_page()
    sign_in(bureau, "bureau-lincang")
    assert "镇康" in gaps(bureau, today)

    trainee = open_page(PHONE)
    sign_in(trainee, "teacher-li")
    trainee.goto("/placements/")
    trainee.get_by_role("button", name="写日志").last.click()
    trainee.fill("textarea[name=content]", "上汇报课一节，听课三节。")
    trainee.fill("input[name=hours]", "8")
    trainee.select_option("select[name='activities-0-kind']", "observation")
    trainee.fill("input[name='activities-0-count']", "3")
    trainee.fill("input[name='activities-0-topic']", "人际交往")
    trainee.get_by_role("button", name="提交").click()
    expect(trainee.locator("body")).to_contain_text("已提交，等待导师批阅")

    mentor = open_page()
    sign_in(mentor, "mentor-wang")
    mentor.goto("/placements/")
    mentor.get_by_role("link", name="李梅").first.click()
    mentor.get_by_role("button", name="签字").click()
    expect(mentor.locator("body")).to_contain_text("我的学员")

    sign_opinion(trainee, term.id, "完成全部跟岗任务。")
    sign_opinion(mentor, term.id, "认真负责，能独立执教。", mark="92")
    host = open_page()
    sign_in(host, "school-base")
    sign_opinion(host, term.id, "同意，建议评为优秀。", mark="91", result="excellent")
    sign_opinion(bureau, term.id, "同意。", result="excellent")
    assert "镇康" in gaps(bureau, today)  # opinions alone make nobody a lead teacher

    bureau.goto(f"/placements/{term.id}/appraisal?phase=final")
    bureau.locator("form[action$='/confirm'] button[type=submit]").click()
    expect(bureau.locator("body")).to_contain_text("优秀")
    with live.app.app_context():
        placement = db.session.get_one(Placement, term.id)
        assert placement.result is PlacementResult.EXCELLENT
        assert placement.training_record is not None
        assert placement.training_record.hours == 160
    assert "镇康" not in gaps(bureau, today)
    assert "镇康" in gaps(bureau, today - timedelta(days=1))
