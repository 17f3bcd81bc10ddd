"""Builds workshops for tests."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any

from app.core import clock
from app.core.db import atomic, db
from app.domain.accounts.rules import Actor, system_actor
from app.domain.people.models import Person
from app.domain.people.rules import TrainingLevel
from app.domain.units.models import Unit
from app.domain.workshops.models import SeatPool, Workshop, WorkshopSession
from app.domain.workshops.operations.enrolling import Outcome, enrol
from app.domain.workshops.operations.enrolling_together import Applicant, Wish
from app.domain.workshops.queries.candidates import read_application
from app.domain.workshops.rules.words import WorkshopKind, WorkshopStatus
from tests import factories


def make_workshop(
    capacity: int = 2, quotas: dict[str, int] | None = None, **columns: Any
) -> Workshop:
    """A published workshop of Chuxiong that takes enrolments now; ``quotas`` by unit code."""
    quotas = quotas or {}
    values: dict[str, Any] = {
        "title": "心理健康教育骨干教师培训",
        "kind": WorkshopKind.WORKSHOP,
        "level": TrainingLevel.PREFECTURE,
        "status": WorkshopStatus.PUBLISHED,
        "organiser_id": factories.get_unit(factories.CHUXIONG).id,
        "enrolment_opens_at": clock.now() - timedelta(days=1),
        "enrolment_closes_at": clock.now() + timedelta(days=10),
        "created_at": clock.now(),
    }
    with atomic():
        workshop = Workshop(capacity=capacity, **(values | columns))
        db.session.add(workshop)
        db.session.flush()
        open_seats = capacity - sum(quotas.values())
        db.session.add(SeatPool(workshop_id=workshop.id, unit_id=None, seats=open_seats))
        for code, seats in quotas.items():
            unit_id = factories.get_unit(code).id
            db.session.add(SeatPool(workshop_id=workshop.id, unit_id=unit_id, seats=seats))
    return workshop


def make_session(workshop: Workshop, starts_at: datetime, hours: float = 3) -> WorkshopSession:
    session: WorkshopSession = factories.save(
        WorkshopSession(
            workshop_id=workshop.id,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(hours=hours),
            place="州民族中学",
        )
    )
    return session


def enrol_one(
    workshop: Workshop, person: Person, actor: Actor | None = None, **more: Any
) -> Outcome:
    """Enrol through the real operation."""
    workshop_id, person_id = workshop.id, person.id
    application = read_application(db.session.get_one(Workshop, workshop_id), person_id)
    with atomic():
        return enrol(application, actor=actor or system_actor("test"), **more)


def make_wish(workshop_id: int, actor: Actor, **values: Any) -> Wish:
    """What the actor's account sends to be enrolled together with others."""
    applicant = Applicant(**{field.name: getattr(actor, field.name) for field in fields(Applicant)})
    return Wish(workshop_id, applicant, **values)


def make_teachers(unit: Unit, count: int) -> list[Person]:
    return [factories.make_counselor(unit, f"教师{number}") for number in range(count)]
