"""The draft of a course's lessons: made of the published ones, changed while nobody learns by it, thrown away."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select

from app.core.db import db
from app.core.errors import DomainError, NotFound, explain_constraint
from app.core.i18n import gettext as _
from app.domain.accounts.rules import Actor
from app.domain.audit.operations import record
from app.domain.courses.models import (
    Course,
    CourseVersion,
    Lesson,
    LessonPrerequisite,
    Quiz,
    QuizDraw,
    Section,
)
from app.domain.courses.operations.locking import lock_taught
from app.domain.courses.queries.visibility import get_lesson
from app.domain.courses.rules.words import CourseKind, CourseStatus, VersionStatus

_OVER = (CourseStatus.ENDED, CourseStatus.CANCELLED)
_COPIED = (
    "position", "key", "kind", "title", "required", "minutes", "body", "address", "media_id", "package_id",
    "seek_ahead", "complete_at",
)  # fmt: skip
_CONDITIONS = ("attempts", "minutes", "pass_percent", "answers_shown", "shuffles")
_DRAWN = ("position", "bank_id", "topic", "count", "marks")


def _changed_at_once() -> DomainError:
    return DomainError(
        _("Somebody else has changed the versions at the same moment. Look again."), "stale_version"
    )


for _name in ("uq_course_versions_draft", "uq_course_versions_published"):
    explain_constraint(_name, _changed_at_once)


def refuse_over(course: Course) -> None:
    """Nobody writes lessons for a course that is over, nor for one that is held elsewhere."""
    if course.status in _OVER:
        raise DomainError(_("This course is over; its lessons stay as they are."), "course_over")
    if course.kind is CourseKind.EXTERNAL:
        raise DomainError(
            _("This course is held on another platform and has no lessons here."), "external"
        )


def lock_draft(course_id: int, *, actor: Actor) -> CourseVersion:
    """The draft of a course, it and the course locked. Raises NotFound, ``course_over``, ``no_draft``."""
    refuse_over(lock_taught(course_id, actor=actor))
    version = _locked_draft(course_id)
    if version is None:
        raise DomainError(
            _(
                "There is no draft: published lessons stay as they are. Make a draft of them and change that."
            ),
            "no_draft",
        )
    return version


def _locked_draft(course_id: int) -> CourseVersion | None:
    return db.session.scalars(
        select(CourseVersion)
        .where(CourseVersion.course_id == course_id, CourseVersion.status == VersionStatus.DRAFT)
        .with_for_update(of=CourseVersion, key_share=True)
        .execution_options(populate_existing=True)
    ).first()


def lock_draft_lesson(course_id: int, lesson_id: int, *, actor: Actor) -> Lesson:
    """A lesson of the course's draft, all locked and as it is now. Raises ``version_published`` for one of another
    version, NotFound.
    """
    lesson = get_lesson(lesson_id, actor=actor)
    if lesson.version.course_id != course_id:
        raise NotFound(_("There is no such lesson within your unit."))
    refuse_over(lock_taught(course_id, actor=actor))
    draft = _locked_draft(course_id)
    if draft is None or draft.id != lesson.version_id:
        raise _published()
    found = db.session.scalars(
        select(Lesson).where(Lesson.id == lesson_id).execution_options(populate_existing=True)
    ).first()
    if found is None:
        raise NotFound(_("There is no such lesson within your unit."))
    return found


def lock_draft_section(course_id: int, section_id: int, *, actor: Actor) -> Section:
    """A section of the course's draft, all locked. Raises NotFound, ``version_published``."""
    refuse_over(lock_taught(course_id, actor=actor))
    draft = _locked_draft(course_id)
    section = db.session.scalars(
        select(Section)
        .join(CourseVersion, CourseVersion.id == Section.version_id)
        .where(Section.id == section_id, CourseVersion.course_id == course_id)
        .execution_options(populate_existing=True)
    ).first()
    if section is None:
        raise NotFound(_("There is no such section in this course."))
    if draft is None or section.version_id != draft.id:
        raise _published()
    return section


