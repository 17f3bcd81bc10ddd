"""Periods of days, both ends inclusive."""

from __future__ import annotations

from datetime import date

from app.domain.people.rules.periods import first_overlap, overlap, why_not_period, within

JAN, JUN, JUL, DEC = date(2022, 1, 1), date(2022, 6, 30), date(2022, 7, 1), date(2022, 12, 31)


def test_periods_that_share_their_last_day_overlap() -> None:
    assert overlap((JAN, JUN), (JUN, DEC))
    assert overlap((JUN, DEC), (JAN, JUN))


def test_periods_that_follow_each_other_do_not_overlap() -> None:
    assert not overlap((JAN, JUN), (JUL, None))
    assert not overlap((JUL, None), (JAN, JUN))


def test_open_periods_overlap() -> None:
    assert overlap((JAN, None), (DEC, None))


def test_finds_the_first_that_overlaps() -> None:
    assert first_overlap((JUL, None), [(JAN, JUN), (JUN, JUL), (DEC, None)]) == (JUN, JUL)
    assert first_overlap((JUL, None), [(JAN, JUN)]) is None


def test_an_open_period_does_not_lie_within_an_ended_one() -> None:
    assert within((JUL, None), (JAN, None))
    assert within((JAN, JUN), (JAN, JUN))
    assert not within((JUL, None), (JAN, DEC))
    assert not within((JAN, JUN), (JUL, None))
    assert not within((JAN, DEC), (JAN, JUN))


def test_a_period_may_last_one_day_and_not_less() -> None:
    assert why_not_period((JAN, JAN)) is None
    assert why_not_period((JUL, JUN)) == "ends_before_start"
