"""What a line of the matching costs, and its reasons. Source: docs/decisions/2026-11-22-matching.md."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from app.domain.placements.rules.matching_inputs import (
    Choice,
    Mentor,
    Nominee,
    Offer,
    Problem,
    Reason,
    Weights,
)

# A school of several stages suits teachers of each of them.
STAGES_WITHIN: Mapping[str, frozenset[str]] = {
    "nine_year": frozenset({"primary", "junior"}),
    "complete_secondary": frozenset({"junior", "senior"}),
}

Part = tuple[int, Reason | None]


class Costs:
    """The costs of one problem: of seats, of mentors, and of not being placed."""

    def __init__(self, problem: Problem) -> None:
        self.weights: Weights = problem.weights
        self.distances = problem.distances
        self.seat: dict[tuple[int, int], int] = {
            (nominee.id, offer.id): sum(cost for cost, _ in self._seat_parts(nominee, offer))
            for nominee in problem.nominees
            for offer in problem.offers
        }
        # A step is dearer than anything a seat can cost, so that the order in which nominees
        # get seats stands above every wish, whatever the weights are.
        longest = max((mentor.load + mentor.free for mentor in problem.mentors), default=0)
        fits = self.weights.mentor_stage + self.weights.mentor_subject
        self.step = 1 + max(self.seat.values(), default=0) + self.weights.load * longest + fits
        ranks = sorted({nominee.rank for nominee in problem.nominees}, reverse=True)
        self._rank_steps = {rank: place for place, rank in enumerate(ranks, start=1)}
        self.uncovered = self.step * (len(ranks) + 1)

    def left_out(self, nominee: Nominee) -> int:
        """Of a nominee without a seat; the dearer, the better their rank."""
        return self.step * self._rank_steps[nominee.rank]

    def load(self, trainees_before: int) -> int:
        """Of one more trainee for a mentor who has so many."""
        return self.weights.load * trainees_before

    def mentor(self, nominee: Nominee, mentor: Mentor) -> int:
        return sum(cost for cost, _ in self._mentor_parts(nominee, mentor))

    def seat_reasons(self, nominee: Nominee, offer: Offer) -> list[Reason]:
        return [reason for _, reason in self._seat_parts(nominee, offer) if reason]

    def mentor_reasons(self, nominee: Nominee, mentor: Mentor) -> list[Reason]:
        return [reason for _, reason in self._mentor_parts(nominee, mentor) if reason]

    def _seat_parts(self, nominee: Nominee, offer: Offer) -> tuple[Part, ...]:
        weights = self.weights
        return (
            self._preference(nominee, offer.base_school_id),
            _fit(_stages_fit(nominee.stage, offer.stage), weights.stage, "stage"),
            _fit(_equal(nominee.subject, offer.subject), weights.subject, "subject"),
            self._distance(nominee.unit_id, offer.base_school_id),
        )

    def _mentor_parts(self, nominee: Nominee, mentor: Mentor) -> tuple[Part, ...]:
        weights = self.weights
        return (
            _fit(_stages_fit(nominee.stage, mentor.stage), weights.mentor_stage, "mentor_stage"),
            _fit(_equal(nominee.subject, mentor.subject), weights.mentor_subject, "mentor_subject"),
        )

    def _preference(self, nominee: Nominee, base_school_id: int) -> Part:
        if not nominee.preferences:
            return 0, None
        if base_school_id not in nominee.preferences:
            return self.weights.not_preferred, ("not_preferred",)
        place = nominee.preferences.index(base_school_id)
        return self.weights.preference * place, ("preference", place + 1)

    def _distance(self, unit_id: int, base_school_id: int) -> Part:
        km = self.distances.get((unit_id, base_school_id))
        if km is None:
            return self.weights.km * self.weights.unknown_km, ("distance_unknown",)
        return self.weights.km * round(km), ("distance_km", round(km))


def _fit(fits: bool | None, weight: int, of: str) -> Part:
    """Nothing is said where one side does not say for whom it is."""
    if fits is None:
        return 0, None
    return (0, (f"{of}_fit",)) if fits else (weight, (f"{of}_differs",))


def _equal(wanted: str | None, offered: str | None) -> bool | None:
    return None if wanted is None or offered is None else wanted == offered


def _stages_fit(wanted: str | None, offered: str | None) -> bool | None:
    if wanted is None or offered is None:
        return None
    return bool(_stages(wanted) & _stages(offered))


def _stages(stage: str) -> frozenset[str]:
    return STAGES_WITHIN.get(stage, frozenset({stage}))


def uncovered_units(nominees: Iterable[Nominee], choices: Mapping[int, Choice]) -> dict[int, int]:
    """Gap counties of which nobody has a seat, each with its best-ranked nominee."""
    placed: set[int] = set()
    best: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for nominee in nominees:
        if choices[nominee.id].offer_id is not None:
            placed.add(nominee.unit_id)
        elif nominee.gap:
            best[nominee.unit_id].append((nominee.rank, nominee.id))
    return {unit_id: min(ranked)[1] for unit_id, ranked in best.items() if unit_id not in placed}
