"""Rules of planning: time, hours, windows, weights, cohorts."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from app.domain.workshops.rules import planning as rules
from app.domain.workshops.rules.enrolling import Period
from app.domain.workshops.rules.words import CriterionKind, WorkshopKind

SHANGHAI = ZoneInfo("Asia/Shanghai")


def period(day: int, start: str, end: str) -> Period:
    def at(text: str) -> datetime:
        hour, minute = text.split(":")
        return datetime(2026, 12, day, int(hour), int(minute), tzinfo=SHANGHAI)

    return Period(at(start), at(end))


def test_a_wall_clock_says_one_instant() -> None:
    moment = rules.instant(datetime.fromisoformat("2026-12-05T09:00"), SHANGHAI)
    assert moment == datetime(2026, 12, 5, 1, 0, tzinfo=UTC)


# In 1991 the clocks of China went forward on 14 April at 2:00 and back on 15 September at 2:00.
@pytest.mark.parametrize("wall", ["1991-04-14T02:30", "1991-09-15T01:30"])
def test_a_time_that_was_skipped_or_came_twice_is_no_instant(wall: str) -> None:
    assert rules.instant(datetime.fromisoformat(wall), SHANGHAI) is None


@pytest.mark.parametrize(
    ("start", "end", "why"),
    [
        ("09:00", "09:01", None),
        ("09:00", "09:00", "ends_before_starts"),
        ("09:00", "08:59", "ends_before_starts"),
    ],
)
def test_a_session_ends_after_it_starts(start: str, end: str, why: str | None) -> None:
    planned = period(5, start, end)
    assert rules.why_not_session(planned.starts_at, planned.ends_at) == why


def test_a_session_of_two_days_is_refused() -> None:
    start = datetime(2026, 12, 5, 1, tzinfo=UTC)
    assert rules.why_not_session(start, start + timedelta(hours=16)) is None
    assert rules.why_not_session(start, start + timedelta(hours=16, minutes=1)) == "too_long"


def test_finds_sessions_that_lie_over_each_other() -> None:
    one, two, three = (
        period(5, "09:00", "11:00"),
        period(5, "11:00", "12:00"),
        period(5, "10:59", "11:30"),
    )
    assert rules.overlap([two, one]) is None
    assert rules.overlap([two, three, one]) == (one, three)


def test_an_hour_is_45_minutes_and_a_day_has_at_most_eight() -> None:
    assert rules.most_hours([period(5, "09:00", "12:00")], SHANGHAI) == Decimal(4)
    whole_day = [period(5, "08:00", "12:00"), period(5, "14:00", "18:00")]
    assert rules.most_hours(whole_day, SHANGHAI) == Decimal(8)
    assert rules.most_hours([*whole_day, period(6, "08:00", "08:50")], SHANGHAI) == Decimal("9.1")


def test_a_session_past_midnight_counts_for_both_days() -> None:
    late = Period(
        datetime(2026, 12, 5, 23, 0, tzinfo=SHANGHAI), datetime(2026, 12, 6, 0, 30, tzinfo=SHANGHAI)
    )
    assert rules.minutes_by_day([late], SHANGHAI) == {
        date(2026, 12, 5): 60,
        date(2026, 12, 6): 30,
    }


@pytest.mark.parametrize(
    ("hours", "kind", "sessions", "why"),
    [
        ("4", WorkshopKind.WORKSHOP, [period(5, "09:00", "12:00")], None),
        ("4.1", WorkshopKind.WORKSHOP, [period(5, "09:00", "12:00")], "hours_above_sessions"),
        ("1", WorkshopKind.WORKSHOP, [], "hours_above_sessions"),
        ("0", WorkshopKind.WORKSHOP, [], None),
        ("40", WorkshopKind.EXTERNAL, [], None),
        ("40", WorkshopKind.EXTERNAL, [period(5, "09:00", "12:00")], "hours_above_sessions"),
        ("-0.1", WorkshopKind.EXTERNAL, [], "bad_hours"),
        ("10000", WorkshopKind.EXTERNAL, [], "bad_hours"),
    ],
)
def test_hours_are_what_the_sessions_give(
    hours: str, kind: WorkshopKind, sessions: list[Period], why: str | None
) -> None:
    assert rules.why_not_hours(Decimal(hours), sessions, kind, SHANGHAI) == why


def day(number: int) -> datetime:
    return datetime(2026, 12, number, tzinfo=UTC)


@pytest.mark.parametrize(
    ("windows", "why"),
    [
        (rules.Windows(), None),
        (rules.Windows(day(1), day(10), day(9), day(5)), None),
        (rules.Windows(day(1), day(1)), ("enrolment_closes_at", "closes_before_opens")),
        (
            rules.Windows(day(2), day(5), withdraw_until=day(1)),
            ("withdraw_until", "withdraw_before_opens"),
        ),
        (
            rules.Windows(day(2), day(5), quota_release_at=day(1)),
            ("quota_release_at", "release_outside_window"),
        ),
        (
            rules.Windows(day(2), day(5), quota_release_at=day(6)),
            ("quota_release_at", "release_outside_window"),
        ),
    ],
)
def test_windows_follow_each_other(windows: rules.Windows, why: tuple[str, str] | None) -> None:
    assert rules.why_not_windows(windows) == why


@pytest.mark.parametrize(
    ("passed", "excellent", "minimums", "why"),
    [
        (60, 90, (80, 0), None),
        (60, 60, (0, 100), None),
        (60, 59, (0, 0), ("excellent_bound", "bounds")),
        (-1, 90, (0, 0), ("pass_bound", "percentage")),
        (60, 101, (0, 0), ("excellent_bound", "percentage")),
        (60, 90, (101, 0), ("minimum_attendance", "percentage")),
        (60, 90, (0, -1), ("minimum_grade", "percentage")),
    ],
)
def test_bounds_are_percentages_in_order(
    passed: int, excellent: int, minimums: tuple[int, int], why: tuple[str, str] | None
) -> None:
    assert rules.why_not_bounds(passed, excellent, minimums) == why


def item(title: str = "理论", weight: str = "100", maximum: str = "100") -> rules.GuideItem:
    return rules.GuideItem(title, Decimal(weight), Decimal(maximum))


@pytest.mark.parametrize(
    ("items", "why"),
    [
        ([], None),
        ([item()], None),
        ([item(weight="33.33"), item("实操", "66.67")], None),
        ([item(weight="60"), item("实操", "39.99")], "weights_not_100"),
        ([item(weight="0"), item("实操", "100")], "weight"),
        ([item(maximum="0")], "maximum"),
        ([item(" ")], "untitled"),
        ([item(weight="50"), item("理论 ", "50")], "same_title"),
    ],
)
def test_the_weights_of_a_guide_come_to_100(items: list[rules.GuideItem], why: str | None) -> None:
    assert rules.why_not_guide(items) == why


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("理论", CriterionKind.THEORY),
        ("实操", CriterionKind.PRACTICE),
        ("作业/日志", CriterionKind.ASSIGNMENT),
        ("考勤", CriterionKind.ATTENDANCE),
        ("Homework", CriterionKind.ASSIGNMENT),
    ],
)
def test_a_title_says_what_a_criterion_grades(title: str, kind: CriterionKind) -> None:
    assert rules.kind_of_title(title) is kind


def plan(**changes: object) -> rules.PlanFacts:
    facts = {
        "kind": WorkshopKind.WORKSHOP,
        "hours": Decimal(4),
        "periods": [period(5, "09:00", "12:00")],
        "windows": rules.Windows(day(1), day(4)),
        "weights": [Decimal(100)],
        "minimum_grade": 60,
        "trainers": 1,
    }
    return rules.PlanFacts(**{**facts, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "missing"),
    [
        ({}, []),
        ({"periods": []}, ["no_session"]),
        ({"periods": [], "hours": Decimal(0)}, []),
        ({"periods": [], "kind": WorkshopKind.EXTERNAL}, []),
        ({"hours": Decimal(5)}, ["hours_above_sessions"]),
        ({"weights": [Decimal(60)]}, ["guide_weights"]),
        ({"weights": []}, ["grade_without_guide"]),
        ({"weights": [], "minimum_grade": 0}, []),
        ({"windows": rules.Windows()}, []),
        (
            {"windows": rules.Windows(), "periods": [], "hours": Decimal(0)},
            ["no_window"],
        ),
    ],
)
def test_says_all_that_keeps_a_draft_from_being_published(
    changes: dict[str, object], missing: list[str]
) -> None:
    assert rules.missing(plan(**changes), SHANGHAI) == missing


@pytest.mark.parametrize(
    ("changes", "hints"),
    [
        ({}, []),
        ({"trainers": 0}, ["no_trainer"]),
        ({"hours": Decimal(0)}, ["no_hours"]),
        ({"windows": rules.Windows(None, day(1))}, ["window_over"]),
        ({"periods": [], "hours": Decimal(0)}, ["sessions_later", "no_hours"]),
        ({"periods": [Period(day(1), day(2))]}, ["sessions_over"]),
    ],
)
def test_hints_at_what_is_unusual(changes: dict[str, object], hints: list[str]) -> None:
    assert rules.hints(plan(**changes), day(3)) == hints


@pytest.mark.parametrize("hours", ["NaN", "Infinity"])
def test_refuses_hours_that_are_no_number(hours: str) -> None:
    assert rules.why_not_hours(Decimal(hours), [], WorkshopKind.EXTERNAL, UTC) == "bad_hours"
