"""Online courses as an office keeps them: list, plan, publish, trainers, learners, people put in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.core import clock
from app.core.db import atomic, db
from app.domain.courses.models import Course, CourseEnrolment
from app.domain.courses.rules.words import CourseKind, CourseStatus, LearnerStatus
from app.domain.units.models import Unit
from tests import factories
from tests.course_factories import (
    make_course,
    make_course_trainer,
    make_learner,
    make_lesson,
    make_version,
)
from tests.factories import CHUXIONG, LINCANG, LINXIANG, make_account, make_counselor, make_school

SignIn = Callable[[int], FlaskClient]
FORM = {
    "organiser": LINCANG,
    "title": "班主任心理健康教育",
    "kind": "own",
    "level": "prefecture",
    "credit_hours": "10",
    "way": "self",
    "audiences": ["homeroom_teachers", "counselors"],
}


def in_english(client: FlaskClient) -> FlaskClient:
    with client.session_transaction() as cookie:
        cookie["language"] = "en"
    return client


@pytest.fixture
def enter(app: Flask, sign_in: SignIn) -> Callable[[str, str], FlaskClient]:
    """A client in a role on the unit with this code."""

    def signed(role: str, unit: str = LINCANG) -> FlaskClient:
        with app.app_context():
            account_id = make_account(role, unit).id
        return in_english(sign_in(account_id))

    return signed


@pytest.fixture
def bureau(enter: Callable[[str, str], FlaskClient]) -> FlaskClient:
    return enter("bureau", LINCANG)


@pytest.fixture
def course_id(app: Flask) -> int:
    """A published course with two required lessons."""
    with app.app_context():
        course = make_course()
        version = make_version(course)
        make_lesson(version, title="认识情绪")
        make_lesson(version, title="倾听的方法")
        return course.id


def page(client: FlaskClient, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def stored(app: Flask, course_id: int) -> Course:
    with app.app_context():
        course = db.session.get_one(Course, course_id)
        db.session.refresh(course)
        db.session.expunge(course)
        return course


def test_plans_a_course_as_a_draft(app: Flask, bureau: FlaskClient) -> None:
    page(bureau, "/courses/new")
    answer = bureau.post("/courses/new", data=FORM | {"capacity": ""}, follow_redirects=True)
    text = answer.get_data(as_text=True)
    assert "Saved as a draft." in text
    assert "It has no lessons yet" in text
    with app.app_context():
        made = db.session.query(Course).one()
        assert made.audiences == ["counselors", "homeroom_teachers"]
        assert (made.credit_hours, made.capacity) == (Decimal(10), None)
        assert made.organiser.code == LINCANG


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"title": ""}, "This is needed."),
        ({"credit_hours": "1000"}, "A number of hours from 0 to 999"),
        (
            {"opens_on": "2023-09-02", "closes_on": "2023-09-01"},
            "The last day lies before the first.",
        ),
        ({"address": "javascript:alert(1)"}, "beginning with https://"),
        ({"organiser": "别处"}, "No single unit of yours"),
        ({"capacity": "0"}, "Places"),
    ],
)
def test_says_beside_the_field_what_is_wrong(
    app: Flask, bureau: FlaskClient, wrong: dict[str, str], words: str
) -> None:
    answer = bureau.post("/courses/new", data=FORM | wrong)
    assert answer.status_code == 422
    assert words in answer.get_data(as_text=True)
    with app.app_context():
        assert db.session.query(Course).count() == 0


def test_publishes_a_draft_that_is_ready(app: Flask, bureau: FlaskClient, course_id: int) -> None:
    with app.app_context(), atomic():
        db.session.get_one(Course, course_id).status = CourseStatus.DRAFT
    assert "/publish" in page(bureau, f"/courses/{course_id}")
    answer = bureau.post(f"/courses/{course_id}/publish", follow_redirects=True)
    assert "Published." in answer.get_data(as_text=True)
    assert stored(app, course_id).status is CourseStatus.PUBLISHED


def test_a_draft_that_lacks_something_stays_one(app: Flask, bureau: FlaskClient) -> None:
    with app.app_context():
        course_id = make_course(status=CourseStatus.DRAFT, credit_hours=Decimal(0)).id
    assert "/publish" not in page(bureau, f"/courses/{course_id}")
    answer = bureau.post(f"/courses/{course_id}/publish", follow_redirects=True)
    assert "Say how many credit hours" in answer.get_data(as_text=True)
    assert stored(app, course_id).status is CourseStatus.DRAFT


def test_changes_what_a_course_says(app: Flask, bureau: FlaskClient, course_id: int) -> None:
    text = page(bureau, f"/courses/{course_id}/edit")
    assert "kind and level stay as they are" in text
    change = FORM | {"title": "新名称", "row_version": "1", "eligible_unit": LINXIANG}
    bureau.post(f"/courses/{course_id}/edit", data=change)
    with app.app_context():
        course = db.session.get_one(Course, course_id)
        assert course.title == "新名称"
        assert course.eligible_unit is not None
        assert course.eligible_unit.code == LINXIANG
    answer = bureau.post(f"/courses/{course_id}/edit", data=change | {"title": "又一次"})
    assert "Somebody else has changed it" in answer.get_data(as_text=True)


def test_ends_a_course_with_a_reason(app: Flask, bureau: FlaskClient, course_id: int) -> None:
    with app.app_context():
        make_learner(db.session.get_one(Course, course_id))
    assert "1 person who is not done" in page(bureau, f"/courses/{course_id}/end")
    assert bureau.post(f"/courses/{course_id}/end").status_code == 422
    data = {"reason": "本期结束"}
    answer = bureau.post(f"/courses/{course_id}/end", data=data, follow_redirects=True)
    text = answer.get_data(as_text=True)
    assert "Not completed: 1." in text
    assert "本期结束" in text
    assert stored(app, course_id).status is CourseStatus.ENDED
    assert f"/courses/{course_id}/reopen" in text
    assert "1 person who was not done" in page(bureau, f"/courses/{course_id}/reopen")
    assert bureau.post(f"/courses/{course_id}/reopen").status_code == 422
    data = {"reason": "学员尚未学完"}
    answer = bureau.post(f"/courses/{course_id}/reopen", data=data, follow_redirects=True)
    assert "Learning again: 1." in answer.get_data(as_text=True)
    assert stored(app, course_id).status is CourseStatus.PUBLISHED


def test_calls_a_course_off(app: Flask, bureau: FlaskClient, course_id: int) -> None:
    page(bureau, f"/courses/{course_id}/cancel")
    data = {"reason": "内容有误"}
    answer = bureau.post(f"/courses/{course_id}/cancel", data=data, follow_redirects=True)
    assert "Called off" in answer.get_data(as_text=True)
    assert stored(app, course_id).status is CourseStatus.CANCELLED


def test_names_who_teaches_and_takes_them_off(
    app: Flask, bureau: FlaskClient, course_id: int
) -> None:
    with app.app_context():
        account_id = make_account("trainer", LINCANG, "讲师甲").id
    answer = bureau.post(
        f"/courses/{course_id}/trainers", data={"account": str(account_id)}, follow_redirects=True
    )
    text = answer.get_data(as_text=True)
    assert "讲师甲" in text
    address = text.split(f'action="/courses/{course_id}/trainers/')[1].split('"')[0]
    bureau.post(f"/courses/{course_id}/trainers/{address}")
    with app.app_context():
        assert db.session.get_one(Course, course_id).trainers == []


def test_a_trainer_sees_only_what_they_teach(app: Flask, sign_in: SignIn, course_id: int) -> None:
    with app.app_context():
        account_id = make_course_trainer(db.session.get_one(Course, course_id)).id
        make_course("别的课程")
    client = in_english(sign_in(account_id))
    text = page(client, "/courses/")
    assert "班主任心理健康教育网络课程" in text
    assert "别的课程" not in text
    text = page(client, f"/courses/{course_id}")
    assert f"/courses/{course_id}/learners" in text
    assert f"/courses/{course_id}/edit" not in text


def test_narrows_the_list(app: Flask, bureau: FlaskClient) -> None:
    with app.app_context():
        make_course("给班主任的课", audiences=["homeroom_teachers"])
        make_course("草稿里的课", status=CourseStatus.DRAFT)
        make_course("国家平台的课", kind=CourseKind.EXTERNAL, platform="国家平台")
        make_course("凤庆的课", unit="530921")
    for query, found in {
        "q=班主任": ["给班主任的课"],
        "status=draft": ["草稿里的课"],
        "kind=external": ["国家平台的课"],
        "audience=homeroom_teachers": ["给班主任的课"],
        "unit=530921": ["凤庆的课"],
    }.items():
        text = page(bureau, f"/courses/?{query}")
        titles = ("给班主任的课", "草稿里的课", "国家平台的课", "凤庆的课")
        assert [title for title in titles if f">{title}</a>" in text] == found


def test_a_school_counts_its_own_people(
    app: Flask, sign_in: SignIn, bureau: FlaskClient, course_id: int
) -> None:
    with app.app_context():
        course = db.session.get_one(Course, course_id)
        school = make_school(LINXIANG, "本校小学")
        make_learner(course, make_counselor(school, "本校教师"), school)
        make_learner(course)
        account_id = make_account("school", db.session.get_one(Unit, school.id)).id
    client = in_english(sign_in(account_id))
    assert '<td class="num" data-label="Learners">1</td>' in page(client, "/courses/")
    assert '<td class="num" data-label="Learners">2</td>' in page(bureau, "/courses/")
    text = page(client, f"/courses/{course_id}/learners")
    assert "本校教师" in text
    assert "李梅" not in text


def test_lists_take_as_many_queries_for_many_rows(
    app: Flask, bureau: FlaskClient, course_id: int, count_queries: Callable[..., int]
) -> None:
    def add(number: int) -> None:
        with app.app_context():
            school = db.session.query(Unit).filter_by(code=LINXIANG).one()
            course = db.session.get_one(Course, course_id)
            for n in range(number):
                make_learner(course, make_counselor(school, f"教师{n}"), school)
                make_course(f"课程{n}")
                make_counselor(school, f"待报{n}")

    addresses = [
        "/courses/",
        f"/courses/{course_id}/learners",
        f"/courses/{course_id}/learners/nominate",
    ]
    add(1)
    for address in addresses:
        bureau.get(address)
    few = [count_queries(lambda a=address: bureau.get(a)) for address in addresses]
    add(30)
    many = [count_queries(lambda a=address: bureau.get(a)) for address in addresses]
    assert many == few
    assert max(many) <= 13


def test_finds_who_has_not_begun_and_who_left(
    app: Flask, bureau: FlaskClient, course_id: int
) -> None:
    with app.app_context():
        course = db.session.get_one(Course, course_id)
        school = make_school(LINXIANG)
        make_learner(course, make_counselor(school, "未学教师"), school)
        make_learner(course, make_counselor(school, "在学教师"), school, started_at=clock.now())
        make_learner(
            course, make_counselor(school, "退出教师"), school, status=LearnerStatus.WITHDRAWN
        )
    names = ("未学教师", "在学教师", "退出教师")
    address = f"/courses/{course_id}/learners"

    def shown(query: str) -> list[str]:
        text = page(bureau, address + query)
        return [name for name in names if name in text]

    assert shown("") == ["未学教师", "在学教师"]
    assert shown("?show=not-begun") == ["未学教师"]
    assert shown("?status=withdrawn") == ["退出教师"]
    assert shown("?q=在学教师") == ["在学教师"]


def test_puts_ticked_people_in(
    app: Flask, enter: Callable[[str, str], FlaskClient], course_id: int
) -> None:
    with app.app_context():
        school = make_school(LINXIANG)
        ids = [make_counselor(school, name).id for name in ("甲老师", "乙老师")]
    county = enter("county", LINXIANG)
    address = f"/courses/{course_id}/learners/nominate"
    assert "甲老师" in page(county, address)
    answer = county.post(address, data={"id": [str(one) for one in ids]}, follow_redirects=True)
    text = answer.get_data(as_text=True)
    assert "2 people are in the course now." in text
    assert "乙老师" in text
    answer = county.post(address, data={"id": str(ids[0])}, follow_redirects=True)
    assert "1 was in already." in answer.get_data(as_text=True)


def test_offers_only_who_is_not_in_it_yet(app: Flask, bureau: FlaskClient, course_id: int) -> None:
    with app.app_context():
        school = make_school(LINXIANG)
        make_learner(
            db.session.get_one(Course, course_id), make_counselor(school, "在学教师"), school
        )
        make_counselor(school, "待报教师")
    address = f"/courses/{course_id}/learners/nominate"
    text = page(bureau, address)
    assert "待报教师" in text
    assert "在学教师" not in text
    assert "在学教师" in page(bureau, f"{address}?show=everybody")


def test_names_who_could_not_be_put_in(app: Flask, bureau: FlaskClient) -> None:
    with app.app_context():
        county = factories.get_unit(LINXIANG)
        course_id = make_course(eligible_unit_id=county.id, capacity=1).id
        inside = make_school(LINXIANG)
        ids = [
            make_counselor(inside, "头一位").id,
            make_counselor(inside, "第二位").id,
            make_counselor(make_school("530921"), "外县的").id,
        ]
    address = f"/courses/{course_id}/learners/nominate"
    answer = bureau.post(address, data={"id": [str(one) for one in ids]}, follow_redirects=True)
    text = answer.get_data(as_text=True)
    assert "1 person is in the course now." in text
    assert "第二位: no place is left" in text
    assert "外县的: of a unit it is not for" in text


def test_nothing_ticked_and_nonsense_do_nothing(bureau: FlaskClient, course_id: int) -> None:
    address = f"/courses/{course_id}/learners/nominate"
    assert "Tick at least one person." in bureau.post(address, follow_redirects=True).get_data(
        as_text=True
    )
    assert bureau.post(address, data={"id": "x"}).status_code == 400
    assert bureau.post(address, data={"id": "987654321"}).status_code == 404


def test_takes_somebody_out_with_a_reason(app: Flask, bureau: FlaskClient, course_id: int) -> None:
    with app.app_context():
        learner_id = make_learner(db.session.get_one(Course, course_id)).id
    address = f"/courses/{course_id}/learners/{learner_id}/take-out"
    assert "李梅" in page(bureau, address)
    assert bureau.post(address).status_code == 422
    bureau.post(address, data={"reason": "产假"})
    with app.app_context():
        learner = db.session.get_one(CourseEnrolment, learner_id)
        assert (learner.status, learner.end_reason) == (LearnerStatus.WITHDRAWN, "产假")


def test_a_learner_of_another_course_is_not_found_under_this_one(
    app: Flask, bureau: FlaskClient, course_id: int
) -> None:
    with app.app_context():
        learner_id = make_learner(make_course("别的课程")).id
    assert bureau.get(f"/courses/{course_id}/learners/{learner_id}/take-out").status_code == 404


def test_another_prefecture_sees_nothing(
    enter: Callable[[str, str], FlaskClient], course_id: int
) -> None:
    stranger = enter("bureau", CHUXIONG)
    assert "班主任心理健康教育网络课程" not in page(stranger, "/courses/")
    for part in ("", "/edit", "/learners", "/learners/nominate", "/trainers", "/end"):
        assert stranger.get(f"/courses/{course_id}{part}").status_code == 404


def test_a_county_below_sees_and_does_not_change(
    enter: Callable[[str, str], FlaskClient], course_id: int
) -> None:
    county = enter("county", LINXIANG)
    text = page(county, f"/courses/{course_id}")
    assert f"/courses/{course_id}/edit" not in text
    assert f"/courses/{course_id}/learners/nominate" in text
    assert county.get(f"/courses/{course_id}/edit").status_code == 404
    assert county.post(f"/courses/{course_id}/publish").status_code == 404


def test_says_that_the_last_day_has_passed(app: Flask, bureau: FlaskClient) -> None:
    with app.app_context():
        course_id = make_course(closes_on=clock.today() - timedelta(days=1)).id
    assert "Its last day has passed" in page(bureau, f"/courses/{course_id}")
    assert "The last day of this course has passed." in page(
        bureau, f"/courses/{course_id}/learners/nominate"
    )
