"""The packages of a course, the parts of one as somebody has them, and with what a part is started."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from app.core.db import db
from app.core.errors import NotFound
from app.core.i18n import gettext as _
from app.domain.accounts.rules import Actor
from app.domain.courses.learning_refusals import lesson_closed
from app.domain.courses.models import (
    CourseEnrolment,
    CoursePackage,
    CourseVersion,
    Lesson,
    PackageState,
)
from app.domain.courses.queries.learning import get_own_learning, get_own_lesson, read_outline
from app.domain.courses.queries.visibility import get_lesson
from app.domain.courses.rules.package_runs import start_elements
from app.domain.courses.rules.runtime import Elements
from app.domain.courses.rules.sequencing import Wish
from app.domain.courses.rules.words import LessonKind, PackageStandard


@dataclass(frozen=True, slots=True)
class Part:
    """Something of a package that can be started, and how far somebody is in it. ``under``: the chapters around it."""

    identifier: str
    title: str
    href: str
    kind: str
    number: int = 0
    done: bool = False
    failed: bool = False
    score: Decimal | None = None
    under: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Launch:
    """With what a part begins; ``seen``: how often it had been saved by then."""

    part: Part
    standard: PackageStandard
    folder_key: str
    settings: Mapping[str, Any]
    elements: Elements
    seen: int


def list_packages(course_id: int) -> list[CoursePackage]:
    """The packages of a course, the newest first."""
    return list(
        db.session.scalars(
            select(CoursePackage)
            .where(CoursePackage.course_id == course_id, CoursePackage.removed_at.is_(None))
            .order_by(CoursePackage.id.desc())
        )
    )


def list_shown_ids(course_id: int) -> set[int]:
    """Which packages of a course lessons of any of its versions show."""
    shown = (
        select(Lesson.package_id)
        .join(CourseVersion, CourseVersion.id == Lesson.version_id)
        .where(CourseVersion.course_id == course_id, Lesson.package_id.is_not(None))
    )
    return {one for one in db.session.scalars(shown.distinct()) if one is not None}


def get_package(package_id: int, course_id: int) -> CoursePackage:
    """A package of the course, as it is now. Raises NotFound."""
    found = db.session.scalar(
        select(CoursePackage)
        .where(
            CoursePackage.id == package_id,
            CoursePackage.course_id == course_id,
            CoursePackage.removed_at.is_(None),
        )
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound(_("There is no such package in this course."))
    return found


def get_package_lesson(
    course_id: int, lesson_id: int, actor: Actor
) -> tuple[Lesson, CourseEnrolment | None]:
    """A lesson with a package: a learner's own with their enrolment, else as who works on the course sees it.

    Raises NotFound, ``not_open_yet``, ``lesson_closed``.
    """
    enrolment = get_own_learning(course_id, actor) if actor.may("courses.learn") else None
    own = None if enrolment is None else get_own_lesson(enrolment, lesson_id)
    lesson = own or get_lesson(lesson_id, actor=actor)
    if lesson.version.course_id != course_id or lesson.kind is not LessonKind.PACKAGE:
        raise NotFound(_("There is no such lesson in this course."))
    if enrolment is not None:
        outline = read_outline(lesson.version_id, enrolment)
        if not outline.lessons[lesson.id].open:
            raise lesson_closed()
    return lesson, enrolment


def read_states(enrolment_id: int, lesson_id: int) -> dict[str, PackageState]:
    """What somebody's parts of a lesson have saved, by part."""
    rows = db.session.scalars(
        select(PackageState).where(
            PackageState.enrolment_id == enrolment_id, PackageState.lesson_id == lesson_id
        )
    )
    return {row.item: row for row in rows}


def list_parts(package: CoursePackage, states: Mapping[str, PackageState]) -> list[Part]:
    """The parts in the order of the package."""
    settings = package.manifest.get("settings", {})
    return [_part(item, settings, states.get(item["identifier"])) for item in package.items]


def _part(item: Mapping[str, Any], settings: Any, state: PackageState | None) -> Part:
    data: Mapping[str, Any] = {} if state is None else state.data
    score = data.get("score")
    return Part(
        identifier=item["identifier"],
        title=item["title"],
        href=item["href"],
        kind=str(settings.get(item["identifier"], {}).get("kind", "sco")),
        number=0 if state is None else state.number,
        done=bool(data.get("done")),
        failed=bool(data.get("failed")),
        score=None if score is None else Decimal(score),
        under=tuple(item.get("under", ())),
    )


def list_unmet(package: CoursePackage) -> dict[Wish, list[str]]:
    """What the package wants of the order of its parts and does not get, with the titles for which it says so."""
    found: dict[Wish, list[str]] = {}
    for wish, title in package.manifest.get("unmet", []):
        found.setdefault(Wish(wish), []).append(title)
    return found


def where_to_begin(parts: Sequence[Part], wanted: str | None) -> Part | None:
    """The part that is asked for, else the first that is not done, else the first; None of an unknown one."""
    if wanted:
        return next((part for part in parts if part.identifier == wanted), None)
    return next((part for part in parts if not part.done), parts[0] if parts else None)


def read_launch(
    lesson: Lesson, enrolment: CourseEnrolment | None, item: str | None
) -> tuple[Launch, list[Part]]:
    """With what a part of the lesson's package begins (none named: where to go on). Raises NotFound."""
    package = lesson.package
    if package is None:
        raise NotFound(_("There is no such part in this package."))
    states = {} if enrolment is None else read_states(enrolment.id, lesson.id)
    parts = list_parts(package, states)
    part = where_to_begin(parts, item)
    if part is None:
        raise NotFound(_("There is no such part in this package."))
    settings = package.manifest.get("settings", {}).get(part.identifier, {})
    state = states.get(part.identifier)
    data: Mapping[str, Any] = {} if state is None else state.data
    ended = bool(data.get("ended")) and not data.get("suspended")
    elements = start_elements(
        package.standard,
        data.get("elements", {}),
        settings,
        # Never who it is: a package comes from elsewhere, and needs it for nothing.
        learner=f"learner-{0 if enrolment is None else enrolment.id}",
        learner_name=_("Learner"),
        seconds=0.0 if state is None else state.seconds,
        new_attempt=ended and package.standard is PackageStandard.SCORM_2004,
        resumed=state is not None and bool(data.get("elements")) and not ended,
    )
    seen = 0 if state is None else state.number
    return Launch(part, package.standard, package.folder_key, settings, elements, seen), parts
