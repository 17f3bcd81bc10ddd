"""What the lessons of a version must be like: their order, what opens which, what keeps them from being published."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from app.domain.courses.rules.words import LessonKind

MOST_SECTIONS = 60
MOST_LESSONS = 300
LONGEST_BODY = 100_000
LONGEST_SUMMARY = 2_000
PLAYABLE = frozenset({"avc1", "avc3", "hvc1", "hev1", "av01", "vp08", "vp09"})
SELDOM_PLAYABLE = frozenset({"hvc1", "hev1"})
"""HEVC, as newer phones record: many browsers on school machines show no picture."""


@dataclass(frozen=True, slots=True)
class LessonState:
    """What a check before publishing looks at. ``quiz``: why its quiz cannot be taken, None if it can."""

    kind: LessonKind
    required: bool
    has_body: bool = False
    has_address: bool = False
    has_file: bool = False
    has_package: bool = False
    quiz: str | None = None


def fault(lesson: LessonState) -> str | None:
    """What is missing in a lesson: ``text_empty video_missing pdf_missing task_missing link_missing package_missing``,
    or what its quiz lacks.
    """
    needed = {
        LessonKind.TEXT: (lesson.has_body, "text_empty"),
        LessonKind.VIDEO: (lesson.has_file, "video_missing"),
        LessonKind.PDF: (lesson.has_file, "pdf_missing"),
        LessonKind.ASSIGNMENT: (lesson.has_body, "task_missing"),
        LessonKind.LINK: (lesson.has_address, "link_missing"),
        LessonKind.PACKAGE: (lesson.has_package, "package_missing"),
    }
    if lesson.kind is LessonKind.QUIZ:
        return lesson.quiz
    there, code = needed[lesson.kind]
    return None if there else code


def faults_of_version(sections: Sequence[Sequence[LessonState]]) -> list[str]:
    """What is wrong with the version as a whole: ``no_lessons``, ``nothing_required``."""
    lessons = [lesson for section in sections for lesson in section]
    if not lessons:
        return ["no_lessons"]
    return [] if any(lesson.required for lesson in lessons) else ["nothing_required"]


def stepped(order: Sequence[int], moving: int, step: int) -> list[int]:
    """The order with one of them moved by so many places (−1: up); at an end it stays."""
    rest = [one for one in order if one != moving]
    place = min(max(order.index(moving) + step, 0), len(rest))
    return [*rest[:place], moving, *rest[place:]]


def placed(order: Sequence[int], moving: int, before: int | None) -> list[int]:
    """The order with one of them (which may come from elsewhere) put before another; None: at the end.

    Raises ValueError when that other one is not there.
    """
    rest = [one for one in order if one != moving]
    place = len(rest) if before is None else rest.index(before)
    return [*rest[:place], moving, *rest[place:]]


def find_circle(
    requires: Mapping[int, Collection[int]], lesson: int, wanted: Collection[int]
) -> list[int] | None:
    """If a lesson required ``wanted``: the way from one of these back to it, each requiring the next; else None."""
    ways = [[one] for one in sorted(wanted)]
    seen: set[int] = set()
    while ways:
        way = ways.pop()
        last = way[-1]
        if last == lesson:
            return way
        if last not in seen:
            seen.add(last)
            ways.extend([*way, following] for following in sorted(requires.get(last, ())))
    return None


def is_web_address(text: str) -> bool:
    """Whether it is a whole address that a browser opens: http or https, with a host, without blanks."""
    try:
        parts = urlsplit(text)
        host = parts.hostname
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(host) and not any(map(str.isspace, text))
