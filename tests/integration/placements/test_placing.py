"""Placing approved nominees: seats, mentors and time are never given twice, and everybody concerned is told."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core.db import atomic, db
from app.core.errors import DomainError, NotFound
from app.domain.accounts.models import Account
from app.domain.accounts.rules import Actor, Role
from app.domain.audit.models import AuditEntry
from app.domain.outbox.models import Notice
from app.domain.people.models import Commitment, Person
from app.domain.placements.models import Cohort, CohortSeats, Mentor, MentorLoad, Placement, Stay
from app.domain.placements.operations.changing import withdraw_placement
from app.domain.placements.operations.placing import Choice, place, place_all
from app.domain.placements.queries.matching_problem import read_problem
from app.domain.placements.rules.words import CohortStatus, NominationStatus, PlacementStatus
from app.domain.units.models import Unit
from app.domain.workshops.operations.enrolling import enrol
from app.domain.workshops.queries.candidates import read_application
from tests import factories, placement_factories
from tests.concurrency import at_once
from tests.workshop_factories import enrol_one, make_session, make_workshop

FENGQING = "530921"


@pytest.fixture
def bureau(session: Session) -> Actor:
    return factories.make_actor(Role.BUREAU, factories.LINCANG)


@pytest.fixture
def base_school(session: Session) -> Unit:
    return placement_factories.make_base_school()


@pytest.fixture
def cohort(session: Session) -> Cohort:
    return placement_factories.make_cohort()


@pytest.fixture
def seats(cohort: Cohort, base_school: Unit) -> CohortSeats:
    return placement_factories.make_seats(cohort, base_school, 2)


@pytest.fixture
def mentor(base_school: Unit) -> Mentor:
    return placement_factories.make_mentor(base_school)


def nominee(cohort: Cohort, name: str = "李老师", rank: int = 1, **columns: object) -> int:
    """The id of an approved nomination of a county's teacher."""
    school = factories.make_school(FENGQING)
    person = factories.make_counselor(school, name)
    county = factories.get_unit(FENGQING)
    return placement_factories.make_nomination(cohort, person, county, school, rank, **columns).id


def account_of(person: Person) -> Account:
    account = factories.make_account(Role.TEACHER, person.registered_unit)
    with atomic():
        db.session.get_one(Person, person.id).account_id = account.id
    return account


def confirm(cohort: Cohort, choices: list[Choice], actor: Actor) -> list[Placement]:
    with atomic():
        return place_all(cohort.id, choices, actor=actor)


def test_the_matching_becomes_placements_over_the_whole_term(
    cohort: Cohort, seats: CohortSeats, mentor: Mentor, bureau: Actor
) -> None:
    ids = [nominee(cohort, "甲"), nominee(cohort, "乙", 2)]
    made = confirm(cohort, [Choice(number, seats.id, mentor.id) for number in ids], bureau)
    assert [item.nomination_id for item in made] == ids
    assert {item.status for item in made} == {PlacementStatus.ACTIVE}
    assert {(item.starts_on, item.ends_on) for item in made} == {
        (placement_factories.STARTS_ON, placement_factories.ENDS_ON)
    }
    stay = made[0].stays[0]
    assert (stay.seats_id, stay.mentor_id, stay.valid_from, stay.valid_until) == (
        seats.id,
        mentor.id,
        placement_factories.STARTS_ON,
        None,
    )
    assert db.session.get_one(CohortSeats, seats.id).taken == 2
    load = db.session.scalars(select(MentorLoad)).one()
    assert (load.trainees, load.trainee_limit) == (2, 2)
    assert db.session.get_one(Cohort, cohort.id).status is CohortStatus.CONFIRMED


def test_who_is_placed_is_bound_from_the_first_midnight_to_the_last(
    cohort: Cohort, seats: CohortSeats, bureau: Actor
) -> None:
    [made] = confirm(cohort, [Choice(nominee(cohort), seats.id)], bureau)
    bound = db.session.scalars(select(Commitment)).one()
    assert (bound.source, bound.source_id, bound.person_id) == (
        "placement",
        made.id,
        made.person_id,
    )
    assert bound.starts_at == datetime(2023, 8, 31, 16, tzinfo=UTC)
    assert bound.ends_at == datetime(2024, 1, 12, 16, tzinfo=UTC)


