"""From what is finished to its certificates and back: for who issues them, and for who holds one."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.core import clock
from app.core.db import atomic, db
from app.domain.accounts.rules import Actor
from app.domain.certificates.models import Certificate
from app.domain.courses.rules.words import LearnerStatus
from app.domain.people.models import Person, TrainingRecord
from app.domain.placements.models import Placement
from app.domain.placements.rules.words import CohortStatus, PlacementResult, PlacementStatus
from app.domain.workshops.models import Enrolment, Workshop
from app.domain.workshops.rules.words import EnrolmentStatus, WorkshopStatus
from tests import certificate_factories as issuing
from tests import course_factories as courses
from tests import factories as make
from tests import placement_factories as placements
from tests.attendance_factories import enrolment_of, make_running
from tests.factories import LINCANG

SignIn = Callable[[int], FlaskClient]
FENGQING = "530921"


@dataclass(frozen=True, slots=True)
class Ended:
    """Something that is over: the bureau that held it, who passed it, and where each looks at it."""

    bureau: Actor
    teacher: int
    key: str
    pages: tuple[str, ...]
    own_pages: tuple[str, ...]


def _workshop(person: Person, record_id: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    workshop = make_running([person], organiser_id=make.get_unit(LINCANG).id)
    enrolment_id = enrolment_of(workshop, person).id
    with atomic():
        db.session.get_one(Workshop, workshop.id).status = WorkshopStatus.COMPLETED
        db.session.get_one(Workshop, workshop.id).closed_at = clock.now()
        enrolment = db.session.get_one(Enrolment, enrolment_id)
        enrolment.status, enrolment.training_record_id = EnrolmentStatus.COMPLETED, record_id
        enrolment.credit_hours = Decimal(24)
    page = f"/workshops/{workshop.id}"
    return (page, f"{page}/completion"), (f"{page}/take-part", "/workshops/mine")


def _course(person: Person, record_id: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    course = courses.make_course()
    courses.make_version(course)
    courses.make_learner(
        course, person, person.registered_unit, status=LearnerStatus.COMPLETED,
        completed_at=clock.now(), completed_on=clock.today(), training_record_id=record_id,
    )  # fmt: skip
    page = f"/courses/{course.id}"
    return (f"{page}/dashboard",), (page,)


def _placement(person: Person, record_id: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    cohort = placements.make_cohort(status=CohortStatus.COMPLETED)
    seats = placements.make_seats(cohort, placements.make_base_school())
    placement = placements.make_placement(
        cohort, person, nominating=make.get_unit(FENGQING), school=person.registered_unit,
        seats=seats, status=PlacementStatus.COMPLETED, result=PlacementResult.PASSED,
        training_record_id=record_id,
    )  # fmt: skip
    assert db.session.get_one(Placement, placement.id).training_record_id == record_id
    page = f"/placements/{placement.id}"
    return (f"/placements/cohorts/{cohort.id}", page), (page,)


@pytest.fixture(params=[_workshop, _course, _placement], ids=["workshop", "course", "placement"])
def ended(app: Flask, request: pytest.FixtureRequest) -> Ended:
    with app.app_context():
        bureau = make.make_actor("bureau", LINCANG)
        people, key = issuing.make_trained(FENGQING, title="已结束的培训")
        teacher = make.make_account("teacher", people[0].registered_unit).id
        with atomic():
            person = db.session.get_one(Person, people[0].id)
            person.account_id = teacher
        record_id = db.session.scalars(select(TrainingRecord.id)).one()
        pages, own_pages = request.param(people[0], record_id)
        return Ended(bureau, teacher, key, pages, own_pages)


def _prepare_link(page: str) -> str | None:
    found = re.search(r'href="(/certificates/batches/new\?[^"]*)"', page)
    return found and found[1].replace("&amp;", "&")


def test_leads_from_what_is_over_to_its_batch_and_back(
    app: Flask, ended: Ended, sign_in: SignIn
) -> None:
    client = sign_in(ended.bureau.account_id or 0)
    for page in ended.pages:
        address = _prepare_link(client.get(page).text)
        assert address is not None
        form = client.get(address).text
        assert "已结束的培训" in form
        assert f'href="{ended.pages[0].removesuffix("/dashboard")}"' in form
        assert "该培训已有以下发证批次" not in form
    with app.app_context():
        batch_id = issuing.draft(ended.bureau, issuing.make_template(), ended.key)
        issuing.issue(batch_id, ended.bureau)
    back = client.get(f"/certificates/batches/{batch_id}").text
    assert f'href="{ended.pages[0].removesuffix("/dashboard")}"' in back
    assert f'href="/certificates/batches/{batch_id}"' in client.get(address).text


def test_its_holder_downloads_the_certificate_where_they_look_for_it(
    app: Flask, ended: Ended, sign_in: SignIn
) -> None:
    client = sign_in(ended.teacher)
    for page in ended.own_pages:
        assert "结业证书" not in client.get(page).text
    with app.app_context():
        batch_id = issuing.draft(ended.bureau, issuing.make_template(), ended.key)
        one = issuing.issue(batch_id, ended.bureau)[0].id
    for page in ended.own_pages:  # numbered, its paper not made yet
        assert 'href="/certificates/mine"' in _without_menu(client.get(page).text)
    with app.app_context(), atomic():
        db.session.get_one(Certificate, one).file_key = "made"
    for page in ended.own_pages:
        assert f'href="/certificates/{one}/paper"' in client.get(page).text
        assert _prepare_link(client.get(page).text) is None


def _without_menu(page: str) -> str:
    return page[page.index("<main") :]


def test_a_record_shows_what_was_issued_and_opens_it_for_who_may(
    app: Flask, sign_in: SignIn
) -> None:
    with app.app_context():
        bureau = make.make_actor("bureau", LINCANG)
        people, key = issuing.make_trained(FENGQING)
        one = issuing.issue(issuing.draft(bureau, issuing.make_template(), key), bureau)[0]
        number, certificate_id, person_id = one.number, one.id, people[0].id
        school = make.make_account("school", people[0].registered_unit).id
        elsewhere = make.make_school(make.LUFENG)
        make.make_posting(people[0], elsewhere, valid_from=date(2024, 1, 1))
        there = make.make_account("school", elsewhere).id
    page = sign_in(school).get(f"/people/{person_id}").text
    assert f'href="/certificates/{certificate_id}">{number}' in page
    page = sign_in(there).get(f"/people/{person_id}").text
    assert number in page
    assert f"/certificates/{certificate_id}" not in page
