"""Extension, interruption, resumption, another mentor or base school, withdrawal: dates, seats, mentors, who is told."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import clock
from app.core.db import atomic, db
from app.core.errors import DomainError, Forbidden, InvalidInput, NotFound, StaleVersion
from app.domain.accounts.rules import Actor, Role
from app.domain.outbox.models import Notice
from app.domain.people.models import Commitment
from app.domain.placements.models import (
    ChangeRequest,
    Cohort,
    CohortSeats,
    Mentor,
    MentorLoad,
    Placement,
    PlacementChange,
    Stay,
)
from app.domain.placements.operations import loads
from app.domain.placements.operations.change_requests import (
    ask_change,
    refuse_change,
    withdraw_request,
)
from app.domain.placements.operations.changing import (
    extend_placement,
    interrupt_placement,
    resume_placement,
    withdraw_placement,
)
from app.domain.placements.operations.moving import change_base_school, change_mentor
from app.domain.placements.operations.offering import SeatLine, set_seats
from app.domain.placements.operations.placing import Choice, place
from app.domain.placements.queries.visibility import current_stay
from app.domain.placements.rules.words import (
    ChangeKind,
    CohortStatus,
    LeaveStatus,
    PlacementResult,
    PlacementStatus,
)
from app.domain.units.models import Unit
from tests import factories
from tests import placement_factories as made
from tests.concurrency import at_once
from tests.semester_factories import FENGQING, Term, add_trainee, make_term

MONDAY = date(2023, 8, 21)


@pytest.fixture
def term(session: Session) -> Term:
    term = make_term()
    with atomic():
        loads.bind(db.session.get_one(Placement, term.id), "跟岗")
    return term


@pytest.fixture
def second_mentor(term: Term) -> Mentor:
    return made.make_mentor(
        term.base_school, factories.make_counselor(term.base_school, "赵导师"), limit=1
    )


def placement_of(term: Term) -> Placement:
    db.session.rollback()
    return db.session.get_one(Placement, term.id, populate_existing=True)


def stays_of(term: Term) -> list[tuple[str, str | None, date, date | None]]:
    return [
        (
            stay.base_school.name,
            None if stay.mentor is None else stay.mentor.person.name,
            stay.valid_from,
            stay.valid_until,
        )
        for stay in placement_of(term).stays
    ]


def bound(term: Term) -> list[tuple[date, date]]:
    """First and last day of what binds the trainee."""
    rows = db.session.execute(
        select(Commitment.starts_at, Commitment.ends_at)
        .where(Commitment.person_id == term.placement.person_id, Commitment.source == "placement")
        .order_by(Commitment.starts_at)
    )
    second = datetime.resolution
    return [(clock.local(start).date(), clock.local(end - second).date()) for start, end in rows]


def loaded(mentor: Mentor) -> int | None:
    return db.session.scalar(select(MentorLoad.trainees).where(MentorLoad.mentor_id == mentor.id))


def taken(seats: CohortSeats) -> int:
    return db.session.get_one(CohortSeats, seats.id, populate_existing=True).taken


def told(kind: str) -> set[int]:
    return set(db.session.scalars(select(Notice.account_id).where(Notice.kind == kind)))


def change(act, term: Term, *arguments: object, actor: Actor | None = None, **options: object):
    with atomic():
        return act(term.id, *arguments, "因工作需要", actor=actor or term.bureau, **options)


def test_an_extension_moves_the_end_and_what_binds_and_tells_everybody(term):
    change(extend_placement, term, date(2023, 10, 31))
    assert placement_of(term).ends_on == date(2023, 10, 31)
    assert bound(term) == [(date(2023, 7, 3), date(2023, 10, 31))]
    [row] = db.session.scalars(select(PlacementChange))
    assert (row.kind, row.effective_on, row.old_value, row.new_value, row.reason) == (
        ChangeKind.EXTENSION,
        date(2023, 9, 30),
        "2023-09-29",
        "2023-10-31",
        "因工作需要",
    )
    everybody = (term.trainee, term.guide, term.host, term.county)
    assert told("placements.extended") == {actor.account_id for actor in everybody}


def test_refuses_an_extension_that_meets_something_else(term):
    factories.save(
        Commitment(
            person_id=term.placement.person_id,
            source="workshop",
            source_id=9,
            title="骨干教师研修班",
            starts_at=datetime(2023, 10, 9, 1, tzinfo=UTC),
            ends_at=datetime(2023, 10, 9, 9, tzinfo=UTC),
        )
    )
    change(extend_placement, term, date(2023, 10, 8))
    with pytest.raises(DomainError) as refused:
        change(extend_placement, term, date(2023, 10, 9))
    assert refused.value.code == "clash"
    assert placement_of(term).ends_on == date(2023, 10, 8)


def test_refuses_an_extension_beyond_the_mentors_limit_or_term(term):
    autumn = made.make_cohort("秋季", starts_on=date(2023, 10, 9), ends_on=date(2024, 1, 12))
    seats = made.make_seats(autumn, term.base_school)
    for name in ("张山", "高原"):
        add_trainee(autumn, seats, term.mentor, name, f"teacher-{name}")
    change(extend_placement, term, date(2023, 10, 8))
    with pytest.raises(DomainError) as refused:
        change(extend_placement, term, date(2023, 10, 9))
    assert refused.value.code == "mentor_full"
    with atomic():
        db.session.get_one(Mentor, term.mentor.id).valid_until = date(2023, 10, 8)
    with pytest.raises(DomainError) as none_then:
        change(extend_placement, term, date(2023, 10, 9))
    assert none_then.value.code == "mentor_not_then"


def test_an_interruption_unbinds_and_a_resumption_binds_again(term):
    change(interrupt_placement, term, MONDAY)
    assert placement_of(term).status is PlacementStatus.INTERRUPTED
    assert bound(term) == [(date(2023, 7, 3), date(2023, 8, 20))]
    change(resume_placement, term, date(2023, 9, 4))
    assert placement_of(term).status is PlacementStatus.ACTIVE
    assert bound(term) == [
        (date(2023, 7, 3), date(2023, 8, 20)),
        (date(2023, 9, 4), date(2023, 9, 29)),
    ]
    assert (taken(term.seats), loaded(term.mentor)) == (1, 1)


def test_refuses_to_resume_when_something_else_binds_by_now(term):
    change(interrupt_placement, term, date(2023, 7, 3))
    assert bound(term) == []
    factories.save(
        Commitment(
            person_id=term.placement.person_id,
            source="workshop",
            source_id=9,
            title="研修班",
            starts_at=datetime(2023, 9, 9, 1, tzinfo=UTC),
            ends_at=datetime(2023, 9, 9, 9, tzinfo=UTC),
        )
    )
    with pytest.raises(DomainError) as refused:
        change(resume_placement, term, date(2023, 9, 4))
    assert refused.value.code == "clash"


def test_another_mentor_begins_a_new_stay_and_moves_the_load(term, second_mentor):
    change(change_mentor, term, second_mentor.id, MONDAY)
    school = term.base_school.name
    assert stays_of(term) == [
        (school, "王导师", date(2023, 7, 3), date(2023, 8, 20)),
        (school, "赵导师", MONDAY, None),
    ]
    assert (loaded(term.mentor), loaded(second_mentor), taken(term.seats)) == (0, 1, 1)
    stay = current_stay(placement_of(term))
    assert stay is not None
    assert stay.mentor_id == term.mentor.id  # until Monday
    with clock.frozen(datetime(2023, 8, 21, 2, tzinfo=UTC)):
        later = current_stay(placement_of(term))
    assert later is not None
    assert later.mentor_id == second_mentor.id


def test_a_mentor_named_for_the_first_day_changes_the_stay_itself(term, second_mentor):
    change(change_mentor, term, second_mentor.id, date(2023, 7, 3))
    assert stays_of(term) == [(term.base_school.name, "赵导师", date(2023, 7, 3), None)]
    assert (loaded(term.mentor), loaded(second_mentor)) == (0, 1)


def test_refuses_a_mentor_who_is_full_elsewhere_the_same_or_the_trainee(term, second_mentor):
    add_trainee(term.cohort, term.seats, second_mentor, "张山", "teacher-zhang")
    elsewhere = made.make_mentor(made.make_base_school("临沧市民族中学"))
    own = made.make_mentor(term.base_school, term.placement.person)
    for mentor, code in [
        (second_mentor, "mentor_full"),
        (elsewhere, "mentor_elsewhere"),
        (term.mentor, "same_mentor"),
        (own, "own_mentor"),
    ]:
        with pytest.raises(DomainError) as refused:
            change(change_mentor, term, mentor.id, MONDAY)
        assert refused.value.code == code
    assert len(stays_of(term)) == 1
    assert (loaded(term.mentor), loaded(second_mentor)) == (1, 1)


def test_a_base_school_names_the_first_mentor_and_no_other(term, second_mentor):
    placement, _account = add_trainee(term.cohort, term.seats, None, "张山", "teacher-zhang")
    with atomic():
        change_mentor(placement.id, second_mentor.id, date(2023, 7, 3), "指定导师", actor=term.host)
    assert loaded(second_mentor) == 1
    with pytest.raises(Forbidden) as refused, atomic():
        change_mentor(placement.id, term.mentor.id, MONDAY, "换", actor=term.host)
    assert refused.value.code == "not_bureau"


def test_another_base_school_moves_seat_and_mentor(term):
    school = made.make_base_school("临沧市民族中学")
    seats = made.make_seats(term.cohort, school, 1)
    mentor = made.make_mentor(school, factories.make_counselor(school, "周导师"))
    change(change_base_school, term, seats.id, MONDAY, mentor_id=mentor.id)
    assert stays_of(term) == [
        (term.base_school.name, "王导师", date(2023, 7, 3), date(2023, 8, 20)),
        ("临沧市民族中学", "周导师", MONDAY, None),
    ]
    assert (taken(term.seats), taken(seats)) == (0, 1)
    assert (loaded(term.mentor), loaded(mentor)) == (0, 1)


def test_refuses_a_base_school_without_a_seat_the_same_or_of_another_cohort(term):
    school = made.make_base_school("临沧市民族中学")
    full = made.make_seats(term.cohort, school, 1)
    add_trainee(term.cohort, full, None, "张山", "teacher-zhang")
    foreign = made.make_seats(made.make_cohort("别的"), school, 1)
    for seats, code in [(full, "over_capacity"), (term.seats, "same_base_school")]:
        with pytest.raises(DomainError) as refused:
            change(change_base_school, term, seats.id, MONDAY)
        assert refused.value.code == code
    with pytest.raises(NotFound):
        change(change_base_school, term, foreign.id, MONDAY)
    assert (len(stays_of(term)), taken(term.seats), taken(full)) == (1, 1, 1)


def test_a_withdrawal_frees_seat_mentor_and_time(term):
    change(withdraw_placement, term, MONDAY)
    placement = placement_of(term)
    assert (placement.status, placement.ends_on) == (
        PlacementStatus.WITHDRAWN,
        date(2023, 8, 20),
    )
    assert (taken(term.seats), loaded(term.mentor), bound(term)) == (0, 0, [])
    assert stays_of(term)[0][3] == date(2023, 8, 20)
    with pytest.raises(DomainError) as refused:
        change(extend_placement, term, date(2023, 12, 1))
    assert refused.value.code == "placement_over"


def test_a_withdrawal_on_the_first_day_keeps_who_had_the_seat(term):
    change(withdraw_placement, term, date(2023, 7, 3))
    placement = placement_of(term)
    assert (placement.starts_on, placement.ends_on) == (date(2023, 7, 3), date(2023, 9, 29))
    assert stays_of(term)[0][2:] == (date(2023, 7, 3), date(2023, 7, 3))


def test_a_seat_is_free_again_once_who_had_it_has_left(term):
    """A withdrawal of next Monday: until then nobody else has the seat or the mentor's place."""
    with atomic():
        db.session.get_one(CohortSeats, term.seats.id).seats = 1
        db.session.get_one(Mentor, term.mentor.id).trainee_limit = 1
    change(withdraw_placement, term, MONDAY)
    school = factories.make_school(FENGQING)
    person = factories.make_counselor(school, "赵敏")
    county = factories.get_unit(FENGQING)
    number = made.make_nomination(term.cohort, person, county, school).id
    choice = Choice(number, term.seats.id, term.mentor.id)
    with pytest.raises(DomainError) as refused, atomic():
        place(term.cohort.id, choice, starts_on=date(2023, 8, 20), actor=term.bureau)
    assert refused.value.code == "over_capacity"
    with atomic():
        made_placement = place(term.cohort.id, choice, starts_on=MONDAY, actor=term.bureau)
    assert made_placement.starts_on == MONDAY


