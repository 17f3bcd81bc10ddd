"""The proposal against the slow and obvious way: every arrangement there is."""

from __future__ import annotations

import random
from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain.placements.rules.matching import Matching
from app.domain.placements.rules.matching_inputs import NOWHERE, Problem, Proposal, Refusal
from tests.unit.placements.matching_cases import (
    arrangements,
    cheapest_mentors,
    cost_of_seats,
    problems,
    proposed,
)

SLOW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@SLOW
@given(problems())
def test_gives_seats_as_cheaply_as_any_arrangement(case: Problem) -> None:
    offers = {line.nominee_id: line.offer_id for line in proposed(case).lines}
    costs = [cost_of_seats(case, choices) for choices in arrangements(case)]
    chosen = [
        cost_of_seats(case, choices)
        for choices in arrangements(case)
        if {nominee_id: choice.offer_id for nominee_id, choice in choices.items()} == offers
    ]
    assert chosen == [min(costs)]


@SLOW
@given(problems())
def test_gives_mentors_as_cheaply_as_the_seats_allow(case: Problem) -> None:
    answer = proposed(case)
    offers = {line.nominee_id: line.offer_id for line in answer.lines}
    assert answer.cost == cheapest_mentors(case, offers)
    assert answer.cost == sum(line.cost for line in answer.lines)


@SLOW
@given(problems(locks=True))
def test_keeps_locks_and_is_the_cheapest_that_does(case: Problem) -> None:
    answer = Matching(case).propose()
    costs = [cost_of_seats(case, choices) for choices in arrangements(case)]
    if isinstance(answer, Refusal):
        assert costs == []
        return
    for nominee_id, lock in case.locks.items():
        choice = answer.choices[nominee_id]
        assert choice.offer_id == lock.offer_id
        assert lock.mentor_id in (None, choice.mentor_id)
    seats = {nominee_id: replace(c, mentor_id=None) for nominee_id, c in answer.choices.items()}
    assert cost_of_seats(case, seats | dict(case.locks)) == min(costs)
    offers = {line.nominee_id: line.offer_id for line in answer.lines}
    assert answer.cost == cheapest_mentors(case, offers)


@SLOW
@given(problems(locks=True))
def test_never_exceeds_a_limit(case: Problem) -> None:
    answer = Matching(case).propose()
    if isinstance(answer, Proposal):
        assert Matching(case).why_not(answer.choices) is None
        assert all((line.offer_id is None) == (line.mentor_id is None) for line in answer.lines)


@SLOW
@given(problems())
def test_never_leaves_out_a_gap_county_that_could_have_anothers_seat(case: Problem) -> None:
    answer = proposed(case)
    placed = [n for n in case.nominees if answer.choices[n.id].offer_id is not None]
    covered = {nominee.unit_id for nominee in placed}
    quotas = case.quotas
    for left in case.nominees:
        could_go = quotas is None or quotas.get(left.unit_id, 0) > 0
        if left.gap and left.unit_id not in covered and could_go:
            assert all(nominee.gap for nominee in placed)


@SLOW
@given(problems())
def test_gives_better_ranks_of_a_unit_their_seats_first(case: Problem) -> None:
    answer = proposed(case)
    for left in case.nominees:
        if answer.choices[left.id] == NOWHERE:
            assert not any(
                other.unit_id == left.unit_id and other.rank > left.rank
                for other in case.nominees
                if answer.choices[other.id] != NOWHERE
            )


@SLOW
@given(problems(locks=True), st.randoms(use_true_random=False))
def test_answers_alike_in_whatever_order_it_is_asked(case: Problem, chance: random.Random) -> None:
    def shuffled(items: list[object]) -> list[object]:
        return chance.sample(items, len(items))

    again = replace(
        case,
        nominees=shuffled(list(case.nominees)),
        offers=shuffled(list(case.offers)),
        mentors=shuffled(list(case.mentors)),
        distances=dict(shuffled(list(case.distances.items()))),
        locks=dict(shuffled(list(case.locks.items()))),
    )
    assert Matching(again).propose() == Matching(case).propose()


@SLOW
@given(problems(), st.data())
def test_no_change_of_seats_is_cheaper_than_the_proposal(
    case: Problem, data: st.DataObject
) -> None:
    """Beyond what mentors suit: they are chosen when the seats are settled."""
    answer = proposed(case)
    choices = data.draw(st.sampled_from(list(arrangements(case))))
    difference = Matching(case).cost_of(answer.choices, choices)
    suiting = len(case.nominees) * (case.weights.mentor_stage + case.weights.mentor_subject)
    assert not isinstance(difference, Refusal)
    assert difference >= -suiting
    changed = Matching(case).evaluate(choices)
    assert isinstance(changed, Proposal)
    assert difference == changed.cost - answer.cost
