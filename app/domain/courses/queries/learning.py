"""One's own course as it is learnt: its lessons in order, how far each is, which are open, where to go on."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby

from sqlalchemy import bindparam, select
from sqlalchemy.orm import joinedload

from app.core import clock
from app.core.db import db, execute, table_of
from app.core.errors import NotFound
from app.core.i18n import gettext as _
from app.domain.accounts.rules import Actor
from app.domain.courses.learning_refusals import learning_refusal
from app.domain.courses.models import (
    Course,
    CourseEnrolment,
    CourseMedia,
    CourseVersion,
    Lesson,
    LessonPrerequisite,
    LessonProgress,
    Section,
)
from app.domain.courses.queries.visibility import own_enrolment
from app.domain.courses.rules import order, progress
from app.domain.courses.rules.words import LessonKind, LessonStatus
from app.domain.people.models import Person

_ENROLMENT = table_of(CourseEnrolment)
_PERSON = table_of(Person)
_COURSE = table_of(Course)
_VERSION = table_of(CourseVersion)
_LESSON = table_of(Lesson)
_HELD = tuple(order.READING)
_KEPT = frozenset({LessonKind.TEXT, LessonKind.VIDEO, LessonKind.PDF, LessonKind.LINK})


@dataclass(frozen=True, slots=True)
class OutlineLesson:
    """A lesson in the outline. ``percent``: of a video, else 0 or 100. ``missing``: titles of what opens it."""

    id: int
    title: str
    kind: LessonKind
    required: bool
    minutes: int | None
    status: LessonStatus | None
    percent: int
    completed_at: datetime | None
    missing: tuple[str, ...] = ()

    @property
    def completed(self) -> bool:
        return self.status is LessonStatus.COMPLETED

    @property
    def open(self) -> bool:
        return not self.missing


@dataclass(frozen=True, slots=True)
class OutlineSection:
    id: int
    title: str
    summary: str | None
    lessons: tuple[OutlineLesson, ...]


@dataclass(frozen=True, slots=True)
class Outline:
    """The whole version, in order. ``go_on``: the lesson to continue with."""

    sections: tuple[OutlineSection, ...]
    go_on: int | None
    lessons: dict[int, OutlineLesson] = field(default_factory=dict)

    def around(self, lesson_id: int) -> tuple[OutlineLesson | None, OutlineLesson | None]:
        """The lesson before and the one after."""
        before, after = order.neighbours(list(self.lessons), lesson_id)
        return self.lessons.get(before or 0), self.lessons.get(after or 0)


def read_outline(version_id: int, enrolment: CourseEnrolment | None = None) -> Outline:
    """The lessons of a version with somebody's progress (none: as who works on the course sees it); 3 statements.

    Sections without lessons are not in it.
    """
    rows = db.session.execute(
        select(
            Lesson.id,
            Lesson.section_id,
            Section.title.label("section"),
            Section.summary,
            Lesson.title,
            Lesson.kind,
            Lesson.required,
            Lesson.minutes,
            Lesson.complete_at,
            Lesson.seek_ahead,
            CourseMedia.seconds,
        )
        .join(Section, Section.id == Lesson.section_id)
        .outerjoin(CourseMedia, CourseMedia.id == Lesson.media_id)
        .where(Lesson.version_id == version_id)
        .order_by(Section.position, Section.id, Lesson.position, Lesson.id)
    ).all()
    known = {} if enrolment is None else _progress_of(enrolment.id)
    completed = {one for one, row in known.items() if row.status is LessonStatus.COMPLETED}
    requires = {} if enrolment is None else _prerequisites(version_id)
    titles = {row.id: row.title for row in rows}
    lessons: dict[int, OutlineLesson] = {}
    for row in rows:
        own = known.get(row.id)
        closed = row.id not in completed and order.missing_before(row.id, requires, completed)
        lessons[row.id] = OutlineLesson(
            id=row.id,
            title=row.title,
            kind=row.kind,
            required=row.required,
            minutes=row.minutes,
            status=None if own is None else own.status,
            percent=_percent(row.kind, row.seconds, row.complete_at, row.seek_ahead, own),
            completed_at=None if own is None else own.completed_at,
            missing=tuple(titles[one] for one in closed or () if one in titles),
        )
    sections = tuple(
        OutlineSection(key[0], key[1], key[2], tuple(lessons[row.id] for row in members))
        for key, members in groupby(rows, lambda row: (row.section_id, row.section, row.summary))
    )
    last = None if enrolment is None else enrolment.last_lesson_id
    go_on = order.where_to_go_on(list(lessons), requires, completed, last)
    return Outline(sections, go_on, lessons)


@dataclass(frozen=True, slots=True)
class _Known:
    status: LessonStatus
    completed_at: datetime | None
    watched: tuple[progress.Stretch, ...]


def _progress_of(enrolment_id: int) -> dict[int, _Known]:
    rows = db.session.execute(
        select(
            LessonProgress.lesson_id,
            LessonProgress.status,
            LessonProgress.completed_at,
            LessonProgress.watched,
        ).where(LessonProgress.enrolment_id == enrolment_id)
    )
    return {
        row.lesson_id: _Known(
            row.status, row.completed_at, tuple((one[0], one[1]) for one in row.watched or ())
        )
        for row in rows
    }


def _prerequisites(version_id: int) -> dict[int, list[int]]:
    made: dict[int, list[int]] = defaultdict(list)
    for lesson_id, requires_id in db.session.execute(
        select(LessonPrerequisite.lesson_id, LessonPrerequisite.requires_id)
        .join(Lesson, Lesson.id == LessonPrerequisite.lesson_id)
        .where(Lesson.version_id == version_id)
        .order_by(LessonPrerequisite.lesson_id, LessonPrerequisite.requires_id)
    ):
        made[lesson_id].append(requires_id)
    return made


def _percent(
    kind: LessonKind, seconds: object, complete_at: int, seek_ahead: bool, own: _Known | None
) -> int:
    if own is None:
        return 0
    if kind is LessonKind.VIDEO and seconds:
        video = progress.Video(float(str(seconds)), complete_at, seek_ahead)
        return progress.percent(video, own.watched)
    return 100 if own.status is LessonStatus.COMPLETED else 0


def get_own_learning(course_id: int, actor: Actor) -> CourseEnrolment:
    """The actor's own enrolment in a course they may read now, with the course.

    Raises NotFound when they are not in it, ``not_open_yet`` before its first day.
    """
    found = db.session.scalars(
        select(CourseEnrolment)
        .where(
            CourseEnrolment.course_id == course_id,
            own_enrolment(actor.account_id),
            CourseEnrolment.status.in_(_HELD),
        )
        .order_by(CourseEnrolment.id.desc())
        .options(joinedload(CourseEnrolment.course))
        .limit(1)
    ).first()
    if found is None or found.version_id is None or not actor.may("courses.learn"):
        raise NotFound(_("You are not in this course. Take part in it first."))
    course = found.course
    code = order.why_not_read(found.status, course.status, course.opens_on, clock.today())
    if code is not None:
        raise learning_refusal(code)
    return found


def get_own_lesson(enrolment: CourseEnrolment, lesson_id: int) -> Lesson:
    """A lesson of the version that this person learns, with its file and package. Raises NotFound."""
    found = db.session.scalar(
        select(Lesson)
        .where(Lesson.id == lesson_id, Lesson.version_id == enrolment.version_id)
        .options(joinedload(Lesson.media), joinedload(Lesson.package))
    )
    if found is None:
        raise NotFound(_("There is no such lesson in this course."))
    return found


def find_progress(enrolment_id: int, lesson_id: int) -> LessonProgress | None:
    """How far somebody is in a lesson; None before they opened it."""
    return db.session.scalar(
        select(LessonProgress).where(
            LessonProgress.enrolment_id == enrolment_id, LessonProgress.lesson_id == lesson_id
        )
    )


def find_held_enrolment_id(
    course_id: int, *, account_id: int | None = None, person_id: int | None = None
) -> int | None:
    """The enrolment in which a person (or the account's own) learns the course, or learnt it."""
    whose = Person.account_id == account_id if person_id is None else Person.id == person_id
    return db.session.scalar(
        select(CourseEnrolment.id)
        .join(Person, Person.id == CourseEnrolment.person_id)
        .where(CourseEnrolment.course_id == course_id, CourseEnrolment.status.in_(_HELD), whose)
        .order_by(CourseEnrolment.id.desc())
        .limit(1)
    )


_STAMP = (
    select(
        _LESSON.c.kind,
        _ENROLMENT.c.id,
        _ENROLMENT.c.stamp,
        _COURSE.c.row_version,
        _VERSION.c.row_version,
        _LESSON.c.row_version,
    )
    .join(_PERSON, _PERSON.c.id == _ENROLMENT.c.person_id)
    .join(_COURSE, _COURSE.c.id == _ENROLMENT.c.course_id)
    .join(_VERSION, _VERSION.c.id == _ENROLMENT.c.version_id)
    .join(_LESSON, _LESSON.c.version_id == _VERSION.c.id)
    .where(
        _ENROLMENT.c.course_id == bindparam("course_id"),
        _PERSON.c.account_id == bindparam("account_id"),
        _LESSON.c.id == bindparam("lesson_id"),
        _ENROLMENT.c.status.in_(_HELD),
    )
    .order_by(_ENROLMENT.c.id.desc())
    .limit(1)
)


def find_lesson_stamp(course_id: int, lesson_id: int, actor: Actor) -> str | None:
    """Another one whenever the page of a lesson of one's own course may show something else.

    None: not one's own, or of a kind whose page shows something of this very moment.
    """
    if not actor.may("courses.learn"):
        return None
    values = {"course_id": course_id, "lesson_id": lesson_id, "account_id": actor.account_id}
    row = execute(_STAMP, values).first()
    if row is None or row[0] not in _KEPT:
        return None
    return ".".join(map(str, row[1:]))
