"""Many officers change placements at the same moment, at random: no seat, mentor or day is ever given twice."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.db import db
from app.domain.people.models import Commitment
from app.domain.placements.models import CohortSeats, Mentor, MentorLoad, Placement, Stay
from app.domain.placements.operations.changing import (
    extend_placement,
    interrupt_placement,
    resume_placement,
    withdraw_placement,
)
from app.domain.placements.operations.mentors import change_limit
from app.domain.placements.operations.moving import change_base_school, change_mentor
from app.domain.placements.operations.offering import SeatLine, set_seats
from app.domain.placements.operations.placing import Choice, place
from app.domain.placements.rules.base_schools import most_at_once
from app.domain.placements.rules.words import CohortStatus, PlacementStatus
from tests import factories, placement_factories
from tests.concurrency import at_once

STARTS_ON, ENDS_ON = date(2023, 8, 1), date(2023, 12, 29)
COUNTY = "530921"
RUNNING = (PlacementStatus.ACTIVE, PlacementStatus.INTERRUPTED)
AT_ONCE, ROUNDS = 6, 8
REASON = "工作需要"


class World:
    """Two base schools of two seats and two mentors each, six people of whom two are placed."""

    def __init__(self) -> None:
        self.bureau = factories.make_actor("bureau", factories.LINCANG)
        cohort = placement_factories.make_cohort(
            starts_on=STARTS_ON, ends_on=ENDS_ON, status=CohortStatus.CONFIRMED
        )
        self.cohort_id = cohort.id
        self.schools, self.seats, self.mentors = [], [], []
        seats = []
        for name in ("临沧市第一中学", "临沧市民族中学"):
            base = placement_factories.make_base_school(name)
            placement_factories.state_capacity(base, 3)
            seats.append(placement_factories.make_seats(cohort, base, 2))
            self.schools.append(base.id)
            self.mentors += [
                placement_factories.make_mentor(
                    base, factories.make_counselor(base, f"导师{limit}"), limit
                ).id
                for limit in (1, 2)
            ]
        self.seats = [one.id for one in seats]
        school, county = factories.make_school(COUNTY), factories.get_unit(COUNTY)
        self.nominations = []
        for number in range(6):
            person = factories.make_counselor(school, f"学员{number}")
            made = placement_factories.make_nomination(cohort, person, county, school, number + 1)
            self.nominations.append(made.id)

    def act(self, chance: random.Random, placed: list[int]) -> Callable[[], object]:
        """One act of an officer, decided before the threads begin."""
        actor, on = self.bureau, date(2023, 8, 17) + timedelta(days=chance.randrange(40))
        mentor_id, seats_id = chance.choice([*self.mentors, None]), chance.choice(self.seats)
        until = ENDS_ON + timedelta(days=chance.randrange(1, 30))
        if not placed or chance.random() < 0.4:
            choice = Choice(chance.choice(self.nominations), seats_id, mentor_id)
            return lambda: place(self.cohort_id, choice, starts_on=on, actor=actor)
        number = chance.choice(placed)
        guide, school = mentor_id or self.mentors[0], chance.choice(self.schools)
        limit, offered = chance.randrange(1, 3), chance.randrange(1, 4)
        return chance.choice(
            [
                lambda: change_base_school(
                    number, seats_id, on, REASON, actor=actor, mentor_id=mentor_id
                ),
                lambda: change_mentor(number, guide, on, REASON, actor=actor),
                lambda: withdraw_placement(number, on, REASON, actor=actor),
                lambda: extend_placement(number, until, REASON, actor=actor),
                lambda: interrupt_placement(number, on, REASON, actor=actor),
                lambda: resume_placement(number, on, REASON, actor=actor),
                lambda: change_limit(guide, limit, actor=actor),
                lambda: set_seats(
                    self.cohort_id,
                    [SeatLine(one, offered if one == school else 2) for one in self.schools],
                    actor=actor,
                ),
            ]
        )


@pytest.mark.parametrize("seed", range(3))
def test_nothing_is_above_its_limit_whoever_acts_at_once(
    app: Flask, session: Session, seed: int
) -> None:
    world, chance, done = World(), random.Random(seed), 0
    for _round in range(ROUNDS):
        placed = list(db.session.scalars(select(Placement.id).order_by(Placement.id)))
        db.session.rollback()
        acts = [world.act(chance, placed) for _number in range(AT_ONCE)]
        outcomes = at_once(app, *acts)
        assert len(outcomes) == AT_ONCE  # whoever failed otherwise than by a refusal has none
        done += outcomes.count("done")
        limits_hold()
    assert done > ROUNDS


def limits_hold() -> None:
    db.session.rollback()
    rows = db.session.execute(
        select(Placement, Stay)
        .join(Stay, Stay.placement_id == Placement.id)
        .where(Placement.status.in_(RUNNING))
    ).all()
    last = [(placement, stay) for placement, stay in rows if stay.valid_until is None]
    running = {placement.id: placement for placement, _stay in rows}
    assert sorted(placement.id for placement, _stay in last) == sorted(running)
    used = Counter(stay.seats_id for _placement, stay in last)
    for seats in db.session.scalars(select(CohortSeats)):
        assert seats.taken == used[seats.id] <= seats.seats
        assert most_at_once(days(rows, lambda s, one=seats: s.seats_id == one.id)) <= seats.seats
    for mentor in db.session.scalars(select(Mentor)):
        guided = days(rows, lambda stay, one=mentor: stay.mentor_id == one.id)
        assert most_at_once(guided) <= mentor.trainee_limit
        loads = db.session.scalars(
            select(MentorLoad.trainees).where(MentorLoad.mentor_id == mentor.id)
        )
        assert sum(loads) == sum(stay.mentor_id == mentor.id for _placement, stay in last)
    people = Counter(placement.person_id for placement in running.values())
    assert max(people.values(), default=0) <= 1
    for item in db.session.scalars(select(Commitment)):
        assert item.source_id in running
    db.session.rollback()


def days(rows: list, mine: Callable[[Stay], bool]) -> list[tuple[date, date]]:
    return [
        (stay.valid_from, stay.valid_until or placement.ends_on)
        for placement, stay in rows
        if mine(stay)
    ]
