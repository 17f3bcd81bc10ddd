"""What the matching reads and what it answers: plain values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

Reason = tuple[str | int, ...]
"""A stable code and its values, e.g. ``("distance_km", 84)``; the words are the pages'."""


@dataclass(frozen=True, slots=True)
class Nominee:
    """``rank``: within the nominating unit, from 1. ``gap``: the unit has no lead teacher yet."""

    id: int
    unit_id: int
    rank: int
    stage: str | None = None
    subject: str | None = None
    preferences: tuple[int, ...] = ()
    gap: bool = False


@dataclass(frozen=True, slots=True)
class Offer:
    """A line of seats at a base school; without stage and subject it is for anybody."""

    id: int
    base_school_id: int
    seats: int
    stage: str | None = None
    subject: str | None = None


@dataclass(frozen=True, slots=True)
class Mentor:
    """``free``: how many more trainees the limit allows; ``load``: how many are there already."""

    id: int
    base_school_id: int
    free: int
    load: int = 0
    stage: str | None = None
    subject: str | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """Where a nominee goes: an offer and a mentor there, an offer with any mentor, or nowhere (no offer)."""

    offer_id: int | None
    mentor_id: int | None = None


NOWHERE = Choice(None)


@dataclass(frozen=True, slots=True)
class Weights:
    """What a line costs, in points without a unit. Who gets a seat at all is not weighed but ordered: first
    one of each gap county, then by rank.

    ``preference``: for each base school the nominee likes better; ``not_preferred``: for one they did not name
    though they named some. ``load``: for each trainee the mentor already has. Distances count per kilometre,
    an unknown one as ``unknown_km``.
    """

    preference: int = 20
    not_preferred: int = 80
    stage: int = 60
    subject: int = 30
    km: int = 1
    unknown_km: int = 200
    load: int = 15
    mentor_stage: int = 10
    mentor_subject: int = 10


@dataclass(frozen=True, slots=True)
class Problem:
    """Everything the matching knows. ``quotas``: the most seats of each unit (none for a unit that is not in
    it), or None where the cohort has no quotas. ``locks``: what an officer has fixed, by nominee."""

    nominees: Sequence[Nominee]
    offers: Sequence[Offer]
    mentors: Sequence[Mentor]
    distances: Mapping[tuple[int, int], float | None] = field(default_factory=dict)
    quotas: Mapping[int, int] | None = None
    locks: Mapping[int, Choice] = field(default_factory=dict)
    weights: Weights = Weights()


@dataclass(frozen=True, slots=True)
class Line:
    """What the proposal says of a nominee; a line nowhere has neither offer nor mentor."""

    nominee_id: int
    offer_id: int | None
    mentor_id: int | None
    cost: int
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Proposal:
    """One line per nominee, in the order of their ids, and what all cost together."""

    lines: tuple[Line, ...]
    cost: int

    @property
    def choices(self) -> dict[int, Choice]:
        return {line.nominee_id: Choice(line.offer_id, line.mentor_id) for line in self.lines}

    @property
    def placed(self) -> int:
        return sum(line.offer_id is not None for line in self.lines)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why choices cannot stand. ``about``: id of the offer, mentor, base school, unit or nominee of the code.

    ``unknown_nominee``, ``unknown_offer``, ``unknown_mentor``, ``mentor_without_offer`` (nominee),
    ``mentor_elsewhere`` (mentor), ``offer_full`` (offer), ``mentor_full`` (mentor), ``mentors_full``
    (base school), ``quota_full`` (unit).
    """

    code: str
    about: int
