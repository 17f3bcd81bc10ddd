"""Note the reports of many learners in one round of statements: a thousand players report every ten seconds.

Only what is plain: somebody goes on in a lesson or opens one that asks for nothing before it, and completes nothing.
Whoever completes a lesson or is to be refused is left to ``report_progress``, which says so in their own language.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, exists, func, insert, select, update

from app.core import clock
from app.core.db import execute, table_of
from app.domain.accounts.queries.confirming import list_unchanged
from app.domain.accounts.rules import Actor
from app.domain.courses.models import (
    Course,
    CourseEnrolment,
    CourseMedia,
    Lesson,
    LessonPrerequisite,
    LessonProgress,
)
from app.domain.courses.operations.progressing import Reached, is_late, stretches
from app.domain.courses.rules import progress as rules
from app.domain.courses.rules.order import why_not_learn
from app.domain.courses.rules.words import LessonKind, LessonStatus
from app.domain.people.models import Person

_ENROLMENT = table_of(CourseEnrolment)
_COURSE = table_of(Course)
_PERSON = table_of(Person)
_LESSON = table_of(Lesson)
_MEDIA = table_of(CourseMedia)
_PROGRESS = table_of(LessonProgress)
_BEFORE = table_of(LessonPrerequisite)

# In the order of their ids, so that two rounds never wait for each other in a circle.
_LOCK = (
    select(
        _ENROLMENT.c.id,
        _ENROLMENT.c.course_id,
        _ENROLMENT.c.version_id,
        _ENROLMENT.c.status,
        _ENROLMENT.c.enrolled_at,
        _ENROLMENT.c.last_active_at,
        _ENROLMENT.c.watch_at,
        _ENROLMENT.c.watch_ahead,
        _ENROLMENT.c.last_lesson_id,
        _ENROLMENT.c.done,
        _ENROLMENT.c.required,
        _PERSON.c.account_id,
        _COURSE.c.status.label("course_status"),
        _COURSE.c.opens_on,
        _COURSE.c.closes_on,
    )
    .join(_PERSON, _PERSON.c.id == _ENROLMENT.c.person_id)
    .join(_COURSE, _COURSE.c.id == _ENROLMENT.c.course_id)
    .where(_ENROLMENT.c.id.in_(bindparam("enrolment_ids", expanding=True)))
    .order_by(_ENROLMENT.c.id)
    .with_for_update(of=_ENROLMENT)
)
# Only now that the enrolments are locked: nobody else writes these.
_FIND = select(
    _PROGRESS.c.id,
    _PROGRESS.c.enrolment_id,
    _PROGRESS.c.lesson_id,
    _PROGRESS.c.status,
    _PROGRESS.c.watched,
    _PROGRESS.c.position,
    _PROGRESS.c.position_at,
).where(
    _PROGRESS.c.enrolment_id.in_(bindparam("enrolment_ids", expanding=True)),
    _PROGRESS.c.lesson_id.in_(bindparam("lesson_ids", expanding=True)),
)
_LESSONS = (
    select(
        _LESSON.c.id,
        _LESSON.c.version_id,
        _LESSON.c.kind,
        _LESSON.c.complete_at,
        _LESSON.c.seek_ahead,
        _MEDIA.c.seconds,
        exists().where(_BEFORE.c.lesson_id == _LESSON.c.id).label("after_others"),
    )
    .outerjoin(_MEDIA, _MEDIA.c.id == _LESSON.c.media_id)
    .where(_LESSON.c.id.in_(bindparam("lesson_ids", expanding=True)))
)
_ENTER = insert(_PROGRESS)
_SAVE_PROGRESS = (
    update(_PROGRESS)
    .where(_PROGRESS.c.id == bindparam("progress_id"))
    .values(
        watched=bindparam("watched"),
        watched_seconds=bindparam("watched_seconds"),
        position=bindparam("position"),
        position_at=bindparam("position_at"),
        last_at=bindparam("now"),
    )
)
_SAVE_ENROLMENT = (
    update(_ENROLMENT)
    .where(_ENROLMENT.c.id == bindparam("enrolment_id"))
    .values(
        watch_at=bindparam("watch_at"),
        watch_ahead=bindparam("watch_ahead"),
        last_active_at=bindparam("now"),
        last_lesson_id=bindparam("last_lesson_id"),
        started_at=func.coalesce(_ENROLMENT.c.started_at, bindparam("now")),
        stamp=_ENROLMENT.c.stamp + 1,
    )
)


@dataclass(frozen=True, slots=True)
class Report:
    """What the player of somebody says about their own learning. ``first`` is done in the same transaction, before
    anything is locked.
    """

    course_id: int
    enrolment_id: int
    lesson_id: int
    told: rules.Told
    actor: Actor
    first: Callable[[], None] | None = None


def report_together(reports: Sequence[Report]) -> list[Reached | None]:
    """Note all of these, in this order; None for one that is left to ``report_progress``."""
    now = clock.now()
    allowed = list_unchanged([report.actor for report in reports], clock.today())
    mine = [report for report in reports if report.actor.grant_id in allowed]
    for report in mine:
        if report.first is not None:
            report.first()
    # One of each: a second report of somebody has to see what the first one led to.
    chosen = list({report.enrolment_id: report for report in reversed(mine)}.values())
    if not chosen:
        return [None] * len(reports)
    ids = {"enrolment_ids": sorted(report.enrolment_id for report in chosen)}
    held = {row.id: row for row in execute(_LOCK, ids)}
    asked = {"lesson_ids": sorted({report.lesson_id for report in chosen})}
    lessons = {row.id: row for row in execute(_LESSONS, asked)}
    found = {(row.enrolment_id, row.lesson_id): row for row in execute(_FIND, ids | asked)}
    taken = list(_take(chosen, held, lessons, found, now))
    _write(taken, now)
    outcomes = {id(one.report): one.reached() for one in taken}
    return [outcomes.get(id(report)) for report in reports]


@dataclass(frozen=True, slots=True)
class _Taken:
    """A report that is plain, the rows it changes and what to. ``found``: the progress; None: the lesson is entered."""

    report: Report
    held: Row[Any]
    found: Row[Any] | None
    video: rules.Video | None
    step: rules.Step

    def reached(self) -> Reached:
        watching = self.step.watching
        status = LessonStatus.STARTED if self.found is None else self.found.status
        done = status is LessonStatus.COMPLETED
        return Reached(
            lesson_id=self.report.lesson_id,
            status=status,
            percent=rules.percent(self.video, watching.watched) if self.video else 100 * done,
            watched_seconds=rules.total(watching.watched),
            position=watching.position,
            course_status=self.held.status,
            done=self.held.done,
            required=self.held.required,
        )


def _take(
    reports: Sequence[Report],
    held: Mapping[int, Row[Any]],
    lessons: Mapping[int, Row[Any]],
    found: Mapping[tuple[int, int], Row[Any]],
    now: datetime,
) -> Iterator[_Taken]:
    for report in reports:
        enrolment, lesson = held.get(report.enrolment_id), lessons.get(report.lesson_id)
        if enrolment is None or lesson is None or not _is_plain(report, enrolment, lesson):
            continue
        progress = found.get((report.enrolment_id, report.lesson_id))
        if progress is None and lesson.after_others:
            continue
        video = _video(lesson)
        step = _step(report.told, video, enrolment, progress, now)
        completed = progress is not None and progress.status is LessonStatus.COMPLETED
        if step is not None and (completed or not step.done):
            yield _Taken(report, enrolment, progress, video, step)


def _is_plain(report: Report, enrolment: Row[Any], lesson: Row[Any]) -> bool:
    """One's own learning, in a lesson of the version that one learns, while it counts."""
    own = (enrolment.account_id, enrolment.course_id, enrolment.version_id)
    if own != (report.actor.account_id, report.course_id, lesson.version_id):
        return False
    if not report.actor.may("courses.learn"):
        return False
    dates = enrolment.opens_on, enrolment.closes_on
    return not why_not_learn(enrolment.status, enrolment.course_status, *dates, clock.today())