def test_who_moves_later_keeps_the_seat_until_then(term):
    other = made.make_base_school("临沧市民族中学")
    mine, there = made.make_seats(term.cohort, other, 2), term.seats
    with atomic():
        db.session.get_one(CohortSeats, there.id).seats = 1
    change(change_base_school, term, mine.id, MONDAY)
    placement, _account = add_trainee(term.cohort, mine, None, "周宁", "teacher-zhou")
    with pytest.raises(DomainError) as refused, atomic():
        change_base_school(placement.id, there.id, date(2023, 8, 18), "对调", actor=term.bureau)
    assert refused.value.code == "over_capacity"
    with atomic():
        change_base_school(placement.id, there.id, MONDAY, "对调", actor=term.bureau)


def test_seats_are_not_taken_back_from_who_leaves_later(term):
    change(withdraw_placement, term, MONDAY)
    line = SeatLine(made.make_base_school("临沧市民族中学").id, 1)
    made.state_capacity(db.session.get_one(Unit, line.base_school_id), 1)
    with pytest.raises(DomainError) as refused, atomic():
        set_seats(term.cohort.id, [line], actor=term.bureau)
    assert refused.value.code == "below_taken"


def test_refuses_an_extension_beside_a_next_cohort_that_fills_the_school(term):
    following = made.make_cohort("第四期", starts_on=date(2023, 10, 9), ends_on=date(2024, 1, 12))
    made.make_seats(following, term.base_school, 9)
    with pytest.raises(DomainError) as refused:
        change(extend_placement, term, date(2023, 10, 9))
    assert refused.value.code == "over_school_capacity"
    change(extend_placement, term, date(2023, 10, 8))


