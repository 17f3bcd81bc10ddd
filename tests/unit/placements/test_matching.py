"""What the matching proposes, refuses and says."""

from __future__ import annotations

import pytest

from app.domain.placements.rules.matching import Matching
from app.domain.placements.rules.matching_inputs import (
    NOWHERE,
    Choice,
    Line,
    Mentor,
    Nominee,
    Offer,
    Problem,
    Proposal,
    Refusal,
    Weights,
)
from tests.unit.placements.matching_cases import (
    EAST,
    FENGQING,
    LINXIANG,
    WEST,
    YUN,
    offers_of,
    problem,
    proposed,
)


def line_of(given: Problem, nominee_id: int) -> Line:
    return next(line for line in proposed(given).lines if line.nominee_id == nominee_id)


def only(nominee: Nominee, **values: object) -> Line:
    """The line of one nominee who can only go to the eastern school."""
    values = {"offers": [Offer(21, EAST, 1)], **values}
    return line_of(problem(nominees=[nominee], **values), nominee.id)


# --- nothing to do --------------------------------------------------------------------------------


def test_proposes_nothing_for_nobody() -> None:
    assert proposed(problem(nominees=[])) == Proposal((), 0)


def test_leaves_everybody_out_when_no_school_offers_seats() -> None:
    answer = proposed(problem(offers=[]))
    assert [(line.offer_id, line.reasons[-1]) for line in answer.lines] == [
        (None, ("no_seat",))
    ] * 2


def test_leaves_everybody_out_when_no_school_has_mentors() -> None:
    answer = proposed(problem(mentors=[]))
    assert [line.reasons[-1] for line in answer.lines] == [("no_mentor",)] * 2


def test_proposes_nothing_where_nothing_is_known() -> None:
    assert proposed(Problem([], [], [])) == Proposal((), 0)


# --- who gets a seat ------------------------------------------------------------------------------

ONE_SEAT = {"offers": [Offer(21, EAST, 1)]}


def test_gives_the_last_seat_to_the_gap_county_whatever_else_is_weighed() -> None:
    nominees = [
        Nominee(11, LINXIANG, 1, "junior", "psychology", (EAST,)),
        Nominee(12, YUN, 2, "senior", "chinese", (WEST,), gap=True),
    ]
    offers = [Offer(21, EAST, 1, "junior", "psychology")]
    distances = {(LINXIANG, EAST): 0, (YUN, EAST): 900}
    given = problem(nominees=nominees, offers=offers, distances=distances)
    assert offers_of(given) == {11: None, 12: 21}


def test_gives_each_gap_county_one_before_any_gets_two() -> None:
    nominees = [
        Nominee(11, LINXIANG, 1, gap=True),
        Nominee(12, LINXIANG, 2, gap=True),
        Nominee(13, YUN, 5, gap=True),
    ]
    given = problem(nominees=nominees, offers=[Offer(21, EAST, 2)])
    assert offers_of(given) == {11: 21, 12: None, 13: 21}


def test_counts_a_gap_county_whose_nominee_is_locked_as_served() -> None:
    nominees = [
        Nominee(11, LINXIANG, 1, gap=True),
        Nominee(12, LINXIANG, 2, gap=True),
        Nominee(13, YUN, 2, gap=True),
    ]
    locks = {12: Choice(21)}
    given = problem(nominees=nominees, offers=[Offer(21, EAST, 2)], locks=locks)
    assert offers_of(given) == {11: None, 12: 21, 13: 21}


def test_gives_seats_by_rank_where_no_gap_decides() -> None:
    nominees = [Nominee(11, LINXIANG, 2), Nominee(12, YUN, 1)]
    assert offers_of(problem(nominees=nominees, **ONE_SEAT)) == {11: None, 12: 21}


def test_orders_by_rank_even_with_weights_that_dwarf_it() -> None:
    nominees = [
        Nominee(11, LINXIANG, 2, preferences=(EAST,)),
        Nominee(12, YUN, 1, preferences=(WEST,)),
    ]
    given = problem(nominees=nominees, weights=Weights(not_preferred=1_000_000), **ONE_SEAT)
    assert offers_of(given) == {11: None, 12: 21}


# --- where to -------------------------------------------------------------------------------------


def test_follows_preferences() -> None:
    nominees = [
        Nominee(11, LINXIANG, 1, preferences=(WEST, EAST)),
        Nominee(12, YUN, 1, preferences=(EAST, WEST)),
    ]
    assert offers_of(problem(nominees=nominees)) == {11: 22, 12: 21}


def test_prefers_the_nearer_school() -> None:
    distances = {(LINXIANG, EAST): 90, (LINXIANG, WEST): 5, (YUN, EAST): 40, (YUN, WEST): 40}
    assert offers_of(problem(distances=distances)) == {11: 22, 12: 21}


