"""What a lesson's page needs beside the lesson, by its kind: a part of the area adds its kind here.

The page (templates/courses/lesson.html) includes ``courses/lessons/_<kind>.html`` with these values.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from app.domain.accounts.rules import Actor
from app.domain.courses.models import CourseEnrolment, Lesson
from app.domain.courses.rules.words import LessonKind


@dataclass(frozen=True, slots=True)
class LessonContext:
    """Who looks at which lesson; ``enrolment`` is None in a preview by who works on the course."""

    lesson: Lesson
    enrolment: CourseEnrolment | None
    actor: Actor


LessonView = Callable[[LessonContext], dict[str, Any]]
LESSON_VIEWS: dict[LessonKind, LessonView] = {}


def shows(kind: LessonKind) -> Callable[[LessonView], LessonView]:
    """Mark the function that says what the page of a lesson of this kind needs."""

    def mark(view: LessonView) -> LessonView:
        LESSON_VIEWS[kind] = view
        return view

    return mark
