"""Builds cohorts, mentors, nominations and placements for tests, straight through the models."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from app.core import clock
from app.core.db import atomic, db
from app.domain.people.models import Person
from app.domain.people.rules.trainings import placement_event_key
from app.domain.placements.models import (
    BaseSchoolCapacity,
    Cohort,
    CohortSeats,
    Mentor,
    MentorLoad,
    Nomination,
    Placement,
    Stay,
)
from app.domain.placements.rules.words import CohortStatus, NominationStatus
from app.domain.units.models import BaseSchoolPeriod, Unit
from tests import factories

STARTS_ON, ENDS_ON = date(2023, 9, 1), date(2024, 1, 12)


def make_base_school(name: str = "临沧市第一中学", prefecture: str = factories.LINCANG) -> Unit:
    """A municipal school that has been a base school since 2020."""
    school = factories.make_school(prefecture, name)
    factories.save(BaseSchoolPeriod(unit_id=school.id, valid_from=date(2020, 1, 1)))
    return school


def state_capacity(base_school: Unit, seats: int) -> BaseSchoolCapacity:
    """So many at once, of any stage and subject, since 2020."""
    return factories.save(
        BaseSchoolCapacity(unit_id=base_school.id, seats=seats, valid_from=date(2020, 1, 1))
    )


def make_cohort(title: str = "第三期", unit: str = factories.LINCANG, **columns: Any) -> Cohort:
    """A cohort of Lincang, open for nominations, in the autumn term of 2023."""
    values: dict[str, Any] = {
        "unit_id": factories.get_unit(unit).id,
        "title": title,
        "event_key": placement_event_key(title),
        "status": CohortStatus.OPEN,
        "starts_on": STARTS_ON,
        "ends_on": ENDS_ON,
        "nominations_open_on": STARTS_ON - timedelta(days=90),
        "nominations_close_on": STARTS_ON - timedelta(days=30),
        "created_at": clock.now(),
    }
    return factories.save(Cohort(**(values | columns)))


def make_seats(cohort: Cohort, base_school: Unit, seats: int = 2, **columns: Any) -> CohortSeats:
    return factories.save(
        CohortSeats(cohort_id=cohort.id, base_school_id=base_school.id, seats=seats, **columns)
    )


def make_mentor(
    base_school: Unit, person: Person | None = None, limit: int = 2, **columns: Any
) -> Mentor:
    """A mentor of the base school since 2020; without ``person`` one who is posted there."""
    person = person or factories.make_counselor(base_school, "王导师")
    return factories.save(
        Mentor(
            unit_id=base_school.id,
            person_id=person.id,
            trainee_limit=limit,
            **({"valid_from": date(2020, 1, 1)} | columns),
        )
    )


def make_nomination(
    cohort: Cohort, person: Person, unit: Unit, school: Unit, rank: int = 1, **columns: Any
) -> Nomination:
    """An approved nomination of somebody their school has released."""
    values: dict[str, Any] = {
        "status": NominationStatus.APPROVED,
        "nominated_at": clock.now(),
        "released_at": clock.now(),
    }
    return factories.save(
        Nomination(
            cohort_id=cohort.id,
            person_id=person.id,
            unit_id=unit.id,
            school_id=school.id,
            rank=rank,
            **(values | columns),
        )
    )


def make_placement(
    cohort: Cohort,
    person: Person,
    *,
    nominating: Unit,
    school: Unit,
    seats: CohortSeats,
    mentor: Mentor | None = None,
    **columns: Any,
) -> Placement:
    """An active placement on a seat, counted there and with its mentor."""
    values: dict[str, Any] = {
        "starts_on": cohort.starts_on,
        "ends_on": cohort.ends_on,
        "created_at": clock.now(),
    }
    with atomic():
        placement = Placement(
            cohort_id=cohort.id,
            person_id=person.id,
            unit_id=school.id,
            nominating_unit_id=nominating.id,
            **(values | columns),
        )
        db.session.add(placement)
        db.session.flush()
        db.session.add(
            Stay(
                placement_id=placement.id,
                base_school_id=seats.base_school_id,
                seats_id=seats.id,
                mentor_id=None if mentor is None else mentor.id,
                valid_from=placement.starts_on,
            )
        )
        db.session.get_one(CohortSeats, seats.id).taken += 1
        if mentor is not None:
            _count_trainee(cohort.id, mentor)
    return placement


def _count_trainee(cohort_id: int, mentor: Mentor) -> None:
    load = db.session.query(MentorLoad).filter_by(cohort_id=cohort_id, mentor_id=mentor.id).first()
    if load is None:
        load = MentorLoad(
            cohort_id=cohort_id, mentor_id=mentor.id, trainee_limit=mentor.trainee_limit, trainees=0
        )
        db.session.add(load)
    load.trainees += 1