def _video(lesson: Row[Any]) -> rules.Video | None:
    if lesson.kind is not LessonKind.VIDEO or not lesson.seconds:
        return None
    return rules.Video(float(lesson.seconds), lesson.complete_at, lesson.seek_ahead)


def _step(
    told: rules.Told,
    video: rules.Video | None,
    enrolment: Row[Any],
    progress: Row[Any] | None,
    now: datetime,
) -> rules.Step | None:
    """What the report leads to; None when it is refused."""
    watching = rules.Watching()
    if progress is not None:
        known = stretches(progress.watched)
        watching = rules.Watching(known, progress.position, progress.position_at)
    started = enrolment.watch_at is not None
    pace = rules.Pace(
        enrolment.watch_at if started else enrolment.enrolled_at,
        enrolment.watch_ahead if started else 0.0,
    )
    if video is None:
        return None if told.watched else rules.Step(watching, pace, gained=0, done=False)
    step = rules.take_report(video, watching, pace, told, now=now)
    return None if isinstance(step, rules.Refused) else step


def _write(taken: Sequence[_Taken], now: datetime) -> None:
    entered = [_entered_values(one, now) for one in taken if one.found is None]
    known = [_progress_values(one, now) for one in taken if one.found is not None]
    if entered:
        execute(_ENTER, entered)
    if known:
        execute(_SAVE_PROGRESS, known)
    if taken:
        execute(_SAVE_ENROLMENT, [_enrolment_values(one, now) for one in taken])


def _entered_values(one: _Taken, now: datetime) -> dict[str, Any]:
    watching = one.step.watching
    return {
        "enrolment_id": one.report.enrolment_id,
        "lesson_id": one.report.lesson_id,
        "status": LessonStatus.STARTED,
        "started_at": now,
        "last_at": now,
        "watched": [list(stretch) for stretch in watching.watched],
        "watched_seconds": rules.total(watching.watched),
        "position": watching.position,
        "position_at": watching.position_at,
    }


def _progress_values(one: _Taken, now: datetime) -> dict[str, Any]:
    watching = one.step.watching
    assert one.found is not None
    return {
        "progress_id": one.found.id,
        "watched": [list(stretch) for stretch in watching.watched],
        "watched_seconds": rules.total(watching.watched),
        "position": watching.position,
        "position_at": watching.position_at,
        "now": now,
    }


def _enrolment_values(one: _Taken, now: datetime) -> dict[str, Any]:
    late = is_late(one.report.told, one.held.last_active_at, now)
    kept = one.held.last_lesson_id if late else None
    gained = one.step.gained > 0
    return {
        "enrolment_id": one.held.id,
        "watch_at": one.step.pace.at if gained else one.held.watch_at,
        "watch_ahead": one.step.pace.ahead if gained else one.held.watch_ahead,
        "last_lesson_id": kept or one.report.lesson_id,
        "now": now,
    }
