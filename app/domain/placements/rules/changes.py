"""What may happen to a placement between its start and its end, and why it cannot."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from app.domain.placements.rules.spans import Span
from app.domain.placements.rules.words import PlacementStatus

LONGEST_EXTENSION = timedelta(days=183)  # beyond the cohort: a semester
CHANGEABLE = frozenset({PlacementStatus.ACTIVE, PlacementStatus.INTERRUPTED})


@dataclass(frozen=True, slots=True)
class Course:
    """A placement as its changes meet it. ``stay_from``: since when the trainee is at the school with the mentor."""

    status: PlacementStatus
    starts_on: date
    ends_on: date
    cohort_ends_on: date
    stay_from: date
    interruptions: tuple[Span, ...] = ()

    @property
    def rests(self) -> bool:
        """Whether it is interrupted and nobody has said yet when it goes on."""
        return bool(self.interruptions) and self.interruptions[-1].ends_on is None


def _why_not_on(course: Course, day: date) -> str | None:
    if course.status not in CHANGEABLE:
        return "placement_over"
    if day < course.starts_on:
        return "before_start"
    return "after_end" if day > course.ends_on else None


def why_not_extend(course: Course, until: date) -> str | None:
    """``placement_over``, ``not_later`` than the present end, ``outside_term`` (beyond a semester after the cohort)."""
    if course.status not in CHANGEABLE:
        return "placement_over"
    if until <= course.ends_on:
        return "not_later"
    return "outside_term" if until > course.cohort_ends_on + LONGEST_EXTENSION else None


def why_not_interrupt(course: Course, day: date) -> str | None:
    """``placement_over``, ``before_start``, ``after_end``, ``interrupted`` already, ``before_last_change``."""
    refusal = _why_not_on(course, day)
    if refusal is not None:
        return refusal
    if course.rests:
        return "interrupted"
    last = course.interruptions[-1] if course.interruptions else None
    if last is not None and last.ends_on is not None and day <= last.ends_on:
        return "before_last_change"
    return None


def why_not_resume(course: Course, day: date) -> str | None:
    """``placement_over``, ``not_interrupted``, ``before_last_change`` (not after the interruption), ``after_end``."""
    if course.status not in CHANGEABLE:
        return "placement_over"
    if not course.rests:
        return "not_interrupted"
    if day <= course.interruptions[-1].begins_on:
        return "before_last_change"
    return "after_end" if day > course.ends_on else None


def why_not_move(course: Course, day: date) -> str | None:
    """For another mentor or base school: ``placement_over``, ``before_start``, ``after_end``, ``before_last_change``
    (before the trainee came where they are now).
    """
    refusal = _why_not_on(course, day)
    if refusal is not None:
        return refusal
    return "before_last_change" if day < course.stay_from else None


def why_not_withdraw(course: Course, day: date) -> str | None:
    """``placement_over``, ``before_start`` (the first day without it), ``after_end``, ``before_last_change``."""
    return why_not_move(course, day)
