"""The certificate of hours: what stands on the paper, who gets it, and that nobody gets it before."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfReader

from app.core import clock
from app.core.db import atomic, db
from app.domain.accounts.rules import Role
from app.domain.certificates.rules.words import SourceKind
from app.domain.courses.models import CourseEnrolment
from app.domain.courses.rules.words import LearnerStatus
from app.domain.people.models import Person, TrainingRecord
from app.domain.people.rules import TrainingKind, TrainingLevel
from app.domain.people.rules.trainings import online_event_key
from tests import factories
from tests.course_factories import make_course, make_learner, make_learner_account
from tests.issued_factories import make_certificate
from tests.web.courses.test_own_courses import in_english

SignIn = Callable[[int], FlaskClient]
TITLE = "班主任心理健康教育网络课程"


@pytest.fixture
def ids(app: Flask) -> dict[str, int]:
    """Completed by 李𬭎 of a school of 临翔, with an identity number and a score."""
    with app.app_context():
        course = make_course(TITLE)
        school = factories.make_school(factories.LINXIANG, "临翔小学")
        person = factories.make_counselor(school, "李𬭎", number=factories.id_number(5))
        enrolment = make_learner(course, person, school)
        account = make_learner_account(enrolment)
        with atomic():
            made = db.session.get_one(CourseEnrolment, enrolment.id)
            made.status, made.started_at = LearnerStatus.COMPLETED, clock.now()
            made.completed_at, made.completed_on = clock.now(), date(2023, 8, 30)
            made.credit_hours, made.score = Decimal("8.5"), Decimal("92.50")
        return {
            "course": course.id,
            "enrolment": enrolment.id,
            "learner": account.id,
            "school": factories.make_account(Role.SCHOOL, school).id,
            "bureau": factories.make_account(Role.BUREAU, factories.LINCANG).id,
            "elsewhere": factories.make_account(Role.COUNTY, "530921").id,
        }


def address(ids: dict[str, int], **query: Any) -> str:
    asked = "&".join(f"{name}={value}" for name, value in query.items())
    return f"/courses/{ids['course']}/hours.pdf?{asked}"


def text_of(data: bytes) -> str:
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(data)).pages]
    assert len(pages) == 1
    return "".join("".join(pages).split())


def test_the_paper_says_what_the_record_says(ids: dict[str, int], sign_in: SignIn) -> None:
    answer = sign_in(ids["learner"]).get(address(ids))
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert "filename*=UTF-8''%E6%9D%8E" in answer.headers["Content-Disposition"]
    text = text_of(answer.data)
    sentence = (
        "李𬭎同志（身份证号532398********0050）于2023年8月17日至2023年8月30日参加临沧市教育体育局组织的"
        f"网络课程“{TITLE}”学习，完成规定内容，共8.5学时，成绩92.5分。"
    )
    number = factories.id_number(5)
    masked = f"{number[:6]}********{number[-4:]}"
    assert sentence.replace("532398********0050", masked) in text
    assert number not in text
    assert "特此证明。" in text
    assert "所在单位：临翔小学" in text
    assert "2023年8月17日" in text
    assert "未编号、未盖章，不能公开核验" in text
    assert "请向临沧市教育体育局申请发放证书" in text
    assert text.endswith("/verify/")


def test_the_paper_names_the_certificate_that_was_issued_for_it(
    app: Flask, ids: dict[str, int], sign_in: SignIn
) -> None:
    with app.app_context():
        enrolment = db.session.get_one(CourseEnrolment, ids["enrolment"])
        record = factories.save(
            TrainingRecord(
                person_id=enrolment.person_id,
                unit_id=enrolment.unit_id,
                kind=TrainingKind.ONLINE,
                title=TITLE,
                event_key=online_event_key(TITLE, date(2023, 8, 30)),
                level=TrainingLevel.PREFECTURE,
                ended_on=date(2023, 8, 30),
                hours=Decimal("8.5"),
                passed=True,
            )
        )
        with atomic():
            db.session.get_one(CourseEnrolment, enrolment.id).training_record_id = record.id
        issued = make_certificate(enrolment.person, source=SourceKind.TRAINING, source_id=record.id)
        number = issued.number
    text = text_of(sign_in(ids["learner"]).get(address(ids)).data)
    assert f"已就本次学习发放证书，编号{number}" in text
    assert "申请发放证书" not in text


def test_who_sees_the_learner_gets_the_paper_and_nobody_else(
    ids: dict[str, int], sign_in: SignIn
) -> None:
    of_learner = address(ids, enrolment=ids["enrolment"])
    for who in ("school", "bureau"):
        assert sign_in(ids[who]).get(of_learner).data.startswith(b"%PDF-")
        assert sign_in(ids[who]).get(address(ids)).status_code == 404
    assert sign_in(ids["elsewhere"]).get(of_learner).status_code == 404
    assert sign_in(ids["bureau"]).get(address(ids, enrolment=987654)).status_code == 404
    assert sign_in(ids["bureau"]).get(address(ids, enrolment="x")).status_code == 400


def test_before_the_course_is_completed_a_page_says_so(
    app: Flask, ids: dict[str, int], sign_in: SignIn
) -> None:
    with app.app_context(), atomic():
        made = db.session.get_one(CourseEnrolment, ids["enrolment"])
        made.status, made.completed_on, made.completed_at = LearnerStatus.ENROLLED, None, None
    client = in_english(sign_in(ids["learner"]))
    answer = client.get(address(ids))
    assert (answer.status_code, answer.mimetype) == (409, "text/html")
    assert "once the course is completed" in answer.get_data(as_text=True)
    assert "hours.pdf" not in client.get(f"/courses/{ids['course']}").get_data(as_text=True)


def test_the_course_the_finished_list_and_the_learners_lead_to_it(
    ids: dict[str, int], sign_in: SignIn
) -> None:
    learner = sign_in(ids["learner"])
    link = f"/courses/{ids['course']}/hours.pdf"
    assert link in learner.get(f"/courses/{ids['course']}").get_data(as_text=True)
    assert link in learner.get("/courses/").get_data(as_text=True)
    learners = sign_in(ids["bureau"]).get(f"/courses/{ids['course']}/learners")
    assert f"{link}?enrolment={ids['enrolment']}" in learners.get_data(as_text=True)


def test_a_person_without_a_number_and_a_score(
    app: Flask, ids: dict[str, int], sign_in: SignIn
) -> None:
    with app.app_context(), atomic():
        made = db.session.get_one(CourseEnrolment, ids["enrolment"])
        made.score = made.started_at = None
        person = db.session.get_one(Person, made.person_id)
        person.id_number_sealed = person.id_number_index = None
    text = text_of(sign_in(ids["learner"]).get(address(ids)).data)
    assert "李𬭎同志于2023年8月30日参加" in text
    assert "成绩" not in text
