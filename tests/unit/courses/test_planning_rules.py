"""What may be said of a course and what publishing asks for, with plain values."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from app.domain.courses.rules.planning import (
    PlanFacts,
    hints,
    is_web_address,
    may_become,
    missing,
    why_not_capacity,
    why_not_hours,
    why_not_window,
)
from app.domain.courses.rules.words import CourseKind, CourseStatus

TODAY = date(2023, 8, 17)
OWN = PlanFacts(
    kind=CourseKind.OWN,
    hours=Decimal(10),
    closes_on=None,
    lessons=3,
    required=2,
    platform=None,
    trainers=1,
    marked_by_hand=0,
)
ELSEWHERE = replace(OWN, kind=CourseKind.EXTERNAL, lessons=0, required=0, platform="国家平台")


def test_a_course_with_lessons_and_hours_is_ready() -> None:
    assert missing(OWN, TODAY) == []
    assert missing(ELSEWHERE, TODAY) == []


@pytest.mark.parametrize(
    ("plan", "lacks"),
    [
        (replace(OWN, lessons=0, required=0), ["no_lessons"]),
        (replace(OWN, required=0), ["nothing_required"]),
        (replace(OWN, hours=Decimal(0)), ["no_hours"]),
        (replace(OWN, closes_on=TODAY - timedelta(days=1)), ["closed_already"]),
        (replace(OWN, closes_on=TODAY), []),
        (replace(ELSEWHERE, platform=None), ["no_platform"]),
        (replace(OWN, lessons=0, required=0, hours=Decimal(0)), ["no_lessons", "no_hours"]),
    ],
)
def test_says_everything_that_is_missing(plan: PlanFacts, lacks: list[str]) -> None:
    assert missing(plan, TODAY) == lacks


def test_hints_that_nobody_marks() -> None:
    assert hints(replace(OWN, marked_by_hand=2, trainers=0)) == ["nobody_marks"]
    assert hints(replace(OWN, marked_by_hand=2)) == []
    assert hints(replace(OWN, trainers=0)) == []


def test_the_last_day_does_not_lie_before_the_first() -> None:
    assert why_not_window(TODAY, TODAY) is None
    assert why_not_window(TODAY, TODAY - timedelta(days=1)) == "closes_before_opens"
    assert why_not_window(None, TODAY) is None


@pytest.mark.parametrize("hours", ["-1", "999.1", "NaN", "Infinity", "1.25"])
def test_refuses_hours_that_no_record_can_hold(hours: str) -> None:
    assert why_not_hours(Decimal(hours)) == "bad_hours"


@pytest.mark.parametrize("hours", ["0", "0.5", "10", "999"])
def test_takes_hours_with_one_decimal(hours: str) -> None:
    assert why_not_hours(Decimal(hours)) is None


@pytest.mark.parametrize(
    ("capacity", "taken", "reason"),
    [
        (None, 500, None),
        (1, 1, None),
        (1, 2, "capacity_below_taken"),
        (0, 0, "bad_capacity"),
        (100_001, 0, "bad_capacity"),
    ],
)
def test_a_capacity_holds_whoever_is_in(capacity: int | None, taken: int, reason: str) -> None:
    assert why_not_capacity(capacity, taken) == reason


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("https://basic.smartedu.cn/course/1", True),
        ("http://例子.中国/", True),
        ("javascript:alert(1)", False),
        ("//basic.smartedu.cn", False),
        ("basic.smartedu.cn", False),
        ("https://", False),
        ("https://a b.cn", False),
        ("http://[", False),
    ],
)
def test_knows_the_address_of_a_page(text: str, good: bool) -> None:
    assert is_web_address(text) is good


def test_what_is_over_stays_over() -> None:
    assert may_become(CourseStatus.DRAFT, CourseStatus.PUBLISHED)
    assert may_become(CourseStatus.PUBLISHED, CourseStatus.ENDED)
    assert not may_become(CourseStatus.DRAFT, CourseStatus.ENDED)
    for over in (CourseStatus.ENDED, CourseStatus.CANCELLED):
        assert not any(may_become(over, wanted) for wanted in CourseStatus)