def test_prefers_seats_for_the_stage_and_the_subject() -> None:
    nominees = [Nominee(11, LINXIANG, 1, "senior"), Nominee(12, YUN, 1, "junior")]
    offers = [Offer(21, EAST, 1, "junior"), Offer(22, WEST, 1, "senior")]
    assert offers_of(problem(nominees=nominees, offers=offers)) == {11: 22, 12: 21}


def test_spreads_trainees_over_mentors_who_have_fewer() -> None:
    mentors = [Mentor(31, EAST, 1, load=2), Mentor(32, WEST, 2), Mentor(33, WEST, 2)]
    offers = [Offer(21, EAST, 2), Offer(22, WEST, 2)]
    answer = proposed(problem(offers=offers, mentors=mentors))
    assert {line.mentor_id for line in answer.lines} == {32, 33}


def test_gives_a_nominee_the_mentor_of_their_stage() -> None:
    nominees = [Nominee(11, LINXIANG, 1, "senior"), Nominee(12, YUN, 1, "junior")]
    mentors = [Mentor(31, EAST, 1, stage="junior"), Mentor(32, EAST, 1, stage="senior")]
    answer = proposed(problem(nominees=nominees, offers=[Offer(21, EAST, 2)], mentors=mentors))
    assert [line.mentor_id for line in answer.lines] == [32, 31]


def test_takes_a_school_of_several_stages_as_fit_for_each() -> None:
    offers = [Offer(21, EAST, 1, "complete_secondary")]
    assert ("stage_fit",) in only(Nominee(11, LINXIANG, 1, "senior"), offers=offers).reasons


# --- limits ---------------------------------------------------------------------------------------


def test_places_no_more_than_the_mentors_can_guide() -> None:
    given = problem(offers=[Offer(21, EAST, 5)], mentors=[Mentor(31, EAST, 1)])
    assert offers_of(given) == {11: 21, 12: None}
    assert line_of(given, 12).reasons[-1] == ("no_mentor",)


def test_shares_the_mentors_of_a_school_between_its_offers() -> None:
    offers = [Offer(21, EAST, 1), Offer(22, EAST, 1)]
    given = problem(offers=offers, mentors=[Mentor(31, EAST, 1)])
    assert proposed(given).placed == 1


def test_places_no_more_of_a_unit_than_its_quota() -> None:
    nominees = [Nominee(11, LINXIANG, 1), Nominee(12, LINXIANG, 2), Nominee(13, YUN, 3)]
    given = problem(nominees=nominees, quotas={LINXIANG: 1, YUN: 1})
    answer = proposed(given)
    assert [line.offer_id is not None for line in answer.lines] == [True, False, True]
    assert answer.lines[1].reasons == (("rank", 2), ("quota", 1))


def test_gives_a_unit_without_a_quota_no_seat_where_there_are_quotas() -> None:
    given = problem(quotas={LINXIANG: 2})
    assert offers_of(given)[12] is None
    assert line_of(given, 12).reasons[-1] == ("quota", 0)


def test_gives_even_a_gap_county_no_more_than_its_quota() -> None:
    nominees = [Nominee(11, LINXIANG, 1), Nominee(12, YUN, 1, gap=True)]
    assert offers_of(problem(nominees=nominees, quotas={LINXIANG: 1}))[12] is None


# --- locks ----------------------------------------------------------------------------------------


def test_keeps_a_lock_against_every_reason() -> None:
    nominees = [Nominee(11, LINXIANG, 9), Nominee(12, YUN, 1, gap=True)]
    given = problem(nominees=nominees, locks={11: Choice(21, 31)}, **ONE_SEAT)
    assert offers_of(given) == {11: 21, 12: None}
    assert line_of(given, 11).reasons[0] == ("locked",)


def test_keeps_somebody_locked_out() -> None:
    given = problem(locks={11: NOWHERE})
    assert offers_of(given)[11] is None
    assert line_of(given, 11).reasons == (("locked",), ("rank", 1), ("held_out",))


def test_finds_a_mentor_for_a_lock_without_one() -> None:
    assert line_of(problem(locks={11: Choice(22)}), 11).mentor_id == 32


THREE = [Nominee(11, LINXIANG, 1), Nominee(12, YUN, 1), Nominee(13, FENGQING, 1)]


