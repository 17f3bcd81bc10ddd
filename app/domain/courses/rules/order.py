"""In which order lessons are learnt: which are open, what comes next, and on which days."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date

from app.domain.courses.rules.words import CourseStatus, LearnerStatus

Requires = Mapping[int, Collection[int]]
LEARNING = frozenset({LearnerStatus.ENROLLED, LearnerStatus.COMPLETED})
READING = LEARNING | {LearnerStatus.NOT_COMPLETED}


def missing_before(lesson_id: int, requires: Requires, completed: Collection[int]) -> list[int]:
    """The lessons that have to be completed before this one opens; none: it is open."""
    return [one for one in requires.get(lesson_id, ()) if one not in completed]


def open_lessons(
    lessons: Iterable[int], requires: Requires, completed: Collection[int]
) -> set[int]:
    """Those that may be learnt. What is completed stays open, whatever else it asks for."""
    return {
        one for one in lessons if one in completed or not missing_before(one, requires, completed)
    }


def neighbours(lessons: Sequence[int], lesson_id: int) -> tuple[int | None, int | None]:
    """The lesson before and the one after, in the order of the course."""
    place = lessons.index(lesson_id)
    before = lessons[place - 1] if place else None
    after = lessons[place + 1] if place + 1 < len(lessons) else None
    return before, after


def where_to_go_on(
    lessons: Sequence[int],
    requires: Requires,
    completed: Collection[int],
    last: int | None,
) -> int | None:
    """The lesson to continue with: the last one if it is not done, else the next open one that is not, from there
    on and then from the beginning; when all is done, the last one again. None: the course has no lessons.
    """
    if not lessons:
        return None
    open_ones = open_lessons(lessons, requires, completed)
    place = lessons.index(last) if last in lessons else 0
    for one in [*lessons[place:], *lessons[:place]]:
        if one in open_ones and one not in completed:
            return one
    return lessons[place]


def why_not_read(
    status: LearnerStatus, course: CourseStatus, opens_on: date | None, today: date
) -> str | None:
    """Why somebody may not look at the lessons: ``not_enrolled``, ``not_open_yet``; None if they may."""
    if status not in READING or course in {CourseStatus.DRAFT, CourseStatus.CANCELLED}:
        return "not_enrolled"
    return "not_open_yet" if opens_on is not None and today < opens_on else None


def why_not_learn(
    status: LearnerStatus,
    course: CourseStatus,
    opens_on: date | None,
    closes_on: date | None,
    today: date,
) -> str | None:
    """Why nothing that somebody does counts: as ``why_not_read``, or ``course_over``; None while it counts."""
    code = why_not_read(status, course, opens_on, today)
    if code is not None:
        return code
    closed = closes_on is not None and today > closes_on
    return (
        "course_over" if closed or course is CourseStatus.ENDED or status not in LEARNING else None
    )
