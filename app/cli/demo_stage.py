"""How the demonstration's workshops come about: who takes part, and acts done on the day they would have been."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from sqlalchemy import select

from app.core import clock
from app.core.db import atomic, db
from app.domain.accounts.models import Account
from app.domain.accounts.queries.actors import find_acting
from app.domain.accounts.rules import Actor, Role, system_actor
from app.domain.people.models import Person, Posting
from app.domain.units.models import Unit
from app.domain.units.queries import in_subtree
from app.domain.workshops.models import Criterion, Enrolment, Workshop, WorkshopSession
from app.domain.workshops.operations.attendance import Wish, set_states
from app.domain.workshops.operations.enrolling import enrol
from app.domain.workshops.operations.marking import save_marks
from app.domain.workshops.operations.marking_desk import Entry
from app.domain.workshops.operations.standing import publish
from app.domain.workshops.operations.trainers import assign_trainer
from app.domain.workshops.operations.whole import Whole, create_whole
from app.domain.workshops.queries.candidates import read_application
from app.domain.workshops.rules.words import (
    AttendanceState,
    CriterionKind,
    EnrolmentStatus,
    TrainerRole,
)

ORGANISER, COUNTIES = "532300", ("532301", "532302", "532322")


@dataclass
class Stage:
    """Today, and who takes part: ids of units, people by county (the demonstration teacher first), the trainer."""

    today: date
    actor: Actor
    unit: int
    trainer: int
    counties: dict[str, int]
    people: dict[str, list[int]]
    chance: random.Random = field(default_factory=lambda: random.Random(2026))

    def at(self, days: int, hour: int = 9) -> datetime:
        """An hour of a day so many days after today (before: negative)."""
        day = self.today + timedelta(days=days)
        return datetime.combine(day, time(hour), tzinfo=clock.zone())

    @contextmanager
    def on(self, days: int, hour: int = 10) -> Iterator[Actor]:
        """One act in a transaction of its own, on that day; today's are done now."""
        moment = min(self.at(days, hour), clock.now())
        with clock.frozen(moment), atomic():
            yield self.actor

    def mixed(self, start: int, count: int) -> list[int]:
        """People of all counties in turn, the demonstration teacher among the first when ``start`` is 0."""
        turns = zip(*(ids[start:] for ids in self.people.values()), strict=False)
        return [person_id for turn in turns for person_id in turn][:count]


def read_stage() -> Stage:
    unit = db.session.scalars(select(Unit).where(Unit.code == ORGANISER)).one()
    officer, trainer = (_account(f"{role}-chuxiong") for role in (Role.BUREAU, Role.TRAINER))
    acting = find_acting(officer, grant_id=None, origin="", channel="cli")
    assert acting is not None
    assert acting[1] is not None
    counties = {
        county.code: county
        for county in db.session.scalars(
            select(Unit).where(Unit.code.in_(COUNTIES)).order_by(Unit.code)
        )
    }
    return Stage(
        today=clock.today(),
        actor=acting[1],
        unit=unit.id,
        trainer=trainer,
        counties={code: county.id for code, county in counties.items()},
        people={code: _list_people(county.path) for code, county in counties.items()},
    )


def _account(username: str) -> int:
    return db.session.scalars(select(Account.id).where(Account.username == username)).one()


def _list_people(path: str) -> list[int]:
    """Counselors of a county, one a school, who owns the demonstration account first."""
    rows = db.session.execute(
        select(Person.id, Posting.unit_id)
        .join(Posting, Posting.person_id == Person.id)
        .join(Unit, Unit.id == Posting.unit_id)
        .where(in_subtree(path), Posting.valid_until.is_(None))
        .order_by(Person.account_id.is_(None), Person.id)
    )
    by_school: dict[int, int] = {}
    for row in rows:
        by_school.setdefault(row.unit_id, row.id)
    return list(dict.fromkeys(by_school.values()))


def publish_plan(stage: Stage, day: int, whole: Whole, organiser: int | None = None) -> int:
    """A workshop planned and published on a day; the id."""
    with stage.on(day) as actor:
        workshop_id = create_whole(organiser or stage.unit, whole, actor=actor).id
        assign_trainer(workshop_id, stage.trainer, TrainerRole.LEAD, actor=actor)
        publish(workshop_id, actor=actor)
    return workshop_id


def enrol_all(stage: Stage, day: int, workshop_id: int, person_ids: Sequence[int]) -> None:
    """Let these people apply, one after the other."""
    with stage.on(day):
        workshop = db.session.get_one(Workshop, workshop_id)
        for person_id in person_ids:
            enrol(read_application(workshop, person_id), actor=system_actor(name="demo"))


def list_seated(workshop_id: int) -> dict[int, int]:
    """The people with a confirmed seat, by enrolment, in order of arrival."""
    rows = db.session.execute(
        select(Enrolment.id, Enrolment.person_id)
        .where(Enrolment.workshop_id == workshop_id, Enrolment.status == EnrolmentStatus.CONFIRMED)
        .order_by(Enrolment.number)
    )
    return {row.id: row.person_id for row in rows}


def _sessions(workshop_id: int) -> list[WorkshopSession]:
    return list(
        db.session.scalars(
            select(WorkshopSession)
            .where(WorkshopSession.workshop_id == workshop_id)
            .order_by(WorkshopSession.starts_at)
        )
    )


def attend(stage: Stage, workshop_id: int, *, until: int, often_absent: Sequence[int]) -> None:
    """The register of every session up to a day: most are there, a few late, some stay away."""
    enrolments = list(list_seated(workshop_id))
    for session in _sessions(workshop_id):
        day = (clock.local(session.starts_at).date() - stage.today).days
        if day > until:
            continue
        wishes = {
            enrolment_id: Wish(_state(stage, enrolment_id in often_absent), 0)
            for enrolment_id in enrolments
        }
        with stage.on(day, clock.local(session.ends_at).hour) as actor:
            set_states(session.id, wishes, actor=actor)


def _state(stage: Stage, often_absent: bool) -> AttendanceState:
    if often_absent:
        return AttendanceState.ABSENT
    drawn = stage.chance.random()
    if drawn < 0.9:
        return AttendanceState.PRESENT
    return AttendanceState.LATE if drawn < 0.96 else AttendanceState.LEAVE


def mark(stage: Stage, day: int, workshop_id: int, enrolment_ids: Sequence[int]) -> None:
    """Marks between 68 and 98 for every criterion that is not counted from the register."""
    criteria = db.session.scalars(
        select(Criterion)
        .where(Criterion.workshop_id == workshop_id, Criterion.kind != CriterionKind.ATTENDANCE)
        .order_by(Criterion.position)
    ).all()
    entries = [
        Entry(enrolment_id, criterion.id, str(stage.chance.randint(68, 98)), 0, None)
        for enrolment_id in enrolment_ids
        for criterion in criteria
    ]
    with stage.on(day) as actor:
        save_marks(workshop_id, entries, actor=actor, strict=True)
