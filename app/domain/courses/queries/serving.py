"""Videos and PDFs: whom they are given to. Asked with every stretch that a player fetches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, bindparam, exists, or_, select
from sqlalchemy.orm import aliased

from app.core import clock
from app.core.db import db, execute, table_of
from app.core.errors import NotFound
from app.core.i18n import gettext as _
from app.domain.accounts.rules import Actor
from app.domain.courses.models import (
    Course,
    CourseEnrolment,
    CourseMedia,
    Lesson,
    LessonPrerequisite,
    LessonProgress,
)
from app.domain.courses.queries.visibility import courses_visible_to, may_teach
from app.domain.courses.rules.order import READING
from app.domain.courses.rules.words import CourseStatus, LessonStatus
from app.domain.people.models import Person

_DONE = aliased(LessonProgress)
_ITSELF = aliased(LessonProgress)
_MEDIA = table_of(CourseMedia)
_FILE = (
    _MEDIA.c.file_key,
    _MEDIA.c.file_name,
    _MEDIA.c.content_type,
    _MEDIA.c.size,
    _MEDIA.c.digest,
)
_done = exists().where(
    _DONE.enrolment_id == CourseEnrolment.id,
    _DONE.lesson_id == LessonPrerequisite.requires_id,
    _DONE.status == LessonStatus.COMPLETED,
)
_closed = exists().where(LessonPrerequisite.lesson_id == Lesson.id, ~_done)
_completed = exists().where(
    _ITSELF.enrolment_id == CourseEnrolment.id,
    _ITSELF.lesson_id == Lesson.id,
    _ITSELF.status == LessonStatus.COMPLETED,
)
# In a lesson of the version the account's person learns, that is open to them, from the course's first day on.
_OF_LEARNER = (
    select(*_FILE)
    .join(Lesson, Lesson.media_id == _MEDIA.c.id)
    .join(CourseEnrolment, CourseEnrolment.version_id == Lesson.version_id)
    .join(Person, Person.id == CourseEnrolment.person_id)
    .join(Course, Course.id == CourseEnrolment.course_id)
    .where(
        _MEDIA.c.id == bindparam("media_id"),
        Person.account_id == bindparam("account_id"),
        CourseEnrolment.status.in_(tuple(READING)),
        Course.status.in_((CourseStatus.PUBLISHED, CourseStatus.ENDED)),
        or_(
            Course.opens_on.is_(None),
            Course.opens_on <= bindparam("today", type_=Course.opens_on.type),
        ),
        or_(~_closed, _completed),
    )
    .limit(1)
)


@dataclass(frozen=True, slots=True)
class MediaFile:
    """A file of a course, as it is served; ``key``: in core.media."""

    key: str
    name: str
    content_type: str
    size: int
    digest: str


def get_media_file(media_id: int, *, actor: Actor) -> MediaFile:
    """The file, for who learns a lesson with it that is open to them, and who teaches its course. Raises NotFound."""
    if actor.may("courses.learn"):
        values = {"media_id": media_id, "account_id": actor.account_id, "today": clock.today()}
        row: Row[Any] | CourseMedia | None = execute(_OF_LEARNER, values).first()
    else:
        row = _find_taught(media_id, actor)
    if row is None:
        raise NotFound(_("There is no such file in a course of yours."))
    return MediaFile(row.file_key, row.file_name, row.content_type, row.size, row.digest)


def _find_taught(media_id: int, actor: Actor) -> CourseMedia | None:
    media = db.session.get(CourseMedia, media_id)
    if media is None:
        return None
    course = db.session.scalar(
        select(Course).where(Course.id == media.course_id, courses_visible_to(actor))
    )
    return media if course is not None and may_teach(course, actor) else None
