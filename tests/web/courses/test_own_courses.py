"""Online courses as a teacher meets them: what is to be learnt, what is open, two taps to be in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.core import clock
from app.core.db import atomic, db
from app.domain.courses.models import Course, CourseEnrolment, RequiredLearner, Requirement
from app.domain.courses.rules.words import (
    CourseKind,
    CourseStatus,
    EnrolmentWay,
    LearnerStatus,
)
from app.domain.people.models import Person
from app.domain.people.rules import Audience
from app.domain.units.models import Unit
from tests.course_factories import make_course, make_learner, make_lesson, make_version
from tests.factories import (
    CHUXIONG,
    LINCANG,
    LINXIANG,
    get_unit,
    make_account,
    make_counselor,
    make_school,
    save,
)

SignIn = Callable[[int], FlaskClient]
TITLE = "班主任心理健康教育网络课程"


@pytest.fixture
def teacher(app: Flask, sign_in: SignIn) -> FlaskClient:
    """A client signed in as 罗晓燕, a counselor of a school of 临翔."""
    with app.app_context():
        school = make_school(LINXIANG, "临翔小学")
        person = make_counselor(school, "罗晓燕")
        account_id = make_account("teacher", db.session.get_one(Unit, school.id)).id
        with atomic():
            db.session.get_one(Person, person.id).account_id = account_id
    return in_english(sign_in(account_id))


def in_english(client: FlaskClient) -> FlaskClient:
    with client.session_transaction() as cookie:
        cookie["language"] = "en"
    return client


def make_full_course(title: str = TITLE, lessons: int = 4, **columns: object) -> Course:
    course = make_course(title, **columns)
    version = make_version(course)
    for number in range(lessons):
        make_lesson(version, title=f"第{number + 1}课 倾听")
    return course


def put_in(course: Course, **columns: object) -> CourseEnrolment:
    """罗晓燕 in the course."""
    person = db.session.query(Person).filter_by(name="罗晓燕").one()
    return make_learner(course, person, person.registered_unit, **columns)


def assign(learner: CourseEnrolment, due_on: date) -> None:
    requirement = save(
        Requirement(
            course_id=learner.course_id,
            unit_id=get_unit(LINCANG).id,
            audience=Audience.COUNSELORS,
            assigned_on=min(clock.today(), due_on),
            due_on=due_on,
            reminders=[],
            created_at=clock.now(),
        )
    )
    save(
        RequiredLearner(
            requirement_id=requirement.id,
            person_id=learner.person_id,
            enrolment_id=learner.id,
            since=clock.today(),
        )
    )


def page(client: FlaskClient, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def part(text: str, heading: str) -> str:
    """What stands under a heading of the front page."""
    return text.split(f">{heading}")[1].split("<section")[0] if f">{heading}" in text else ""


def test_sorts_my_courses_into_what_is_to_be_done(app: Flask, teacher: FlaskClient) -> None:
    with app.app_context():
        assign(put_in(make_full_course("指定的课")), clock.today() + timedelta(days=30))
        put_in(make_full_course("自选的课"), started_at=clock.now(), done=1)
        put_in(
            make_full_course("学完的课"),
            status=LearnerStatus.COMPLETED,
            done=4,
            completed_on=clock.today(),
            completed_at=clock.now(),
        )
        make_full_course("开放的课")
    text = page(teacher, "/courses/")
    assert "指定的课" in part(text, "Assigned to me")
    assert "due on 2023-09-16" in part(text, "Assigned to me")
    learning = part(text, "In progress")
    assert "自选的课" in learning
    assert "1 of 4 lessons" in learning
    assert 'value="25"' in learning
    assert "Continue" in learning
    assert "学完的课" in part(text, "Finished courses")
    assert "开放的课" in part(text, "Courses for me")
    assert "指定的课" not in part(text, "Courses for me")


def test_the_soonest_due_day_comes_first_and_what_is_late_says_so(
    app: Flask, teacher: FlaskClient
) -> None:
    with app.app_context():
        assign(put_in(make_full_course("下月的课")), clock.today() + timedelta(days=30))
        assign(put_in(make_full_course("过期的课")), clock.today() - timedelta(days=2))
        assign(put_in(make_full_course("今天的课")), clock.today())
    text = page(teacher, "/courses/")
    assert text.index("过期的课") < text.index("今天的课") < text.index("下月的课")
    assert "overdue since 2023-08-15" in text
    assert "due today" in text


def test_says_why_a_course_is_not_open(app: Flask, teacher: FlaskClient) -> None:
    with app.app_context():
        sent = make_full_course("推荐的课", way=EnrolmentWay.NOMINATION)
        later = make_full_course("下周的课", opens_on=clock.today() + timedelta(days=7))
        full = make_full_course("满员的课", capacity=1, taken=1)
        ids = [sent.id, later.id, full.id]
        make_full_course("别处的课", unit=CHUXIONG)
        make_full_course("草稿的课", status=CourseStatus.DRAFT)
        make_full_course("过去的课", closes_on=clock.today() - timedelta(days=1))
    text = page(teacher, "/courses/")
    assert "Your school or bureau nominates for this course" in text
    assert "Begins on 2023-08-24" in text
    assert "All places of this course are taken." in text
    for hidden in ("别处的课", "草稿的课", "过去的课"):
        assert hidden not in text
    for course_id in ids:
        text = page(teacher, f"/courses/{course_id}")
        assert "Not open to you" in text
        assert f"/courses/{course_id}/enrol" not in text


def test_what_one_can_take_comes_first(app: Flask, teacher: FlaskClient) -> None:
    with app.app_context():
        make_full_course("可以学的", closes_on=clock.today() + timedelta(days=300))
        make_full_course("快结束的", closes_on=clock.today() + timedelta(days=3))
        make_full_course("要推荐的", way=EnrolmentWay.NOMINATION)
        make_full_course("没名额的", capacity=1, taken=1)
        make_full_course("还没开的", opens_on=clock.today() + timedelta(days=7))
    text = part(page(teacher, "/courses/"), "Courses for me")
    order = ("快结束的", "可以学的", "还没开的", "没名额的", "要推荐的")
    assert sorted(order, key=text.index) == list(order)


def test_two_taps_and_one_is_in(app: Flask, teacher: FlaskClient) -> None:
    with app.app_context():
        course_id = make_full_course().id
    assert f'href="/courses/{course_id}"' in page(teacher, "/courses/")
    text = page(teacher, f"/courses/{course_id}")
    assert f'action="/courses/{course_id}/enrol"' in text
    assert "第1课 倾听" in text
    assert f"/courses/{course_id}/lessons/" not in text
    answer = teacher.post(f"/courses/{course_id}/enrol", follow_redirects=True)
    text = answer.get_data(as_text=True)
    assert "You are in the course." in text
    assert f'href="/courses/{course_id}/continue"' in text
    assert f"/courses/{course_id}/lessons/" in text
    again = teacher.post(f"/courses/{course_id}/enrol", follow_redirects=True)
    assert "You were in the course already." in again.get_data(as_text=True)
    with app.app_context():
        assert db.session.query(CourseEnrolment).count() == 1


def test_leaving_asks_for_a_reason_once_begun(app: Flask, teacher: FlaskClient) -> None:
    with app.app_context():
        learner = put_in(make_full_course(), started_at=clock.now())
        learner_id, course_id = learner.id, learner.course_id
    answer = teacher.post(f"/courses/{course_id}/withdraw", follow_redirects=True)
    assert "Say why" in answer.get_data(as_text=True)
    answer = teacher.post(
        f"/courses/{course_id}/withdraw", data={"reason": "调离岗位"}, follow_redirects=True
    )
    text = answer.get_data(as_text=True)
    assert "You have left the course." in text
    assert "调离岗位" in text
    assert f'action="/courses/{course_id}/enrol"' in text
    with app.app_context():
        assert db.session.get_one(CourseEnrolment, learner_id).status is LearnerStatus.WITHDRAWN


def test_what_is_assigned_cannot_be_left(app: Flask, teacher: FlaskClient) -> None:
    with app.app_context():
        learner = put_in(make_full_course())
        course_id = learner.course_id
        assign(learner, clock.today() + timedelta(days=3))
    text = page(teacher, f"/courses/{course_id}")
    assert "Assigned to you" in text
    assert f"/courses/{course_id}/withdraw" not in text
    answer = teacher.post(f"/courses/{course_id}/withdraw", follow_redirects=True)
    assert "Who assigned it can take you out." in answer.get_data(as_text=True)


def test_a_course_on_another_platform_leads_there(app: Flask, teacher: FlaskClient) -> None:
    with app.app_context():
        course = make_course(
            "国家平台的课",
            kind=CourseKind.EXTERNAL,
            platform="国家智慧教育平台",
            address="https://basic.smartedu.cn/",
        )
        put_in(course)
        course_id = course.id
    text = page(teacher, f"/courses/{course_id}")
    assert 'href="https://basic.smartedu.cn/"' in text
    assert "Once your result is reported from there" in text
    assert "/continue" not in text


def test_a_completed_course_shows_its_hours(app: Flask, teacher: FlaskClient) -> None:
    with app.app_context():
        learner = put_in(
            make_full_course(),
            status=LearnerStatus.COMPLETED,
            completed_on=clock.today(),
            credit_hours=8,
        )
        course_id = learner.course_id
    text = page(teacher, f"/courses/{course_id}")
    assert "8 credit hours are in your record." in text
    assert "Completed on 2023-08-17" in text
    assert f"/courses/{course_id}/withdraw" not in text


def test_the_page_is_kept_and_shows_every_change(app: Flask, teacher: FlaskClient) -> None:
    with app.app_context():
        learner = put_in(make_full_course(), done=1, started_at=clock.now())
        learner_id, course_id = learner.id, learner.course_id
    address = f"/courses/{course_id}"
    assert "1 of 4 lessons" in page(teacher, address)
    with app.app_context(), atomic():
        held = db.session.get_one(CourseEnrolment, learner_id)
        held.done, held.stamp = 2, held.stamp + 1
    assert "2 of 4 lessons" in page(teacher, address)
    with app.app_context(), atomic():
        course = db.session.get_one(Course, course_id)
        course.title, course.row_version = "换了名称的课", course.row_version + 1
    assert "换了名称的课" in page(teacher, address)
    with app.app_context():
        assign(db.session.get_one(CourseEnrolment, learner_id), clock.today())
    assert "due today" in page(teacher, address)


def test_a_kept_page_costs_few_queries(
    app: Flask, teacher: FlaskClient, count_queries: Callable[..., int]
) -> None:
    with app.app_context():
        course_id = put_in(make_full_course()).course_id
    page(teacher, f"/courses/{course_id}")
    assert count_queries(lambda: page(teacher, f"/courses/{course_id}")) <= 4


def test_the_front_page_takes_as_many_queries_for_many_courses(
    app: Flask, teacher: FlaskClient, count_queries: Callable[..., int]
) -> None:
    def add(number: int) -> None:
        with app.app_context():
            for n in range(number):
                put_in(make_course(f"在学{n}"))
                put_in(make_course(f"学完{n}"), status=LearnerStatus.COMPLETED)
                make_course(f"开放{n}", eligible_unit_id=get_unit(LINXIANG).id)

    add(1)
    page(teacher, "/courses/")
    few = count_queries(lambda: page(teacher, "/courses/"))
    add(12)
    assert count_queries(lambda: page(teacher, "/courses/")) == few
    assert few <= 8


def test_all_finished_and_all_open_courses_have_pages(app: Flask, teacher: FlaskClient) -> None:
    with app.app_context():
        for n in range(30):
            make_course(f"开放{n:02d}")
            put_in(make_course(f"学完{n:02d}"), status=LearnerStatus.COMPLETED)
    text = page(teacher, "/courses/")
    assert "All 30 finished courses" in text
    assert "All 30 courses for me" in text
    for show in ("finished", "open"):
        assert "page=2" in page(teacher, f"/courses/?show={show}")
        page(teacher, f"/courses/?show={show}&page=2")
        assert teacher.get(f"/courses/?show={show}&page=3").status_code == 404
    assert teacher.get("/courses/?show=other").status_code == 404


def test_an_account_of_nobody_is_told_whom_to_ask(app: Flask, sign_in: SignIn) -> None:
    with app.app_context():
        account_id = make_account("teacher", LINXIANG).id
        course_id = make_full_course().id
    client = in_english(sign_in(account_id))
    assert "Ask your school to link it" in page(client, "/courses/")
    assert "Ask your school to link it" in page(client, f"/courses/{course_id}")


def test_a_course_elsewhere_is_not_found(app: Flask, teacher: FlaskClient) -> None:
    with app.app_context():
        course_id = make_full_course(unit=CHUXIONG).id
    assert teacher.get(f"/courses/{course_id}").status_code == 404
    assert teacher.post(f"/courses/{course_id}/enrol").status_code == 404
    assert teacher.post(f"/courses/{course_id}/withdraw").status_code == 404
