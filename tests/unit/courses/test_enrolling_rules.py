"""Who may come into a course and leave it, with plain values."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from app.domain.courses.rules.enrolling import (
    Terms,
    fitting_unit,
    why_cannot_enrol,
    why_cannot_withdraw,
    why_not_open,
    why_takes_nobody,
)
from app.domain.courses.rules.words import (
    CourseStatus,
    EnrolmentSource,
    EnrolmentWay,
    LearnerStatus,
)

TODAY = date(2023, 8, 17)
DAY = timedelta(days=1)
TERMS = Terms(CourseStatus.PUBLISHED, EnrolmentWay.SELF, None, None, "/1/5/")
SELF, NOMINATED = EnrolmentSource.SELF, EnrolmentSource.NOMINATED


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (CourseStatus.DRAFT, "not_published"),
        (CourseStatus.CANCELLED, "cancelled"),
        (CourseStatus.ENDED, "ended"),
        (CourseStatus.PUBLISHED, None),
    ],
)
def test_only_a_published_course_takes_people(status: CourseStatus, reason: str | None) -> None:
    assert why_not_open(replace(TERMS, status=status), TODAY) == reason


def test_both_days_of_the_window_belong_to_it() -> None:
    window = replace(TERMS, opens_on=TODAY, closes_on=TODAY)
    assert why_not_open(window, TODAY) is None
    assert why_not_open(window, TODAY - DAY) == "not_yet_open"
    assert why_not_open(window, TODAY + DAY) == "closed"


def test_a_unit_may_send_people_before_the_first_day_and_nobody_after_the_last() -> None:
    later = replace(TERMS, opens_on=TODAY + DAY)
    assert why_takes_nobody(later, SELF, TODAY) == "not_yet_open"
    assert why_takes_nobody(later, NOMINATED, TODAY) is None
    over = replace(TERMS, closes_on=TODAY - DAY)
    assert why_takes_nobody(over, NOMINATED, TODAY) == "closed"


def test_refuses_who_comes_by_themselves_where_people_are_nominated() -> None:
    terms = replace(TERMS, way=EnrolmentWay.NOMINATION)
    assert why_takes_nobody(terms, SELF, TODAY) == "nomination_only"
    assert why_takes_nobody(terms, NOMINATED, TODAY) is None


def test_finds_the_first_unit_that_the_course_is_for() -> None:
    assert fitting_unit(["/1/7/2/", "/1/5/9/", "/1/5/8/"], "/1/5/") == "/1/5/9/"
    assert fitting_unit(["/1/7/2/"], "/1/5/") is None
    assert fitting_unit([], "/1/5/") is None


@pytest.mark.parametrize(
    ("paths", "left", "reason"),
    [
        (["/1/5/9/"], None, None),
        (["/1/5/9/"], 1, None),
        (["/1/5/9/"], 0, "full"),
        (["/1/7/9/"], None, "other_unit"),
        (["/1/7/9/"], 0, "other_unit"),
    ],
)
def test_refuses_other_units_and_a_full_course(
    paths: list[str], left: int | None, reason: str | None
) -> None:
    found = why_cannot_enrol(TERMS, paths, source=SELF, places_left=left, today=TODAY)
    assert found == reason


def _leave(status: LearnerStatus = LearnerStatus.ENROLLED, **told: object) -> str | None:
    values = {"started": False, "assigned": False, "by_oneself": True, "reason": ""} | told
    return why_cannot_withdraw(status, **values)  # type: ignore[arg-type]


def test_one_leaves_freely_before_the_first_lesson_and_says_why_afterwards() -> None:
    assert _leave() is None
    assert _leave(started=True) == "reason_needed"
    assert _leave(started=True, reason="  ") == "reason_needed"
    assert _leave(started=True, reason="工作调动") is None


def test_nobody_leaves_by_themselves_what_is_assigned() -> None:
    assert _leave(assigned=True, reason="没时间") == "assigned"
    assert _leave(assigned=True, by_oneself=False, reason="产假") is None


def test_an_officer_always_says_why() -> None:
    assert _leave(by_oneself=False) == "reason_needed"


@pytest.mark.parametrize(
    "status", [LearnerStatus.COMPLETED, LearnerStatus.WITHDRAWN, LearnerStatus.NOT_COMPLETED]
)
def test_what_has_ended_cannot_be_left(status: LearnerStatus) -> None:
    assert _leave(status, reason="改报") == "not_learning"
