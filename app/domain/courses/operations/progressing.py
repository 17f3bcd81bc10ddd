"""Note how far somebody is: what they watched of a video, or that they have read a lesson.

Reports may come twice, late, out of order and from several devices: each stretch counts once, nothing goes back, and
nobody gets further than the time that has passed allows (rules.progress). They are not audited one by one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from app.core.db import db
from app.core.errors import DomainError, InvalidInput
from app.core.i18n import gettext as _
from app.domain.accounts.rules import Actor
from app.domain.courses.learning_refusals import report_refusal
from app.domain.courses.models import CourseEnrolment, Lesson, LessonProgress
from app.domain.courses.operations.completing import complete_lesson, enter_lesson
from app.domain.courses.operations.learning import lock_learning
from app.domain.courses.rules import progress as rules
from app.domain.courses.rules.words import LearnerStatus, LessonKind, LessonStatus

_LATE = timedelta(seconds=30)
READABLE = frozenset({LessonKind.TEXT, LessonKind.PDF, LessonKind.LINK})


@dataclass(frozen=True, slots=True)
class Reached:
    """Where somebody is after a report: in the lesson, and in the course. ``percent``: of a video, else 0 or 100."""

    lesson_id: int
    status: LessonStatus
    percent: int
    watched_seconds: float
    position: float
    course_status: LearnerStatus
    done: int
    required: int


def report_progress(
    enrolment_id: int, lesson_id: int, told: rules.Told, *, actor: Actor, now: datetime
) -> Reached:
    """Take a report of a player; one without stretches only notes that the lesson was opened.

    Raises what ``lock_learning`` raises, and ``not_a_stretch``, ``too_many_stretches``, ``outside_video``,
    ``not_a_video``; ``too_fast`` when more was watched than the time that has passed allows (send it again later).
    """
    held = lock_learning(enrolment_id, lesson_id, actor=actor)
    enrolment, lesson = held.enrolment, held.lesson
    video = find_video(lesson)
    if video is None and told.watched:
        raise InvalidInput(_("This lesson has no video to watch."), "not_a_video", "watched")
    came_late, last_lesson_id = (
        is_late(told, enrolment.last_active_at, now),
        enrolment.last_lesson_id,
    )
    progress = enter_lesson(enrolment, lesson, now=now)
    if came_late and last_lesson_id is not None:
        enrolment.last_lesson_id = last_lesson_id
    if video is not None:
        step = rules.take_report(video, watching_of(progress), pace_of(enrolment), told, now=now)
        if isinstance(step, rules.Refused):
            raise report_refusal(step)
        _note(enrolment, progress, step)
        if step.done and progress.status is not LessonStatus.COMPLETED:
            complete_lesson(enrolment, lesson, actor=actor, now=now)
    db.session.flush()
    return reached(enrolment, progress, video)


def mark_read(enrolment_id: int, lesson_id: int, *, actor: Actor, now: datetime) -> Reached:
    """A text, a PDF or a link was read (or a video whose length is unknown was watched): the lesson is completed.

    Raises what ``lock_learning`` raises, and ``not_readable`` for a kind that is completed otherwise.
    """
    held = lock_learning(enrolment_id, lesson_id, actor=actor)
    if not may_be_marked(held.lesson):
        raise DomainError(
            _("This lesson is not completed by reading: do what it asks for."), "not_readable"
        )
    progress = complete_lesson(held.enrolment, held.lesson, actor=actor, now=now)
    return reached(held.enrolment, progress, None)


def is_late(told: rules.Told, last_active_at: datetime | None, now: datetime) -> bool:
    """Whether something else was done since the player noted this: then it leads nobody back to its lesson."""
    return last_active_at is not None and (told.at or now) < last_active_at - _LATE


def may_be_marked(lesson: Lesson) -> bool:
    """Whether the learner says themselves that it is done."""
    return lesson.kind in READABLE or (
        lesson.kind is LessonKind.VIDEO and find_video(lesson) is None
    )


def find_video(lesson: Lesson) -> rules.Video | None:
    """What there is to watch; None where nothing is, or its length is unknown."""
    if lesson.kind is not LessonKind.VIDEO or lesson.media is None or not lesson.media.seconds:
        return None
    return rules.Video(float(lesson.media.seconds), lesson.complete_at, lesson.seek_ahead)


def watching_of(progress: LessonProgress) -> rules.Watching:
    return rules.Watching(stretches(progress.watched), progress.position, progress.position_at)


def stretches(watched: Sequence[Any]) -> tuple[rules.Stretch, ...]:
    """The stretches as they stand in the database."""
    return tuple((float(begin), float(end)) for begin, end in watched or ())


def pace_of(enrolment: CourseEnrolment) -> rules.Pace:
    """The learner's clock; before the first report it has run since they came."""
    if enrolment.watch_at is None:
        return rules.Pace(enrolment.enrolled_at)
    return rules.Pace(enrolment.watch_at, enrolment.watch_ahead)


def reached(
    enrolment: CourseEnrolment, progress: LessonProgress, video: rules.Video | None
) -> Reached:
    done = progress.status is LessonStatus.COMPLETED
    percent = rules.percent(video, stretches(progress.watched)) if video else 100 * done
    return Reached(
        lesson_id=progress.lesson_id,
        status=progress.status,
        percent=percent,
        watched_seconds=progress.watched_seconds,
        position=progress.position,
        course_status=enrolment.status,
        done=enrolment.done,
        required=enrolment.required,
    )


def _note(enrolment: CourseEnrolment, progress: LessonProgress, step: rules.Step) -> None:
    watching = step.watching
    if step.gained > 0:
        progress.watched = [list(stretch) for stretch in watching.watched]
        progress.watched_seconds = rules.total(watching.watched)
        enrolment.watch_at, enrolment.watch_ahead = step.pace.at, step.pace.ahead
    progress.position, progress.position_at = watching.position, watching.position_at
    enrolment.stamp += 1
