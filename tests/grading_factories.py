"""Builds classes to grade for tests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from app.core import clock
from app.core.db import atomic, db
from app.domain.accounts.models import Account
from app.domain.accounts.rules import Actor
from app.domain.people.models import Person
from app.domain.workshops.models import (
    Attendance,
    Criterion,
    Enrolment,
    SeatPool,
    Workshop,
    WorkshopSession,
    WorkshopTrainer,
)
from app.domain.workshops.operations.marking import save_mark
from app.domain.workshops.operations.marking_desk import Entry, Kept
from app.domain.workshops.queries.gradebook import Book, load_book
from app.domain.workshops.rules.words import (
    AttendanceMethod,
    AttendanceState,
    CriterionKind,
    EnrolmentStatus,
    TrainerRole,
    WorkshopStatus,
)
from tests import factories as make
from tests.workshop_factories import make_workshop

THEORY, PRACTICE = CriterionKind.THEORY, CriterionKind.PRACTICE
TWO = ((("理论", THEORY), 40, 100), (("实操", PRACTICE), 60, 50))
GuideRow = tuple[tuple[str, CriterionKind], int, int]


@dataclass
class Class:
    """A workshop with people on seats, its criteria, and a trainer who marks; ids, so that it outlives sessions."""

    workshop_id: int
    enrolments: list[int]
    criteria: list[int]
    trainer: Actor
    trainer_id: int
    people: list[int]

    def book(self, marker: int = 1, **how: Any) -> Book:
        return load_book(db.session.get_one(Workshop, self.workshop_id), marker, **how)


def make_class(people: int = 2, guide: Sequence[GuideRow] = TWO, **columns: Any) -> Class:
    """A running workshop of Chuxiong with ``people`` on seats; ``guide``: (title, kind), weight, maximum."""
    values: dict[str, Any] = {"status": WorkshopStatus.RUNNING, **columns}
    workshop = make_workshop(capacity=max(people, 1), **values)
    school = make.make_school()
    persons = [make.make_counselor(school, f"学员{number:03d}") for number in range(people)]
    enrolments = seat(workshop, persons)
    criteria = make_guide(workshop.id, guide)
    account = assign(workshop.id, TrainerRole.LEAD)
    return Class(
        workshop.id,
        enrolments,
        criteria,
        make.actor_of(account),
        account.id,
        [person.id for person in persons],
    )


def seat(workshop: Workshop, persons: Sequence[Person]) -> list[int]:
    """Confirmed enrolments, straight through the models."""
    workshop_id = workshop.id
    ids = [(person.id, person.registered_unit_id) for person in persons]
    with atomic():
        pool = db.session.scalars(select(SeatPool).where(SeatPool.workshop_id == workshop_id)).one()
        pool.taken += len(ids)
        known = db.session.get_one(Workshop, workshop_id)
        made = []
        for person_id, unit_id in ids:
            enrolment = Enrolment(
                workshop_id=workshop_id,
                person_id=person_id,
                unit_id=unit_id,
                unit_path=make.get_unit(make.CHUXIONG).path,
                pool_id=pool.id,
                number=known.next_number,
                status=EnrolmentStatus.CONFIRMED,
                applied_at=clock.now(),
            )
            known.next_number += 1
            made.append(enrolment)
        db.session.add_all(made)
        db.session.flush()
        return [enrolment.id for enrolment in made]


def make_guide(workshop_id: int, guide: Sequence[GuideRow]) -> list[int]:
    with atomic():
        criteria = [
            Criterion(
                workshop_id=workshop_id,
                position=position,
                title=title,
                kind=kind,
                weight=Decimal(weight),
                maximum=Decimal(maximum),
                levels=[],
            )
            for position, ((title, kind), weight, maximum) in enumerate(guide, start=1)
        ]
        db.session.add_all(criteria)
        db.session.flush()
        return [criterion.id for criterion in criteria]


def assign(workshop_id: int, role: TrainerRole, username: str | None = None) -> Account:
    """An account that trains in the workshop."""
    account = make.make_account("trainer", make.CHUXIONG, username)
    make.save(WorkshopTrainer(workshop_id=workshop_id, account_id=account.id, role=role))
    return account


def attend(
    given: Class, states: dict[int, AttendanceState | None], *, makes_up_for: int | None = None
) -> int:
    """A session in which each enrolment (by its place in the class) has a state; returns its id."""
    session = make.save(
        WorkshopSession(
            workshop_id=given.workshop_id,
            starts_at=clock.now(),
            ends_at=clock.now().replace(hour=9),
            makes_up_for_id=makes_up_for,
        )
    )
    session_id: int = session.id
    make.save(
        *[
            Attendance(
                session_id=session_id,
                enrolment_id=given.enrolments[place],
                state=state,
                method=AttendanceMethod.ROSTER,
                recorded_at=clock.now(),
            )
            for place, state in states.items()
            if state is not None
        ]
    )
    return session_id


def entry(
    given: Class, person: int, criterion: int, text: str, seen: tuple[int, str | None] = (0, None)
) -> Entry:
    """What somebody types for the person and criterion at these places of the class."""
    value = None if seen[1] is None else Decimal(seen[1])
    return Entry(given.enrolments[person], given.criteria[criterion], text, seen[0], value)


def mark(given: Class, person: int, *texts: str, actor: Actor | None = None) -> list[Kept]:
    """Mark a person, criterion by criterion, from nothing."""
    kept = []
    for criterion, text in enumerate(texts):
        with atomic():
            kept.append(
                save_mark(
                    given.workshop_id,
                    entry(given, person, criterion, text),
                    actor=actor or given.trainer,
                )
            )
    return kept
