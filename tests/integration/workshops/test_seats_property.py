"""Random histories of a workshop's seats, compared after every step with a slow and obvious model."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import clock
from app.core.db import atomic, db
from app.core.errors import DomainError
from app.domain.accounts.rules import Actor, system_actor
from app.domain.people.models import Person
from app.domain.workshops.models import Enrolment, SeatPool, Workshop
from app.domain.workshops.operations.capacity import audit_seats, set_seats
from app.domain.workshops.operations.deciding import decide
from app.domain.workshops.operations.enrolling import position_of, withdraw
from app.domain.workshops.operations.seating import lock_workshop, promote, release_due_quotas
from app.domain.workshops.rules.words import Approval
from tests import factories
from tests.conftest import TODAY
from tests.workshop_factories import enrol_one, make_teachers, make_workshop

ACTOR = system_actor("test")
COUNTIES = (factories.CHUXIONG_CITY, factories.LUFENG)
RELEASE = TODAY + timedelta(days=5)


@dataclass
class Entry:
    """Somebody in the model: from a county, on the seat of a county's quota, an open one ('') or none."""

    person: int
    county: str
    status: str
    seat: str | None


@dataclass
class Model:
    """Seats as one would keep them on paper: a list in order of arrival and, for each kind of seat, how many."""

    seats: dict[str, int]
    approval: bool
    released: bool = False
    entries: list[Entry] = field(default_factory=list)

    def taken(self, kind: str) -> int:
        return sum(entry.seat == kind for entry in self.entries)

    def free_seat_for(self, county: str) -> str | None:
        for kind in (county, ""):
            if kind in self.seats and self.taken(kind) < self.seats[kind]:
                return kind
        return None

    def active(self, person: int) -> Entry | None:
        live = {"pending", "confirmed", "waitlisted"}
        return next((e for e in self.entries if e.person == person and e.status in live), None)

    def enrol(self, person: int, county: str) -> None:
        if self.active(person):
            return
        seat = self.free_seat_for(county)
        status = "pending" if self.approval else ("waitlisted" if seat is None else "confirmed")
        self.entries.append(Entry(person, county, status, seat))

    def leave(self, entry: Entry, status: str) -> None:
        seat, entry.seat, entry.status = entry.seat, None, status
        if seat and self.released:
            self.seats[seat] -= 1
            self.seats[""] += 1
        self.settle()

    def settle(self) -> None:
        for entry in self.entries:
            if entry.seat is None and entry.status in {"pending", "waitlisted"}:
                entry.seat = self.free_seat_for(entry.county)
                if entry.seat is not None and entry.status == "waitlisted":
                    entry.status = "confirmed"

    def release(self) -> None:
        for kind in [kind for kind in self.seats if kind]:
            spare = self.seats[kind] - self.taken(kind)
            self.seats[kind] -= spare
            self.seats[""] += spare
        self.released = True
        self.settle()

    def resize(self, capacity: int) -> bool:
        open_seats = capacity - sum(size for kind, size in self.seats.items() if kind)
        if capacity < 1 or open_seats < self.taken(""):
            return False
        self.seats[""] = open_seats
        self.settle()
        return True


