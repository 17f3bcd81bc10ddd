"""Who gets which seat, with plain values."""

from __future__ import annotations

import pytest

from app.domain.workshops.rules import seats
from app.domain.workshops.rules.seats import Division, Pool, Waiting

OPEN = Pool(1, None, 2, 0)
COUNTY = Pool(2, "/1/2/", 1, 0)
SCHOOL = Pool(3, "/1/2/7/", 1, 0)


def full(pool: Pool) -> Pool:
    return Pool(pool.id, pool.path, pool.seats, pool.seats)


def test_takes_the_nearest_quota_first() -> None:
    assert seats.choose_pool([OPEN, COUNTY, SCHOOL], "/1/2/7/") == SCHOOL


def test_takes_the_next_quota_upwards_when_the_nearest_is_full() -> None:
    assert seats.choose_pool([OPEN, COUNTY, full(SCHOOL)], "/1/2/7/") == COUNTY


def test_takes_an_open_seat_after_the_quotas() -> None:
    assert seats.choose_pool([OPEN, full(COUNTY)], "/1/2/7/") == OPEN


def test_leaves_reserved_seats_to_their_unit() -> None:
    assert seats.choose_pool([full(OPEN), COUNTY], "/1/3/9/") is None


def test_does_not_take_a_neighbour_for_the_subtree() -> None:
    assert seats.choose_pool([full(OPEN), COUNTY], "/1/22/") is None


def test_gives_freed_seats_in_order_of_arrival() -> None:
    line = [Waiting(11, 5, "/1/3/"), Waiting(12, 3, "/1/2/7/"), Waiting(13, 4, "/1/3/")]
    given = seats.promotions([OPEN, full(COUNTY)], line)
    assert [(waiting.id, pool.id) for waiting, pool in given] == [(12, 1), (13, 1)]


def test_gives_a_quota_seat_to_the_first_it_fits() -> None:
    line = [Waiting(11, 1, "/1/3/"), Waiting(12, 2, "/1/2/7/")]
    given = seats.promotions([full(OPEN), COUNTY], line)
    assert [(waiting.id, pool.id) for waiting, pool in given] == [(12, 2)]


def test_passes_over_who_is_bound_elsewhere() -> None:
    line = [Waiting(11, 1, "/1/3/", bound=True), Waiting(12, 2, "/1/3/")]
    given = seats.promotions([OPEN], line)
    assert [waiting.id for waiting, _pool in given] == [12]


def test_numbers_the_whole_line() -> None:
    assert seats.positions([Waiting(5, 9, "/"), Waiting(6, 4, "/")]) == {6: 1, 5: 2}


@pytest.mark.parametrize(
    ("capacity", "quotas", "refusal"),
    [
        (0, [], "no_seats"),
        (5, [-1], "negative_quota"),
        (5, [3, 3], "quotas_above_capacity"),
        (5, [3, 2], None),
    ],
)
def test_refuses_seats_that_cannot_be_divided(
    capacity: int, quotas: list[int], refusal: str | None
) -> None:
    assert seats.why_not_pools(capacity, quotas) == refusal


def test_divides_what_the_quotas_leave() -> None:
    assert seats.divide(10, {7: 4}, {None: 3, 7: 2}, released=False) == Division(6, {7: 4})


def test_refuses_a_capacity_below_what_is_taken() -> None:
    assert seats.divide(4, {}, {None: 5}, released=False) == "capacity_below_taken"


def test_refuses_to_shrink_open_seats_below_what_is_taken() -> None:
    assert seats.divide(6, {7: 4}, {None: 3, 7: 0}, released=False) == "capacity_below_taken"


def test_refuses_a_quota_below_what_is_taken() -> None:
    assert seats.divide(10, {7: 1}, {None: 0, 7: 2}, released=False) == "quota_below_taken"


def test_keeps_the_seats_of_a_dropped_quota_that_are_taken() -> None:
    assert seats.divide(10, {}, {None: 0, 7: 2}, released=False) == Division(8, {7: 2})


def test_leaves_quotas_only_their_taken_seats_after_the_release() -> None:
    assert seats.divide(10, {7: 5}, {None: 3, 7: 2}, released=True) == Division(8, {7: 2})


def test_finds_wrong_counters() -> None:
    found = seats.differences([Pool(1, None, 2, 1), COUNTY], {1: 2})
    assert [(item.pool_id, item.taken, item.counted) for item in found] == [(1, 1, 2)]
