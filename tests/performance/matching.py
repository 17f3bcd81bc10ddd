"""A matching as large as a prefecture's could ever be: 500 nominees, 60 base schools with two offers each."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass

from app.domain.placements.rules.matching import Matching
from app.domain.placements.rules.matching_inputs import Mentor, Nominee, Offer, Problem, Proposal

UNITS, NOMINEES, SCHOOLS = 40, 500, 60
STAGES = (None, "primary", "junior", "senior")


@dataclass(frozen=True)
class Matched:
    """Seconds of CPU, loading the solver included, and how many got a seat."""

    seconds: float
    placed: int


def measure() -> Matched:
    case = _problem()
    begun = time.process_time()
    answer = Matching(case).propose()
    took = time.process_time() - begun
    if not isinstance(answer, Proposal):
        raise RuntimeError(f"the matching refused: {answer}")
    return Matched(took, answer.placed)


def _problem() -> Problem:
    chance = random.Random(20230523)
    schools = range(SCHOOLS)
    nominees = [
        Nominee(
            number,
            number % UNITS,
            number // UNITS + 1,
            chance.choice(STAGES),
            preferences=tuple(chance.sample(schools, 3)),
            gap=number % UNITS < UNITS // 3,
        )
        for number in range(NOMINEES)
    ]
    return Problem(
        nominees,
        [
            Offer(number, number % SCHOOLS, 4, chance.choice(STAGES))
            for number in range(2 * SCHOOLS)
        ],
        [
            Mentor(number, number % SCHOOLS, 2, chance.randrange(2), chance.choice(STAGES))
            for number in range(4 * SCHOOLS)
        ],
        {(unit, school): chance.randrange(300) for unit in range(UNITS) for school in schools},
        dict.fromkeys(range(UNITS), 10),
    )


if __name__ == "__main__":
    print(measure())
