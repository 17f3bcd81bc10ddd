"""Builds a placement in the middle of its term, with its people's accounts, for tests of the semester."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from app.core.db import atomic, db
from app.domain.accounts.rules import Actor, Role
from app.domain.people.models import Person
from app.domain.placements.models import (
    Cohort,
    CohortSeats,
    Mentor,
    Placement,
)
from app.domain.placements.rules.words import CohortStatus, LogRhythm
from app.domain.units.models import Unit
from tests import factories
from tests import placement_factories as made

# Monday to Friday; the tests' clock stands at Thursday, 17 August 2023.
FENGQING = "530921"
STARTS_ON, ENDS_ON = date(2023, 7, 3), date(2023, 9, 29)


@dataclass
class Term:
    """A cohort that runs, one base school with a mentor, one trainee; the accounts of everybody in it."""

    id: int  # of the placement; plain, so that threads may use it
    cohort: Cohort
    base_school: Unit
    seats: CohortSeats
    mentor: Mentor
    placement: Placement
    trainee: Actor
    guide: Actor
    host: Actor
    bureau: Actor
    county: Actor


def account_of(person: Person, role: Role, unit: Unit, username: str) -> Actor:
    """An account for the person, who acts in the role."""
    account = factories.make_account(role, unit, username)
    with atomic():
        db.session.get_one(Person, person.id).account_id = account.id
    return factories.actor_of(account)


def _officer(role: Role, unit: Unit, username: str) -> Actor:
    return factories.actor_of(factories.make_account(role, unit, username))


def make_term(*, nominating: str = FENGQING, **columns: Any) -> Term:
    """A placement of Lincang from 2023-07-03 to 2023-09-29, with weekly entries and three days of grace.

    ``nominating``: the code of the trainee's county.
    """
    values: dict[str, Any] = {
        "status": CohortStatus.CONFIRMED,
        "starts_on": STARTS_ON,
        "ends_on": ENDS_ON,
        "log_rhythm": LogRhythm.WEEK,
        "required_hours": 200,
        "required_observations": 20,
        "required_attendance": 90,
        "mid_term_on": date(2023, 8, 15),
    }
    base_school = made.make_base_school()
    made.state_capacity(base_school, 9)
    cohort = made.make_cohort(**(values | columns))
    seats = made.make_seats(cohort, base_school)
    teacher = factories.make_counselor(base_school, "王导师")
    mentor = made.make_mentor(base_school, teacher)
    placement, trainee = add_trainee(cohort, seats, mentor, "李梅", "teacher-li", nominating)
    return Term(
        id=placement.id,
        cohort=cohort,
        base_school=base_school,
        seats=seats,
        mentor=mentor,
        placement=placement,
        trainee=trainee,
        guide=account_of(teacher, Role.MENTOR, base_school, "mentor-wang"),
        host=_officer(Role.SCHOOL, base_school, "school-base"),
        bureau=_officer(Role.BUREAU, factories.get_unit(factories.LINCANG), "bureau-lin"),
        county=_officer(Role.COUNTY, factories.get_unit(nominating), "county-feng"),
    )


def add_trainee(
    cohort: Cohort,
    seats: CohortSeats,
    mentor: Mentor | None,
    name: str,
    username: str,
    county: str = FENGQING,
) -> tuple[Placement, Actor]:
    """One more trainee from a school of a county, with an account."""
    school = factories.make_school(county, f"{name}的学校")
    person = factories.make_counselor(school, name)
    placement = made.make_placement(
        cohort,
        person,
        nominating=factories.get_unit(county),
        school=school,
        seats=seats,
        mentor=mentor,
    )
    return placement, account_of(person, Role.TEACHER, school, username)
