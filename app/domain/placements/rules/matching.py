"""Who goes to which base school, over all nominees and seats at once: a proposal, which an officer decides on.

First one nominee of each county without a lead teacher gets a seat, then the others by rank; where they go is what
costs least by preference, stage and subject, distance and mentors' load. The answer is the best there is, and the
same for the same input in any order. Source: docs/decisions/2026-11-22-matching.md.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property

from app.domain.placements.rules.matching_costs import Costs, uncovered_units
from app.domain.placements.rules.matching_inputs import (
    NOWHERE,
    Choice,
    Line,
    Mentor,
    Nominee,
    Offer,
    Problem,
    Proposal,
    Reason,
    Refusal,
)


class Matching:
    """The questions one may ask of a problem."""

    def __init__(self, problem: Problem) -> None:
        self.problem = replace(
            problem,
            nominees=sorted(problem.nominees, key=lambda nominee: nominee.id),
            offers=sorted(problem.offers, key=lambda offer: offer.id),
            mentors=sorted(problem.mentors, key=lambda mentor: mentor.id),
            locks=dict(sorted(problem.locks.items())),
        )
        self.nominees: dict[int, Nominee] = {n.id: n for n in self.problem.nominees}
        self.offers: dict[int, Offer] = {offer.id: offer for offer in self.problem.offers}
        self.mentors: dict[int, Mentor] = {mentor.id: mentor for mentor in self.problem.mentors}

    @cached_property
    def costs(self) -> Costs:
        return Costs(self.problem)

    def propose(self) -> Proposal | Refusal:
        """The cheapest proposal that keeps every lock, or why the locks cannot stand."""
        refusal = self.why_not(self.problem.locks)
        if refusal:
            return refusal
        # Numpy and scipy cost a second of CPU and 60 MB that no other page or command should pay.
        from app.domain.placements.rules import matching_solver

        offers = matching_solver.seat(self.problem, self.costs)
        locks = self.problem.locks
        choices = {
            nominee_id: Choice(offer_id, locks.get(nominee_id, NOWHERE).mentor_id)
            for nominee_id, offer_id in offers.items()
        }
        return self._proposal(self._guided(choices))

    def evaluate(self, choices: Mapping[int, Choice]) -> Proposal | Refusal:
        """Any other arrangement as a proposal, with its costs and reasons; who is not in it goes nowhere.

        Whoever has an offer and no mentor gets the cheapest that is free.
        """
        refusal = self.why_not(choices)
        return refusal or self._proposal(self._guided(choices))

    def cost_of(
        self, choices: Mapping[int, Choice], changes: Mapping[int, Choice]
    ) -> int | Refusal:
        """What it costs to change some lines (two for a swap) and leave the others as they are."""
        wanted = {**choices, **changes}
        refusal = self.why_not(choices) or self.why_not(wanted)
        return refusal or self._total(self._guided(wanted)) - self._total(self._guided(choices))

    def why_not(self, choices: Mapping[int, Choice]) -> Refusal | None:
        """The first limit that these choices would break, in the order of ids."""
        for nominee_id, choice in sorted(choices.items()):
            code = self._unfit(nominee_id, choice)
            if code:
                return code
        seated = {
            nominee_id: choice
            for nominee_id, choice in choices.items()
            if choice.offer_id is not None
        }
        return self._over(seated)

    def _unfit(self, nominee_id: int, choice: Choice) -> Refusal | None:
        if nominee_id not in self.nominees:
            return Refusal("unknown_nominee", nominee_id)
        if choice.offer_id is None:
            return Refusal("mentor_without_offer", nominee_id) if choice.mentor_id else None
        if choice.offer_id not in self.offers:
            return Refusal("unknown_offer", choice.offer_id)
        if choice.mentor_id is None:
            return None
        mentor = self.mentors.get(choice.mentor_id)
        if mentor is None:
            return Refusal("unknown_mentor", choice.mentor_id)
        if mentor.base_school_id != self.offers[choice.offer_id].base_school_id:
            return Refusal("mentor_elsewhere", mentor.id)
        return None

    def _over(self, seated: Mapping[int, Choice]) -> Refusal | None:
        """The first offer, mentor, base school or unit that has more than its limit."""
        seats = {offer.id: offer.seats for offer in self.problem.offers}
        free = {mentor.id: mentor.free for mentor in self.problem.mentors}
        places: Counter[int] = Counter()
        for mentor in self.problem.mentors:
            places[mentor.base_school_id] += max(0, mentor.free)
        checks: list[tuple[str, Counter[int], Mapping[int, int]]] = [
            ("offer_full", Counter(c.offer_id for c in seated.values() if c.offer_id), seats),
            ("mentor_full", Counter(c.mentor_id for c in seated.values() if c.mentor_id), free),
            ("mentors_full", Counter(self._base_school(c) for c in seated.values()), places),
        ]
        if self.problem.quotas is not None:
            units = Counter(self.nominees[nominee_id].unit_id for nominee_id in seated)
            checks.append(("quota_full", units, self.problem.quotas))
        for code, used, limits in checks:
            for about, number in sorted(used.items()):
                if number > limits.get(about, 0):
                    return Refusal(code, about)
        return None

    def _base_school(self, choice: Choice) -> int:
        return self.offers[choice.offer_id or 0].base_school_id

    def _guided(self, choices: Mapping[int, Choice]) -> dict[int, Choice]:
        """The choices of all nominees, each with an offer also with a mentor."""
        whole = {nominee_id: choices.get(nominee_id, NOWHERE) for nominee_id in self.nominees}
        waiting = [
            (self.nominees[nominee_id], self._base_school(choice))
            for nominee_id, choice in whole.items()
            if choice.offer_id is not None and choice.mentor_id is None
        ]
        if len(waiting) == 1:
            [(nominee, base_school_id)] = waiting
            taken = Counter(choice.mentor_id for choice in whole.values() if choice.mentor_id)
            mentor_id = self._cheapest_mentor(nominee, base_school_id, taken)
            whole[nominee.id] = Choice(whole[nominee.id].offer_id, mentor_id)
        elif waiting:
            from app.domain.placements.rules import matching_solver

            taken = Counter(choice.mentor_id for choice in whole.values() if choice.mentor_id)
            found = matching_solver.guide(waiting, self.problem.mentors, taken, self.costs)
            for nominee_id, mentor_id in found.items():
                whole[nominee_id] = Choice(whole[nominee_id].offer_id, mentor_id)
        return whole

    def _cheapest_mentor(
        self, nominee: Nominee, base_school_id: int, taken: Mapping[int, int]
    ) -> int:
        """For one nominee no solver is needed; expects a free place."""
        return min(
            (
                self.costs.mentor(nominee, mentor)
                + self.costs.load(mentor.load + taken[mentor.id]),
                mentor.id,
            )
            for mentor in self.problem.mentors
            if mentor.base_school_id == base_school_id and mentor.free > taken[mentor.id]
        )[1]

    def _proposal(self, choices: Mapping[int, Choice]) -> Proposal:
        trainees = Counter(choice.mentor_id for choice in choices.values() if choice.mentor_id)
        uncovered = uncovered_units(self.problem.nominees, choices)
        before: Counter[int] = Counter()
        lines = []
        for nominee in self.problem.nominees:
            choice = choices[nominee.id]
            if choice.offer_id is None or choice.mentor_id is None:
                alone = uncovered.get(nominee.unit_id) == nominee.id
                lines.append(self._line_nowhere(nominee, alone, choices))
                continue
            mentor = self.mentors[choice.mentor_id]
            load = self.costs.load(mentor.load + before[mentor.id])
            before[mentor.id] += 1
            guided = mentor.load + trainees[mentor.id]
            lines.append(self._line(nominee, self.offers[choice.offer_id], mentor, load, guided))
        return Proposal(tuple(lines), sum(line.cost for line in lines))

    def _total(self, choices: Mapping[int, Choice]) -> int:
        """What ``_proposal`` would cost, without its reasons: for many questions in a row."""
        total = self.costs.uncovered * len(uncovered_units(self.problem.nominees, choices))
        before: Counter[int] = Counter()
        for nominee in self.problem.nominees:
            choice = choices[nominee.id]
            if choice.offer_id is None or choice.mentor_id is None:
                total += self.costs.left_out(nominee)
                continue
            mentor = self.mentors[choice.mentor_id]
            total += self.costs.seat[nominee.id, choice.offer_id]
            total += self.costs.mentor(nominee, mentor)
            total += self.costs.load(mentor.load + before[mentor.id])
            before[mentor.id] += 1
        return total

    def _line(self, nominee: Nominee, offer: Offer, mentor: Mentor, load: int, guided: int) -> Line:
        reasons: list[Reason] = [
            *self._about(nominee),
            *self.costs.seat_reasons(nominee, offer),
            ("mentor_load", guided),
            *self.costs.mentor_reasons(nominee, mentor),
        ]
        cost = self.costs.seat[nominee.id, offer.id] + self.costs.mentor(nominee, mentor) + load
        return Line(nominee.id, offer.id, mentor.id, cost, tuple(reasons))

    def _line_nowhere(self, nominee: Nominee, alone: bool, choices: Mapping[int, Choice]) -> Line:
        cost = self.costs.left_out(nominee) + (self.costs.uncovered if alone else 0)
        reasons = (*self._about(nominee), self._why_nowhere(nominee, choices))
        return Line(nominee.id, None, None, cost, reasons)

    def _about(self, nominee: Nominee) -> list[Reason]:
        reasons: list[Reason] = [("locked",)] if nominee.id in self.problem.locks else []
        if nominee.gap:
            reasons.append(("gap_county",))
        return [*reasons, ("rank", nominee.rank)]

    def _why_nowhere(self, nominee: Nominee, choices: Mapping[int, Choice]) -> Reason:
        if self.problem.locks.get(nominee.id) == NOWHERE:
            return ("held_out",)
        seated = {i: choice for i, choice in choices.items() if choice.offer_id is not None}
        if self.problem.quotas is not None:
            quota = self.problem.quotas.get(nominee.unit_id, 0)
            if sum(self.nominees[i].unit_id == nominee.unit_id for i in seated) >= quota:
                return ("quota", quota)
        used = Counter(choice.offer_id for choice in seated.values())
        free = [offer for offer in self.problem.offers if offer.seats > used[offer.id]]
        if not free:
            return ("no_seat",)
        guided = Counter(choice.mentor_id for choice in seated.values())
        with_room = {m.base_school_id for m in self.problem.mentors if m.free > guided[m.id]}
        if any(offer.base_school_id in with_room for offer in free):
            return ("seat_free",)
        return ("no_mentor",)
