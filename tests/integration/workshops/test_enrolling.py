"""Seats in the database: exact, in order of arrival, never one too many."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import clock
from app.core.db import atomic, db
from app.core.errors import DomainError
from app.domain.accounts.rules import system_actor
from app.domain.outbox.models import Notice
from app.domain.people.models import Commitment, Person
from app.domain.workshops.models import Enrolment, SeatPool, Workshop
from app.domain.workshops.operations.capacity import audit_seats, set_seats
from app.domain.workshops.operations.copying import copy_workshop
from app.domain.workshops.operations.deciding import decide
from app.domain.workshops.operations.enrolling import enrol, position_of, withdraw
from app.domain.workshops.operations.substituting import substitute
from app.domain.workshops.operations.whole import read_quotas
from app.domain.workshops.queries.candidates import read_application
from app.domain.workshops.rules.words import Approval, EnrolmentStatus, WorkshopStatus
from tests import factories
from tests.conftest import TODAY
from tests.workshop_factories import enrol_one, make_session, make_teachers, make_workshop

ACTOR = system_actor("test")


def _statuses(workshop: Workshop) -> list[str]:
    return [
        status.value
        for status in db.session.scalars(
            select(Enrolment.status)
            .where(Enrolment.workshop_id == workshop.id)
            .order_by(Enrolment.number)
        )
    ]


def _sound(workshop: Workshop) -> bool:
    return audit_seats(workshop).is_sound


def test_seats_first_and_lines_up_the_rest(session: Session) -> None:
    workshop = make_workshop(2)
    outcomes = [enrol_one(workshop, person) for person in make_teachers(factories.make_school(), 4)]
    assert _statuses(workshop) == ["confirmed", "confirmed", "waitlisted", "waitlisted"]
    assert [outcome.position for outcome in outcomes] == [None, None, 1, 2]
    assert _sound(workshop)


def test_returns_the_first_enrolment_when_asked_again(session: Session) -> None:
    workshop = make_workshop(1)
    person = make_teachers(factories.make_school(), 1)[0]
    first, again = enrol_one(workshop, person), enrol_one(workshop, person)
    assert (first.created, again.created) == (True, False)
    assert again.enrolment.id == first.enrolment.id
    assert _sound(workshop)


def test_keeps_a_quota_for_its_unit(session: Session) -> None:
    workshop = make_workshop(2, {factories.LUFENG: 1})
    city, lufeng = factories.make_school(), factories.make_school(factories.LUFENG)
    people = make_teachers(city, 2) + make_teachers(lufeng, 1)
    assert [enrol_one(workshop, person).position for person in people] == [None, 1, None]


def test_gives_a_freed_seat_to_the_first_in_line_that_it_fits(session: Session) -> None:
    workshop = make_workshop(2, {factories.LUFENG: 1})
    city, lufeng = factories.make_school(), factories.make_school(factories.LUFENG)
    (seated,) = make_teachers(lufeng, 1)
    first = enrol_one(workshop, seated)
    for person in make_teachers(city, 2) + make_teachers(lufeng, 1):
        enrol_one(workshop, person)
    with atomic():
        promoted = withdraw(first.enrolment.id, actor=ACTOR)
    assert len(promoted) == 1
    assert _statuses(workshop) == ["withdrawn", "confirmed", "waitlisted", "confirmed"]
    assert _sound(workshop)


def test_tells_who_moved_up(session: Session) -> None:
    workshop = make_workshop(1)
    school = factories.make_school()
    first, second = make_teachers(school, 2)
    account = factories.make_account("teacher", school)
    second.account_id = account.id
    session.commit()
    outcome = enrol_one(workshop, first)
    enrol_one(workshop, second)
    with atomic():
        withdraw(outcome.enrolment.id, actor=ACTOR)
    kinds = session.scalars(select(Notice.kind).where(Notice.account_id == account.id)).all()
    assert list(kinds) == ["workshops.waitlisted", "workshops.promoted"]


def test_releases_unused_quota_seats_on_the_day(session: Session) -> None:
    workshop = make_workshop(2, {factories.LUFENG: 1}, quota_release_at=TODAY + timedelta(days=2))
    people = make_teachers(factories.make_school(), 3)
    for person in people[:2]:
        enrol_one(workshop, person)
    with clock.frozen(TODAY + timedelta(days=2)):
        enrol_one(workshop, people[2])
    assert _statuses(workshop) == ["confirmed", "confirmed", "waitlisted"]
    assert _sound(workshop)


def test_a_pending_application_holds_its_seat(session: Session) -> None:
    workshop = make_workshop(1, approval=Approval.SCHOOL)
    first, second = [
        enrol_one(workshop, person) for person in make_teachers(factories.make_school(), 2)
    ]
    assert _statuses(workshop) == ["pending", "pending"]
    assert (first.position, second.position) == (None, 1)


def test_approval_confirms_a_held_seat_and_rejection_passes_it_on(session: Session) -> None:
    workshop = make_workshop(1, approval=Approval.COUNTY)
    school = factories.make_school()
    ids = [enrol_one(workshop, person).enrolment.id for person in make_teachers(school, 2)]
    at_school = factories.make_actor("school", school)
    at_county = factories.make_actor("county", factories.CHUXIONG_CITY)
    for enrolment_id in ids:
        with atomic():
            decide(enrolment_id, approve=True, actor=at_school)
    with atomic():
        decide(ids[0], approve=False, actor=at_county, reason="名额已满")
    with atomic():
        decide(ids[1], approve=True, actor=at_county)
    assert _statuses(workshop) == ["rejected", "confirmed"]
    assert _sound(workshop)


def test_refuses_approval_of_a_withdrawn_application(session: Session) -> None:
    workshop = make_workshop(1, approval=Approval.SCHOOL)
    school = factories.make_school()
    outcome = enrol_one(workshop, make_teachers(school, 1)[0])
    with atomic():
        withdraw(outcome.enrolment.id, actor=ACTOR)
    officer = factories.make_actor("school", school)
    with pytest.raises(DomainError) as refusal, atomic():
        decide(outcome.enrolment.id, approve=True, actor=officer)
    assert refusal.value.code == "not_pending"


@pytest.mark.parametrize(
    ("columns", "code"),
    [
        ({"status": WorkshopStatus.DRAFT}, "not_open"),
        ({"status": WorkshopStatus.CANCELLED}, "not_open"),
        ({"enrolment_opens_at": TODAY + timedelta(hours=1)}, "not_open"),
        ({"enrolment_closes_at": TODAY}, "not_open"),
        ({"eligible_roles": ["full_time"]}, "not_eligible"),
        ({"eligible_stages": ["senior"]}, "not_eligible"),
        ({"required_level": "provincial"}, "not_eligible"),
    ],
)
def test_refuses_who_may_not_enrol(session: Session, columns: dict[str, object], code: str) -> None:
    workshop = make_workshop(1, **columns)
    person = make_teachers(factories.make_school(), 1)[0]
    with pytest.raises(DomainError) as refusal:
        enrol_one(workshop, person)
    assert refusal.value.code == code
    assert _statuses(workshop) == []


def test_refuses_a_clash_with_another_seat(session: Session) -> None:
    person = make_teachers(factories.make_school(), 1)[0]
    first, second = make_workshop(1), make_workshop(1, title="另一个培训班")
    start = TODAY + timedelta(days=20)
    make_session(first, start)
    make_session(second, start + timedelta(hours=1))
    enrol_one(first, person)
    with pytest.raises(DomainError) as refusal:
        enrol_one(second, person)
    assert refusal.value.code == "clash"


def test_frees_the_time_of_who_withdraws(session: Session) -> None:
    person = make_teachers(factories.make_school(), 1)[0]
    workshop = make_workshop(1)
    make_session(workshop, TODAY + timedelta(days=20))
    outcome = enrol_one(workshop, person)
    assert len(session.scalars(select(Commitment)).all()) == 1
    with atomic():
        withdraw(outcome.enrolment.id, actor=ACTOR)
    assert session.scalars(select(Commitment)).all() == []


def test_asks_why_after_the_deadline(session: Session) -> None:
    workshop = make_workshop(1, withdraw_until=TODAY - timedelta(hours=1))
    outcome = enrol_one(workshop, make_teachers(factories.make_school(), 1)[0])
    with pytest.raises(DomainError) as refusal, atomic():
        withdraw(outcome.enrolment.id, actor=ACTOR)
    assert refusal.value.code == "reason_missing"
    with atomic():
        withdraw(outcome.enrolment.id, actor=ACTOR, reason="生病")
    assert _statuses(workshop) == ["withdrawn"]


def test_passes_a_seat_on_to_a_colleague_only(session: Session) -> None:
    workshop = make_workshop(1)
    school = factories.make_school()
    first, colleague = make_teachers(school, 2)
    (stranger,) = make_teachers(factories.make_school(), 1)
    outcome = enrol_one(workshop, first)
    with pytest.raises(DomainError) as refusal, atomic():
        substitute(outcome.enrolment.id, stranger.id, actor=ACTOR, reason="请假")
    assert refusal.value.code == "other_unit"
    with atomic():
        successor = substitute(outcome.enrolment.id, colleague.id, actor=ACTOR, reason="请假")
    assert (successor.status, position_of(successor)) == (EnrolmentStatus.CONFIRMED, None)
    assert _statuses(workshop) == ["withdrawn", "confirmed"]
    assert _sound(workshop)


def test_refuses_a_capacity_below_what_is_taken_and_promotes_on_more(session: Session) -> None:
    workshop = make_workshop(2)
    for person in make_teachers(factories.make_school(), 3):
        enrol_one(workshop, person)
    with pytest.raises(DomainError) as refusal, atomic():
        set_seats(workshop.id, 1, {}, actor=ACTOR)
    assert refusal.value.code == "capacity_below_taken"
    with atomic():
        set_seats(workshop.id, 3, {}, actor=ACTOR)
    assert _statuses(workshop) == ["confirmed"] * 3
    assert _sound(workshop)


def test_the_database_refuses_one_seat_too_many(session: Session) -> None:
    workshop = make_workshop(1)
    pool = session.scalars(select(SeatPool).where(SeatPool.workshop_id == workshop.id)).one()
    with pytest.raises(DomainError) as refusal, atomic():
        pool.taken = 2
    assert refusal.value.code == "no_seat"


def test_finds_a_counter_that_is_wrong(session: Session) -> None:
    workshop = make_workshop(2)
    pool = session.scalars(select(SeatPool).where(SeatPool.workshop_id == workshop.id)).one()
    with atomic():
        pool.taken = 1
    report = audit_seats(workshop)
    assert [(item.taken, item.counted) for item in report.differences] == [(1, 0)]


def test_never_oversells_whatever_comes_at_once(app: Flask) -> None:
    with app.app_context():
        workshop_id = make_workshop(10, {factories.LUFENG: 4}).id
        city, lufeng = factories.make_school(), factories.make_school(factories.LUFENG)
        person_ids = [person.id for person in make_teachers(city, 18) + make_teachers(lufeng, 12)]
        db.session.rollback()

    def rush(person_id: int) -> str:
        with app.app_context(), clock.frozen(TODAY):
            workshop = db.session.get_one(Workshop, workshop_id)
            application = read_application(workshop, person_id)
            with atomic():
                return enrol(application, actor=ACTOR).enrolment.status.value

    with ThreadPoolExecutor(8) as threads:
        twice = list(threads.map(rush, [*person_ids, *person_ids]))
    with app.app_context():
        workshop = db.session.get_one(Workshop, workshop_id)
        assert Counter(_statuses(workshop)) == {"confirmed": 10, "waitlisted": 20}
        assert len(twice) == 60
        pools = db.session.scalars(select(SeatPool).order_by(SeatPool.seats)).all()
        assert [(pool.seats, pool.taken) for pool in pools] == [(4, 4), (6, 6)]
        assert _sound(workshop)
        assert db.session.scalar(select(Person.id).limit(1)) is not None


def test_the_next_cohort_has_the_quotas_of_before_the_release(session: Session) -> None:
    workshop = make_workshop(5, {factories.LUFENG: 3}, quota_release_at=TODAY)
    workshop_id, unit_id = workshop.id, factories.get_unit(factories.LUFENG).id
    enrol_one(workshop, make_teachers(factories.make_school(), 1)[0])
    assert read_quotas(workshop_id) == {unit_id: 0}
    actor = factories.make_actor("bureau", factories.CHUXIONG)
    with atomic():
        copy_id = copy_workshop(workshop_id, actor=actor).id
    assert read_quotas(copy_id) == {unit_id: 3}
