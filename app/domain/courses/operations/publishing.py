"""Publish the draft: who comes from now on learns by it, who is in the course finishes what they started."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select, update

from app.core.db import db
from app.core.errors import DomainError
from app.core.i18n import gettext as _
from app.core.i18n import lazy_gettext as _l
from app.core.lengths import fitting
from app.domain.accounts.rules import Actor
from app.domain.audit.operations import record
from app.domain.courses.models import Course, CourseEnrolment, CourseTrainer, CourseVersion, Lesson
from app.domain.courses.operations.drafts import lock_draft
from app.domain.courses.operations.locking import refuse_stale
from app.domain.courses.queries.content import list_faults
from app.domain.courses.rules.words import LearnerStatus, VersionStatus
from app.domain.outbox.wording import register_notice
from app.domain.people.operations.telling import tell_accounts

register_notice(
    "courses.version_published",
    _l("New lessons are published: %(title)s"),
    _l("Version %(number)s. Who has begun already finishes the version they started. %(note)s"),
)
LONGEST_NOTE = 500


def publish_version(
    course_id: int,
    note: str,
    *,
    actor: Actor,
    now: datetime,
    expected_version: int | None = None,
) -> CourseVersion:
    """Publish the draft, retire the version before, move to it who has not begun, tell who teaches.

    Raises ``not_ready`` with what is missing, lesson by lesson; ``no_draft``; StaleVersion.
    """
    draft = lock_draft(course_id, actor=actor)
    refuse_stale(draft.row_version, expected_version)
    faults = list_faults(draft.id)
    if faults:
        raise DomainError(
            _(
                "It is not ready yet: %(faults)s",
                faults=_("; ").join(fault.sentence for fault in faults),
            ),
            "not_ready",
            faults=[fault.code for fault in faults],
        )
    db.session.execute(
        update(CourseVersion)
        .where(
            CourseVersion.course_id == course_id, CourseVersion.status == VersionStatus.PUBLISHED
        )
        .values(
            status=VersionStatus.RETIRED,
            retired_at=now,
            row_version=CourseVersion.row_version + 1,
        )
    )
    draft.status, draft.published_at = VersionStatus.PUBLISHED, now
    draft.note = fitting(note, LONGEST_NOTE, "note") or None
    draft.row_version += 1
    draft.course.row_version += 1
    db.session.flush()
    moved = _move_who_has_not_begun(draft)
    record(
        actor,
        "courses.publish_version",
        object_type="course",
        object_id=course_id,
        details={"version": draft.number, "moved": moved},
        unit_path=draft.course.organiser.path,
    )
    _tell(draft.course, draft, actor)
    return draft


def _move_who_has_not_begun(version: CourseVersion) -> int:
    """Whoever is enrolled and has opened no lesson learns by the new one; how many."""
    required = select(func.count(Lesson.id)).where(
        Lesson.version_id == version.id, Lesson.required.is_(True)
    )
    moved = db.session.execute(
        update(CourseEnrolment)
        .where(
            CourseEnrolment.course_id == version.course_id,
            CourseEnrolment.status == LearnerStatus.ENROLLED,
            CourseEnrolment.started_at.is_(None),
        )
        .values(
            version_id=version.id,
            required=required.scalar_subquery(),
            stamp=CourseEnrolment.stamp + 1,
        )
        .execution_options(synchronize_session=False)
    )
    return int(moved.rowcount)  # type: ignore[attr-defined]


def _tell(course: Course, version: CourseVersion, actor: Actor) -> None:
    """Who teaches in the course, and who made it; not who published it."""
    teaching = db.session.scalars(
        select(CourseTrainer.account_id).where(CourseTrainer.course_id == course.id)
    )
    told = {*teaching, course.created_by} - {actor.account_id, None}
    parameters = {"title": course.title, "number": version.number, "note": version.note or ""}
    tell_accounts(
        sorted(one for one in told if one is not None),
        "courses.version_published",
        parameters,
        link=f"/courses/{course.id}/content",
    )
