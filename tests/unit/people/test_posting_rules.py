"""When postings collide, which one is the main one, which days are sensible."""

from __future__ import annotations

from datetime import date

import pytest

from app.domain.people.rules import PostingRole
from app.domain.people.rules.facts import Period, main_posting_order, why_not_day, why_not_posting

FULL, PART = PostingRole.FULL_TIME, PostingRole.PART_TIME


def period(unit: int, begin: int, end: int | None = None, role=PART, number: int | None = None):
    return Period(number, unit, role, date(begin, 1, 1), date(end, 12, 31) if end else None)


def test_refuses_two_postings_at_one_unit_in_one_time():
    old = period(1, 2020, number=7)
    assert why_not_posting(period(1, 2021), [old]) == ("same_unit", old)


def test_allows_a_return_after_the_old_posting_ended():
    assert why_not_posting(period(1, 2022), [period(1, 2020, 2021, number=7)]) is None


def test_refuses_a_shared_last_day():
    old = Period(7, 1, PART, date(2020, 1, 1), date(2021, 5, 31))
    assert why_not_posting(Period(None, 1, PART, date(2021, 5, 31)), [old]) == ("same_unit", old)
    assert why_not_posting(Period(None, 1, PART, date(2021, 6, 1)), [old]) is None


def test_refuses_full_time_at_two_units():
    old = period(1, 2020, role=FULL, number=7)
    assert why_not_posting(period(2, 2021, role=FULL), [old]) == ("second_full_time", old)


def test_allows_part_time_at_several_units():
    assert why_not_posting(period(2, 2021, role=FULL), [period(1, 2020, number=7)]) is None
    assert why_not_posting(period(2, 2021), [period(1, 2020, role=FULL, number=7)]) is None


def test_a_posting_does_not_collide_with_itself():
    assert why_not_posting(period(1, 2021, number=7), [period(1, 2020, number=7)]) is None


def test_full_time_is_the_main_posting_then_the_earliest():
    postings = [
        (PART, date(2010, 1, 1), 1),
        (FULL, date(2022, 1, 1), 3),
        (FULL, date(2020, 1, 1), 9),
    ]
    assert min(postings, key=lambda p: main_posting_order(*p)) == (FULL, date(2020, 1, 1), 9)
    assert min(postings[:1], key=lambda p: main_posting_order(*p)) == postings[0]


@pytest.mark.parametrize(
    ("day", "why"),
    [
        (date(1899, 12, 31), "too_early"),
        (date(1979, 12, 31), "before_birth"),
        (date(1980, 1, 1), None),
        (date(2024, 8, 17), None),
        (date(2024, 8, 18), "too_late"),
    ],
)
def test_knows_absurd_days(day, why):
    assert why_not_day(day, today=date(2023, 8, 17), born_on=date(1980, 1, 1)) == why
