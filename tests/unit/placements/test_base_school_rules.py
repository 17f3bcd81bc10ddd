"""What a base school can take: capacities of a day against what cohorts offer, a mentor's limit."""

from __future__ import annotations

from datetime import date

import pytest

from app.domain.placements.rules.base_schools import (
    Capacity,
    Excess,
    Kind,
    Offer,
    first_excess,
    is_covered,
    most_at_once,
    why_not_limit,
)

ANYBODY, JUNIOR, MATHS = Kind(), Kind("junior"), Kind("junior", "数学")
START, END = date(2023, 9, 1), date(2024, 1, 12)


def offer(seats: int, kind: Kind = ANYBODY, start: date = START, end: date = END) -> Offer:
    return Offer(kind, seats, start, end)


def capacity(
    seats: int, kind: Kind = ANYBODY, start: date = date(2020, 1, 1), end: date | None = None
) -> Capacity:
    return Capacity(kind, seats, start, end)


def test_as_many_seats_as_there_are_fit() -> None:
    assert first_excess([capacity(3)], [offer(3)]) is None


def test_one_more_does_not() -> None:
    assert first_excess([capacity(3)], [offer(4)]) == Excess(START, 4, 3)


def test_without_a_capacity_nothing_fits() -> None:
    assert first_excess([], [offer(1)]) == Excess(START, 1, 0)


def test_cohorts_that_overlap_share_the_capacity() -> None:
    other = offer(2, start=date(2023, 12, 1), end=date(2024, 6, 1))
    assert first_excess([capacity(3)], [offer(2), other]) == Excess(date(2023, 12, 1), 4, 3)


def test_cohorts_one_after_the_other_do_not() -> None:
    later = offer(3, start=date(2024, 1, 13), end=date(2024, 6, 1))
    assert first_excess([capacity(3)], [offer(3), later]) is None


def test_capacity_that_ends_in_the_middle_of_the_term_is_missed_the_day_after() -> None:
    ending = capacity(3, end=date(2023, 10, 31))
    assert first_excess([ending], [offer(1)]) == Excess(date(2023, 11, 1), 1, 0)


def test_capacity_that_begins_during_the_term_comes_too_late() -> None:
    late = capacity(3, start=date(2023, 10, 1))
    assert first_excess([late], [offer(1)]) == Excess(START, 1, 0)


def test_a_seat_for_a_stage_may_use_capacity_for_anybody() -> None:
    assert first_excess([capacity(1), capacity(1, JUNIOR)], [offer(2, JUNIOR)]) is None


def test_a_seat_for_anybody_may_not_use_capacity_of_a_stage() -> None:
    assert first_excess([capacity(2, JUNIOR)], [offer(1)]) == Excess(START, 1, 0)


def test_two_kinds_never_use_the_same_capacity() -> None:
    offers = [offer(2, JUNIOR), offer(1, Kind("senior"))]
    assert first_excess([capacity(2)], offers) == Excess(START, 3, 2)


def test_a_subject_at_a_stage_uses_what_is_for_the_stage() -> None:
    assert first_excess([capacity(1, JUNIOR)], [offer(1, MATHS)]) is None
    assert first_excess([capacity(1, MATHS)], [offer(1, JUNIOR)]) == Excess(START, 1, 0)


@pytest.mark.parametrize(
    ("periods", "covered"),
    [
        ([(date(2020, 1, 1), None)], True),
        ([(date(2023, 9, 2), None)], False),
        ([(date(2020, 1, 1), END)], True),
        ([(date(2020, 1, 1), date(2024, 1, 11))], False),
        ([(date(2020, 1, 1), date(2023, 10, 1)), (date(2023, 10, 2), None)], True),
        ([(date(2020, 1, 1), date(2023, 10, 1)), (date(2023, 10, 3), None)], False),
        ([], False),
    ],
)
def test_every_day_of_a_term_must_be_covered(
    periods: list[tuple[date, date | None]], covered: bool
) -> None:
    assert is_covered(periods, START, END) is covered


@pytest.mark.parametrize(
    ("limit", "guided", "reason"),
    [
        (2, 2, None),
        (1, 2, "below_trainees"),
        (0, 0, "bad_limit"),
        (51, 0, "bad_limit"),
    ],
)
def test_a_limit_is_never_below_those_guided(limit: int, guided: int, reason: str | None) -> None:
    assert why_not_limit(limit, guided) == reason


def test_trainees_one_after_the_other_are_one_at_once() -> None:
    first = (date(2023, 9, 1), date(2023, 10, 31))
    second = (date(2023, 11, 1), date(2023, 12, 31))
    across = (date(2023, 10, 31), date(2023, 11, 30))
    assert most_at_once([]) == 0
    assert most_at_once([first, second]) == 1
    assert most_at_once([first, second, across]) == 2
