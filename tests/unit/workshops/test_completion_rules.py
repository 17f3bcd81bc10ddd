"""Who completes, with how many hours, on which day, with plain values."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from app.domain.workshops.rules import completion as rules
from app.domain.workshops.rules.enrolling import Period
from app.domain.workshops.rules.words import WorkshopStatus

SHANGHAI = ZoneInfo("Asia/Shanghai")
ASKED = rules.Conditions(minimum_attendance=80, minimum_grade=60, assignments=2)


def codes(reached: rules.Reached, asked: rules.Conditions = ASKED) -> list[str]:
    return [one.code for one in rules.unmet(reached, asked)]


def test_a_bound_that_is_reached_exactly_is_met() -> None:
    assert codes(rules.Reached(Decimal(80), Decimal(60), 2)) == []
    assert codes(rules.Reached(Decimal("79.99"), Decimal("59.99"), 1)) == [
        "attendance", "grade", "assignments",
    ]  # fmt: skip


def test_what_is_not_known_is_not_met() -> None:
    assert codes(rules.Reached(None, None, 2)) == ["attendance", "grade"]


def test_without_sessions_nobody_is_asked_for_attendance() -> None:
    assert codes(rules.Reached(), rules.Conditions(80, has_sessions=False)) == []


def test_without_conditions_everybody_completes() -> None:
    assert codes(rules.Reached(), rules.Conditions()) == []


def test_a_session_until_midnight_ends_on_the_day_before() -> None:
    start = datetime(2023, 8, 17, 20, 0, tzinfo=SHANGHAI)
    period = Period(start.astimezone(UTC), (start + timedelta(hours=4)).astimezone(UTC))
    assert rules.days_of([period], SHANGHAI) == rules.Days(date(2023, 8, 17), date(2023, 8, 17))


def test_the_day_is_that_of_the_zone() -> None:
    period = Period(datetime(2023, 8, 17, 15, tzinfo=UTC), datetime(2023, 8, 17, 17, tzinfo=UTC))
    assert rules.days_of([period], SHANGHAI) == rules.Days(date(2023, 8, 17), date(2023, 8, 18))
    assert rules.days_of([period], UTC) == rules.Days(date(2023, 8, 17), date(2023, 8, 17))
    assert rules.days_of([], UTC) is None


def test_hours_are_what_was_planned_within_sessions_and_eight_a_day() -> None:
    period = Period(datetime(2023, 8, 17, 1, tzinfo=UTC), datetime(2023, 8, 17, 4, tzinfo=UTC))
    three_days = rules.Days(date(2023, 8, 17), date(2023, 8, 19))
    given = [
        rules.hours_given(Decimal(3), [period], None, SHANGHAI),
        rules.hours_given(Decimal(16), [period], None, SHANGHAI),
        rules.hours_given(Decimal(40), [], three_days, SHANGHAI),
        rules.hours_given(Decimal(40), [], None, SHANGHAI),
    ]
    assert given == [3, 4, 24, 40]


@pytest.mark.parametrize(
    ("status", "hours", "grades_missing", "expected"),
    [
        ("draft", -1, False, "not_published"),
        ("cancelled", -1, False, "cancelled"),
        ("completed", -1, False, "completed"),
        ("running", 1, False, "not_over"),
        ("running", 0, True, "grades_not_published"),
        ("running", 0, False, None),
        ("published", None, False, None),
    ],
)
def test_why_a_workshop_cannot_be_closed(
    status: str, hours: int | None, grades_missing: bool, expected: str | None
) -> None:
    now = datetime(2023, 8, 17, tzinfo=UTC)
    ends_at = None if hours is None else now + timedelta(hours=hours)
    found = rules.why_not_close(WorkshopStatus(status), ends_at, now, grades_missing=grades_missing)
    assert found == expected


def test_days_that_cannot_be() -> None:
    today = date(2023, 8, 17)
    before, after = today - timedelta(days=1), today + timedelta(days=1)
    found = [
        rules.why_not_days(days, today)
        for days in (None, rules.Days(today, before), rules.Days(today, after), rules.Days(today, today))
    ]  # fmt: skip
    assert found == [
        ("ended_on", "day_missing"), ("ended_on", "ends_before_start"), ("ended_on", "not_over"), None,
    ]  # fmt: skip
