"""The videos and PDFs of a course: add, remove; what nothing refers to any more goes from the disk."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, select, union

from app.core import media
from app.core.db import db
from app.core.errors import DomainError, NotFound
from app.core.i18n import gettext as _
from app.domain.accounts.rules import Actor
from app.domain.audit.operations import record
from app.domain.courses.media_files import MediaFacts
from app.domain.courses.models import CourseMedia, CoursePackage, CourseVersion, Lesson
from app.domain.courses.operations.drafts import refuse_over
from app.domain.courses.operations.locking import lock_taught

_A_DAY = timedelta(days=1)
_NAMED = 3


def add_media(course_id: int, facts: MediaFacts, *, actor: Actor, now: datetime) -> CourseMedia:
    """A file of the course. The same content again is the same file, under the name it has."""
    course = lock_taught(course_id, actor=actor)
    refuse_over(course)
    found = db.session.scalars(
        select(CourseMedia).where(
            CourseMedia.course_id == course_id,
            CourseMedia.digest == facts.file_key,
            CourseMedia.removed_at.is_(None),
        )
    ).first()
    if found is not None:
        return found
    made = CourseMedia(
        course_id=course_id,
        kind=facts.kind,
        file_key=facts.file_key,
        file_name=facts.file_name,
        content_type=facts.content_type,
        size=facts.size,
        digest=facts.file_key,
        seconds=facts.seconds,
        uploaded_by=actor.account_id,
        uploaded_at=now,
    )
    db.session.add(made)
    db.session.flush()
    record(
        actor,
        "courses.add_file",
        object_type="course",
        object_id=course_id,
        details={"file": made.id, "name": made.file_name, "size": made.size},
        unit_path=course.organiser.path,
    )
    return made


def remove_media(course_id: int, media_id: int, *, actor: Actor, now: datetime) -> CourseMedia:
    """Remove a file that no lesson of any version shows. Raises NotFound, ``in_use`` naming the lessons."""
    course = lock_taught(course_id, actor=actor)
    found = db.session.scalars(
        select(CourseMedia)
        .where(
            CourseMedia.id == media_id,
            CourseMedia.course_id == course_id,
            CourseMedia.removed_at.is_(None),
        )
        .with_for_update(of=CourseMedia)
    ).first()
    if found is None:
        raise NotFound(_("There is no such file in this course."))
    refuse_shown(Lesson.media_id == media_id)
    found.removed_at = now
    record(
        actor,
        "courses.remove_file",
        object_type="course",
        object_id=course_id,
        details={"file": media_id, "name": found.file_name},
        unit_path=course.organiser.path,
    )
    return found


def refuse_shown(condition: ColumnElement[bool]) -> None:
    """Raise ``in_use``, naming them, when lessons of any version show what is to go."""
    shown = db.session.execute(
        select(CourseVersion.number, Lesson.title)
        .join(CourseVersion, CourseVersion.id == Lesson.version_id)
        .where(condition)
        .order_by(CourseVersion.number.desc(), Lesson.id)
        .limit(_NAMED)
    ).all()
    if shown:
        named = ", ".join(
            _("“%(lesson)s” (version %(number)s)", lesson=title, number=number)
            for number, title in shown
        )
        raise DomainError(
            _("Lessons show this file: %(lessons)s. Give them another one first.", lessons=named),
            "in_use",
        )


def forget_unused_media(now: datetime) -> int:
    """Remove from the disk what no file or package of a course refers to and nobody touched for a day; how many."""
    old = media.untouched_since(now - _A_DAY)
    if not old:
        return 0
    used = set(
        db.session.scalars(
            union(
                select(CourseMedia.file_key).where(CourseMedia.removed_at.is_(None)),
                select(CoursePackage.folder_key).where(CoursePackage.removed_at.is_(None)),
            )
        )
    )
    unused = [key for key in old if key not in used]
    return sum(media.remove_if_untouched(key, now - _A_DAY) for key in unused)
