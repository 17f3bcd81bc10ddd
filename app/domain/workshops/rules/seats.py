"""Who gets which seat. Source: the seat rules of the product (docs/workshops.md, Seats).

A quota reserves seats for a unit's subtree, the rest are open. A person takes a seat of the nearest quota that
has one, else an open one, else joins the line in order of arrival. A freed seat goes to the first in line that it
fits. Nobody who comes later passes somebody waiting.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pool:
    """Seats of one kind: reserved for the subtree with this path, or open (``path`` None)."""

    id: int
    path: str | None
    seats: int
    taken: int

    @property
    def free(self) -> int:
        return self.seats - self.taken

    def fits(self, unit_path: str) -> bool:
        return self.path is None or unit_path.startswith(self.path)


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody in line: by order of arrival, from a unit; ``bound`` while a clash keeps them from a seat."""

    id: int
    number: int
    unit_path: str
    bound: bool = False


def choose_pool(pools: Iterable[Pool], unit_path: str) -> Pool | None:
    """The seat for somebody of a unit: the nearest quota with a free one, else an open one, else none."""
    fitting = [pool for pool in pools if pool.free > 0 and pool.fits(unit_path)]
    return max(fitting, key=lambda pool: len(pool.path or ""), default=None)


def promotions(pools: Sequence[Pool], line: Iterable[Waiting]) -> list[tuple[Waiting, Pool]]:
    """Who in line gets which free seat, in order of arrival; who is bound keeps waiting."""
    free = {pool.id: pool for pool in pools}
    seated: list[tuple[Waiting, Pool]] = []
    for person in sorted(line, key=lambda waiting: waiting.number):
        if person.bound:
            continue
        pool = choose_pool(free.values(), person.unit_path)
        if pool is not None:
            seated.append((person, pool))
            free[pool.id] = Pool(pool.id, pool.path, pool.seats, pool.taken + 1)
        if not any(pool.free for pool in free.values()):
            break
    return seated


def positions(line: Iterable[Waiting]) -> dict[int, int]:
    """The place of everybody in the whole line, from 1, by enrolment id."""
    ordered = sorted(line, key=lambda waiting: waiting.number)
    return {waiting.id: place for place, waiting in enumerate(ordered, start=1)}


def why_not_pools(capacity: int, quotas: Sequence[int]) -> str | None:
    """Why seats cannot be divided so: ``no_seats``, ``negative_quota`` or ``quotas_above_capacity``."""
    if capacity < 1:
        return "no_seats"
    if any(seats < 0 for seats in quotas):
        return "negative_quota"
    return "quotas_above_capacity" if sum(quotas) > capacity else None


@dataclass(frozen=True, slots=True)
class Division:
    """How the seats of a workshop are to be divided: the open ones, and those of each quota (by unit id)."""

    open_seats: int
    quotas: dict[int, int]


def divide(
    capacity: int, quotas: dict[int, int], taken: dict[int | None, int], *, released: bool
) -> Division | str:
    """The new sizes of all pools, or why not. ``taken`` is by unit id, None for the open pool.

    ``capacity_below_taken`` and ``quota_below_taken`` are refused. A quota that is gone but has people on its
    seats keeps exactly those. After the release a quota has only the seats that are taken.
    """
    wanted = dict(quotas)
    for unit_id, used in taken.items():
        if unit_id is not None and used > wanted.get(unit_id, 0):
            if unit_id in quotas:
                return "quota_below_taken"
            wanted[unit_id] = used
    if released:
        wanted = {unit_id: taken.get(unit_id, 0) for unit_id in wanted}
    if capacity < sum(taken.values()):
        return "capacity_below_taken"
    open_seats = capacity - sum(wanted.values())
    if open_seats < 0:
        return "quotas_above_capacity"
    if open_seats < taken.get(None, 0):
        return "capacity_below_taken"
    return Division(open_seats, wanted)


@dataclass(frozen=True, slots=True)
class Difference:
    """A pool whose counter does not say what the enrolments say."""

    pool_id: int
    taken: int
    counted: int
    seats: int


def differences(pools: Iterable[Pool], counted: dict[int, int]) -> list[Difference]:
    """Pools whose counter is wrong, or that hold more people than seats."""
    found = []
    for pool in pools:
        real = counted.get(pool.id, 0)
        if real != pool.taken or real > pool.seats:
            found.append(Difference(pool.id, pool.taken, real, pool.seats))
    return found


def passed_over(pools: Sequence[Pool], line: Iterable[Waiting]) -> list[Waiting]:
    """Who waits although a free seat fits them; must be nobody after every act."""
    return [waiting for waiting, _pool in promotions(pools, line)]
