"""Seats between two workshops: nobody is at two places at once, and nobody who waits is passed over."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import clock
from app.core.db import atomic, db
from app.domain.accounts.rules import system_actor
from app.domain.audit.models import AuditEntry
from app.domain.outbox.models import Notice
from app.domain.workshops.models import Enrolment, Workshop, WorkshopSession
from app.domain.workshops.operations.capacity import audit_seats
from app.domain.workshops.operations.enrolling import enrol, withdraw
from app.domain.workshops.operations.looking_after import look_after_workshops
from app.domain.workshops.queries.candidates import read_application
from tests import factories
from tests.concurrency import at_once
from tests.conftest import TODAY
from tests.workshop_factories import enrol_one, make_session, make_teachers, make_workshop

ACTOR = system_actor("test")
THEN = TODAY + timedelta(days=20)


def _status(workshop_id: int, person_id: int) -> str | None:
    status = db.session.scalar(
        select(Enrolment.status).where(
            Enrolment.workshop_id == workshop_id, Enrolment.person_id == person_id
        )
    )
    return None if status is None else status.value


def _at_the_same_time(*capacities: int) -> list[int]:
    workshops = [make_workshop(seats) for seats in capacities]
    for workshop in workshops:
        make_session(workshop, THEN)
    return [workshop.id for workshop in workshops]


def test_two_clashing_workshops_tapped_in_one_moment_give_one_seat(app: Flask) -> None:
    with app.app_context():
        one, other = _at_the_same_time(5, 5)
        person_id = make_teachers(factories.make_school(), 1)[0].id
        applications = [
            read_application(db.session.get_one(Workshop, workshop_id), person_id)
            for workshop_id in (one, other)
        ]
        db.session.rollback()
    outcomes = at_once(
        app,
        lambda: enrol(applications[0], actor=ACTOR),
        lambda: enrol(applications[1], actor=ACTOR),
    )
    assert outcomes == ["clash", "done"]


def test_moving_up_and_enrolling_elsewhere_in_one_moment_give_one_seat(app: Flask) -> None:
    with app.app_context():
        one, other = _at_the_same_time(1, 5)
        first, second = (person.id for person in make_teachers(factories.make_school(), 2))
        for person_id in (first, second):
            with atomic():
                enrol(read_application(db.session.get_one(Workshop, one), person_id), actor=ACTOR)
        seated = db.session.scalar(select(Enrolment.id).where(Enrolment.person_id == first))
        application = read_application(db.session.get_one(Workshop, other), second)
        db.session.rollback()
    assert seated is not None
    at_once(
        app,
        lambda: withdraw(seated, actor=ACTOR),
        lambda: enrol(application, actor=ACTOR),
    )
    with app.app_context():
        held = (_status(one, second), _status(other, second))
        assert held in {("confirmed", None), ("waitlisted", "confirmed")}


def test_binds_to_the_sessions_as_they_are_when_the_seat_is_given(session: Session) -> None:
    workshop = make_workshop(2)
    planned = make_session(workshop, THEN)
    (person,) = make_teachers(factories.make_school(), 1)
    person_id, planned_id = person.id, planned.id
    application = read_application(workshop, person_id)
    workshop_id = workshop.id
    with atomic():
        moved = db.session.get_one(WorkshopSession, planned_id)
        moved.starts_at, moved.ends_at = THEN + timedelta(days=1), THEN + timedelta(days=1, hours=3)
        db.session.get_one(Workshop, workshop_id).row_version += 1
    with atomic():
        enrol(application, actor=ACTOR)
    other = make_workshop(2)
    make_session(other, THEN + timedelta(days=1))
    found = read_application(other, person_id).clashing
    assert [period.starts_at for period in found] == [THEN + timedelta(days=1)]


def test_a_newcomer_does_not_pass_somebody_whose_clash_has_ended(session: Session) -> None:
    one, other = _at_the_same_time(1, 1)
    first, second, newcomer = make_teachers(factories.make_school(), 3)
    ids = first.id, second.id, newcomer.id
    held = enrol_one(session.get_one(Workshop, one), first).enrolment.id
    enrol_one(session.get_one(Workshop, one), second)
    elsewhere = enrol_one(session.get_one(Workshop, other), second).enrolment.id
    with atomic():
        assert withdraw(held, actor=ACTOR) == []
    with atomic():
        withdraw(elsewhere, actor=ACTOR)
    enrol_one(session.get_one(Workshop, one), newcomer)
    assert _status(one, ids[1]) == "confirmed"
    assert _status(one, ids[2]) == "waitlisted"
    assert audit_seats(session.get_one(Workshop, one)).is_sound


def test_gives_a_free_seat_to_who_waits_once_their_clash_has_ended(session: Session) -> None:
    one, other = _at_the_same_time(1, 1)
    first, second = make_teachers(factories.make_school(), 2)
    second_id = second.id
    held = enrol_one(session.get_one(Workshop, one), first).enrolment.id
    enrol_one(session.get_one(Workshop, one), second)
    elsewhere = enrol_one(session.get_one(Workshop, other), second).enrolment.id
    with atomic():
        withdraw(held, actor=ACTOR)
    with atomic():
        withdraw(elsewhere, actor=ACTOR)
    look_after_workshops()
    assert _status(one, second_id) == "confirmed"


def test_tells_who_moves_up_as_a_newcomer_comes_after_the_release(session: Session) -> None:
    workshop = make_workshop(2, {factories.LUFENG: 1}, quota_release_at=TODAY + timedelta(days=2))
    school = factories.make_school()
    first, second, third = make_teachers(school, 3)
    account = factories.make_account("teacher", school)
    second.account_id = account.id
    account_id = account.id
    session.commit()
    for person in (first, second):
        enrol_one(workshop, person)
    with clock.frozen(TODAY + timedelta(days=2)):
        enrol_one(workshop, third)
    kinds = session.scalars(select(Notice.kind).where(Notice.account_id == account_id)).all()
    assert list(kinds) == ["workshops.waitlisted", "workshops.promoted"]
    actions = session.scalars(select(AuditEntry.action)).all()
    assert actions.count("workshops.promote") == 1


def test_nobody_moves_up_after_the_last_session(session: Session) -> None:
    workshop = make_workshop(1)
    make_session(workshop, TODAY + timedelta(days=1))
    first, second = make_teachers(factories.make_school(), 2)
    second_id, workshop_id = second.id, workshop.id
    held = enrol_one(workshop, first).enrolment.id
    enrol_one(workshop, second)
    with clock.frozen(TODAY + timedelta(days=3)):
        with atomic():
            assert withdraw(held, actor=ACTOR, reason="病假") == []
        assert audit_seats(db.session.get_one(Workshop, workshop_id)).is_sound
    assert _status(workshop_id, second_id) == "waitlisted"
