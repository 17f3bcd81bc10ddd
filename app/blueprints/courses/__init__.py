"""Online courses at /courses/; each module puts its views on the blueprint."""

from app.blueprints.courses import (
    lesson_contents,
    lesson_package,
    lessons,
    packages,
    progress,
    serving,
)
from app.blueprints.courses.blueprint import blueprint

__all__ = [
    "blueprint",
    "lesson_contents",
    "lesson_package",
    "lessons",
    "packages",
    "progress",
    "serving",
]
