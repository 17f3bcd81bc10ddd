"""Builds workshops that are under way: sessions of today, confirmed people, what is recorded of them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from app.core.db import atomic, db
from app.domain.accounts.models import Account
from app.domain.accounts.rules import Actor, system_actor
from app.domain.people.models import Person
from app.domain.units.models import Unit
from app.domain.workshops.models import Attendance, Enrolment, Workshop, WorkshopSession
from app.domain.workshops.rules.words import AttendanceMethod, AttendanceState, WorkshopStatus
from tests import factories
from tests.conftest import TODAY
from tests.workshop_factories import enrol_one, make_session, make_workshop

SYSTEM: Actor = system_actor("test")
MINUTE = timedelta(minutes=1)


def make_running(people: list[Person], **columns: Any) -> Workshop:
    """A running workshop of Chuxiong with these people on its seats; its sessions are to be added."""
    workshop = make_workshop(max(len(people), 1), **columns)
    for person in people:
        enrol_one(workshop, person)
    with atomic():
        db.session.get_one(Workshop, workshop.id).status = WorkshopStatus.RUNNING
    return workshop


def now_session(workshop: Workshop, *, begun: timedelta = MINUTE) -> WorkshopSession:
    """A session of three hours that began so long before the test's moment."""
    return make_session(workshop, TODAY - begun)


def past_session(workshop: Workshop, days: int = 1, hours: float = 3) -> WorkshopSession:
    return make_session(workshop, TODAY - timedelta(days=days), hours)


def enrolment_of(workshop: Workshop, person: Person) -> Enrolment:
    return db.session.scalars(
        select(Enrolment)
        .where(Enrolment.workshop_id == workshop.id, Enrolment.person_id == person.id)
        .order_by(Enrolment.id.desc())
        .limit(1)
    ).one()


def put_state(
    session: WorkshopSession, enrolment: Enrolment, state: AttendanceState, at: datetime = TODAY
) -> Attendance:
    row: Attendance = factories.save(
        Attendance(
            session_id=session.id,
            enrolment_id=enrolment.id,
            state=state,
            method=AttendanceMethod.ROSTER,
            recorded_at=at,
        )
    )
    return row


def give_account(person: Person, username: str | None = None) -> Account:
    """An account of a teacher for the person, at the unit they are registered at."""
    person_id = person.id
    unit = db.session.get_one(Unit, person.registered_unit_id)
    account = factories.make_account("teacher", unit, username)
    account_id = account.id
    with atomic():
        db.session.get_one(Person, person_id).account_id = account_id
    return account
