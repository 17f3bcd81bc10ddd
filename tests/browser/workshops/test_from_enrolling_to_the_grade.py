"""A teacher with a phone goes the whole way: enrols, checks in by the trainer's code, sees the grade."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from app.core import clock
from app.core.db import atomic, db
from app.domain.accounts.models import Account
from app.domain.people.models import Person
from app.domain.workshops.models import Enrolment, Workshop, WorkshopTrainer
from app.domain.workshops.operations import results
from app.domain.workshops.operations.checking_in import make_code
from app.domain.workshops.queries.gradebook import list_criteria
from app.domain.workshops.rules.words import TrainerRole
from tests import factories as make
from tests.browser.conftest import PHONE, Live, OpenPage, check_accessibility, let_sign_in, sign_in
from tests.grading_factories import TWO, Class, make_guide, mark
from tests.workshop_factories import make_session, make_workshop

pytestmark = pytest.mark.browser
TEACHER = "li.laoshi"
TITLE = "沙盘游戏实操班"


@pytest.fixture
def session_id(live: Live) -> int:
    """A workshop that takes enrolments, with a session that begins in a moment, run by the demonstration's trainer."""
    with live.app.app_context():
        workshop_id = make_workshop(2, title=TITLE, minimum_attendance=0).id
        make_guide(workshop_id, TWO)
        trainer = db.session.scalars(
            select(Account.id).where(Account.username == "trainer-chuxiong")
        ).one()
        make.save(
            WorkshopTrainer(workshop_id=workshop_id, account_id=trainer, role=TrainerRole.LEAD)
        )
        school = make.make_school(name="鹿城小学分校")
        account = make.make_account("teacher", school, TEACHER)
        let_sign_in(make.actor_of(account))
        person = make.make_counselor(db.session.merge(school), "李老师")
        with atomic():
            db.session.get_one(Person, person.id).account_id = account.id
        workshop = db.session.get_one(Workshop, workshop_id)
        return make_session(workshop, clock.now() + timedelta(minutes=5)).id


def grade(live: Live) -> None:
    """The trainer marks and publishes."""
    with live.app.app_context():
        enrolment = db.session.scalars(select(Enrolment).order_by(Enrolment.id.desc())).first()
        assert enrolment is not None
        trainer = db.session.scalars(
            select(Account).where(Account.username == "trainer-chuxiong")
        ).one()
        criteria = [one.id for one in list_criteria(enrolment.workshop_id)]
        given = Class(
            enrolment.workshop_id,
            [enrolment.id],
            criteria,
            make.actor_of(trainer),
            trainer.id,
            [enrolment.person_id],
        )
        mark(given, 0, "90", "45")
        with atomic():
            results.publish_results(given.workshop_id, actor=given.trainer)


def check(page: Page) -> None:
    check_accessibility(page)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_from_enrolling_to_the_grade(live: Live, session_id: int, open_page: OpenPage) -> None:
    page = open_page(PHONE)
    sign_in(page, TEACHER)
    page.goto("/workshops/open")
    page.get_by_role("link", name=TITLE).tap()
    page.get_by_role("button", name="我要报名").tap()
    expect(page.get_by_role("heading", name="我的报名")).to_be_visible()
    check(page)

    with live.app.app_context():
        code = make_code(session_id, clock.now())
    page.goto(f"/check-in/{code}")
    page.get_by_role("button", name="签到").tap()
    expect(page.get_by_role("heading", level=1)).to_have_text("签到成功")

    grade(live)
    page.goto("/workshops/mine")
    card = page.get_by_role("listitem").filter(has_text=TITLE).first
    expect(card).to_contain_text("90 · 优秀")
    check(page)
    card.get_by_role("link", name=TITLE).tap()
    page.get_by_role("link", name="我的成绩").tap()
    expect(page.get_by_role("heading", level=1)).to_have_text("我的成绩")
    expect(page.locator(".xy-tile-value")).to_contain_text("90")
    expect(page.locator(".xy-tile-value")).to_contain_text("优秀")
    check(page)
