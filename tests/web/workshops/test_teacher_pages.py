"""The teacher's side in pages: what is open and why not, two taps, withdrawing, hours, home."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.core import clock
from app.core.db import atomic, db
from app.domain.people.models import Person
from app.domain.people.rules import TrainingLevel
from app.domain.units.models import SchoolStage, Unit
from app.domain.workshops.models import Enrolment, SeatPool, Workshop
from app.domain.workshops.rules.words import Approval, EnrolmentStatus, WorkshopStatus
from tests.factories import (
    CHUXIONG_CITY,
    LINCANG,
    LUFENG,
    get_unit,
    make_account,
    make_counselor,
    make_school,
    make_training,
    save,
)
from tests.workshop_factories import enrol_one, make_session, make_teachers, make_workshop

SignIn = Callable[[int], FlaskClient]


@pytest.fixture
def school_id(app: Flask) -> int:
    with app.app_context():
        return make_school(CHUXIONG_CITY, "鹿城小学").id


@pytest.fixture
def teacher(app: Flask, school_id: int, sign_in: SignIn) -> FlaskClient:
    """A client signed in as 罗晓燕, a counselor of 鹿城小学."""
    with app.app_context():
        account_id = make_teacher_account(school_id)
    return in_english(sign_in(account_id))


def in_english(client: FlaskClient) -> FlaskClient:
    with client.session_transaction() as cookie:
        cookie["language"] = "en"
    return client


def make_teacher_account(school_id: int, name: str = "罗晓燕") -> int:
    school = db.session.get_one(Unit, school_id)
    person = make_counselor(school, name)
    account = make_account("teacher", db.session.get_one(Unit, school_id))
    with atomic():
        db.session.get_one(Person, person.id).account_id = account.id
    return account.id


def statuses(app: Flask) -> list[str]:
    with app.app_context():
        return [
            enrolment.status.value
            for enrolment in db.session.query(Enrolment).order_by(Enrolment.id)
        ]


def page(client: FlaskClient, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.get_data(as_text=True)


def test_lists_what_is_open_the_soonest_closing_first(app: Flask, teacher: FlaskClient) -> None:
    with app.app_context():
        make_workshop(5, title="后截止", enrolment_closes_at=clock.now() + timedelta(days=9))
        make_workshop(5, title="先截止", enrolment_closes_at=clock.now() + timedelta(days=2))
        make_workshop(5, title="已截止", enrolment_closes_at=clock.now() - timedelta(hours=1))
        make_workshop(5, title="草稿", status=WorkshopStatus.DRAFT)
    text = page(teacher, "/workshops/open")
    assert text.index("先截止") < text.index("后截止")
    assert "已截止" not in text
    assert "草稿" not in text


def test_shows_the_seats_a_unit_may_take(app: Flask, teacher: FlaskClient) -> None:
    with app.app_context():
        make_workshop(10, {CHUXIONG_CITY: 3, LUFENG: 4})
    assert "6 seats left for you" in page(teacher, "/workshops/open")
    with app.app_context(), atomic():
        for pool in db.session.query(SeatPool):
            pool.taken = pool.seats if pool.unit_id is None else 0
    assert "3 seats left for you" in page(teacher, "/workshops/open")


def test_says_in_words_why_a_workshop_is_not_for_one(app: Flask, teacher: FlaskClient) -> None:
    with app.app_context():
        workshop = make_workshop(5, eligible_stages=[SchoolStage.SENIOR.value])
        address = f"/workshops/{workshop.id}/take-part"
    assert "other school stages than yours" in page(teacher, "/workshops/open")
    text = page(teacher, address)
    assert "other school stages than yours" in text
    assert f"{address[:-10]}/enrol" not in text


def test_enrols_with_a_card_and_one_button(app: Flask, teacher: FlaskClient) -> None:
    with app.app_context():
        workshop_id = make_workshop(5).id
    assert f"/workshops/{workshop_id}/take-part" in page(teacher, "/workshops/open")
    assert f'action="/workshops/{workshop_id}/enrol"' in page(
        teacher, f"/workshops/{workshop_id}/take-part"
    )
    answer = teacher.post(f"/workshops/{workshop_id}/enrol", follow_redirects=True)
    assert "The seat is confirmed." in answer.get_data(as_text=True)
    assert statuses(app) == ["confirmed"]


def test_a_double_click_enrols_once(app: Flask, teacher: FlaskClient) -> None:
    with app.app_context():
        workshop_id = make_workshop(5).id
    teacher.post(f"/workshops/{workshop_id}/enrol")
    again = teacher.post(f"/workshops/{workshop_id}/enrol", follow_redirects=True)
    assert "You were enrolled already." in again.get_data(as_text=True)
    assert statuses(app) == ["confirmed"]


def test_shows_the_step_an_application_waits_for(app: Flask, teacher: FlaskClient) -> None:
    with app.app_context():
        workshop_id = make_workshop(5, approval=Approval.COUNTY).id
    answer = teacher.post(f"/workshops/{workshop_id}/enrol", follow_redirects=True)
    assert "waits for approval (School)" in answer.get_data(as_text=True)


def test_shows_the_place_in_line(app: Flask, teacher: FlaskClient, school_id: int) -> None:
    with app.app_context():
        workshop = make_workshop(1)
        workshop_id = workshop.id
        for person in make_teachers(db.session.get_one(Unit, school_id), 2):
            enrol_one(db.session.get_one(Workshop, workshop_id), person)
    answer = teacher.post(f"/workshops/{workshop_id}/enrol", follow_redirects=True)
    assert "On the waitlist, number 2 in line." in answer.get_data(as_text=True)
    assert "number 2 in line" in page(teacher, "/workshops/mine")


def test_refuses_to_enrol_after_the_end(app: Flask, teacher: FlaskClient) -> None:
    with app.app_context():
        workshop_id = make_workshop(5).id
        with atomic():
            workshop = db.session.get_one(Workshop, workshop_id)
            workshop.enrolment_closes_at = clock.now() - timedelta(seconds=1)
    answer = teacher.post(f"/workshops/{workshop_id}/enrol", follow_redirects=True)
    assert "Enrolment has ended." in answer.get_data(as_text=True)
    assert statuses(app) == []


def test_does_not_show_a_workshop_of_another_prefecture(app: Flask, teacher: FlaskClient) -> None:
    with app.app_context():
        workshop_id = make_workshop(5, organiser_id=get_unit(LINCANG).id).id
    assert teacher.get(f"/workshops/{workshop_id}/take-part").status_code == 404
    assert teacher.post(f"/workshops/{workshop_id}/enrol").status_code == 404


def test_withdraws_without_a_reason_before_the_deadline(app: Flask, teacher: FlaskClient) -> None:
    with app.app_context():
        workshop_id = make_workshop(5, withdraw_until=clock.now() + timedelta(days=1)).id
    teacher.post(f"/workshops/{workshop_id}/enrol")
    teacher.post(f"/workshops/{workshop_id}/withdraw")
    assert statuses(app) == ["withdrawn"]


def test_asks_for_a_reason_after_the_deadline(app: Flask, teacher: FlaskClient) -> None:
    with app.app_context():
        workshop_id = make_workshop(5, withdraw_until=clock.now() - timedelta(hours=1)).id
    teacher.post(f"/workshops/{workshop_id}/enrol")
    answer = teacher.post(f"/workshops/{workshop_id}/withdraw", follow_redirects=True)
    assert "say why" in answer.get_data(as_text=True)
    assert statuses(app) == ["confirmed"]
    teacher.post(f"/workshops/{workshop_id}/withdraw", data={"reason": "学校有事"})
    assert statuses(app) == ["withdrawn"]
    assert "学校有事" in page(teacher, "/workshops/mine")


def test_measures_hours_against_the_year_and_the_cycle(app: Flask, teacher: FlaskClient) -> None:
    with app.app_context():
        person = db.session.query(Person).filter_by(name="罗晓燕").one()
        unit = db.session.query(Unit).filter_by(name="鹿城小学").one()
        for title, day in (("今年的培训", date(2023, 5, 1)), ("去年的培训", date(2022, 5, 1))):
            make_training(
                db.session.get_one(Person, person.id),
                db.session.get_one(Unit, unit.id),
                title=title,
                ended_on=day,
                level=TrainingLevel.NATIONAL,
                hours=40,
            )
    text = page(teacher, "/workshops/hours")
    assert "40 / 90" in text
    assert "80 / 360" in text
    assert text.index("今年的培训") < text.index("去年的培训")


def test_home_tells_a_teacher_what_waits(app: Flask, teacher: FlaskClient) -> None:
    with app.app_context():
        today = make_workshop(5, title="今天上课")
        make_session(today, clock.now() + timedelta(hours=2))
        today_id = today.id
        waiting_id = make_workshop(5, title="待审核", approval=Approval.SCHOOL).id
        over = make_workshop(5, title="已结束", status=WorkshopStatus.COMPLETED)
        make_session(over, clock.now() - timedelta(days=2))
        person = db.session.query(Person).filter_by(name="罗晓燕").one()
        pool = db.session.query(SeatPool).filter_by(workshop_id=over.id).one()
        save(
            Enrolment(
                workshop_id=over.id,
                person_id=person.id,
                unit_id=person.registered_unit_id,
                unit_path="/",
                pool_id=pool.id,
                number=99,
                status=EnrolmentStatus.COMPLETED,
                applied_at=clock.now(),
            )
        )
    teacher.post(f"/workshops/{today_id}/enrol")
    teacher.post(f"/workshops/{waiting_id}/enrol")
    text = page(teacher, "/")
    assert "today: 今天上课, 12:00, 州民族中学" in text
    assert "application of yours waits for approval or a seat" in text
    assert "workshop asks for your feedback" in text


def test_an_account_of_nobody_is_told_whom_to_ask(
    app: Flask, school_id: int, sign_in: SignIn
) -> None:
    with app.app_context():
        account_id = make_account("teacher", db.session.get_one(Unit, school_id)).id
    client = in_english(sign_in(account_id))
    answer = client.get("/workshops/open")
    assert answer.status_code == 404
    assert "Ask your school to link it" in answer.get_data(as_text=True)


@pytest.mark.parametrize("address", ["/workshops/open", "/workshops/mine", "/workshops/hours"])
def test_teachers_pages_are_for_teachers(
    app: Flask, school_id: int, sign_in: SignIn, address: str
) -> None:
    with app.app_context():
        account_id = make_account("school", db.session.get_one(Unit, school_id)).id
    assert sign_in(account_id).get(address).status_code == 403