def _published() -> DomainError:
    return DomainError(
        _(
            "These lessons are published and stay as they are. Make a draft of them and change that."
        ),
        "version_published",
    )


def make_draft(course_id: int, *, actor: Actor, now: datetime) -> CourseVersion:
    """A draft to change: a copy of the published version with everything in it, else an empty one.

    There is at most one: whoever asks again, or at the same moment, gets that one.
    """
    course = lock_taught(course_id, actor=actor)
    refuse_over(course)
    draft = _locked_draft(course_id)
    if draft is not None:
        return draft
    highest = db.session.scalar(
        select(func.max(CourseVersion.number)).where(CourseVersion.course_id == course_id)
    )
    draft = CourseVersion(
        course_id=course_id,
        number=(highest or 0) + 1,
        status=VersionStatus.DRAFT,
        created_by=actor.account_id,
        created_at=now,
    )
    db.session.add(draft)
    db.session.flush()
    published = db.session.scalars(
        select(CourseVersion).where(
            CourseVersion.course_id == course_id, CourseVersion.status == VersionStatus.PUBLISHED
        )
    ).first()
    if published is not None:
        _copy(published.id, draft.id)
    record(
        actor,
        "courses.make_draft",
        object_type="course",
        object_id=course_id,
        details={"version": draft.number, "of": None if published is None else published.number},
        unit_path=course.organiser.path,
    )
    return draft


def begin_where_nothing_is(course_id: int, *, actor: Actor, now: datetime) -> None:
    """The first draft of a course that has no version yet; a course that has one is left as it is."""
    lock_taught(course_id, actor=actor)
    if not db.session.scalar(
        select(func.count(CourseVersion.id)).where(CourseVersion.course_id == course_id)
    ):
        make_draft(course_id, actor=actor, now=now)


def _copy(source_id: int, target_id: int) -> None:
    """Sections, lessons under their keys, what opens them, quizzes with their draws; files are shared."""
    sections = {}
    for section in _of(Section, source_id):
        sections[section.id] = Section(
            version_id=target_id, **_values(section, ("position", "title", "summary"))
        )
    db.session.add_all(sections.values())
    db.session.flush()
    lessons = {}
    for lesson in _of(Lesson, source_id):
        lessons[lesson.id] = Lesson(
            version_id=target_id,
            section_id=sections[lesson.section_id].id,
            **_values(lesson, _COPIED),
        )
    db.session.add_all(lessons.values())
    db.session.flush()
    old = select(Lesson.id).where(Lesson.version_id == source_id)
    for edge in db.session.scalars(
        select(LessonPrerequisite).where(LessonPrerequisite.lesson_id.in_(old))
    ):
        db.session.add(
            LessonPrerequisite(
                lesson_id=lessons[edge.lesson_id].id, requires_id=lessons[edge.requires_id].id
            )
        )
    for quiz in db.session.scalars(select(Quiz).where(Quiz.lesson_id.in_(old))):
        db.session.add(Quiz(lesson_id=lessons[quiz.lesson_id].id, **_values(quiz, _CONDITIONS)))
    db.session.flush()
    for draw in db.session.scalars(select(QuizDraw).where(QuizDraw.lesson_id.in_(old))):
        db.session.add(QuizDraw(lesson_id=lessons[draw.lesson_id].id, **_values(draw, _DRAWN)))
    db.session.flush()


def _of(model: Any, version_id: int) -> list[Any]:
    return list(
        db.session.scalars(
            select(model).where(model.version_id == version_id).order_by(model.position, model.id)
        )
    )


def _values(row: Any, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


def discard_draft(course_id: int, *, actor: Actor, expected_version: int | None = None) -> None:
    """Throw the draft away with all that was written in it; what is published stays. Raises ``no_draft``."""
    draft = lock_draft(course_id, actor=actor)
    if expected_version is not None and draft.row_version != expected_version:
        raise _changed_at_once()
    number, path = draft.number, draft.course.organiser.path
    db.session.execute(delete(CourseVersion).where(CourseVersion.id == draft.id))
    record(
        actor,
        "courses.discard_draft",
        object_type="course",
        object_id=course_id,
        details={"version": number},
        unit_path=path,
    )
