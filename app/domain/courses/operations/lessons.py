"""Lessons of a draft: add, change, remove, put in order, say what must be learnt before."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, delete, func, select, update

from app.core.db import db, execute, table_of
from app.core.errors import DomainError, InvalidInput
from app.core.i18n import gettext as _
from app.core.lengths import fitting
from app.domain.accounts.rules import Actor
from app.domain.courses.models import CourseMedia, Lesson, LessonPrerequisite, Section
from app.domain.courses.operations.drafts import lock_draft_lesson, lock_draft_section
from app.domain.courses.operations.locking import refuse_stale
from app.domain.courses.operations.sections import note, renumber, reordered, title_of
from app.domain.courses.rules.content import (
    LONGEST_BODY,
    MOST_LESSONS,
    find_circle,
    is_web_address,
)
from app.domain.courses.rules.words import LessonKind, MediaKind
from app.domain.people.personal_texts import fitting_text

LONGEST_ADDRESS = 500
MOST_MINUTES = 6_000
_LESSONS = table_of(Lesson)
# Past the ORM: where a lesson stands does not make what somebody is writing in it an older one (row_version).
_MOVE = (
    update(_LESSONS)
    .where(_LESSONS.c.id == bindparam("moved"))
    .values(section_id=bindparam("target"))
)
_FILE_OF = {LessonKind.VIDEO: MediaKind.VIDEO, LessonKind.PDF: MediaKind.PDF}
_WITH_BODY = frozenset(LessonKind) - {LessonKind.QUIZ, LessonKind.PACKAGE}


@dataclass(frozen=True, slots=True)
class LessonFacts:
    """What somebody says of a lesson; what its kind has no use for is left as it is.

    ``requires``: the lessons of the same version that must be completed before.
    """

    title: str
    required: bool = True
    minutes: int | None = None
    body: str = ""
    address: str = ""
    media_id: int | None = None
    seek_ahead: bool = False
    complete_at: int = 90
    requires: Sequence[int] = ()


def add_lesson(
    course_id: int, section_id: int, kind: LessonKind, title: str, *, actor: Actor
) -> Lesson:
    """An empty lesson at the end of a section of the draft. Raises ``too_many_lessons``, ``title_missing``."""
    section = lock_draft_section(course_id, section_id, actor=actor)
    total = db.session.scalar(
        select(func.count(Lesson.id)).where(Lesson.version_id == section.version_id)
    )
    if (total or 0) >= MOST_LESSONS:
        raise DomainError(
            _("A course has at most %(most)s lessons.", most=MOST_LESSONS), "too_many_lessons"
        )
    last = db.session.scalar(
        select(func.max(Lesson.position)).where(Lesson.section_id == section_id)
    )
    lesson = Lesson(
        version_id=section.version_id,
        section_id=section_id,
        position=(last or 0) + 1,
        key=secrets.token_hex(16),
        kind=kind,
        title=title_of(title),
    )
    db.session.add(lesson)
    db.session.flush()
    note(section.version, "courses.add_lesson", actor, lesson=lesson.id, title=lesson.title)
    return lesson


def edit_lesson(
    course_id: int,
    lesson_id: int,
    facts: LessonFacts,
    *,
    actor: Actor,
    expected_version: int | None = None,
) -> Lesson:
    """Change a lesson of the draft.

    Raises ``title_missing``, ``too_long``, ``out_of_range``, ``address``, ``no_such_file``, ``no_such_lesson``,
    ``circle`` (of lessons that wait for each other), StaleVersion.
    """
    lesson = lock_draft_lesson(course_id, lesson_id, actor=actor)
    refuse_stale(lesson.row_version, expected_version)
    lesson.title, lesson.required = title_of(facts.title), facts.required
    lesson.minutes = _within(facts.minutes, 1, MOST_MINUTES, "minutes")
    if lesson.kind in _WITH_BODY:
        lesson.body = fitting_text(facts.body, LONGEST_BODY, "body") or None
    if lesson.kind is LessonKind.LINK:
        lesson.address = _address(facts.address)
    if lesson.kind in _FILE_OF:
        lesson.media_id = _media(course_id, lesson.kind, facts.media_id)
    if lesson.kind is LessonKind.VIDEO:
        lesson.seek_ahead = facts.seek_ahead
        lesson.complete_at = _within(facts.complete_at, 1, 100, "complete_at") or 100
    _require(lesson, facts.requires)
    note(lesson.version, "courses.edit_lesson", actor, lesson=lesson_id, title=lesson.title)
    return lesson


def _within(number: int | None, least: int, most: int, field: str) -> int | None:
    if number is not None and not least <= number <= most:
        raise InvalidInput(
            _("Between %(least)s and %(most)s.", least=least, most=most), "out_of_range", field
        )
    return number


def _address(text: str) -> str | None:
    address = fitting(text, LONGEST_ADDRESS, "address")
    if address and not is_web_address(address):
        raise InvalidInput(
            _("Write the whole address, beginning with https://"), "address", "address"
        )
    return address or None


def _media(course_id: int, kind: LessonKind, media_id: int | None) -> int | None:
    """The file, if the course has it and it is of the lesson's kind."""
    if media_id is None:
        return None
    found = db.session.scalars(
        select(CourseMedia).where(
            CourseMedia.id == media_id,
            CourseMedia.course_id == course_id,
            CourseMedia.removed_at.is_(None),
            CourseMedia.kind == _FILE_OF[kind],
        )
    ).first()
    if found is None:
        raise InvalidInput(
            _("This file is not among the files of the course any more. Choose another one."),
            "no_such_file",
            "media_id",
        )
    return found.id


