"""The lessons of a version with what is missing in each."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select

from app.core.db import db
from app.core.errors import NotFound
from app.core.i18n import gettext as _
from app.domain.courses.content_words import fault_words, version_fault_words
from app.domain.courses.models import (
    CourseMedia,
    CoursePackage,
    CourseVersion,
    Lesson,
    LessonPrerequisite,
    QuizDraw,
    Section,
)
from app.domain.courses.queries.banks import count_topics
from app.domain.courses.rules.content import LessonState, fault, faults_of_version
from app.domain.courses.rules.quizzes import Draw, lacking
from app.domain.courses.rules.words import LessonKind, VersionStatus


@dataclass(frozen=True, slots=True)
class LessonLine:
    """A lesson of the outline. ``file``: name of its video, PDF or package. ``after``: titles of what opens it.
    ``fault``: the code of what is missing.
    """

    id: int
    title: str
    kind: LessonKind
    required: bool
    minutes: int | None
    file: str | None
    after: tuple[str, ...]
    fault: str | None

    @property
    def fault_word(self) -> str | None:
        return None if self.fault is None else fault_words()[self.fault]


@dataclass(frozen=True, slots=True)
class SectionLine:
    id: int
    title: str
    summary: str | None
    lessons: tuple[LessonLine, ...]


@dataclass(frozen=True, slots=True)
class Fault:
    """What keeps a version from being published, and where (None: in the whole)."""

    code: str
    lesson_id: int | None
    sentence: str


@dataclass(frozen=True, slots=True)
class Content:
    """A version, in order, with what is missing."""

    sections: tuple[SectionLine, ...]
    faults: tuple[Fault, ...]

    @property
    def lessons(self) -> list[LessonLine]:
        return [lesson for section in self.sections for lesson in section.lessons]


def read_content(version_id: int) -> Content:
    """The outline of a version; two statements, and two more where it has quizzes."""
    rows = db.session.execute(
        select(Section, Lesson, CourseMedia, CoursePackage)
        .outerjoin(Lesson, Lesson.section_id == Section.id)
        .outerjoin(CourseMedia, CourseMedia.id == Lesson.media_id)
        .outerjoin(CoursePackage, CoursePackage.id == Lesson.package_id)
        .where(Section.version_id == version_id)
        .order_by(Section.position, Section.id, Lesson.position, Lesson.id)
    ).all()
    lessons = [row[1] for row in rows if row[1] is not None]
    after = _prerequisites(version_id, lessons)
    quizzes = _quiz_faults([one.id for one in lessons if one.kind is LessonKind.QUIZ])
    grouped: dict[int, list[LessonLine]] = defaultdict(list)
    states: dict[int, list[LessonState]] = defaultdict(list)
    sections: dict[int, Section] = {}
    for section, lesson, media, package in rows:
        sections[section.id] = section
        if lesson is not None:
            state = _state(lesson, media, package, quizzes)
            states[section.id].append(state)
            file = media.file_name if media else package.title if package else None
            grouped[section.id].append(
                _line(lesson, file, tuple(after.get(lesson.id, ())), fault(state))
            )
    lines = tuple(
        SectionLine(one.id, one.title, one.summary, tuple(grouped[one.id]))
        for one in sections.values()
    )
    return Content(lines, tuple(_faults(lines, states)))


def list_faults(version_id: int) -> tuple[Fault, ...]:
    """What keeps a version from being published."""
    return read_content(version_id).faults


def _line(
    lesson: Lesson, file: str | None, after: tuple[str, ...], missing: str | None
) -> LessonLine:
    return LessonLine(
        id=lesson.id,
        title=lesson.title,
        kind=lesson.kind,
        required=lesson.required,
        minutes=lesson.minutes,
        file=file,
        after=after,
        fault=missing,
    )


def _state(
    lesson: Lesson,
    media: CourseMedia | None,
    package: CoursePackage | None,
    quizzes: dict[int, str],
) -> LessonState:
    return LessonState(
        kind=lesson.kind,
        required=lesson.required,
        has_body=bool(lesson.body and lesson.body.strip()),
        has_address=bool(lesson.address),
        has_file=media is not None and media.removed_at is None,
        has_package=package is not None and package.removed_at is None,
        quiz=quizzes.get(lesson.id),
    )


def _prerequisites(version_id: int, lessons: list[Lesson]) -> dict[int, list[str]]:
    titles = {lesson.id: lesson.title for lesson in lessons}
    places = {lesson_id: place for place, lesson_id in enumerate(titles)}
    ids = select(Lesson.id).where(Lesson.version_id == version_id)
    after: dict[int, list[str]] = defaultdict(list)
    for lesson_id, requires_id in sorted(
        db.session.execute(
            select(LessonPrerequisite.lesson_id, LessonPrerequisite.requires_id).where(
                LessonPrerequisite.lesson_id.in_(ids)
            )
        ),
        key=lambda edge: places[edge[1]],
    ):
        after[lesson_id].append(titles[requires_id])
    return after


def _quiz_faults(lesson_ids: list[int]) -> dict[int, str]:
    """Why quizzes cannot be taken: nothing is drawn, or more than the banks hold."""
    if not lesson_ids:
        return {}
    draws: dict[int, list[Draw]] = {one: [] for one in lesson_ids}
    for draw in db.session.scalars(select(QuizDraw).where(QuizDraw.lesson_id.in_(lesson_ids))):
        draws[draw.lesson_id].append(
            Draw(draw.bank_id, draw.topic, draw.count, Decimal(draw.marks))
        )
    banks = {draw.bank_id for drawn in draws.values() for draw in drawn}
    holding = count_topics(sorted(banks)) if banks else {}
    faults = {}
    for lesson_id, drawn in draws.items():
        if not drawn:
            faults[lesson_id] = "no_draws"
        elif lacking(drawn, holding):
            faults[lesson_id] = "too_few_questions"
    return faults


def _faults(lines: tuple[SectionLine, ...], states: dict[int, list[LessonState]]) -> list[Fault]:
    whole = faults_of_version([states[line.id] for line in lines])
    found = [Fault(code, None, version_fault_words()[code]) for code in whole]
    for section in lines:
        found.extend(
            Fault(
                lesson.fault,
                lesson.id,
                _(
                    "“%(lesson)s”: %(fault)s",
                    lesson=lesson.title,
                    fault=fault_words()[lesson.fault],
                ),
            )
            for lesson in section.lessons
            if lesson.fault is not None
        )
    return found


def get_section(section_id: int, course_id: int) -> Section:
    """A section of the course. Raises NotFound."""
    found = db.session.scalars(
        select(Section)
        .join(CourseVersion, CourseVersion.id == Section.version_id)
        .where(Section.id == section_id, CourseVersion.course_id == course_id)
    ).first()
    if found is None:
        raise NotFound(_("There is no such section in this course."))
    return found


def list_sections(course_id: int) -> list[tuple[int, str]]:
    """The sections of the course's draft in order: (id, title)."""
    rows = db.session.execute(
        select(Section.id, Section.title)
        .join(CourseVersion, CourseVersion.id == Section.version_id)
        .where(CourseVersion.course_id == course_id, CourseVersion.status == VersionStatus.DRAFT)
        .order_by(Section.position, Section.id)
    )
    return [(row[0], row[1]) for row in rows]


def list_siblings(lesson: Lesson) -> list[tuple[int, str]]:
    """The other lessons of the same version in order: what may have to be learnt before. (id, title)"""
    rows = db.session.execute(
        select(Lesson.id, Lesson.title)
        .join(Section, Section.id == Lesson.section_id)
        .where(Lesson.version_id == lesson.version_id, Lesson.id != lesson.id)
        .order_by(Section.position, Section.id, Lesson.position, Lesson.id)
    )
    return [(row[0], row[1]) for row in rows]


def list_required_before(lesson_id: int) -> list[int]:
    """The lessons that must be completed before this one opens."""
    return list(
        db.session.scalars(
            select(LessonPrerequisite.requires_id)
            .where(LessonPrerequisite.lesson_id == lesson_id)
            .order_by(LessonPrerequisite.requires_id)
        )
    )
