"""Codes, times, places and shares of attendance, with plain values."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from app.domain.workshops.rules import attendance as rules
from app.domain.workshops.rules.words import AttendanceState

PRESENT, LATE = AttendanceState.PRESENT, AttendanceState.LATE
LEFT_EARLY, LEAVE = AttendanceState.LEFT_EARLY, AttendanceState.LEAVE
ABSENT = AttendanceState.ABSENT
START = datetime(2023, 8, 17, 1, 0, tzinfo=UTC)
END = START + timedelta(hours=3)


def test_a_code_lives_from_its_first_second_to_its_sixtieth() -> None:
    window = rules.window_of(START)
    ages = [-1, 0, 29, 30, 59, 60, 7 * 86400]
    found = [rules.why_not_code(window, START + timedelta(seconds=age)) for age in ages]
    assert found == ["not_yet", None, None, None, None, "expired", "expired"]


def test_a_new_code_every_half_minute() -> None:
    windows = [rules.window_of(START + timedelta(seconds=second)) for second in (0, 29, 30, 60)]
    assert [window - windows[0] for window in windows] == [0, 0, 1, 2]
    assert rules.seconds_left(START + timedelta(seconds=29)) == 1


@pytest.mark.parametrize(
    "text", ["", "1-2", "1-2-3", "a-2-" + "0" * 20, "-1-2-" + "0" * 20, "１-2-" + "0" * 20]
)
def test_what_is_no_code_is_none(text: str) -> None:
    assert rules.parse_code(text) is None


def test_a_code_reads_back_as_it_was_written() -> None:
    code = rules.Code(7, 56417, "ab" * 10)
    assert rules.parse_code(code.text) == code


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [(-31, "too_early"), (-30, None), (0, None), (179, None), (180, "over")],
)
def test_one_checks_in_from_half_an_hour_before_until_the_end(
    minutes: int, expected: str | None
) -> None:
    assert rules.why_not_time(START, END, START + timedelta(minutes=minutes)) == expected


def test_late_begins_after_the_fifteenth_minute() -> None:
    moments = [START - timedelta(minutes=5), START + rules.LATE_AFTER]
    assert [rules.state_on_arrival(START, moment) for moment in moments] == [PRESENT, PRESENT]
    assert rules.state_on_arrival(START, moments[1] + timedelta(seconds=1)) is LATE


def test_a_change_of_the_clocks_changes_nobody_s_lateness() -> None:
    zone = ZoneInfo("America/New_York")  # 2023-03-12: 2:00 becomes 3:00
    start = datetime(2023, 3, 12, 1, 50, tzinfo=zone)
    came = datetime(2023, 3, 12, 3, 0, tzinfo=zone)  # ten minutes later
    assert rules.state_on_arrival(start.astimezone(UTC), came.astimezone(UTC)) is PRESENT


def test_times_beside_a_signature_tell_late_and_early() -> None:
    quarter, minute = timedelta(minutes=15), timedelta(minutes=1)
    assert rules.state_of_times(START, END, None, None) is PRESENT
    assert rules.state_of_times(START, END, START + quarter + minute, END) is LATE
    assert rules.state_of_times(START, END, START, END - quarter) is PRESENT
    assert rules.state_of_times(START, END, START, END - quarter - minute) is LEFT_EARLY


def test_the_share_counts_late_and_early_and_leaves_leave_out() -> None:
    states = {1: PRESENT, 2: LATE, 3: LEFT_EARLY, 4: LEAVE, 5: ABSENT}
    assert rules.attendance_share(states, [1, 2, 3, 4, 5]) == Decimal("75.00")
    assert rules.attendance_share({1: PRESENT}, [1, 2, 3]) == Decimal("33.33")
    assert rules.attendance_share({1: PRESENT, 2: PRESENT}, [1, 2, 3]) == Decimal("66.67")


def test_without_a_session_that_counts_there_is_no_share() -> None:
    assert rules.attendance_share({}, []) is None
    assert rules.attendance_share({1: LEAVE}, [1]) is None


@pytest.mark.parametrize(
    ("one", "other", "better"),
    [
        (None, ABSENT, ABSENT), (ABSENT, PRESENT, PRESENT), (LEAVE, LATE, LATE),
        (PRESENT, ABSENT, PRESENT), (LATE, PRESENT, LATE), (LEAVE, ABSENT, LEAVE),
    ],
)  # fmt: skip
def test_a_make_up_session_counts_when_it_was_attended(
    one: AttendanceState | None, other: AttendanceState, better: AttendanceState
) -> None:
    assert rules.better_state(one, other) is better


def test_attendance_was_kept_once_more_than_leave_is_recorded() -> None:
    assert [rules.is_kept(states) for states in ([], [LEAVE], [LEAVE, ABSENT])] == [
        False,
        False,
        True,
    ]


@pytest.mark.parametrize(
    ("latitude", "longitude", "accuracy"),
    [
        ("", "", ""),
        ("nan", "1", ""),
        ("inf", "1", ""),
        ("91", "1", ""),
        ("1", "181", ""),
        ("1", "1", "-5"),
        ("北纬", "1", ""),
    ],
)
def test_a_position_that_cannot_be_is_none(latitude: str, longitude: str, accuracy: str) -> None:
    assert rules.read_position(latitude, longitude, accuracy) is None


def test_distances_over_the_earth() -> None:
    chuxiong, lufeng = rules.Position(25.033, 101.546), rules.Position(25.145, 102.076)
    assert round(rules.metres_between(chuxiong, lufeng) / 1000) == 55
    assert rules.metres_between(chuxiong, chuxiong) == 0


def test_near_is_a_kilometre_and_what_the_phone_may_be_wrong_by() -> None:
    place = rules.Position(25.0, 101.5)
    away = rules.Position(25.0 + 1500 / 111_195, 101.5)
    assert not rules.is_near(away, place)
    assert rules.is_near(rules.Position(away.latitude, 101.5, 600), place)
    far = rules.Position(25.0 + 5000 / 111_195, 101.5, 50_000)  # a phone that knows nothing
    assert not rules.is_near(far, place)
