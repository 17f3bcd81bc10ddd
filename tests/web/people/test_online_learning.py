"""What a person learns online, on their record and on their own page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.core.db import atomic, db
from app.domain.courses.models import CourseEnrolment
from app.domain.courses.rules.words import LearnerStatus
from tests import factories
from tests.course_factories import make_course, make_learner, make_lesson, make_version
from tests.recognition_factories import make_parties, make_recognition
from tests.web.courses.test_own_courses import in_english

SignIn = Callable[[int], FlaskClient]


@pytest.fixture
def ids(app: Flask) -> dict[str, int]:
    """李梅 of a school of 凤庆: one course completed, one under way, one left; hours asked for."""
    with app.app_context():
        parties = make_parties()
        under_way = make_course("情绪管理")
        make_lesson(make_version(under_way))
        make_learner(under_way, parties.person, parties.unit)
        make_learner(
            make_course("退出的课程"), parties.person, parties.unit, status=LearnerStatus.WITHDRAWN
        )
        done = make_learner(make_course("危机干预"), parties.person, parties.unit)
        with atomic():
            made = db.session.get_one(CourseEnrolment, done.id)
            made.status, made.completed_on = LearnerStatus.COMPLETED, date(2023, 8, 1)
            made.credit_hours = Decimal("8.5")
        make_recognition(parties.person, parties.unit)
        return {
            "person": parties.person.id,
            "teacher": parties.account.id,
            "county": int(parties.county.account_id or 0),
            "elsewhere": factories.make_account("county", "530922").id,
        }


def said(page: str) -> None:
    for words in ("Online learning", "情绪管理", "0 of 1 lessons", "危机干预", "8.5 credit hours"):
        assert words in page
    assert "班主任网络研修" in page
    assert "退出的课程" not in page


def test_the_record_shows_courses_and_hours(ids: dict[str, int], sign_in: SignIn) -> None:
    address = f"/people/{ids['person']}"
    said(in_english(sign_in(ids["county"])).get(address).get_data(as_text=True))
    assert sign_in(ids["elsewhere"]).get(address).status_code == 404


def test_ones_own_page_shows_them_too(ids: dict[str, int], sign_in: SignIn) -> None:
    said(in_english(sign_in(ids["teacher"])).get("/people/me").get_data(as_text=True))


def test_the_privacy_notice_names_online_learning(app: Flask) -> None:
    assert "网络学习" in app.test_client().get("/privacy").get_data(as_text=True)
    english = in_english(app.test_client()).get("/privacy")
    assert "Online learning" in english.get_data(as_text=True)
