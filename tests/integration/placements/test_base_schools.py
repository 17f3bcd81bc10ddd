"""Base schools: what they can take and who guides there, never below what cohorts and trainees hold."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.db import atomic, db
from app.core.errors import DomainError, Forbidden, NotFound, StaleVersion
from app.domain.accounts.rules import Actor, Role
from app.domain.outbox.models import Notice
from app.domain.placements.models import (
    BaseSchoolCapacity,
    Cohort,
    CohortSeats,
    Mentor,
    MentorLoad,
)
from app.domain.placements.operations.capacities import set_capacity
from app.domain.placements.operations.mentors import add_mentor, change_limit, end_mentor
from app.domain.placements.operations.offering import SeatLine, set_seats
from app.domain.units.models import SchoolStage, Unit
from tests import factories, placement_factories
from tests.concurrency import at_once

DAY = date(2023, 1, 1)


@pytest.fixture
def bureau(session: Session) -> Actor:
    return factories.make_actor(Role.BUREAU, factories.LINCANG)


@pytest.fixture
def school(session: Session) -> Unit:
    return placement_factories.make_base_school()


@pytest.fixture
def head(school: Unit) -> Actor:
    return factories.make_actor(Role.SCHOOL, school)


@pytest.fixture
def cohort(session: Session) -> Cohort:
    return placement_factories.make_cohort()


def state(
    school: Unit,
    seats: int,
    actor: Actor,
    *,
    valid_from: date = DAY,
    stage: SchoolStage | None = None,
) -> None:
    with atomic():
        set_capacity(
            school.id, seats=seats, stage=stage, subject=None, valid_from=valid_from, actor=actor
        )


def offer(cohort: Cohort, *lines: SeatLine, actor: Actor) -> None:
    with atomic():
        set_seats(cohort.id, lines, actor=actor)


def capacities(school: Unit) -> list[tuple[int, date, date | None]]:
    rows = db.session.scalars(select(BaseSchoolCapacity).order_by(BaseSchoolCapacity.valid_from))
    return [(row.seats, row.valid_from, row.valid_until) for row in rows]


def test_a_new_capacity_ends_the_old_one_the_day_before(school: Unit, bureau: Actor) -> None:
    state(school, 4, bureau)
    state(school, 6, bureau, valid_from=date(2023, 9, 1))
    assert capacities(school) == [(4, DAY, date(2023, 8, 31)), (6, date(2023, 9, 1), None)]


def test_a_capacity_stated_again_for_the_same_day_replaces_it(school: Unit, bureau: Actor) -> None:
    state(school, 4, bureau)
    state(school, 5, bureau)
    assert capacities(school) == [(5, DAY, None)]


def test_stages_have_capacities_of_their_own(school: Unit, bureau: Actor) -> None:
    state(school, 4, bureau)
    state(school, 2, bureau, stage=SchoolStage.JUNIOR)
    assert len(capacities(school)) == 2


def test_no_seats_end_a_capacity(school: Unit, bureau: Actor) -> None:
    state(school, 4, bureau)
    state(school, 0, bureau, valid_from=date(2023, 7, 1))
    assert capacities(school) == [(4, DAY, date(2023, 6, 30))]


def test_what_is_stated_from_a_later_day_is_not_undone_by_an_earlier_one(
    school: Unit, bureau: Actor
) -> None:
    state(school, 4, bureau, valid_from=date(2023, 9, 1))
    with pytest.raises(DomainError) as caught:
        state(school, 6, bureau)
    assert caught.value.code == "stated_later"


@pytest.mark.parametrize(("seats", "code"), [(-1, "bad_seats"), (501, "bad_seats")])
def test_refuses_a_number_that_cannot_be(
    school: Unit, bureau: Actor, seats: int, code: str
) -> None:
    with pytest.raises(DomainError) as caught:
        state(school, seats, bureau)
    assert caught.value.code == code


def test_only_a_base_school_has_a_capacity(session: Session, bureau: Actor) -> None:
    other = factories.make_school(factories.LINCANG)
    with pytest.raises(DomainError) as caught:
        state(other, 2, bureau)
    assert caught.value.code == "not_base_school"


def test_the_base_school_does_not_state_its_own_capacity(school: Unit, head: Actor) -> None:
    with pytest.raises(Forbidden):
        state(school, 2, head)


def test_the_bureau_of_another_prefecture_states_nothing(school: Unit) -> None:
    other = factories.make_actor(Role.BUREAU, factories.CHUXIONG)
    with pytest.raises(Forbidden):
        state(school, 2, other)


def test_a_cohort_offers_what_the_school_can_take(
    school: Unit, cohort: Cohort, bureau: Actor
) -> None:
    state(school, 3, bureau)
    with pytest.raises(DomainError) as caught:
        offer(cohort, SeatLine(school.id, 4), actor=bureau)
    assert caught.value.code == "over_school_capacity"
    offer(cohort, SeatLine(school.id, 3), actor=bureau)


def test_overlapping_cohorts_share_it(school: Unit, cohort: Cohort, bureau: Actor) -> None:
    state(school, 3, bureau)
    offer(cohort, SeatLine(school.id, 2), actor=bureau)
    other = placement_factories.make_cohort("第四期")
    with pytest.raises(DomainError) as caught:
        offer(other, SeatLine(school.id, 2), actor=bureau)
    assert caught.value.code == "over_school_capacity"
    offer(other, SeatLine(school.id, 1), actor=bureau)


def test_a_capacity_is_not_lowered_below_what_is_offered(
    school: Unit, cohort: Cohort, bureau: Actor
) -> None:
    state(school, 3, bureau)
    offer(cohort, SeatLine(school.id, 3), actor=bureau)
    with pytest.raises(DomainError) as caught:
        state(school, 2, bureau, valid_from=date(2023, 10, 1))
    assert caught.value.code == "over_school_capacity"
    state(school, 2, bureau, valid_from=date(2024, 1, 13))


def test_a_school_that_ceases_during_the_term_offers_nothing(
    cohort: Cohort, bureau: Actor, session: Session
) -> None:
    school = factories.make_school(factories.LINCANG)
    with pytest.raises(DomainError) as caught:
        offer(cohort, SeatLine(school.id, 1), actor=bureau)
    assert caught.value.code == "not_base_school"


def test_seats_are_not_taken_back_below_those_taken(
    school: Unit, cohort: Cohort, bureau: Actor
) -> None:
    state(school, 3, bureau)
    seats = placement_factories.make_seats(cohort, school, 3)
    county = factories.get_unit("530921")
    for name in "甲乙":
        origin = factories.make_school("530921")
        placement_factories.make_placement(
            cohort,
            factories.make_counselor(origin, name),
            nominating=county,
            school=origin,
            seats=seats,
        )
    with pytest.raises(DomainError) as caught:
        offer(cohort, SeatLine(school.id, 1), actor=bureau)
    assert caught.value.code == "below_taken"
    offer(cohort, SeatLine(school.id, 2), actor=bureau)
    assert db.session.get_one(CohortSeats, seats.id).seats == 2


def test_two_lines_for_the_same_seats_are_refused(
    school: Unit, cohort: Cohort, bureau: Actor
) -> None:
    state(school, 3, bureau)
    with pytest.raises(DomainError) as caught:
        offer(cohort, SeatLine(school.id, 1), SeatLine(school.id, 1), actor=bureau)
    assert caught.value.code == "line_twice"


def test_two_cohorts_take_the_last_capacity_at_once(
    app: Flask, school: Unit, cohort: Cohort, bureau: Actor
) -> None:
    state(school, 3, bureau)
    other = placement_factories.make_cohort("第四期")
    first, second, line = cohort.id, other.id, SeatLine(school.id, 2)
    outcomes = at_once(
        app,
        lambda: set_seats(first, [line], actor=bureau),
        lambda: set_seats(second, [line], actor=bureau),
    )
    assert outcomes == ["done", "over_school_capacity"]


def mentor_of(school: Unit, actor: Actor, limit: int = 2, **columns: object) -> Mentor:
    person = factories.make_counselor(school, "王导师")
    with atomic():
        return add_mentor(
            school.id,
            person.id,
            **({"limit": limit, "valid_from": DAY, "actor": actor} | columns),  # type: ignore[arg-type]
        )


def test_a_base_school_names_its_own_mentors(school: Unit, head: Actor) -> None:
    mentor = mentor_of(school, head)
    assert (mentor.unit_id, mentor.trainee_limit, mentor.valid_until) == (school.id, 2, None)


def test_a_mentor_with_an_account_is_told(school: Unit, head: Actor) -> None:
    person = factories.make_counselor(school, "王导师")
    account = factories.make_account(Role.TEACHER, school)
    with atomic():
        db.session.get_one(type(person), person.id).account_id = account.id
    with atomic():
        add_mentor(school.id, person.id, limit=2, valid_from=DAY, actor=head)
    assert db.session.scalars(select(Notice.kind)).all() == ["placements.mentor_named"]


def test_another_school_names_no_mentors_here(school: Unit) -> None:
    other = factories.make_actor(Role.SCHOOL, factories.make_school(factories.LINCANG))
    with pytest.raises(Forbidden):
        mentor_of(school, other)


def test_a_mentor_teaches_at_the_base_school(school: Unit, bureau: Actor) -> None:
    person = factories.make_counselor(factories.make_school(factories.LINCANG))
    with pytest.raises(DomainError) as caught, atomic():
        add_mentor(school.id, person.id, limit=2, valid_from=DAY, actor=bureau)
    assert caught.value.code == "not_posted"


def test_a_mentor_is_named_once(school: Unit, head: Actor) -> None:
    mentor = mentor_of(school, head)
    with pytest.raises(DomainError) as caught, atomic():
        add_mentor(school.id, mentor.person_id, limit=1, valid_from=DAY, actor=head)
    assert caught.value.code == "mentor_already"


@pytest.mark.parametrize("limit", [0, 51])
def test_refuses_a_limit_that_cannot_be(school: Unit, head: Actor, limit: int) -> None:
    with pytest.raises(DomainError) as caught:
        mentor_of(school, head, limit)
    assert caught.value.code == "bad_limit"


@pytest.fixture
def guiding(school: Unit, cohort: Cohort) -> Mentor:
    """A mentor who guides two trainees of the cohort."""
    mentor = placement_factories.make_mentor(school, limit=3)
    seats = placement_factories.make_seats(cohort, school, 2)
    for name in "甲乙":
        origin = factories.make_school("530921")
        placement_factories.make_placement(
            cohort,
            factories.make_counselor(origin, name),
            nominating=factories.get_unit("530921"),
            school=origin,
            seats=seats,
            mentor=mentor,
        )
    return mentor


def test_a_limit_is_not_below_those_who_are_guided(guiding: Mentor, head: Actor) -> None:
    with pytest.raises(DomainError) as caught, atomic():
        change_limit(guiding.id, 1, actor=head)
    assert caught.value.code == "below_trainees"
    with atomic():
        change_limit(guiding.id, 2, actor=head)
    assert db.session.scalars(select(MentorLoad)).one().trainee_limit == 2


def test_a_mentor_does_not_end_while_they_guide(guiding: Mentor, head: Actor) -> None:
    with pytest.raises(DomainError) as caught, atomic():
        end_mentor(guiding.id, on=date(2023, 12, 1), reason="调走", actor=head)
    assert caught.value.code == "guides_trainees"
    assert "甲" in str(caught.value)
    assert "乙" in str(caught.value)
    with atomic():
        end_mentor(guiding.id, on=date(2024, 1, 12), reason="调走", actor=head)
    ended = db.session.get_one(Mentor, guiding.id)
    assert (ended.valid_until, ended.end_reason) == (date(2024, 1, 12), "调走")


def test_a_mentor_ends_with_a_reason_and_once(school: Unit, head: Actor) -> None:
    mentor = mentor_of(school, head)
    with pytest.raises(DomainError) as caught, atomic():
        end_mentor(mentor.id, on=DAY, reason="", actor=head)
    assert caught.value.code == "reason_missing"
    with atomic():
        end_mentor(mentor.id, on=DAY, reason="退休", actor=head)
    with pytest.raises(DomainError) as again, atomic():
        end_mentor(mentor.id, on=DAY, reason="退休", actor=head)
    assert again.value.code == "already_ended"


def test_another_school_does_not_touch_a_mentor(guiding: Mentor) -> None:
    other = factories.make_actor(Role.SCHOOL, factories.make_school(factories.LINCANG))
    with pytest.raises(NotFound), atomic():
        change_limit(guiding.id, 5, actor=other)


def test_a_change_on_an_old_version_is_refused(guiding: Mentor, head: Actor) -> None:
    with atomic():
        change_limit(guiding.id, 4, actor=head)
    with pytest.raises(StaleVersion), atomic():
        change_limit(guiding.id, 5, expected_version=1, actor=head)