class SeatMachine(RuleBasedStateMachine):
    """The same acts on the system and on the model."""

    people: tuple[tuple[int, str], ...] = ()
    officer: Actor

    @initialize(
        open_seats=st.integers(0, 3),
        first=st.integers(0, 2),
        second=st.integers(0, 2),
        approval=st.booleans(),
    )
    def begin(self, open_seats: int, first: int, second: int, approval: bool) -> None:
        quotas = {code: size for code, size in zip(COUNTIES, (first, second), strict=True) if size}
        capacity = open_seats + first + second or 1
        chain = Approval.SCHOOL if approval else Approval.NONE
        workshop = make_workshop(capacity, quotas, approval=chain, quota_release_at=RELEASE)
        self.workshop_id = workshop.id
        self.quotas = {factories.get_unit(code).id: size for code, size in quotas.items()}
        self.model = Model({"": capacity - sum(quotas.values()), **quotas}, approval)

    def workshop(self) -> Workshop:
        return db.session.get_one(Workshop, self.workshop_id)

    def enrolment_of(self, person: int) -> Enrolment:
        return db.session.scalars(
            select(Enrolment)
            .where(Enrolment.workshop_id == self.workshop_id, Enrolment.person_id == person)
            .order_by(Enrolment.number.desc())
        ).first()  # type: ignore[return-value]

    @rule(who=st.integers(0, 9))
    def enrol(self, who: int) -> None:
        person, county = self.people[who]
        enrol_one(self.workshop(), db.session.get_one(Person, person))
        self.model.enrol(person, county)

    @rule(who=st.integers(0, 9))
    def withdraw(self, who: int) -> None:
        person, _county = self.people[who]
        entry = self.model.active(person)
        if entry is None:
            return
        enrolment_id = self.enrolment_of(person).id
        with atomic():
            withdraw(enrolment_id, actor=ACTOR)
        self.model.leave(entry, "withdrawn")

    @precondition(lambda self: self.model.approval)
    @rule(who=st.integers(0, 9), approve=st.booleans())
    def decide(self, who: int, approve: bool) -> None:
        person, _county = self.people[who]
        entry = self.model.active(person)
        if entry is None or entry.status != "pending":
            return
        enrolment_id = self.enrolment_of(person).id
        with atomic():
            decide(enrolment_id, approve=approve, actor=self.officer, reason="名额有限")
        if approve:
            entry.status = "waitlisted" if entry.seat is None else "confirmed"
        else:
            self.model.leave(entry, "rejected")

    @precondition(lambda self: not self.model.released)
    @rule()
    def release(self) -> None:
        with clock.frozen(RELEASE), atomic():
            workshop = lock_workshop(self.workshop_id)
            release_due_quotas(workshop, now=RELEASE)
            promote(workshop, now=RELEASE)
        self.model.release()

    @precondition(lambda self: not self.model.released)
    @rule(capacity=st.integers(1, 9))
    def resize(self, capacity: int) -> None:
        try:
            with atomic():
                set_seats(self.workshop_id, capacity, self.quotas, actor=ACTOR)
            done = True
        except DomainError:
            done = False
        assert done == self.model.resize(capacity)

    @invariant()
    def agrees_with_the_model(self) -> None:
        if not hasattr(self, "model"):
            return
        db.session.rollback()
        rows = db.session.scalars(
            select(Enrolment)
            .where(Enrolment.workshop_id == self.workshop_id)
            .order_by(Enrolment.number)
        ).all()
        pools = db.session.scalars(
            select(SeatPool).where(SeatPool.workshop_id == self.workshop_id)
        ).all()
        kinds = {pool.id: pool.unit.code if pool.unit else "" for pool in pools}
        real: list[Any] = [(r.person_id, r.status.value, kinds.get(r.pool_id or 0)) for r in rows]
        assert real == [(e.person, e.status, e.seat) for e in self.model.entries]
        assert {kinds[p.id]: (p.seats, p.taken) for p in pools} == {
            kind: (size, self.model.taken(kind)) for kind, size in self.model.seats.items()
        }
        line = [r for r in rows if r.pool_id is None and r.status in {"pending", "waitlisted"}]
        assert [position_of(item) for item in line] == list(range(1, len(line) + 1))
        assert audit_seats(self.workshop()).is_sound


def test_seats_agree_with_the_model_after_every_step(session: Session) -> None:
    schools = [factories.make_school(code) for code in COUNTIES]
    teachers = [make_teachers(school, 5) for school in schools]
    SeatMachine.people = tuple(
        (person.id, county)
        for county, people in zip(COUNTIES, teachers, strict=True)
        for person in people
    )
    SeatMachine.officer = factories.make_actor("bureau", factories.CHUXIONG)
    run_state_machine_as_test(
        SeatMachine,
        settings=settings(
            max_examples=12,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