def _require(lesson: Lesson, wanted: Sequence[int]) -> None:
    """Set what must be completed before. A circle is refused, naming the lessons in it."""
    titles = {
        row[0]: row[1]
        for row in db.session.execute(
            select(Lesson.id, Lesson.title).where(Lesson.version_id == lesson.version_id)
        )
    }
    if not set(wanted) <= titles.keys():
        raise InvalidInput(
            _("One of these lessons is not there any more. Choose again."),
            "no_such_lesson",
            "requires",
        )
    edges: dict[int, set[int]] = {}
    for lesson_id, requires_id in db.session.execute(
        select(LessonPrerequisite.lesson_id, LessonPrerequisite.requires_id).where(
            LessonPrerequisite.lesson_id.in_(titles)
        )
    ):
        edges.setdefault(lesson_id, set()).add(requires_id)
    circle = find_circle(edges, lesson.id, wanted)
    if circle is not None:
        raise InvalidInput(
            _(
                "These lessons would wait for each other: %(way)s. Nobody could begin any of them.",
                way=" → ".join(titles[one] for one in [lesson.id, *circle]),
            ),
            "circle",
            "requires",
        )
    old = edges.get(lesson.id, set())
    gone = old - set(wanted)
    if gone:
        db.session.execute(
            delete(LessonPrerequisite).where(
                LessonPrerequisite.lesson_id == lesson.id,
                LessonPrerequisite.requires_id.in_(gone),
            )
        )
    db.session.add_all(
        LessonPrerequisite(lesson_id=lesson.id, requires_id=one)
        for one in sorted(set(wanted) - old)
    )
    db.session.flush()


def remove_lesson(
    course_id: int, lesson_id: int, *, actor: Actor, expected_version: int | None = None
) -> None:
    """Remove a lesson of the draft; whatever waited for it waits no more. Its file stays among the course's files."""
    lesson = lock_draft_lesson(course_id, lesson_id, actor=actor)
    refuse_stale(lesson.row_version, expected_version)
    version, title = lesson.version, lesson.title
    db.session.expunge(lesson)
    db.session.execute(delete(Lesson).where(Lesson.id == lesson_id))
    note(version, "courses.remove_lesson", actor, lesson=lesson_id, title=title)


def move_lesson(
    course_id: int,
    lesson_id: int,
    *,
    actor: Actor,
    step: int | None = None,
    section_id: int | None = None,
    before: int | None = None,
) -> None:
    """Move a lesson up (−1) or down (1), over into the next section at an end; or into a section before another lesson
    (None: to its end). Raises StaleVersion when that is not there any more.
    """
    lesson = lock_draft_lesson(course_id, lesson_id, actor=actor)
    if step is not None:
        section_id, before, step = _stepped_over(lesson, step)
    section = lock_draft_section(course_id, section_id or lesson.section_id, actor=actor)
    order = _ids_of(section.id)
    if lesson.section_id != section.id:
        order.append(lesson_id)
        execute(_MOVE, {"moved": lesson_id, "target": section.id})
    renumber(Lesson, reordered(order, lesson_id, step, before))
    db.session.expire(lesson)
    note(lesson.version, "courses.order_lessons", actor, lesson=lesson_id)


def _ids_of(section_id: int) -> list[int]:
    return list(
        db.session.scalars(
            select(Lesson.id)
            .where(Lesson.section_id == section_id)
            .order_by(Lesson.position, Lesson.id)
        )
    )


def _stepped_over(lesson: Lesson, step: int) -> tuple[int, int | None, int | None]:
    """Where a step leads: within the section, or at its end over into the neighbour: (section, before, step)."""
    own = _ids_of(lesson.section_id)
    if 0 <= own.index(lesson.id) + step < len(own):
        return lesson.section_id, None, step
    sections = list(
        db.session.scalars(
            select(Section.id)
            .where(Section.version_id == lesson.version_id)
            .order_by(Section.position, Section.id)
        )
    )
    neighbour = sections.index(lesson.section_id) + (1 if step > 0 else -1)
    if not 0 <= neighbour < len(sections):
        return lesson.section_id, None, step
    there = _ids_of(sections[neighbour])
    return sections[neighbour], there[0] if there and step > 0 else None, None
