"""The matching of a cohort: drawn up, laid down, moved, locked and confirmed; by one officer and by two at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core.db import atomic, db
from app.core.errors import DomainError, NotFound, StaleVersion
from app.domain.accounts.rules import Actor, Role
from app.domain.audit.models import AuditEntry
from app.domain.people.models import LeadTeacherDesignation
from app.domain.placements.models import (
    Cohort,
    CohortQuota,
    CohortSeats,
    MatchingRun,
    Mentor,
    Nomination,
    Placement,
    ProposalLine,
)
from app.domain.placements.operations import proposing
from app.domain.placements.queries.matching import (
    find_last_run,
    list_lines,
    read_standing,
    seen_digest,
)
from app.domain.placements.queries.matching_problem import read_problem
from app.domain.placements.rules.matching_inputs import NOWHERE, Choice, Weights
from app.domain.placements.rules.words import CohortStatus, NominationStatus, SeatPolicy
from app.domain.units.models import Unit
from tests import factories, placement_factories
from tests.concurrency import at_once

FENGQING, YUN, ZHENKANG = "530921", "530922", "530924"


@pytest.fixture
def bureau(session: Session) -> Actor:
    return factories.make_actor(Role.BUREAU, factories.LINCANG)


@pytest.fixture
def cohort(session: Session) -> Cohort:
    return placement_factories.make_cohort()


@pytest.fixture
def first(session: Session) -> Unit:
    return placement_factories.make_base_school()


@pytest.fixture
def second(session: Session) -> Unit:
    return placement_factories.make_base_school("临沧市民族中学")


@pytest.fixture
def mentors(first: Unit, second: Unit) -> list[Mentor]:
    return [placement_factories.make_mentor(school) for school in (first, second)]


@pytest.fixture
def seats(
    cohort: Cohort, first: Unit, second: Unit, mentors: list[Mentor]
) -> tuple[CohortSeats, CohortSeats]:
    """One seat at each of two base schools, with a mentor at each."""
    return (
        placement_factories.make_seats(cohort, first, 1),
        placement_factories.make_seats(cohort, second, 1),
    )


def nominate(
    cohort: Cohort, name: str, county: str = FENGQING, rank: int = 1, **columns: object
) -> Nomination:
    school = factories.make_school(county)
    person = factories.make_counselor(school, name)
    return placement_factories.make_nomination(
        cohort, person, factories.get_unit(county), school, rank, **columns
    )


def run(cohort: Cohort, actor: Actor, weights: Weights | None = None) -> MatchingRun:
    draft = proposing.draw_up(cohort.id, weights or Weights(), actor=actor)
    with atomic():
        return proposing.lay_down(cohort.id, draft, actor=actor)


def line_of(nomination: Nomination) -> ProposalLine:
    return db.session.scalars(
        select(ProposalLine)
        .where(ProposalLine.nomination_id == nomination.id)
        .execution_options(populate_existing=True)
    ).one()


def move(cohort: Cohort, nomination: Nomination, choice: Choice, actor: Actor, **more: int) -> int:
    version = line_of(nomination).row_version
    with atomic():
        return proposing.move(
            cohort.id, nomination.id, choice, expected_version=version, actor=actor, **more
        )


def refusal_of(act: Callable[[], object]) -> str:
    with pytest.raises(DomainError) as caught:
        act()
    return caught.value.code


def test_everybody_gets_a_line_with_seat_mentor_cost_and_reasons(
    cohort: Cohort,
    seats: tuple[CohortSeats, CohortSeats],
    mentors: list[Mentor],
    second: Unit,
    bureau: Actor,
) -> None:
    nomination = nominate(cohort, "甲", preferences=[second.id])
    left = nominate(cohort, "乙", rank=2), nominate(cohort, "丙", rank=3)
    made = run(cohort, bureau)
    assert (made.nominees, made.placed, made.run_by) == (3, 2, bureau.account_id)
    line = line_of(nomination)
    assert (line.seats_id, line.mentor_id, line.locked, line.by_hand) == (
        seats[1].id,
        mentors[1].id,
        False,
        False,
    )
    assert line.reasons[:3] == [["gap_county"], ["rank", 1], ["preference", 1]]
    assert line.reasons[3][0] == "distance_km"
    assert line.cost == line.reasons[3][1]
    assert line_of(left[1]).seats_id is None
    assert line_of(left[1]).reasons[-1] == ["no_seat"]
    standing = read_standing(cohort.id)
    assert (standing.placed, standing.unplaced, standing.missing) == (2, 1, 0)
    assert standing.cost == made.cost


def test_only_approved_nominees_take_part(
    cohort: Cohort, seats: tuple[CohortSeats, CohortSeats], bureau: Actor
) -> None:
    nominate(cohort, "甲")
    for rank, status in enumerate(set(NominationStatus) - {NominationStatus.APPROVED}, 2):
        nominate(cohort, status.value, rank=rank, status=status)
    assert run(cohort, bureau).nominees == 1


def test_a_county_with_a_lead_teacher_is_no_gap(
    cohort: Cohort, seats: tuple[CohortSeats, CohortSeats], bureau: Actor
) -> None:
    covered, gap = nominate(cohort, "甲", YUN), nominate(cohort, "乙", ZHENKANG)
    lead = factories.make_counselor(factories.make_school(YUN, "云县一中"), "带头人")
    county = factories.get_unit(YUN)
    factories.save(
        LeadTeacherDesignation(
            person_id=lead.id, nominating_unit_id=county.id, valid_from=date(2022, 7, 9)
        )
    )
    nominees = {item.id: item.gap for item in read_problem(cohort).nominees}
    assert nominees == {covered.id: False, gap.id: True}


def test_a_lead_teacher_who_moved_away_leaves_a_gap(cohort: Cohort, bureau: Actor) -> None:
    nomination = nominate(cohort, "甲", YUN)
    lead = factories.make_counselor(factories.make_school(ZHENKANG, "镇康一中"), "带头人")
    factories.save(
        LeadTeacherDesignation(
            person_id=lead.id,
            nominating_unit_id=factories.get_unit(YUN).id,
            valid_from=date(2022, 7, 9),
        )
    )
    assert [(item.id, item.gap) for item in read_problem(cohort).nominees] == [
        (nomination.id, True)
    ]


def test_trainees_of_an_overlapping_cohort_use_up_a_mentor(
    cohort: Cohort, first: Unit, bureau: Actor
) -> None:
    mentor = placement_factories.make_mentor(first, limit=3)
    other = placement_factories.make_cohort("第四期")
    taken = placement_factories.make_seats(other, first, 2)
    school = factories.make_school(YUN)
    placement_factories.make_placement(
        other,
        factories.make_counselor(school, "早"),
        nominating=factories.get_unit(YUN),
        school=school,
        seats=taken,
        mentor=mentor,
    )
    placement_factories.make_seats(cohort, first, 5)
    [found] = read_problem(cohort).mentors
    assert (found.id, found.free, found.load) == (mentor.id, 2, 1)


def test_mentors_of_a_part_of_the_term_do_not_count(cohort: Cohort, first: Unit) -> None:
    placement_factories.make_mentor(first, valid_until=date(2023, 12, 31))
    placement_factories.make_mentor(
        first, factories.make_counselor(first, "新"), valid_from=date(2023, 9, 2)
    )
    placement_factories.make_seats(cohort, first, 5)
    assert read_problem(cohort).mentors == []


def test_quotas_bind_where_the_cohort_has_them(
    session: Session, first: Unit, mentors: list[Mentor], bureau: Actor
) -> None:
    cohort = placement_factories.make_cohort(seat_policy=SeatPolicy.QUOTAS)
    placement_factories.make_seats(cohort, first, 2)
    county = factories.get_unit(FENGQING)
    factories.save(CohortQuota(cohort_id=cohort.id, unit_id=county.id, seats=1))
    nominate(cohort, "甲")
    second_one = nominate(cohort, "乙", rank=2)
    assert run(cohort, bureau).placed == 1
    assert line_of(second_one).reasons[-1] == ["quota", 1]


def test_the_distance_is_that_between_the_counties(
    cohort: Cohort, first: Unit, mentors: list[Mentor]
) -> None:
    placement_factories.make_seats(cohort, first, 1)
    nominate(cohort, "甲", ZHENKANG)
    [distance] = read_problem(cohort).distances.values()
    assert distance is not None
    assert 100 < distance < 160


def test_a_second_run_answers_alike_and_leaves_every_line_as_it_was(
    cohort: Cohort, seats: tuple[CohortSeats, CohortSeats], bureau: Actor
) -> None:
    people = [nominate(cohort, name, county) for name, county in (("甲", FENGQING), ("乙", YUN))]
    made = run(cohort, bureau)
    versions = [line_of(person).row_version for person in people]
    again = run(cohort, bureau)
    assert (again.cost, again.input_digest) == (made.cost, made.input_digest)
    assert [line_of(person).row_version for person in people] == versions


def test_a_run_forgets_who_takes_part_no_more(
    cohort: Cohort, seats: tuple[CohortSeats, CohortSeats], bureau: Actor
) -> None:
    stays, leaves = nominate(cohort, "甲"), nominate(cohort, "乙", rank=2)
    run(cohort, bureau)
    with atomic():
        db.session.get_one(Nomination, leaves.id).status = NominationStatus.WITHDRAWN
    assert [row.nomination_id for row in list_lines(cohort.id, page=1).items] == [stays.id]
    run(cohort, bureau)
    assert db.session.scalar(select(func.count()).select_from(ProposalLine)) == 1


def test_nothing_is_laid_down_when_the_nominees_have_changed_meanwhile(
    cohort: Cohort, seats: tuple[CohortSeats, CohortSeats], bureau: Actor
) -> None:
    nominate(cohort, "甲")
    draft = proposing.draw_up(cohort.id, Weights(), actor=bureau)
    nominate(cohort, "乙", rank=2)
    with pytest.raises(StaleVersion), atomic():
        proposing.lay_down(cohort.id, draft, actor=bureau)
    assert db.session.scalar(select(func.count()).select_from(ProposalLine)) == 0


def test_weights_of_a_run_are_kept_for_the_next(
    cohort: Cohort, seats: tuple[CohortSeats, CohortSeats], bureau: Actor
) -> None:
    nominate(cohort, "甲")
    run(cohort, bureau, Weights(km=0, preference=7))
    assert proposing.weights_of(cohort.id) == Weights(km=0, preference=7)
    found = find_last_run(cohort.id)
    assert found is not None
    assert found.weights["km"] == 0


# --- by hand --------------------------------------------------------------------------------------


def test_moving_somebody_tells_the_cost_and_locks_the_line(
    cohort: Cohort,
    seats: tuple[CohortSeats, CohortSeats],
    mentors: list[Mentor],
    first: Unit,
    bureau: Actor,
) -> None:
    nomination = nominate(cohort, "甲", preferences=[first.id])
    run(cohort, bureau)
    assert move(cohort, nomination, Choice(seats[1].id), bureau) == 80
    line = line_of(nomination)
    assert (line.seats_id, line.mentor_id) == (seats[1].id, mentors[1].id)
    assert (line.locked, line.by_hand) == (True, True)
    assert line.reasons[0] == ["locked"]
    run(cohort, bureau)
    assert line_of(nomination).seats_id == seats[1].id


def test_two_change_places(
    cohort: Cohort, seats: tuple[CohortSeats, CohortSeats], first: Unit, second: Unit, bureau: Actor
) -> None:
    one = nominate(cohort, "甲", preferences=[first.id, second.id])
    other = nominate(cohort, "乙", YUN, preferences=[second.id, first.id])
    run(cohort, bureau)
    assert move(cohort, one, NOWHERE, bureau, swap_with=other.id) == 40
    assert (line_of(one).seats_id, line_of(other).seats_id) == (seats[1].id, seats[0].id)
    assert line_of(one).locked
    assert line_of(other).locked


def test_somebody_is_held_out_by_hand(
    cohort: Cohort, seats: tuple[CohortSeats, CohortSeats], bureau: Actor
) -> None:
    nomination = nominate(cohort, "甲")
    run(cohort, bureau)
    assert move(cohort, nomination, NOWHERE, bureau) > 0
    run(cohort, bureau)
    assert line_of(nomination).seats_id is None
    assert line_of(nomination).reasons[-1] == ["held_out"]


def test_an_unlocked_line_is_matched_again(
    cohort: Cohort, seats: tuple[CohortSeats, CohortSeats], first: Unit, bureau: Actor
) -> None:
    nomination = nominate(cohort, "甲", preferences=[first.id])
    run(cohort, bureau)
    move(cohort, nomination, Choice(seats[1].id), bureau)
    with atomic():
        proposing.set_lock(
            cohort.id,
            nomination.id,
            False,
            expected_version=line_of(nomination).row_version,
            actor=bureau,
        )
    assert line_of(nomination).reasons[0] != ["locked"]
    run(cohort, bureau)
    line = line_of(nomination)
    assert (line.seats_id, line.locked, line.by_hand) == (seats[0].id, False, False)


def test_refuses_to_move_somebody_where_no_seat_is_free(
    cohort: Cohort, seats: tuple[CohortSeats, CohortSeats], bureau: Actor
) -> None:
    one, other = nominate(cohort, "甲"), nominate(cohort, "乙", YUN)
    run(cohort, bureau)
    taken = line_of(other).seats_id
    assert refusal_of(lambda: move(cohort, one, Choice(taken), bureau)) == "over_capacity"


def test_refuses_a_mentor_of_another_school_and_one_who_is_full(
    cohort: Cohort,
    seats: tuple[CohortSeats, CohortSeats],
    mentors: list[Mentor],
    first: Unit,
    bureau: Actor,
) -> None:
    nomination = nominate(cohort, "甲")
    nominate(cohort, "乙", YUN)
    full = placement_factories.make_mentor(first, factories.make_counselor(first, "满"), limit=1)
    run(cohort, bureau)
    wrong = Choice(seats[0].id, mentors[1].id)
    assert refusal_of(lambda: move(cohort, nomination, wrong, bureau)) == "mentor_elsewhere"
    with atomic():
        db.session.get_one(CohortSeats, seats[0].id).seats = 2
    for person in db.session.scalars(select(Nomination).order_by(Nomination.id)).all()[:1]:
        move(cohort, person, Choice(seats[0].id, full.id), bureau)
    other = db.session.scalars(select(Nomination).order_by(Nomination.id.desc())).first()
    assert other is not None
    same = Choice(seats[0].id, full.id)
    assert refusal_of(lambda: move(cohort, other, same, bureau)) == "mentor_full"


def test_refuses_a_line_that_somebody_else_has_moved(
    cohort: Cohort, seats: tuple[CohortSeats, CohortSeats], bureau: Actor
) -> None:
    nomination = nominate(cohort, "甲")
    run(cohort, bureau)
    seen = line_of(nomination).row_version
    move(cohort, nomination, NOWHERE, bureau)
    with pytest.raises(StaleVersion), atomic():
        proposing.move(
            cohort.id, nomination.id, Choice(seats[0].id), expected_version=seen, actor=bureau
        )


def test_refuses_a_run_without_nominees_or_seats(
    cohort: Cohort, first: Unit, bureau: Actor
) -> None:
    assert refusal_of(lambda: run(cohort, bureau)) == "no_nominees"
    nominate(cohort, "甲")
    assert refusal_of(lambda: run(cohort, bureau)) == "no_seats"


def test_refuses_locks_that_cannot_stand_any_more(
    cohort: Cohort, seats: tuple[CohortSeats, CohortSeats], bureau: Actor
) -> None:
    nomination = nominate(cohort, "甲")
    run(cohort, bureau)
    move(cohort, nomination, Choice(seats[0].id), bureau)
    with atomic():
        db.session.get_one(CohortSeats, seats[0].id).seats = 0
    assert refusal_of(lambda: run(cohort, bureau)) == "outdated"


@pytest.mark.parametrize("status", [CohortStatus.DRAFT, CohortStatus.CANCELLED])
def test_matches_only_published_cohorts(
    session: Session, first: Unit, bureau: Actor, status: CohortStatus
) -> None:
    cohort = placement_factories.make_cohort(status=status)
    assert refusal_of(lambda: run(cohort, bureau)) == "not_open"


def test_nobody_else_matches(
    cohort: Cohort, seats: tuple[CohortSeats, CohortSeats], bureau: Actor
) -> None:
    nomination = nominate(cohort, "甲")
    run(cohort, bureau)
    county = factories.make_actor(Role.COUNTY, FENGQING)
    foreign = factories.make_actor(Role.BUREAU, factories.CHUXIONG)
    for actor in (county, foreign):
        with pytest.raises(NotFound):
            proposing.draw_up(cohort.id, Weights(), actor=actor)
        with pytest.raises(NotFound):
            move(cohort, nomination, NOWHERE, actor)


# --- the end ----------------------------------------------------------------------------------------


def confirm(cohort: Cohort, actor: Actor, seen: str | None = None) -> list[Placement]:
    seen = seen or seen_digest(cohort.id)
    with atomic():
        return proposing.confirm(cohort.id, seen=seen, actor=actor)


def test_the_confirmed_proposal_becomes_placements(
    cohort: Cohort, seats: tuple[CohortSeats, CohortSeats], mentors: list[Mentor], bureau: Actor
) -> None:
    placed = nominate(cohort, "甲")
    nominate(cohort, "乙", rank=2)
    nominate(cohort, "丙", rank=3)
    run(cohort, bureau)
    made = confirm(cohort, bureau)
    assert len(made) == 2
    stay = next(item for item in made if item.nomination_id == placed.id).stays[0]
    line = line_of(placed)
    assert (stay.seats_id, stay.mentor_id) == (line.seats_id, line.mentor_id)
    assert db.session.get_one(Cohort, cohort.id).status is CohortStatus.CONFIRMED
    assert refusal_of(lambda: run(cohort, bureau)) == "not_open"
    assert refusal_of(lambda: move(cohort, placed, NOWHERE, bureau)) == "not_open"


def test_refuses_to_confirm_another_proposal_than_the_one_seen(
    cohort: Cohort, seats: tuple[CohortSeats, CohortSeats], bureau: Actor
) -> None:
    nomination = nominate(cohort, "甲")
    run(cohort, bureau)
    seen = seen_digest(cohort.id)
    move(cohort, nomination, Choice(seats[1].id), bureau)
    with pytest.raises(StaleVersion):
        confirm(cohort, bureau, seen)
    assert db.session.scalar(select(func.count()).select_from(Placement)) == 0


def test_each_act_is_audited(
    cohort: Cohort, seats: tuple[CohortSeats, CohortSeats], bureau: Actor
) -> None:
    nomination = nominate(cohort, "甲")
    run(cohort, bureau)
    move(cohort, nomination, Choice(seats[1].id), bureau)
    version = line_of(nomination).row_version
    with atomic():
        proposing.set_lock(cohort.id, nomination.id, False, expected_version=version, actor=bureau)
    actions = db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert actions == [
        "placements.propose_matching",
        "placements.move_line",
        "placements.unlock_line",
    ]


# --- two officers at once -----------------------------------------------------------------------------


def test_of_two_officers_moving_people_to_the_last_seat_one_is_refused(
    app: Flask, session: Session, first: Unit, second: Unit, mentors: list[Mentor], bureau: Actor
) -> None:
    cohort = placement_factories.make_cohort()
    wide = placement_factories.make_seats(cohort, first, 2)
    last = placement_factories.make_seats(cohort, second, 1)
    people = [nominate(cohort, "甲", preferences=[first.id])]
    people.append(nominate(cohort, "乙", YUN, preferences=[first.id]))
    run(cohort, bureau)
    assert {line_of(person).seats_id for person in people} == {wide.id}
    number, goal, ids = cohort.id, Choice(last.id), [person.id for person in people]
    db.session.rollback()

    def act(nomination_id: int) -> Callable[[], object]:
        return lambda: proposing.move(
            number, nomination_id, goal, expected_version=None, actor=bureau
        )

    assert at_once(app, *(act(nomination_id) for nomination_id in ids)) == ["done", "over_capacity"]
    lines = db.session.scalars(select(ProposalLine.seats_id)).all()
    assert sorted(lines) == sorted([wide.id, last.id])


def test_of_two_officers_laying_down_a_run_both_leave_one_proposal(
    app: Flask, cohort: Cohort, seats: tuple[CohortSeats, CohortSeats], bureau: Actor
) -> None:
    nominate(cohort, "甲")
    nominate(cohort, "乙", YUN)
    number = cohort.id
    draft = proposing.draw_up(number, Weights(), actor=bureau)
    db.session.rollback()
    acts = [lambda: proposing.lay_down(number, draft, actor=bureau)] * 2
    assert at_once(app, *acts) == ["done", "done"]
    assert db.session.scalar(select(func.count()).select_from(ProposalLine)) == 2


def test_of_two_officers_confirming_one_is_refused(
    app: Flask, cohort: Cohort, seats: tuple[CohortSeats, CohortSeats], bureau: Actor
) -> None:
    nominate(cohort, "甲")
    run(cohort, bureau)
    number, seen = cohort.id, seen_digest(cohort.id)
    db.session.rollback()
    acts = [lambda: proposing.confirm(number, seen=seen, actor=bureau)] * 2
    assert at_once(app, *acts) == ["done", "not_open"]
    assert db.session.scalar(select(func.count()).select_from(Placement)) == 1
