"""Small matching problems, and the slow and obvious way to solve them."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from hypothesis import strategies as st

from app.domain.placements.rules.matching import Matching
from app.domain.placements.rules.matching_inputs import (
    NOWHERE,
    Choice,
    Mentor,
    Nominee,
    Offer,
    Problem,
    Proposal,
)

EAST, WEST = 101, 102  # base schools
LINXIANG, YUN, FENGQING = 1, 2, 3  # units


def problem(**values: Any) -> Problem:
    """Two nominees of two units, a seat at each of two base schools, a mentor at each."""
    defaults: dict[str, Any] = {
        "nominees": [Nominee(11, LINXIANG, 1), Nominee(12, YUN, 1)],
        "offers": [Offer(21, EAST, 1), Offer(22, WEST, 1)],
        "mentors": [Mentor(31, EAST, 2), Mentor(32, WEST, 2)],
        "distances": {(unit, school): 0 for unit in (1, 2, 3) for school in (EAST, WEST)},
    }
    return Problem(**(defaults | values))


def proposed(given: Problem) -> Proposal:
    answer = Matching(given).propose()
    assert isinstance(answer, Proposal), answer
    return answer


def offers_of(given: Problem) -> dict[int, int | None]:
    return {line.nominee_id: line.offer_id for line in proposed(given).lines}


def arrangements(given: Problem) -> Iterator[dict[int, Choice]]:
    """Every way to give offers that keeps all limits and locks."""
    matching = Matching(given)
    offers = [Choice(None), *(Choice(offer.id) for offer in given.offers)]
    nominees = [nominee.id for nominee in given.nominees]
    for combination in itertools.product(offers, repeat=len(nominees)):
        choices = dict(zip(nominees, combination, strict=True))
        for nominee_id, lock in given.locks.items():
            if choices[nominee_id].offer_id == lock.offer_id:
                choices[nominee_id] = lock
            else:
                break
        else:
            if matching.why_not(choices) is None:
                yield choices


def cost_of_seats(given: Problem, choices: Mapping[int, Choice]) -> int:
    """What is weighed when seats are given: everything but which mentor suits whom."""
    costs = Matching(given).costs
    nominees = {nominee.id: nominee for nominee in given.nominees}
    offers = {offer.id: offer for offer in given.offers}
    total = 0
    trainees: Counter[int] = Counter()
    bound = [choice.mentor_id for choice in choices.values() if choice.mentor_id]
    for nominee_id, choice in choices.items():
        if choice.offer_id is None:
            total += costs.left_out(nominees[nominee_id])
        else:
            total += costs.seat[nominee_id, choice.offer_id]
            if choice.mentor_id is None:
                trainees[offers[choice.offer_id].base_school_id] += 1
    for mentor in given.mentors:
        used = bound.count(mentor.id)
        total += sum(costs.load(mentor.load + before) for before in range(used))
    for school, number in trainees.items():
        loads = sorted(
            costs.load(mentor.load + before)
            for mentor in given.mentors
            if mentor.base_school_id == school
            for before in range(bound.count(mentor.id), mentor.free)
        )
        total += sum(loads[:number])
    for unit_id in {nominee.unit_id for nominee in given.nominees if nominee.gap}:
        of_unit = [nominee.id for nominee in given.nominees if nominee.unit_id == unit_id]
        if all(choices[nominee_id].offer_id is None for nominee_id in of_unit):
            total += costs.uncovered
    return total


def cheapest_mentors(given: Problem, offers: Mapping[int, int | None]) -> int:
    """The least total cost of any way to give mentors to people whose seats are settled."""
    matching = Matching(given)
    schools = {offer.id: offer.base_school_id for offer in given.offers}
    options = []
    for nominee in given.nominees:
        offer_id = offers[nominee.id]
        lock = given.locks.get(nominee.id)
        if offer_id is None:
            options.append([NOWHERE])
        elif lock is not None and lock.mentor_id is not None:
            options.append([lock])
        else:
            options.append(
                [
                    Choice(offer_id, mentor.id)
                    for mentor in given.mentors
                    if mentor.base_school_id == schools[offer_id]
                ]
            )
    nominees = [nominee.id for nominee in given.nominees]
    found = [
        answer.cost
        for combination in itertools.product(*options)
        if isinstance(
            answer := matching.evaluate(dict(zip(nominees, combination, strict=True))), Proposal
        )
    ]
    return min(found)


STAGES = st.sampled_from([None, "junior", "senior", "complete_secondary"])
SUBJECTS = st.sampled_from([None, "psychology", "chinese"])
SCHOOLS = st.sampled_from([EAST, WEST])


@st.composite
def problems(draw: st.DrawFn, locks: bool = False) -> Problem:
    """Up to five nominees of three units, three offers and three mentors at two base schools."""
    ranks: Counter[int] = Counter()
    nominees = []
    gaps = {unit: draw(st.booleans()) for unit in (LINXIANG, YUN, FENGQING)}
    for number in range(draw(st.integers(1, 5))):
        unit = draw(st.sampled_from([LINXIANG, YUN, FENGQING]))
        ranks[unit] += 1
        liked = tuple(draw(st.lists(SCHOOLS, unique=True, max_size=2)))
        nominees.append(
            Nominee(11 + number, unit, ranks[unit], draw(STAGES), draw(SUBJECTS), liked, gaps[unit])
        )
    offers = [
        Offer(21 + number, draw(SCHOOLS), draw(st.integers(0, 3)), draw(STAGES), draw(SUBJECTS))
        for number in range(draw(st.integers(0, 3)))
    ]
    mentors = [
        Mentor(
            31 + n, draw(SCHOOLS), draw(st.integers(0, 2)), draw(st.integers(0, 2)), draw(STAGES)
        )
        for n in range(draw(st.integers(0, 3)))
    ]
    kilometres = st.one_of(st.none(), st.integers(0, 300))
    distances = {(unit, school): draw(kilometres) for unit in (1, 2, 3) for school in (EAST, WEST)}
    quotas = draw(
        st.one_of(st.none(), st.dictionaries(st.sampled_from([1, 2, 3]), st.integers(0, 2)))
    )
    fixed: dict[int, Choice] = {}
    if locks:
        for nominee in nominees:
            if draw(st.integers(0, 3)) == 0:
                fixed[nominee.id] = draw(_locks(offers, mentors))
    return Problem(nominees, offers, mentors, distances, quotas, fixed)


@st.composite
def _locks(draw: st.DrawFn, offers: list[Offer], mentors: list[Mentor]) -> Choice:
    offer = draw(st.sampled_from([None, *offers]))
    if offer is None:
        return NOWHERE
    there = [mentor.id for mentor in mentors if mentor.base_school_id == offer.base_school_id]
    return Choice(offer.id, draw(st.sampled_from([None, *there])))