def test_the_last_who_leaves_completes_a_cohort_with_results(term):
    done, _account = add_trainee(term.cohort, term.seats, None, "周宁", "teacher-zhou")
    with atomic():
        found = db.session.get_one(Placement, done.id)
        found.status, found.result = PlacementStatus.COMPLETED, PlacementResult.PASSED
    change(withdraw_placement, term, MONDAY)
    cohort = db.session.get_one(Cohort, term.cohort.id, populate_existing=True)
    assert cohort.status is CohortStatus.COMPLETED


@pytest.mark.parametrize(
    ("act", "day", "code"),
    [
        (interrupt_placement, date(2023, 7, 2), "before_start"),
        (interrupt_placement, date(2023, 9, 30), "after_end"),
        (resume_placement, MONDAY, "not_interrupted"),
        (withdraw_placement, date(2023, 9, 30), "after_end"),
        (extend_placement, date(2023, 9, 29), "not_later"),
        (extend_placement, date(2024, 4, 1), "outside_term"),
    ],
)
def test_refuses_days_outside_the_placement(term, act, day, code):
    with pytest.raises(DomainError) as refused:
        change(act, term, day)
    assert refused.value.code == code
    assert db.session.scalars(select(PlacementChange)).all() == []


def test_a_change_needs_a_reason_and_the_version_that_was_seen(term):
    with pytest.raises(InvalidInput) as refused, atomic():
        interrupt_placement(term.id, MONDAY, " ", actor=term.bureau)
    assert refused.value.code == "reason_missing"
    version = placement_of(term).row_version
    change(interrupt_placement, term, MONDAY, expected_version=version)
    with pytest.raises(StaleVersion):
        change(withdraw_placement, term, MONDAY, expected_version=version)


