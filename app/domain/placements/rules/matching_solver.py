"""The matching as one assignment problem, solved exactly. How and why: docs/decisions/2026-11-22-matching.md.

Rows are nominees and seats, columns are seats, mentors' free places and ways of being left out. A nominee takes a
seat or is left out; a seat that is taken needs a mentor's place, one that is not takes itself. What may not be has
an infinite cost. All costs are whole numbers far below 2**53, so that floating point keeps them exactly.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from scipy.optimize import linear_sum_assignment

from app.domain.placements.rules.matching_costs import Costs
from app.domain.placements.rules.matching_inputs import Choice, Mentor, Nominee, Offer, Problem

Matrix = np.ndarray[Any, np.dtype[np.float64]]


def seat(problem: Problem, costs: Costs) -> dict[int, int | None]:
    """The cheapest offer for every nominee, or None; locks and limits hold. Expects locks that can stand."""
    return _Seating(problem, costs).solve()


def guide(
    waiting: Sequence[tuple[Nominee, int]],
    mentors: Sequence[Mentor],
    taken: Mapping[int, int],
    costs: Costs,
) -> dict[int, int]:
    """The cheapest mentor for each nominee who waits for one at a base school (nominee, base school).

    ``taken``: trainees that this cohort already gave each mentor. Expects places enough at every base school.
    """
    found: dict[int, int] = {}
    nominees: dict[int, list[Nominee]] = defaultdict(list)
    for nominee, base_school_id in waiting:
        nominees[base_school_id].append(nominee)
    for base_school_id, there in nominees.items():
        places = [
            (mentor, taken.get(mentor.id, 0) + place)
            for mentor in mentors
            if mentor.base_school_id == base_school_id
            for place in range(min(mentor.free - taken.get(mentor.id, 0), len(there)))
        ]
        matrix = np.array(
            [
                [
                    costs.mentor(nominee, mentor) + costs.load(mentor.load + before)
                    for mentor, before in places
                ]
                for nominee in there
            ],
            dtype=np.float64,
        )
        for row, column in zip(*linear_sum_assignment(matrix), strict=True):
            found[there[row].id] = places[column][0].id
    return found


class _Seating:
    """Builds and solves the matrix; everything in it is in the order of ids."""

    def __init__(self, problem: Problem, costs: Costs) -> None:
        self.problem = problem
        self.costs = costs
        locks = problem.locks
        # Whoever is locked to a mentor takes part no more: their seat and place are gone.
        self.settled = {
            nominee_id: choice
            for nominee_id, choice in locks.items()
            if choice.offer_id is not None and choice.mentor_id is not None
        }
        self.nominees = [n for n in problem.nominees if n.id not in self.settled]
        self.places = self._free_places()
        self.seats = self._free_seats()

    def solve(self) -> dict[int, int | None]:
        found: dict[int, int | None] = {
            nominee_id: choice.offer_id for nominee_id, choice in self.settled.items()
        }
        if not self.nominees:
            return found
        matrix = self._matrix()
        for row, column in zip(*linear_sum_assignment(matrix), strict=True):
            if row < len(self.nominees):
                offer_id = self.seats[column].id if column < len(self.seats) else None
                found[self.nominees[row].id] = offer_id
        return found

    def _free_places(self) -> dict[int, list[int]]:
        """By base school: what each further trainee costs its mentors' load, ascending."""
        taken: dict[int, int] = defaultdict(int)
        for choice in self.settled.values():
            taken[choice.mentor_id or 0] += 1
        places: dict[int, list[int]] = defaultdict(list)
        for mentor in self.problem.mentors:
            used = taken[mentor.id]
            places[mentor.base_school_id] += [
                self.costs.load(mentor.load + before) for before in range(used, mentor.free)
            ]
        return {school: sorted(loads) for school, loads in places.items()}

    def _free_seats(self) -> list[Offer]:
        """Each offer as often as it may be taken."""
        taken: dict[int, int] = defaultdict(int)
        for choice in self.settled.values():
            taken[choice.offer_id or 0] += 1
        seats: list[Offer] = []
        for offer in self.problem.offers:
            places = len(self.places.get(offer.base_school_id, ()))
            free = min(offer.seats - taken[offer.id], places, len(self.nominees))
            seats += [offer] * free
        return seats

    def _matrix(self) -> Matrix:
        people = self._people_to_seats()
        out = self._people_to_ways_out()
        chain = self._seats_to_places()
        rows, seats = len(self.nominees), len(self.seats)
        places = chain.shape[1]
        matrix = np.full((rows + seats, seats + places + out.shape[1]), np.inf)
        matrix[:rows, :seats] = people
        matrix[:rows, seats + places :] = out
        matrix[rows:, seats : seats + places] = chain
        np.fill_diagonal(matrix[rows:, :seats], 0)
        # Among equals who was nominated first is left out last: less than any point, all together.
        matrix *= 1 + rows * rows
        matrix[:rows, seats + places :] += np.arange(rows, 0, -1)[:, None]
        return matrix

    def _people_to_seats(self) -> Matrix:
        matrix = np.full((len(self.nominees), len(self.seats)), np.inf)
        for row, nominee in enumerate(self.nominees):
            lock = self.problem.locks.get(nominee.id)
            for column, offer in enumerate(self.seats):
                if lock is None or lock.offer_id == offer.id:
                    matrix[row, column] = self.costs.seat[nominee.id, offer.id]
        return matrix

    def _seats_to_places(self) -> Matrix:
        columns = [
            (school, load)
            for school, loads in sorted(self.places.items())
            for load in loads[: sum(offer.base_school_id == school for offer in self.seats)]
        ]
        loads = np.array([load for _, load in columns], dtype=np.float64)
        schools = np.array([school for school, _ in columns], dtype=np.int64)
        own = np.array([offer.base_school_id for offer in self.seats], dtype=np.int64)
        return np.where(own[:, None] == schools[None, :], loads[None, :], np.inf)

    def _people_to_ways_out(self) -> Matrix:
        """Each unit has a way out for each of its nominees who has no lock on a seat.

        As many as exceed its quota must be taken: they are made cheaper than anything else could be. In a gap
        county the last one is dear, because then nobody of it has a seat.
        """
        columns: list[tuple[int, int]] = []
        for unit_id, nominees in sorted(self._by_unit().items()):
            loose = sum(self._locked_offer(nominee) is None for nominee in nominees)
            extra = [0] * loose
            seated = len(nominees) - loose
            if loose and not seated and any(nominee.gap for nominee in nominees):
                extra[-1] = self.costs.uncovered
            if self.problem.quotas is not None:
                room = self.problem.quotas.get(unit_id, 0) - seated
                for place in range(max(0, loose - room)):
                    extra[place] -= 4 * self.costs.uncovered
            columns += [(unit_id, cost) for cost in extra]
        matrix = np.full((len(self.nominees), len(columns)), np.inf)
        for row, nominee in enumerate(self.nominees):
            if self._locked_offer(nominee) is None:
                for column, (unit_id, cost) in enumerate(columns):
                    if unit_id == nominee.unit_id:
                        matrix[row, column] = self.costs.left_out(nominee) + cost
        return matrix

    def _by_unit(self) -> dict[int, list[Nominee]]:
        units: dict[int, list[Nominee]] = defaultdict(list)
        for nominee in self.problem.nominees:
            units[nominee.unit_id].append(nominee)
        return units

    def _locked_offer(self, nominee: Nominee) -> int | None:
        lock: Choice | None = self.problem.locks.get(nominee.id)
        return lock.offer_id if lock else None
