"""Packages: put into a lesson by who writes it, and what they save of somebody's learning."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from app.core.db import db
from app.core.errors import NotFound
from app.core.i18n import gettext as _
from app.domain.accounts.rules import Actor
from app.domain.audit.operations import record
from app.domain.courses.models import CourseEnrolment, CoursePackage, Lesson, PackageState
from app.domain.courses.operations.completing import complete_lesson, enter_lesson
from app.domain.courses.operations.drafts import lock_draft_lesson
from app.domain.courses.operations.learning import lock_learning
from app.domain.courses.operations.locking import lock_taught
from app.domain.courses.operations.media import refuse_shown
from app.domain.courses.package_refusals import gone_on_elsewhere, state_refusal
from app.domain.courses.queries.packages import Part, get_package, list_parts, read_states
from app.domain.courses.rules.manifests import Manifest
from app.domain.courses.rules.package_runs import Kept, Taking, how_to_take
from app.domain.courses.rules.runtime import (
    Elements,
    StateFault,
    Verdict,
    judge,
    read_elements,
    session_seconds,
)
from app.domain.courses.rules.words import (
    LearnerStatus,
    LessonKind,
    PackageStandard,
)
from app.domain.courses.unpacking import Unpacked

TOLERANCE = 60.0  # seconds that a run may claim beyond the time since its first report


def add_package(
    course_id: int,
    lesson_id: int,
    package: Unpacked,
    *,
    folder_key: str,
    file_name: str,
    actor: Actor,
    now: datetime,
) -> CoursePackage:
    """Put an unpacked package, kept under ``folder_key``, into a lesson of the draft.

    Raises NotFound, ``version_published``, ``course_over``.
    """
    lesson = _lock_package_lesson(course_id, lesson_id, actor)
    kept = CoursePackage(
        course_id=course_id,
        title=package.manifest.title,
        standard=package.manifest.standard,
        folder_key=folder_key,
        file_name=file_name,
        files=package.files,
        size=package.size,
        digest=package.digest,
        items=kept_items(package.manifest),
        manifest=kept_facts(package.manifest),
        uploaded_by=actor.account_id,
        uploaded_at=now,
    )
    db.session.add(kept)
    db.session.flush()
    _put_in(lesson, kept, actor)
    return kept


def kept_items(manifest: Manifest) -> list[dict[str, Any]]:
    """What of a manifest's items is kept with the package, for everybody who opens it."""
    return [
        {
            "identifier": item.identifier,
            "title": item.title,
            "href": item.href,
            "under": list(item.under),
        }
        for item in manifest.items
    ]


def kept_facts(manifest: Manifest) -> dict[str, Any]:
    """What else of a manifest is kept: the settings of its items, and what of its order is not carried out."""
    return {
        "edition": manifest.edition,
        "settings": {
            item.identifier: {"kind": item.kind, **item.settings} for item in manifest.items
        },
        "unmet": [[one.wish.value, one.title] for one in manifest.unmet],
    }


def choose_package(
    course_id: int, lesson_id: int, package_id: int, *, actor: Actor
) -> CoursePackage:
    """Put a package that the course has already into a lesson of the draft.

    Raises NotFound, ``version_published``, ``course_over``.
    """
    lesson = _lock_package_lesson(course_id, lesson_id, actor)
    package = get_package(package_id, course_id)
    _put_in(lesson, package, actor)
    return package


def remove_package(
    course_id: int, package_id: int, *, actor: Actor, now: datetime
) -> CoursePackage:
    """Remove a package that no lesson of any version shows; its files go from the disk with the next clean-up.

    Raises NotFound, ``in_use`` naming the lessons.
    """
    course = lock_taught(course_id, actor=actor)
    package = get_package(package_id, course_id)
    refuse_shown(Lesson.package_id == package_id)
    package.removed_at = now
    record(
        actor,
        "courses.remove_package",
        object_type="course",
        object_id=course_id,
        details={"package": package_id, "title": package.title},
        unit_path=course.organiser.path,
    )
    return package


def _lock_package_lesson(course_id: int, lesson_id: int, actor: Actor) -> Lesson:
    """A lesson of the draft that shows a package, all locked."""
    lesson = lock_draft_lesson(course_id, lesson_id, actor=actor)
    if lesson.kind is not LessonKind.PACKAGE:
        raise NotFound(_("There is no such lesson in this course."))
    return lesson


def _put_in(lesson: Lesson, package: CoursePackage, actor: Actor) -> None:
    before = lesson.package_id
    lesson.package_id = package.id
    lesson.version.row_version += 1
    db.session.flush()
    record(
        actor,
        "courses.package",
        object_type="course",
        object_id=package.course_id,
        details={"lesson": lesson.id, "package": package.id, "title": package.title, "was": before},
        unit_path=lesson.version.course.organiser.path,
    )


