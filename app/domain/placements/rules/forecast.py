"""When each county reaches its target of lead teachers, with the cohorts that are planned. Plain values in and out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from app.domain.placements.rules.words import SeatPolicy


@dataclass(frozen=True, slots=True)
class PlannedCohort:
    """A cohort that has not ended: its seats, and what is known of who fills them, by nominating unit.

    ``placed``: placements under way (None while there are none yet); ``nominated``: nominations that stand;
    ``quotas``: seats by unit, with the policy of quotas.
    """

    id: int
    title: str
    ends_on: date
    seats: int
    policy: SeatPolicy = SeatPolicy.GAP_FIRST
    placed: Mapping[int, int] | None = None
    nominated: Mapping[int, int] = field(default_factory=dict)
    quotas: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reached:
    """What a unit has and wants, what each cohort would add (by its id), and the cohort that would reach the target.

    ``cohort_id`` and ``on`` are None when it is reached already, or is not reached by what is planned.
    """

    unit_id: int
    have: int
    target: int
    gains: Mapping[int, int]
    cohort_id: int | None
    on: date | None

    @property
    def is_reached(self) -> bool:
        return self.have >= self.target

    @property
    def expected(self) -> int:
        return self.have + sum(self.gains.values())


def forecast(
    have: Mapping[int, int], targets: Mapping[int, int], cohorts: Sequence[PlannedCohort]
) -> list[Reached]:
    """For each unit with a target, by the end of which cohort it would have as many lead teachers as it should.

    Everybody placed is expected to pass. Where nobody is placed yet, nominations count as far as the seats go,
    then (gap counties first) whoever is furthest from the target, one seat a round, in the order of the units.
    """
    now = {unit: have.get(unit, 0) for unit in targets}
    expected = dict(now)
    gains: dict[int, dict[int, int]] = {unit: {} for unit in targets}
    reached: dict[int, PlannedCohort] = {}
    for cohort in sorted(cohorts, key=lambda one: (one.ends_on, one.id)):
        for unit, more in _gains(cohort, expected, targets).items():
            gains[unit][cohort.id] = more
            expected[unit] += more
            if now[unit] < targets[unit] <= expected[unit]:
                reached.setdefault(unit, cohort)
    return [
        Reached(
            unit,
            now[unit],
            target,
            gains[unit],
            reached[unit].id if unit in reached else None,
            reached[unit].ends_on if unit in reached else None,
        )
        for unit, target in targets.items()
    ]


def _gains(
    cohort: PlannedCohort, expected: Mapping[int, int], targets: Mapping[int, int]
) -> dict[int, int]:
    if cohort.placed is not None:
        return {unit: more for unit, more in cohort.placed.items() if unit in targets and more}
    if cohort.policy is SeatPolicy.QUOTAS:
        return _by_quota(cohort, targets)
    return _gap_first(cohort, expected, targets)


def _by_quota(cohort: PlannedCohort, targets: Mapping[int, int]) -> dict[int, int]:
    left = cohort.seats
    gains: dict[int, int] = {}
    for unit, seats in cohort.quotas.items():
        given = min(seats, left)
        left -= given
        if unit in targets and given:
            gains[unit] = given
    return gains


def _gap_first(
    cohort: PlannedCohort, expected: Mapping[int, int], targets: Mapping[int, int]
) -> dict[int, int]:
    gains: dict[int, int] = {}
    left = cohort.seats

    def missing(unit: int) -> int:
        return targets[unit] - expected[unit] - gains.get(unit, 0)

    nominated = dict(cohort.nominated)
    while left > 0:
        wanting = [unit for unit in targets if missing(unit) > 0]
        named = [unit for unit in wanting if nominated.get(unit, 0) > 0]
        if not wanting:
            break
        chosen = max(named or wanting, key=missing)
        gains[chosen] = gains.get(chosen, 0) + 1
        nominated[chosen] = nominated.get(chosen, 0) - 1
        left -= 1
    return gains