def test_everybody_concerned_is_told(
    cohort: Cohort, seats: CohortSeats, mentor: Mentor, base_school: Unit, bureau: Actor
) -> None:
    number = nominee(cohort)
    person = db.session.scalars(select(Person).where(Person.name == "李老师")).one()
    expected = {
        account_of(person).id: "placements.placed",
        account_of(mentor.person).id: "placements.trainee_assigned",
        factories.make_account(Role.SCHOOL, base_school).id: "placements.trainees_come",
        factories.make_account(Role.COUNTY, FENGQING).id: "placements.nominees_placed",
    }
    factories.make_account(Role.COUNTY, "530922")
    confirm(cohort, [Choice(number, seats.id, mentor.id)], bureau)
    told = {notice.account_id: notice.kind for notice in db.session.scalars(select(Notice))}
    assert told == expected


def test_each_placement_and_the_confirmation_are_audited(
    cohort: Cohort, seats: CohortSeats, bureau: Actor
) -> None:
    confirm(cohort, [Choice(nominee(cohort), seats.id)], bureau)
    actions = db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert actions == ["placements.place", "placements.confirm_cohort"]


def refused(cohort: Cohort, choices: list[Choice], actor: Actor) -> str:
    """The code of the refusal; nothing of the act may have landed."""
    with pytest.raises(DomainError) as caught:
        confirm(cohort, choices, actor)
    for table in (Placement, Stay, MentorLoad):
        assert db.session.scalar(select(func.count()).select_from(table)) == 0
    assert db.session.scalar(select(func.sum(CohortSeats.taken))) == 0
    return caught.value.code


def test_more_people_than_seats_are_refused(
    cohort: Cohort, seats: CohortSeats, bureau: Actor
) -> None:
    ids = [nominee(cohort, name, rank) for rank, name in enumerate("甲乙丙", 1)]
    assert refused(cohort, [Choice(n, seats.id) for n in ids], bureau) == "over_capacity"


def test_more_trainees_than_a_mentor_guides_are_refused(
    cohort: Cohort, base_school: Unit, mentor: Mentor, bureau: Actor
) -> None:
    seats = placement_factories.make_seats(cohort, base_school, 3)
    ids = [nominee(cohort, name, rank) for rank, name in enumerate("甲乙丙", 1)]
    choices = [Choice(n, seats.id, mentor.id) for n in ids]
    assert refused(cohort, choices, bureau) == "mentor_full"


def test_trainees_of_an_overlapping_cohort_count_for_the_mentor(
    cohort: Cohort, seats: CohortSeats, base_school: Unit, bureau: Actor
) -> None:
    mentor = placement_factories.make_mentor(base_school, limit=1)
    other = placement_factories.make_cohort("第四期")
    elsewhere = placement_factories.make_seats(other, base_school)
    confirm(cohort, [Choice(nominee(cohort), seats.id, mentor.id)], bureau)
    with pytest.raises(DomainError) as caught:
        confirm(other, [Choice(nominee(other), elsewhere.id, mentor.id)], bureau)
    assert caught.value.code == "mentor_full"


def test_a_mentor_of_another_base_school_is_refused(
    cohort: Cohort, seats: CohortSeats, bureau: Actor
) -> None:
    other = placement_factories.make_mentor(placement_factories.make_base_school("民族中学"))
    choices = [Choice(nominee(cohort), seats.id, other.id)]
    assert refused(cohort, choices, bureau) == "mentor_elsewhere"


def test_a_mentor_who_ends_during_the_term_is_refused(
    cohort: Cohort, seats: CohortSeats, base_school: Unit, bureau: Actor
) -> None:
    mentor = placement_factories.make_mentor(base_school, valid_until=date(2023, 12, 31))
    choices = [Choice(nominee(cohort), seats.id, mentor.id)]
    assert refused(cohort, choices, bureau) == "mentor_not_then"


def test_only_approved_nominations_are_placed(
    cohort: Cohort, seats: CohortSeats, bureau: Actor
) -> None:
    number = nominee(cohort, status=NominationStatus.SUBMITTED)
    assert refused(cohort, [Choice(number, seats.id)], bureau) == "not_approved"