@dataclass(frozen=True, slots=True)
class StateReport:
    """What a part of a package saves. ``elements``: as the browser sent them; the rest: rules.package_runs."""

    item: str
    run: str
    sequence: int
    seen: int
    elements: object
    ended: bool = False


@dataclass(frozen=True, slots=True)
class SavedState:
    """What stands after a report: of the part, of the lesson, of the course."""

    part: Part
    lesson_done: bool
    course_done: bool


def save_state(
    enrolment_id: int, lesson_id: int, report: StateReport, *, actor: Actor, now: datetime
) -> SavedState:
    """Keep what a package saves; once all its parts are done, so is the lesson, with the mean of their best scores.

    A repeated or overtaken report of the same run changes nothing. Raises what ``lock_learning`` raises,
    ``package_item``, ``package_state``, ``package_state_too_large``, ``package_elsewhere``.
    """
    learning = lock_learning(enrolment_id, lesson_id, actor=actor)
    enrolment, lesson = learning.enrolment, learning.lesson
    package = lesson.package
    if lesson.kind is not LessonKind.PACKAGE or package is None:
        raise NotFound(_("There is no such lesson in this course."))
    settings = package.manifest.get("settings", {}).get(report.item)
    if settings is None:
        raise state_refusal("package_item")
    try:
        elements = read_elements(report.elements)
    except StateFault as fault:
        raise state_refusal(str(fault)) from None
    states = read_states(enrolment.id, lesson.id)
    state = states.get(report.item)
    kept = Kept() if state is None else _kept(state)
    taking = how_to_take(kept, run=report.run, sequence=report.sequence, seen=report.seen)
    if taking is Taking.ELSEWHERE:
        raise gone_on_elsewhere()
    if taking is Taking.TAKE:
        if state is None:
            state = _begin(enrolment.id, lesson.id, report.item, now)
            states[report.item] = state
        _note(state, report, elements, package.standard, settings, enrolment, now)
        _carry_on(enrolment, lesson, list_parts(package, states), actor, now)
    return _standing(enrolment, lesson, list_parts(package, states), report.item)


def _kept(state: PackageState) -> Kept:
    return Kept(state.number, state.data.get("run", ""), state.data.get("sequence", 0))


def _begin(enrolment_id: int, lesson_id: int, item: str, now: datetime) -> PackageState:
    state = PackageState(
        enrolment_id=enrolment_id, lesson_id=lesson_id, item=item, number=0, seconds=0.0, data={}
    )
    state.saved_at = now
    db.session.add(state)
    return state


def _note(
    state: PackageState,
    report: StateReport,
    elements: Elements,
    standard: PackageStandard,
    settings: Mapping[str, Any],
    enrolment: CourseEnrolment,
    now: datetime,
) -> None:
    """The newest report takes the place of the earlier. What was done once stays done, the best score stays."""
    old = state.data
    same_run = old.get("run") == report.run
    since = datetime.fromisoformat(old["since"]) if same_run else now
    before = float(old["before"]) if same_run else state.seconds
    claimed = session_seconds(standard, elements)
    verdict = judge(standard, elements, settings, ended=report.ended)
    if settings.get("kind") == "asset":
        verdict = Verdict(done=True, failed=False, score=None, suspended=False)
    best = _best(old.get("score"), verdict.score)
    state.data = {
        "run": report.run,
        "sequence": report.sequence,
        "since": since.isoformat(),
        "before": before,
        "elements": elements,
        "ended": report.ended,
        "suspended": verdict.suspended,
        "done": bool(old.get("done")) or verdict.done,
        "failed": verdict.failed and not old.get("done"),
        "score": None if best is None else str(best),
    }
    state.seconds = before + min(claimed, (now - since).total_seconds() + TOLERANCE)
    state.number += 1
    state.saved_at = now
    if any(state.data[name] != old.get(name) for name in ("done", "failed", "score")):
        enrolment.stamp += 1
    db.session.flush()


def _best(old: str | None, new: Decimal | None) -> Decimal | None:
    scores = [score for score in (None if old is None else Decimal(old), new) if score is not None]
    return max(scores, default=None)


def _carry_on(
    enrolment: CourseEnrolment, lesson: Lesson, parts: list[Part], actor: Actor, now: datetime
) -> None:
    if not all(part.done for part in parts):
        enter_lesson(enrolment, lesson, now=now)
        return
    scores = [part.score for part in parts if part.score is not None]
    mean = round(sum(scores, Decimal(0)) / len(scores), 2) if scores else None
    complete_lesson(enrolment, lesson, actor=actor, now=now, score=mean)


def _standing(
    enrolment: CourseEnrolment, lesson: Lesson, parts: list[Part], item: str
) -> SavedState:
    part = next(part for part in parts if part.identifier == item)
    done = all(one.done for one in parts)
    return SavedState(part, done, enrolment.status is LearnerStatus.COMPLETED)
