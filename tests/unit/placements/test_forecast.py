"""When each county reaches its target."""

from __future__ import annotations

from datetime import date
from typing import Any

from app.domain.placements.rules.forecast import PlannedCohort, Reached, forecast
from app.domain.placements.rules.words import SeatPolicy

AUTUMN, SPRING = date(2024, 1, 12), date(2024, 7, 5)
LINXIANG, YUNXIAN, ZHENKANG, GENGMA = 2, 4, 6, 8


def _cohort(number: int, ends_on: date, seats: int, **more: Any) -> PlannedCohort:
    return PlannedCohort(number, f"第{number}期", ends_on, seats, **more)


def _by_unit(found: list[Reached]) -> dict[int, tuple[date | None, int]]:
    return {one.unit_id: (one.on, one.expected) for one in found}


def test_names_nothing_for_who_has_reached_the_target() -> None:
    (one,) = forecast({LINXIANG: 1}, {LINXIANG: 1}, [_cohort(3, AUTUMN, 4)])
    assert one == Reached(LINXIANG, 1, 1, {}, None, None)
    assert one.is_reached


def test_expects_everybody_placed_to_pass() -> None:
    cohort = _cohort(3, AUTUMN, 4, placed={LINXIANG: 2, 99: 1})
    (one,) = forecast({}, {LINXIANG: 1}, [cohort])
    assert (one.on, one.cohort_id, one.expected) == (AUTUMN, 3, 2)


def test_gives_seats_to_the_furthest_from_the_target_first() -> None:
    targets = dict.fromkeys((LINXIANG, YUNXIAN, ZHENKANG, GENGMA), 1) | {GENGMA: 2}
    found = forecast({}, targets, [_cohort(4, SPRING, 2), _cohort(3, AUTUMN, 3)])
    assert _by_unit(found) == {
        LINXIANG: (AUTUMN, 1),
        YUNXIAN: (AUTUMN, 1),
        ZHENKANG: (SPRING, 1),
        GENGMA: (SPRING, 2),
    }


def test_gives_seats_to_who_has_nominated_before_who_has_not() -> None:
    targets = {LINXIANG: 1, YUNXIAN: 1}
    found = forecast({}, targets, [_cohort(3, AUTUMN, 1, nominated={YUNXIAN: 1})])
    assert _by_unit(found) == {LINXIANG: (None, 0), YUNXIAN: (AUTUMN, 1)}


def test_keeps_to_quotas_and_to_the_seats() -> None:
    quotas = {LINXIANG: 2, YUNXIAN: 2}
    cohort = _cohort(3, AUTUMN, 3, policy=SeatPolicy.QUOTAS, quotas=quotas)
    found = forecast({}, {LINXIANG: 1, YUNXIAN: 2, ZHENKANG: 1}, [cohort])
    assert _by_unit(found) == {LINXIANG: (AUTUMN, 2), YUNXIAN: (None, 1), ZHENKANG: (None, 0)}


def test_is_the_same_whatever_the_order_of_cohorts() -> None:
    targets = dict.fromkeys((LINXIANG, YUNXIAN, ZHENKANG), 1)
    cohorts = [_cohort(3, AUTUMN, 1), _cohort(4, SPRING, 1)]
    assert forecast({}, targets, cohorts) == forecast({}, targets, cohorts[::-1])