def test_who_became_lead_teacher_meanwhile_is_refused(
    cohort: Cohort, seats: CohortSeats, bureau: Actor
) -> None:
    number = nominee(cohort)
    person = db.session.scalars(select(Person).where(Person.name == "李老师")).one()
    factories.make_designation(person, factories.get_unit(FENGQING))
    assert refused(cohort, [Choice(number, seats.id)], bureau) == "not_eligible"


def test_a_nomination_of_another_cohort_is_not_found(
    cohort: Cohort, seats: CohortSeats, bureau: Actor
) -> None:
    other = placement_factories.make_cohort("第四期")
    assert refused(cohort, [Choice(nominee(other), seats.id)], bureau) == "not_found"


def test_nobody_is_nothing_to_confirm(cohort: Cohort, seats: CohortSeats, bureau: Actor) -> None:
    assert refused(cohort, [], bureau) == "nobody_chosen"


def test_a_cohort_is_confirmed_once(cohort: Cohort, seats: CohortSeats, bureau: Actor) -> None:
    confirm(cohort, [Choice(nominee(cohort, "甲"), seats.id)], bureau)
    with pytest.raises(DomainError) as caught:
        confirm(cohort, [Choice(nominee(cohort, "乙", 2), seats.id)], bureau)
    assert caught.value.code == "not_open"


def test_a_county_confirms_nothing(cohort: Cohort, seats: CohortSeats) -> None:
    county = factories.make_actor(Role.COUNTY, FENGQING)
    with pytest.raises(NotFound):
        confirm(cohort, [Choice(nominee(cohort), seats.id)], county)


def test_a_freed_seat_goes_to_one_more_for_the_rest_of_the_term(
    cohort: Cohort, seats: CohortSeats, mentor: Mentor, bureau: Actor
) -> None:
    confirm(cohort, [Choice(nominee(cohort, "甲"), seats.id, mentor.id)], bureau)
    number = nominee(cohort, "乙", 2)
    with atomic():
        made = place(
            cohort.id,
            Choice(number, seats.id, mentor.id),
            starts_on=date(2023, 10, 9),
            actor=bureau,
        )
    assert (made.starts_on, made.ends_on) == (date(2023, 10, 9), placement_factories.ENDS_ON)
    assert db.session.scalars(select(MentorLoad)).one().trainees == 2


def test_who_withdrew_is_placed_again_by_the_same_nomination(
    cohort: Cohort, seats: CohortSeats, bureau: Actor
) -> None:
    number = nominee(cohort)
    [first] = confirm(cohort, [Choice(number, seats.id)], bureau)
    with atomic():
        withdraw_placement(first.id, date(2023, 10, 1), "生病", actor=bureau)
    with atomic():
        again = place(
            cohort.id, Choice(number, seats.id), starts_on=date(2023, 11, 1), actor=bureau
        )
    assert again.nomination_id == number
    old = db.session.get_one(Placement, first.id)
    assert (old.status, old.nomination_id) == (PlacementStatus.WITHDRAWN, None)


def test_a_placement_lies_within_its_term(
    cohort: Cohort, seats: CohortSeats, bureau: Actor
) -> None:
    confirm(cohort, [Choice(nominee(cohort, "甲"), seats.id)], bureau)
    number = nominee(cohort, "乙", 2)
    with pytest.raises(DomainError) as caught, atomic():
        place(
            cohort.id,
            Choice(number, seats.id),
            ends_on=date(2024, 1, 13),
            actor=bureau,
        )
    assert caught.value.code == "outside_term"


def test_a_workshop_in_the_term_is_a_clash_that_is_named(
    cohort: Cohort, seats: CohortSeats, bureau: Actor
) -> None:
    number = nominee(cohort)
    person = db.session.scalars(select(Person).where(Person.name == "李老师")).one()
    workshop = make_workshop(title="沙盘培训", organiser_id=cohort.unit_id)
    make_session(workshop, datetime(2023, 10, 14, 1, tzinfo=UTC))
    enrol_one(workshop, person)
    with pytest.raises(DomainError) as caught:
        confirm(cohort, [Choice(number, seats.id)], bureau)
    assert caught.value.code == "clash"
    assert "沙盘培训" in str(caught.value)