def test_only_the_bureau_changes_and_strangers_find_nothing(term):
    for actor in (term.guide, term.host, term.county, term.trainee):
        with pytest.raises(Forbidden) as refused:
            change(interrupt_placement, term, MONDAY, actor=actor)
        assert refused.value.code == "not_bureau"
    stranger = factories.make_actor(Role.BUREAU, factories.CHUXIONG)
    with pytest.raises(NotFound):
        change(interrupt_placement, term, MONDAY, actor=stranger)


def test_a_base_school_asks_and_the_change_answers(term):
    with atomic():
        ask_change(term.id, ChangeKind.INTERRUPTION, MONDAY, "产假", actor=term.host)
    assert told("placements.change_asked") == {term.bureau.account_id}
    with pytest.raises(DomainError) as twice, atomic():
        ask_change(term.id, ChangeKind.INTERRUPTION, MONDAY, "产假", actor=term.guide)
    assert twice.value.code == "asked_already"
    change(interrupt_placement, term, MONDAY)
    [asked] = db.session.scalars(select(ChangeRequest))
    assert (asked.status, asked.asked_by_name) == (LeaveStatus.GRANTED, term.base_school.name)


def test_the_bureau_refuses_with_an_answer_and_a_mentor_withdraws_their_own(term):
    with atomic():
        asked = ask_change(term.id, ChangeKind.MENTOR, MONDAY, "换人", actor=term.host)
        own = ask_change(term.id, ChangeKind.EXTENSION, MONDAY, "延长", actor=term.guide)
        ids = asked.id, own.id
    with atomic():
        refuse_change(ids[0], "没有别的导师", placement_id=term.id, actor=term.bureau)
    assert told("placements.change_refused") == {term.host.account_id}
    with pytest.raises(NotFound), atomic():
        withdraw_request(ids[1], placement_id=term.id, actor=term.host)
    with atomic():
        withdraw_request(ids[1], placement_id=term.id, actor=term.guide)
    with pytest.raises(DomainError) as refused, atomic():
        refuse_change(ids[1], "晚了", placement_id=term.id, actor=term.bureau)
    assert refused.value.code == "not_open"
    for actor in (term.trainee, term.county):
        with pytest.raises(Forbidden), atomic():
            ask_change(term.id, ChangeKind.MENTOR, MONDAY, "换人", actor=actor)


def test_two_trainees_moved_to_the_last_place_of_a_mentor_at_once(app: Flask, term, second_mentor):
    other, _account = add_trainee(term.cohort, term.seats, term.mentor, "张山", "teacher-zhang")
    ids = [term.id, other.id]
    mentor_id = second_mentor.id
    outcomes = at_once(
        app,
        *[
            lambda one=one: change_mentor(one, mentor_id, MONDAY, "调整", actor=term.bureau)
            for one in ids
        ],
    )
    assert outcomes == ["done", "mentor_full"]
    db.session.rollback()
    assert (loaded(term.mentor), loaded(second_mentor)) == (1, 1)


def test_the_same_change_made_by_two_officers_at_once_is_made_once(app: Flask, term):
    version = placement_of(term).row_version
    outcomes = at_once(
        app,
        *[
            lambda: withdraw_placement(
                term.id, MONDAY, "退出", actor=term.bureau, expected_version=version
            )
        ]
        * 2,
    )
    assert outcomes == ["done", "stale_version"]
    db.session.rollback()
    assert (taken(term.seats), loaded(term.mentor)) == (0, 0)
    assert len(db.session.scalars(select(Stay)).all()) == 1
