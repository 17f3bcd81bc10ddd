"""Random histories of nominations and placements: no seat, quota, rank, mentor or day is ever given twice."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.db import atomic, db
from app.core.errors import DomainError
from app.domain.accounts.rules import Actor, Role
from app.domain.people.models import Commitment
from app.domain.placements.models import (
    BaseSchoolCapacity,
    Cohort,
    CohortQuota,
    CohortSeats,
    Mentor,
    MentorLoad,
    Nomination,
    Placement,
    PlacementChange,
    Stay,
)
from app.domain.placements.operations.capacities import set_capacity
from app.domain.placements.operations.changing import withdraw_placement
from app.domain.placements.operations.deciding import approve, reject, release, send_back
from app.domain.placements.operations.mentors import change_limit
from app.domain.placements.operations.nominating import Wish, nominate, withdraw_nomination
from app.domain.placements.operations.nominations import rank_nominations
from app.domain.placements.operations.offering import SeatLine, set_seats
from app.domain.placements.operations.placing import Choice, place, place_all
from app.domain.placements.rules.base_schools import most_at_once
from app.domain.placements.rules.nominating import STANDING
from app.domain.placements.rules.words import (
    CohortStatus,
    NominationStatus,
    PlacementStatus,
    SeatPolicy,
)
from tests import factories, placement_factories

COUNTIES = ("530921", "530922")
RUNNING = (PlacementStatus.ACTIVE, PlacementStatus.INTERRUPTED)
PICK = st.integers(0, 11)


class World:
    """Two cohorts that overlap, one base school with two mentors, two counties with four people each."""

    def __init__(self) -> None:
        self.bureau: Actor = factories.make_actor(Role.BUREAU, factories.LINCANG)
        school = placement_factories.make_base_school()
        self.school_id = school.id
        self.mentors = [
            placement_factories.make_mentor(
                school, factories.make_counselor(school, name), limit
            ).id
            for name, limit in (("王导师", 1), ("赵导师", 1))
        ]
        self.county_ids = {code: factories.get_unit(code).id for code in COUNTIES}
        self.people = [
            factories.make_counselor(factories.make_school(code), f"老师{number}").id
            for code in COUNTIES
            for number in range(4)
        ]


class LimitMachine(RuleBasedStateMachine):
    """Acts at random; whatever is refused, nothing may be above its limit afterwards."""

    world: World

    @initialize(
        seats=st.integers(1, 4),
        quota=st.integers(1, 3),
        wanted=st.lists(st.integers(0, 1), min_size=8, max_size=8),
    )
    def begin(self, seats: int, quota: int, wanted: list[int]) -> None:
        serial = next(_serials)
        capacity = BaseSchoolCapacity(
            unit_id=self.world.school_id, seats=2 * seats, valid_from=date(2020, 1, 1)
        )
        factories.save(capacity)
        self.cohorts = []
        for number, policy in enumerate((SeatPolicy.QUOTAS, SeatPolicy.GAP_FIRST)):
            cohort = placement_factories.make_cohort(
                f"第{serial}-{number}期",
                nominations_close_on=date(2023, 8, 31),
                seat_policy=policy,
            )
            self.cohorts.append(cohort.id)
        for unit_id in self.world.county_ids.values():
            factories.save(CohortQuota(cohort_id=self.cohorts[0], unit_id=unit_id, seats=quota))

        for number in (0, 1):
            self.offer(number, seats)
        for who, which in enumerate(wanted):
            self.bring(which, who)

    def attempt(self, act: Callable[[], object]) -> None:
        try:
            with atomic():
                act()
        except DomainError:
            pass

    def nomination(self, pick: int) -> int:
        ids = db.session.scalars(
            select(Nomination.id)
            .where(Nomination.cohort_id.in_(self.cohorts))
            .order_by(Nomination.id)
        ).all()
        return ids[pick % len(ids)] if ids else 0

    def approved(self, which: int, pick: int) -> int:
        """Mostly somebody who waits for a seat in the cohort."""
        ids = db.session.scalars(
            select(Nomination.id)
            .where(
                Nomination.cohort_id == self.cohorts[which],
                Nomination.status == NominationStatus.APPROVED,
            )
            .order_by(Nomination.id)
        ).all()
        return ids[pick % len(ids)] if ids else self.nomination(pick)

    @rule(which=st.integers(0, 1), who=st.integers(0, 7), note=st.booleans())
    def nominate(self, which: int, who: int, note: bool) -> None:
        self.attempt(
            lambda: nominate(
                self.cohorts[which],
                self.world.people[who],
                Wish(),
                release_note="来函" if note else None,
                actor=self.world.bureau,
            )
        )

    @rule(which=st.integers(0, 1), who=st.integers(0, 7))
    def bring(self, which: int, who: int) -> None:
        """Nominated with the school's consent, and approved."""

        def act() -> None:
            made = nominate(
                self.cohorts[which],
                self.world.people[who],
                Wish(),
                release_note="来函",
                actor=self.world.bureau,
            )
            approve(made.id, actor=self.world.bureau)

        self.attempt(act)

    @rule(pick=PICK)
    def decide(self, pick: int) -> None:
        number = self.nomination(pick)
        self.attempt(lambda: release(number, note="来函", actor=self.world.bureau))
        self.attempt(lambda: approve(number, actor=self.world.bureau))

    @rule(pick=PICK, how=st.sampled_from([reject, send_back, withdraw_nomination]))
    def stop(self, pick: int, how: Callable[..., object]) -> None:
        number = self.nomination(pick)
        self.attempt(lambda: how(number, reason="调整", actor=self.world.bureau))

    @rule(which=st.integers(0, 1), county=st.sampled_from(COUNTIES), turn=st.integers(0, 3))
    def rank(self, which: int, county: str, turn: int) -> None:
        unit_id = self.world.county_ids[county]
        ids = list(
            db.session.scalars(
                select(Nomination.id)
                .where(
                    Nomination.cohort_id == self.cohorts[which],
                    Nomination.unit_id == unit_id,
                    Nomination.status.in_(STANDING),
                )
                .order_by(Nomination.rank)
            )
        )
        order = ids[turn:] + ids[:turn]
        self.attempt(
            lambda: rank_nominations(self.cohorts[which], unit_id, order, actor=self.world.bureau)
        )

    @rule(which=st.integers(0, 1), seats=st.integers(1, 5))
    def offer(self, which: int, seats: int) -> None:
        line = SeatLine(self.world.school_id, seats)
        self.attempt(lambda: set_seats(self.cohorts[which], [line], actor=self.world.bureau))

    @rule(seats=st.integers(0, 5), later=st.booleans())
    def state(self, seats: int, later: bool) -> None:
        day = date(2023, 10, 1) if later else date(2020, 1, 1)
        self.attempt(
            lambda: set_capacity(
                self.world.school_id,
                seats=seats,
                stage=None,
                subject=None,
                valid_from=day,
                actor=self.world.bureau,
            )
        )

    @rule(which=st.integers(0, 1), limit=st.integers(1, 3))
    def limit(self, which: int, limit: int) -> None:
        mentor_id = self.world.mentors[which]
        self.attempt(lambda: change_limit(mentor_id, limit, actor=self.world.bureau))

    @rule(
        which=st.integers(0, 1),
        picks=st.lists(PICK, min_size=1, max_size=3),
        guide=st.integers(0, 2),
    )
    def confirm(self, which: int, picks: list[int], guide: int) -> None:
        seats_id = self.seats_of(which)
        choices = [
            Choice(self.approved(which, pick), seats_id, self.mentor(guide)) for pick in set(picks)
        ]
        self.attempt(lambda: place_all(self.cohorts[which], choices, actor=self.world.bureau))

    @rule(which=st.integers(0, 1), pick=PICK, guide=st.integers(0, 2), days=st.integers(0, 90))
    def place(self, which: int, pick: int, guide: int, days: int) -> None:
        cohort_id = self.cohorts[which]
        choice = Choice(self.approved(which, pick), self.seats_of(which), self.mentor(guide))
        starts_on = placement_factories.STARTS_ON + timedelta(days=days)
        confirmed = db.session.get_one(Cohort, cohort_id).status is CohortStatus.CONFIRMED

        def act() -> None:
            if confirmed:
                place(cohort_id, choice, starts_on=starts_on, actor=self.world.bureau)
            else:
                place_all(cohort_id, [choice], actor=self.world.bureau)

        self.attempt(act)

    @rule(pick=PICK)
    def leave(self, pick: int) -> None:
        ids = db.session.scalars(
            select(Placement.id).where(Placement.cohort_id.in_(self.cohorts)).order_by(Placement.id)
        ).all()
        if not ids:
            return
        number = ids[pick % len(ids)]
        day = placement_factories.STARTS_ON + timedelta(days=100)
        self.attempt(
            lambda: withdraw_placement(number, on=day, reason="生病", actor=self.world.bureau)
        )

    def seats_of(self, which: int) -> int:
        found = db.session.scalar(
            select(CohortSeats.id).where(CohortSeats.cohort_id == self.cohorts[which])
        )
        return found or 0

    def mentor(self, guide: int) -> int | None:
        return None if guide == 2 else self.world.mentors[guide]

    @invariant()
    def nothing_is_above_its_limit(self) -> None:
        if not hasattr(self, "cohorts"):
            return
        db.session.rollback()
        running = db.session.execute(
            select(Placement, Stay)
            .join(Stay, (Stay.placement_id == Placement.id) & Stay.valid_until.is_(None))
            .where(Placement.status.in_(RUNNING))
        ).all()
        self.seats_hold(Counter(stay.seats_id for _placement, stay in running))
        self.mentors_hold(running)
        self.days_hold(running)
        self.nominations_hold()

    def seats_hold(self, used: Counter[int | None]) -> None:
        for seats in db.session.scalars(select(CohortSeats)):
            assert seats.taken == used[seats.id] <= seats.seats
        offered = sum(
            db.session.scalars(
                select(CohortSeats.seats).where(CohortSeats.cohort_id.in_(self.cohorts))
            )
        )
        capacities = db.session.scalars(select(BaseSchoolCapacity)).all()
        for day in (placement_factories.STARTS_ON, placement_factories.ENDS_ON):
            there = sum(
                row.seats
                for row in capacities
                if row.valid_from <= day and (row.valid_until is None or day <= row.valid_until)
            )
            assert offered <= there or offered == 0

    def mentors_hold(self, running: list[tuple[Placement, Stay]]) -> None:
        for mentor in db.session.scalars(select(Mentor)):
            guided = [
                (stay.valid_from, placement.ends_on)
                for placement, stay in running
                if stay.mentor_id == mentor.id
            ]
            assert most_at_once(guided) <= mentor.trainee_limit
            loads = db.session.scalars(
                select(MentorLoad.trainees).where(MentorLoad.mentor_id == mentor.id)
            )
            assert sum(loads) == len(guided)

    def days_hold(self, running: list[tuple[Placement, Stay]]) -> None:
        bound = db.session.scalars(select(Commitment)).all()
        assert sorted(item.source_id for item in bound) == sorted(p.id for p, _stay in running)
        assert len({item.person_id for item in bound}) == len(bound)

    def nominations_hold(self) -> None:
        standing = db.session.scalars(
            select(Nomination).where(
                Nomination.cohort_id.in_(self.cohorts), Nomination.status.in_(STANDING)
            )
        ).all()
        people = Counter((item.cohort_id, item.person_id) for item in standing)
        assert max(people.values(), default=0) <= 1
        quotas = {
            (row.cohort_id, row.unit_id): row.seats
            for row in db.session.scalars(select(CohortQuota))
        }
        units: dict[tuple[int, int], list[int]] = {}
        for item in standing:
            units.setdefault((item.cohort_id, item.unit_id), []).append(item.rank)
        for key, ranks in units.items():
            assert sorted(ranks) == list(range(1, len(ranks) + 1))
            assert len(ranks) <= quotas.get(key, len(ranks))

    def teardown(self) -> None:
        """The next history begins without these cohorts, on the same people and mentors."""
        db.session.rollback()
        with atomic():
            for table in (
                Commitment,
                Stay,
                PlacementChange,
                Placement,
                Nomination,
                CohortQuota,
                MentorLoad,
                CohortSeats,
                BaseSchoolCapacity,
                Cohort,
            ):
                db.session.query(table).delete(synchronize_session=False)
        db.session.expire_all()


_serials = itertools.count(1)


def test_no_seat_quota_mentor_or_day_is_ever_given_twice(session: Session) -> None:
    LimitMachine.world = World()
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        LimitMachine,
        settings=settings(
            max_examples=20,
            stateful_step_count=40,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