@pytest.mark.parametrize(
    ("locks", "refusal"),
    [
        ({11: Choice(21), 12: Choice(21)}, Refusal("offer_full", 21)),
        ({11: Choice(22, 32), 12: Choice(22, 32), 13: Choice(22, 32)}, Refusal("mentor_full", 32)),
        ({11: Choice(22), 12: Choice(22), 13: Choice(22)}, Refusal("mentors_full", WEST)),
        ({11: Choice(21, 32)}, Refusal("mentor_elsewhere", 32)),
        ({11: Choice(29)}, Refusal("unknown_offer", 29)),
        ({11: Choice(21, 39)}, Refusal("unknown_mentor", 39)),
        ({19: Choice(21)}, Refusal("unknown_nominee", 19)),
        ({11: Choice(None, 31)}, Refusal("mentor_without_offer", 11)),
    ],
)
def test_refuses_locks_that_cannot_stand(locks: dict[int, Choice], refusal: Refusal) -> None:
    given = problem(nominees=THREE, offers=[Offer(21, EAST, 1), Offer(22, WEST, 5)], locks=locks)
    assert Matching(given).propose() == refusal


def test_refuses_locks_beyond_a_quota() -> None:
    given = problem(quotas={LINXIANG: 0, YUN: 1}, locks={11: Choice(21)})
    assert Matching(given).propose() == Refusal("quota_full", LINXIANG)


# --- what a line says and costs ---------------------------------------------------------------------


def test_says_everything_that_was_weighed() -> None:
    nominee = Nominee(11, LINXIANG, 1, "junior", "psychology", (WEST, EAST), gap=True)
    line = only(
        nominee,
        offers=[Offer(21, EAST, 1, "junior", "chinese")],
        mentors=[Mentor(31, EAST, 1, 2, "senior", "psychology")],
        distances={(LINXIANG, EAST): 83.6},
    )
    assert line.reasons == (
        ("gap_county",),
        ("rank", 1),
        ("preference", 2),
        ("stage_fit",),
        ("subject_differs",),
        ("distance_km", 84),
        ("mentor_load", 3),
        ("mentor_stage_differs",),
        ("mentor_subject_fit",),
    )
    assert line.cost == 20 + 30 + 84 + 2 * 15 + 10


def test_says_that_a_school_was_not_asked_for() -> None:
    line = only(Nominee(11, LINXIANG, 1, preferences=(WEST,)))
    assert line.reasons == (("rank", 1), ("not_preferred",), ("distance_km", 0), ("mentor_load", 1))
    assert line.cost == 80


def test_says_that_the_stage_differs() -> None:
    line = only(Nominee(11, LINXIANG, 1, "special"), offers=[Offer(21, EAST, 1, "junior")])
    assert ("stage_differs",) in line.reasons
    assert line.cost == 60


def test_weighs_an_unknown_distance_as_a_long_one() -> None:
    line = only(Nominee(11, LINXIANG, 1), distances={(LINXIANG, EAST): None})
    assert ("distance_unknown",) in line.reasons
    assert line.cost == 200


def test_says_that_seats_ran_out() -> None:
    nominees = [Nominee(11, LINXIANG, 1), Nominee(12, YUN, 2)]
    given = problem(nominees=nominees, **ONE_SEAT)
    assert line_of(given, 12).reasons == (("rank", 2), ("no_seat",))


# --- changes by hand --------------------------------------------------------------------------------


def test_tells_what_a_swap_costs() -> None:
    nominees = [
        Nominee(11, LINXIANG, 1, preferences=(EAST, WEST)),
        Nominee(12, YUN, 1, preferences=(WEST, EAST)),
    ]
    matching = Matching(problem(nominees=nominees))
    answer = matching.propose()
    assert isinstance(answer, Proposal)
    assert matching.cost_of(answer.choices, {11: Choice(22), 12: Choice(21)}) == 40
    assert matching.cost_of(answer.choices, {}) == 0


def test_tells_what_the_cheaper_mentor_saves() -> None:
    mentors = [Mentor(31, EAST, 1, 3), Mentor(32, EAST, 1, 0)]
    matching = Matching(problem(nominees=[Nominee(11, LINXIANG, 1)], mentors=mentors))
    assert matching.cost_of({11: Choice(21, 31)}, {11: Choice(21)}) == -45


def test_refuses_a_change_to_a_full_offer() -> None:
    matching = Matching(problem())
    answer = matching.propose()
    assert isinstance(answer, Proposal)
    other = answer.choices[12].offer_id
    assert matching.cost_of(answer.choices, {11: Choice(other)}) == Refusal("offer_full", other)


def test_says_that_a_seat_is_free_for_somebody_taken_out_by_hand() -> None:
    answer = Matching(problem()).evaluate({12: Choice(21)})
    assert isinstance(answer, Proposal)
    assert answer.lines[0].reasons == (("rank", 1), ("seat_free",))


def test_tells_the_dearness_of_an_uncovered_county() -> None:
    nominees = [Nominee(11, LINXIANG, 1, gap=True), Nominee(12, YUN, 1)]
    matching = Matching(problem(nominees=nominees))
    costs = matching.costs
    assert matching.cost_of({11: Choice(21), 12: Choice(22)}, {11: NOWHERE}) == (
        costs.left_out(nominees[0]) + costs.uncovered
    )
