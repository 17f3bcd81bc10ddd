"""Periods, cycles, ratios, exact sums and targets with plain values."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from app.domain.statistics.policy_rules import PolicyName, why_not_value
from app.domain.statistics.rules import (
    Target,
    Targets,
    cycle_start,
    default_since,
    missed_targets,
    ratio,
    read_day,
    scaled,
    since_for_comparison,
)


def test_a_flow_begins_on_1_january_of_the_as_of_year() -> None:
    assert default_since(date(2023, 8, 17)) == date(2023, 1, 1)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2023-08-17", date(2023, 8, 17)),
        ("20230817", None),
        ("2023-02-30", None),
        ("2023-W33-4", None),
        ("", None),
        ("17.8.2023", None),
    ],
)
def test_a_day_is_read_in_one_way_only(text: str, day: date | None) -> None:
    assert read_day(text) == day


@pytest.mark.parametrize(
    ("day", "first"),
    [
        (date(2021, 1, 1), date(2021, 1, 1)),
        (date(2025, 12, 31), date(2021, 1, 1)),
        (date(2026, 1, 1), date(2026, 1, 1)),
        (date(2020, 12, 31), date(2016, 1, 1)),
    ],
)
def test_cycles_of_five_years_run_before_and_after_the_first_one(day: date, first: date) -> None:
    assert cycle_start(day, 2021, 5) == first


def test_a_cycle_never_begins_before_the_calendar_does() -> None:
    assert cycle_start(date(1, 5, 1), 2021, 7) == date(1, 1, 1)


def test_a_ratio_has_four_decimals_rounded_half_up() -> None:
    assert ratio(783, 873) == 0.8969
    assert ratio(1, 3) == 0.3333
    assert ratio(1, 32) == 0.0313
    assert ratio(5, 5) == 1.0


def test_a_ratio_without_schools_is_unknown() -> None:
    assert ratio(0, 0) is None


def test_a_sum_of_hundredths_loses_nothing() -> None:
    assert scaled(2347680, 100) == Decimal("23476.8")
    assert scaled(2300, 100) == 23
    assert isinstance(scaled(2300, 100), int)
    assert scaled(7, 1) == 7


def test_the_compared_day_keeps_a_chosen_period_that_began_before_it() -> None:
    since = since_for_comparison(date(2022, 1, 1), date(2023, 5, 23), date(2022, 8, 31))
    assert since == date(2022, 1, 1)


def test_the_compared_day_takes_its_own_year_when_the_period_is_the_usual_one() -> None:
    since = since_for_comparison(date(2023, 1, 1), date(2023, 5, 23), date(2022, 8, 31))
    assert since == date(2022, 1, 1)


def test_the_compared_day_takes_its_own_year_when_the_period_begins_after_it() -> None:
    since = since_for_comparison(date(2022, 10, 1), date(2023, 5, 23), date(2022, 8, 31))
    assert since == date(2022, 1, 1)


TARGETS = Targets(
    coverage=0.95, coverage_by=2025, lead_teachers_per_county=1, counselors_per_school=1
)
MISSING = {"counselor_coverage": 0.9499, "lead_teachers": 0, "counselors": 0, "schools": 1}


def test_a_county_misses_coverage_and_lead_teachers() -> None:
    assert missed_targets("county", MISSING, TARGETS) == [
        Target.COUNSELOR_COVERAGE,
        Target.LEAD_TEACHERS,
    ]


def test_a_county_that_reaches_its_targets_has_no_mark() -> None:
    reached = {**MISSING, "counselor_coverage": 0.95, "lead_teachers": 1}
    assert missed_targets("county", reached, TARGETS) == []


def test_a_school_misses_only_its_counselor() -> None:
    assert missed_targets("school", MISSING, TARGETS) == [Target.COUNSELORS]


def test_a_kindergarten_misses_nothing() -> None:
    assert missed_targets("school", {**MISSING, "schools": 0}, TARGETS) == []


def test_a_prefecture_has_no_target_for_lead_teachers_of_its_own() -> None:
    assert missed_targets("prefecture", MISSING, TARGETS) == [Target.COUNSELOR_COVERAGE]


def test_without_targets_nothing_is_missed() -> None:
    assert missed_targets("county", MISSING, Targets()) == []


@pytest.mark.parametrize(
    ("name", "value", "field"),
    [
        (PolicyName.LEAD_TEACHER_MOVED, {"counts": "always"}, None),
        (PolicyName.LEAD_TEACHER_MOVED, {"counts": "sometimes"}, "counts"),
        (PolicyName.HOURS_YEAR, {"hours": 90}, None),
        (PolicyName.HOURS_YEAR, {"hours": 0}, "hours"),
        (PolicyName.HOURS_YEAR, {"hours": "90"}, "hours"),
        (PolicyName.HOURS_YEAR, {}, "hours"),
        (PolicyName.HOURS_YEAR, {"hours": 90, "extra": 1}, "extra"),
        (PolicyName.HOURS_CYCLE, {"first_year": 2021, "years": 0, "hours": 360}, "years"),
        (PolicyName.TARGET_COUNSELOR_COVERAGE, {"ratio": 1.01, "by": 2025}, "ratio"),
        (PolicyName.TARGET_COUNSELOR_COVERAGE, {"ratio": True, "by": 2025}, "ratio"),
        (PolicyName.TARGET_LEAD_TEACHERS, {"per_county": 1}, None),
    ],
)
def test_a_policy_takes_only_values_in_range(
    name: PolicyName, value: dict[str, object], field: str | None
) -> None:
    assert why_not_value(name, value) == field
