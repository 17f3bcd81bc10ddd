"""Which lessons are open, what comes next, on which days one learns."""

from __future__ import annotations

from datetime import date

import pytest

from app.domain.courses.rules.order import (
    missing_before,
    neighbours,
    open_lessons,
    where_to_go_on,
    why_not_learn,
    why_not_read,
)
from app.domain.courses.rules.words import CourseStatus, LearnerStatus

LESSONS = (1, 2, 3, 4)
REQUIRES = {2: [1], 4: [2, 3]}
DAY = date(2023, 8, 17)


def test_a_lesson_opens_once_all_before_it_are_completed() -> None:
    assert open_lessons(LESSONS, REQUIRES, set()) == {1, 3}
    assert open_lessons(LESSONS, REQUIRES, {1}) == {1, 2, 3}
    assert missing_before(4, REQUIRES, {3}) == [2]


def test_what_is_completed_stays_open_whatever_it_asks_for() -> None:
    assert open_lessons(LESSONS, REQUIRES, {4}) == {1, 3, 4}


def test_knows_the_lesson_before_and_after() -> None:
    assert neighbours(LESSONS, 1) == (None, 2)
    assert neighbours(LESSONS, 4) == (3, None)


@pytest.mark.parametrize(
    ("completed", "last", "expected"),
    [
        (set(), None, 1),
        (set(), 3, 3),
        ({1, 3}, 3, 2),
        ({1}, 1, 2),
        ({1, 2, 3}, 3, 4),
        ({2, 3, 4}, 4, 1),
        ({1, 2, 3, 4}, 2, 2),
        ({1, 2, 3, 4}, 99, 1),
    ],
)
def test_goes_on_with_the_last_lesson_or_the_next_open_one(
    completed: set[int], last: int | None, expected: int
) -> None:
    assert where_to_go_on(LESSONS, REQUIRES, completed, last) == expected


def test_a_course_without_lessons_has_nowhere_to_go_on() -> None:
    assert where_to_go_on((), {}, set(), None) is None


@pytest.mark.parametrize(
    ("status", "course", "opens", "closes", "expected"),
    [
        (LearnerStatus.ENROLLED, CourseStatus.PUBLISHED, None, None, None),
        (LearnerStatus.COMPLETED, CourseStatus.PUBLISHED, DAY, DAY, None),
        (LearnerStatus.WITHDRAWN, CourseStatus.PUBLISHED, None, None, "not_enrolled"),
        (LearnerStatus.ENROLLED, CourseStatus.CANCELLED, None, None, "not_enrolled"),
        (LearnerStatus.ENROLLED, CourseStatus.PUBLISHED, date(2023, 8, 18), None, "not_open_yet"),
        (LearnerStatus.ENROLLED, CourseStatus.PUBLISHED, None, date(2023, 8, 16), "course_over"),
        (LearnerStatus.ENROLLED, CourseStatus.ENDED, None, None, "course_over"),
        (LearnerStatus.NOT_COMPLETED, CourseStatus.PUBLISHED, None, None, "course_over"),
    ],
)
def test_says_why_nothing_counts(
    status: LearnerStatus,
    course: CourseStatus,
    opens: date | None,
    closes: date | None,
    expected: str | None,
) -> None:
    assert why_not_learn(status, course, opens, closes, DAY) == expected


def test_a_course_that_is_over_can_still_be_read() -> None:
    assert why_not_read(LearnerStatus.NOT_COMPLETED, CourseStatus.ENDED, None, DAY) is None
