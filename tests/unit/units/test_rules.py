"""What may hang under what, and from when a change may hold."""

from __future__ import annotations

from datetime import date

import pytest

from app.domain.units import rules

TODAY = date(2023, 8, 17)


@pytest.mark.parametrize(
    ("kind", "parent", "allowed"),
    [
        ("province", None, True),
        ("prefecture", "province", True),
        ("prefecture", None, False),
        ("county", "prefecture", True),
        ("county", "county", False),
        ("school", "county", True),
        ("school", "prefecture", True),
        ("school", "special_zone", True),
        ("school", "school", False),
        ("school", "province", False),
    ],
)
def test_knows_what_may_hang_under_what(kind: str, parent: str | None, allowed: bool) -> None:
    assert rules.may_hang_under(kind, parent) is allowed


@pytest.mark.parametrize("code", ["532301", "5323010001", "2153000123", "53A0010001"])
def test_accepts_codes(code: str) -> None:
    assert rules.is_code(code)


@pytest.mark.parametrize("code", ["", "5323", "53 2301", "53230l", "1" * 21, "５３２３０１"])
def test_refuses_what_is_no_code(code: str) -> None:
    assert not rules.is_code(code)


def test_counts_first_and_last_day_as_open() -> None:
    opened, closed = date(2020, 9, 1), date(2022, 7, 31)
    days = [date(2020, 8, 31), opened, date(2021, 1, 1), closed, date(2022, 8, 1)]
    assert [rules.is_open(opened, closed, day) for day in days] == [False, True, True, True, False]


def test_was_always_open_without_an_opening_date() -> None:
    assert rules.is_open(None, None, date(1949, 10, 1))


def test_refuses_a_change_in_the_future() -> None:
    assert rules.why_not_from(date(2023, 8, 18), today=TODAY, version_from=None) == "future"


def test_refuses_a_change_before_the_last_one() -> None:
    refusal = rules.why_not_from(date(2021, 1, 1), today=TODAY, version_from=date(2021, 2, 1))
    assert refusal == "before_last_change"


def test_allows_a_change_on_the_day_of_the_last_one() -> None:
    day = date(2021, 2, 1)
    assert rules.why_not_from(day, today=TODAY, version_from=day) is None


def test_gives_a_new_school_the_next_free_code() -> None:
    taken = ["5323010001", "5323010003", "5323020002"]
    assert rules.first_free_code("532301", taken) == "5323010002"
