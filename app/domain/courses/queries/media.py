"""The files of a course, and which lessons show them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from app.core.db import db
from app.core.errors import NotFound
from app.core.i18n import gettext as _
from app.core.paging import PAGE_SIZE, Page
from app.domain.courses.models import CourseMedia, CourseVersion, Lesson
from app.domain.courses.rules.words import MediaKind


@dataclass(frozen=True, slots=True)
class Shown:
    """A lesson that shows a file: ``version`` is the newest one in which it does."""

    lesson_id: int
    title: str
    version: int


@dataclass(frozen=True, slots=True)
class MediaLine:
    media: CourseMedia
    shown: tuple[Shown, ...]


def page_of_media(course_id: int, number: int) -> Page[MediaLine]:
    """The files, the newest first, with the lessons that show them; three statements."""
    here = (CourseMedia.course_id == course_id, CourseMedia.removed_at.is_(None))
    total = db.session.scalar(select(func.count(CourseMedia.id)).where(*here)) or 0
    rows = db.session.scalars(
        select(CourseMedia)
        .where(*here)
        .order_by(CourseMedia.uploaded_at.desc(), CourseMedia.id.desc())
        .limit(PAGE_SIZE)
        .offset((number - 1) * PAGE_SIZE)
    ).all()
    shown = _shown([row.id for row in rows])
    lines = [MediaLine(row, tuple(shown[row.id])) for row in rows]
    return Page(items=lines, number=number, size=PAGE_SIZE, total=total)


def _shown(media_ids: Sequence[int]) -> dict[int, list[Shown]]:
    """The lessons of each file, one line for the same lesson of several versions."""
    shown: dict[int, dict[str, Shown]] = defaultdict(dict)
    rows = db.session.execute(
        select(Lesson.media_id, Lesson.key, Lesson.id, Lesson.title, CourseVersion.number)
        .join(CourseVersion, CourseVersion.id == Lesson.version_id)
        .where(Lesson.media_id.in_(media_ids))
        .order_by(CourseVersion.number.desc(), Lesson.id)
    )
    for media_id, key, lesson_id, title, number in rows:
        shown[media_id or 0].setdefault(key, Shown(lesson_id, title, number))
    return defaultdict(list, {one: list(lines.values()) for one, lines in shown.items()})


def get_media(media_id: int, course_id: int) -> CourseMedia:
    """A file of the course. Raises NotFound."""
    found = db.session.scalars(
        select(CourseMedia).where(
            CourseMedia.id == media_id,
            CourseMedia.course_id == course_id,
            CourseMedia.removed_at.is_(None),
        )
    ).first()
    if found is None:
        raise NotFound(_("There is no such file in this course."))
    return found


def list_media(course_id: int, kind: MediaKind) -> list[CourseMedia]:
    """The files of one kind that a lesson may show, by name."""
    return list(
        db.session.scalars(
            select(CourseMedia)
            .where(
                CourseMedia.course_id == course_id,
                CourseMedia.kind == kind,
                CourseMedia.removed_at.is_(None),
            )
            .order_by(CourseMedia.file_name, CourseMedia.id)
        )
    )