def test_who_is_placed_is_refused_by_a_workshop_in_the_term(
    cohort: Cohort, seats: CohortSeats, bureau: Actor
) -> None:
    [made] = confirm(cohort, [Choice(nominee(cohort), seats.id)], bureau)
    workshop = make_workshop(organiser_id=cohort.unit_id)
    make_session(workshop, datetime(2023, 10, 14, 1, tzinfo=UTC))
    with pytest.raises(DomainError) as caught, atomic():
        enrol(read_application(workshop, made.person_id), actor=bureau)
    assert caught.value.code == "clash"
    assert "第三期" in str(caught.value)


def test_a_placement_and_a_workshop_at_once_never_both_bind(
    app: Flask, cohort: Cohort, seats: CohortSeats, bureau: Actor
) -> None:
    number = nominee(cohort)
    person = db.session.scalars(select(Person).where(Person.name == "李老师")).one()
    workshop = make_workshop(organiser_id=cohort.unit_id)
    make_session(workshop, datetime(2023, 10, 14, 1, tzinfo=UTC))
    workshop_id, cohort_id, seats_id, person_id = workshop.id, cohort.id, seats.id, person.id

    def enrols() -> None:
        found = db.session.get_one(type(workshop), workshop_id)
        enrol(read_application(found, person_id), actor=bureau)

    outcomes = at_once(
        app, lambda: place_all(cohort_id, [Choice(number, seats_id)], actor=bureau), enrols
    )
    assert outcomes == ["clash", "done"]
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(Commitment)) == 1


def test_two_officers_confirm_at_once_and_one_wins(
    app: Flask, cohort: Cohort, seats: CohortSeats, mentor: Mentor, bureau: Actor
) -> None:
    first, second = nominee(cohort, "甲"), nominee(cohort, "乙", 2)
    cohort_id, seats_id, mentor_id = cohort.id, seats.id, mentor.id
    outcomes = at_once(
        app,
        lambda: place_all(cohort_id, [Choice(first, seats_id, mentor_id)], actor=bureau),
        lambda: place_all(cohort_id, [Choice(second, seats_id, mentor_id)], actor=bureau),
    )
    assert outcomes == ["done", "not_open"]
    db.session.rollback()
    assert db.session.get_one(CohortSeats, seats_id).taken == 1


def test_two_cohorts_that_want_the_last_place_of_a_mentor_at_once(
    app: Flask, cohort: Cohort, seats: CohortSeats, base_school: Unit, bureau: Actor
) -> None:
    mentor_id = placement_factories.make_mentor(base_school, limit=1).id
    other = placement_factories.make_cohort("第四期")
    other_seats = placement_factories.make_seats(other, base_school)
    one = (cohort.id, Choice(nominee(cohort, "甲"), seats.id, mentor_id))
    two = (other.id, Choice(nominee(other, "乙"), other_seats.id, mentor_id))
    outcomes = at_once(
        app,
        lambda: place_all(one[0], [one[1]], actor=bureau),
        lambda: place_all(two[0], [two[1]], actor=bureau),
    )
    assert outcomes == ["done", "mentor_full"]


def test_who_was_withdrawn_is_placed_again_by_the_same_nomination(
    cohort: Cohort, seats: CohortSeats, bureau: Actor
) -> None:
    number = nominee(cohort)
    [first] = confirm(cohort, [Choice(number, seats.id)], bureau)
    with atomic():
        withdraw_placement(first.id, date(2023, 9, 1), "家中有事", actor=bureau)
    with atomic():
        again = place(
            cohort.id, Choice(number, seats.id), starts_on=date(2023, 11, 1), actor=bureau
        )
    assert (again.nomination_id, again.starts_on) == (number, date(2023, 11, 1))
    db.session.expire_all()
    kept = db.session.get_one(Placement, first.id)
    assert (kept.nomination_id, kept.status) == (None, PlacementStatus.WITHDRAWN)


def test_nobody_guides_themselves(
    cohort: Cohort, base_school: Unit, seats: CohortSeats, bureau: Actor
) -> None:
    person = factories.make_counselor(base_school, "王老师")
    mentor = placement_factories.make_mentor(base_school, person)
    number = placement_factories.make_nomination(cohort, person, base_school, base_school).id
    with pytest.raises(DomainError) as caught:
        confirm(cohort, [Choice(number, seats.id, mentor.id)], bureau)
    assert caught.value.code == "own_mentor"
    assert [one.id for one in read_problem(cohort).mentors] == []
