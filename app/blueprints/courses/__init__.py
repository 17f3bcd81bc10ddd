"""Online courses at /courses/; each module puts its views on the blueprint."""

from app.blueprints.courses import (
    enrolling,
    groups,
    hand_ins,
    learners,
    lesson_contents,
    lesson_package,
    lessons,
    marking,
    own_recognitions,
    packages,
    planning,
    progress,
    recognition_queue,
    recognitions,
    routes,
    serving,
    staff,
)
from app.blueprints.courses.blueprint import blueprint

__all__ = [
    "blueprint",
    "enrolling",
    "groups",
    "hand_ins",
    "learners",
    "lesson_contents",
    "lesson_package",
    "lessons",
    "marking",
    "own_recognitions",
    "packages",
    "planning",
    "progress",
    "recognition_queue",
    "recognitions",
    "routes",
    "serving",
    "staff",
]
