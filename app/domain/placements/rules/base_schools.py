"""What a base school can take: capacities of a day against what its cohorts offer, and a mentor's limit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations

MOST_SEATS = 500
MOST_TRAINEES = 50


@dataclass(frozen=True, slots=True)
class Kind:
    """What a seat is for: a stage, a subject, either or neither."""

    stage: str | None = None
    subject: str | None = None

    def serves(self, other: Kind) -> bool:
        """Whether a capacity of this kind can be used for a seat of the other: what it leaves open, anybody fits."""
        return self.stage in (None, other.stage) and self.subject in (None, other.subject)


@dataclass(frozen=True, slots=True)
class Capacity:
    """So many seats of a kind, from a day until a day (inclusive; None: open)."""

    kind: Kind
    seats: int
    valid_from: date
    valid_until: date | None = None

    def holds_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)


@dataclass(frozen=True, slots=True)
class Offer:
    """Seats of a kind that a cohort offers, while it lasts."""

    kind: Kind
    seats: int
    starts_on: date
    ends_on: date

    def holds_on(self, day: date) -> bool:
        return self.starts_on <= day <= self.ends_on


@dataclass(frozen=True, slots=True)
class Excess:
    """On this day these kinds are offered more seats than there are."""

    day: date
    offered: int
    capacity: int


def first_excess(capacities: Sequence[Capacity], offers: Sequence[Offer]) -> Excess | None:
    """The first day on which the offers of all cohorts together are above the capacity, or None.

    A seat for a stage or subject may use capacity that is for it or for anybody; a seat for anybody only capacity
    for anybody. By Hall's condition it fits when it fits for every choice of kinds.
    """
    for day in _days_to_look_at(capacities, offers):
        supply = [capacity for capacity in capacities if capacity.holds_on(day)]
        demand: Counter[Kind] = Counter()
        for offer in offers:
            if offer.holds_on(day):
                demand[offer.kind] += offer.seats
        for kinds in _choices(list(demand)):
            offered = sum(demand[kind] for kind in kinds)
            there = sum(
                item.seats for item in supply if any(item.kind.serves(kind) for kind in kinds)
            )
            if offered > there:
                return Excess(day, offered, there)
    return None


def _choices(kinds: list[Kind]) -> Iterable[tuple[Kind, ...]]:
    for size in range(1, len(kinds) + 1):
        yield from combinations(kinds, size)


def _days_to_look_at(capacities: Iterable[Capacity], offers: Sequence[Offer]) -> list[date]:
    """Days on which the sum can become wrong: an offer begins, a capacity begins or has just ended."""
    days = {offer.starts_on for offer in offers}
    for capacity in capacities:
        days.add(capacity.valid_from)
        if capacity.valid_until is not None:
            days.add(capacity.valid_until + timedelta(days=1))
    return sorted(day for day in days if any(offer.holds_on(day) for offer in offers))


def is_covered(periods: Iterable[tuple[date, date | None]], first: date, last: date) -> bool:
    """Whether the periods (inclusive) together cover every day from the first to the last."""
    needed = first
    for start, end in sorted(periods, key=lambda period: period[0]):
        if start <= needed and (end is None or end >= needed):
            if end is None or end >= last:
                return True
            needed = end + timedelta(days=1)
    return False


def why_not_limit(limit: int, guided: int) -> str | None:
    """Why a mentor cannot have this limit: ``bad_limit``, ``below_trainees`` (they guide more already)."""
    if not 1 <= limit <= MOST_TRAINEES:
        return "bad_limit"
    return "below_trainees" if guided > limit else None


def most_at_once(stays: Iterable[tuple[date, date]]) -> int:
    """The most trainees on one day, of stays from a day to a day (inclusive)."""
    stays = list(stays)
    return max((sum(start <= day <= end for start, end in stays) for day, _end in stays), default=0)
