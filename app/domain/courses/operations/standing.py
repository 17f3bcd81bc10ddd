"""Where a course stands: draft → published → ended (and opened again), or called off."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Row, select, update

from app.core import clock
from app.core.db import db
from app.core.errors import DomainError, InvalidInput
from app.core.i18n import gettext as _
from app.core.i18n import lazy_gettext as _l
from app.domain.accounts.rules import Actor
from app.domain.audit.operations import entry_values, record, write_entries
from app.domain.courses.models import Course, CourseEnrolment, Requirement
from app.domain.courses.operations.locking import lock_planned
from app.domain.courses.operations.planning import recount
from app.domain.courses.queries.plans import read_plan
from app.domain.courses.rules import planning as rules
from app.domain.courses.rules.words import CourseStatus, LearnerStatus
from app.domain.courses.telling import course_page
from app.domain.outbox.wording import register_notice
from app.domain.people.operations.telling import tell_people

register_notice(
    "courses.not_completed",
    _l("The course has ended before you were done: %(title)s"),
    _l("%(reason)s What you have learnt stays on its page; hours are given for the whole course."),
)
register_notice(
    "courses.reopened",
    _l("The course goes on: %(title)s"),
    _l("%(reason)s Go on where you stopped."),
)
register_notice(
    "courses.cancelled",
    _l("The course was called off: %(title)s"),
    _l("Reason: %(reason)s"),
)


def missing_words(plan: rules.PlanFacts) -> list[str]:
    """What keeps a draft from being published, in words."""
    words = {
        "no_lessons": _(
            "It has no lessons yet: write them under Content and publish that version."
        ),
        "nothing_required": _("None of its lessons is required, so nobody could complete it."),
        "no_platform": _("Say on which platform it is held."),
        "no_hours": _("Say how many credit hours it is worth."),
        "closed_already": _("Its last day has passed."),
    }
    return [words[code] for code in rules.missing(plan, clock.today())]


def hint_words(plan: rules.PlanFacts) -> list[str]:
    """What is unusual, in words."""
    words = {
        "nobody_marks": _("Work or short answers have to be marked, and nobody teaches in it yet."),
    }
    return [words[code] for code in rules.hints(plan)]


def publish(course_id: int, *, actor: Actor, now: datetime) -> Course:
    """Offer a draft to those it is for. Raises ``not_ready``, which says what is missing; ``wrong_status``."""
    course = lock_planned(course_id, actor=actor)
    _refuse_move(course, CourseStatus.PUBLISHED)
    plan = read_plan(course)
    if missing := rules.missing(plan, clock.today()):
        words = " ".join(missing_words(plan))
        raise DomainError(words, "not_ready", missing=missing)
    course.status, course.published_at = CourseStatus.PUBLISHED, now
    _settle(course, "publish", actor)
    return course


def end_course(course_id: int, *, actor: Actor, now: datetime, reason: str = "") -> int:
    """The course is over: who is not done has not completed it, and is told; what is assigned ends too.

    How many that were. Raises ``wrong_status``, ``reason_missing``.
    """
    course = _lock_whole(course_id, actor)
    _refuse_move(course, CourseStatus.ENDED)
    why = _needed(reason)
    people = _end_learning(
        course, LearnerStatus.NOT_COMPLETED, "courses.not_complete", why, actor=actor, now=now
    )
    _close(course, CourseStatus.ENDED, why, now=now)
    _settle(course, "end", actor, reason=why, people=len(people))
    tell_people(
        people,
        "courses.not_completed",
        {"title": course.title, "reason": why},
        link=course_page(course.id),
    )
    return len(people)


def cancel_course(course_id: int, *, actor: Actor, now: datetime, reason: str = "") -> int:
    """Call a course off: who learns in it is out and told why; who has completed it keeps the hours.

    How many were told. Raises ``wrong_status``, ``reason_missing``.
    """
    course = _lock_whole(course_id, actor)
    _refuse_move(course, CourseStatus.CANCELLED)
    why = _needed(reason)
    people = _end_learning(
        course, LearnerStatus.WITHDRAWN, "courses.withdraw", why, actor=actor, now=now
    )
    _close(course, CourseStatus.CANCELLED, why, now=now)
    _settle(course, "cancel", actor, reason=why, people=len(people))
    parameters = {"title": course.title, "reason": why}
    return tell_people(people, "courses.cancelled", parameters, link=course_page(course.id))


def reopen_course(course_id: int, *, actor: Actor, now: datetime, reason: str = "") -> int:
    """A course that was ended goes on: who was not done by its end learns again and is told, what was assigned stands.

    How many that were. Raises ``wrong_status``, ``reason_missing``.
    """
    course = _lock_whole(course_id, actor)
    if course.status is not CourseStatus.ENDED:
        raise DomainError(_("This course has not ended."), "wrong_status")
    why, ended_at = _needed(reason), course.ended_at
    people = _resume_learning(course, why, actor=actor)
    db.session.execute(
        update(Requirement)
        .where(Requirement.course_id == course.id, Requirement.ended_at == ended_at)
        .values(ended_at=None, end_reason=None, row_version=Requirement.row_version + 1)
        .execution_options(synchronize_session=False)
    )
    course.status, course.ended_at, course.end_reason = CourseStatus.PUBLISHED, None, None
    recount(course)
    _settle(course, "reopen_course", actor, reason=why, people=len(people))
    parameters = {"title": course.title, "reason": why}
    tell_people(people, "courses.reopened", parameters, link=course_page(course.id))
    return len(people)


def _resume_learning(course: Course, reason: str, *, actor: Actor) -> Sequence[int]:
    """Everybody whom the end of the course stopped learns again; the ids of the people."""
    rows = db.session.execute(
        update(CourseEnrolment)
        .where(
            CourseEnrolment.course_id == course.id,
            CourseEnrolment.status == LearnerStatus.NOT_COMPLETED,
            CourseEnrolment.ended_at == course.ended_at,
        )
        .values(
            status=LearnerStatus.ENROLLED,
            ended_at=None,
            end_reason=None,
            stamp=CourseEnrolment.stamp + 1,
        )
        .returning(CourseEnrolment.id, CourseEnrolment.person_id, CourseEnrolment.unit_path)
        .execution_options(synchronize_session=False)
    ).all()
    return _audit_learning(course, "courses.reopen", rows, reason, actor)


def _lock_whole(course_id: int, actor: Actor) -> Course:
    """The course with what is or was assigned of it, which whoever enrols a group holds before the course."""
    db.session.execute(
        select(Requirement.id)
        .where(Requirement.course_id == course_id)
        .order_by(Requirement.id)
        .with_for_update(of=Requirement)
    )
    return lock_planned(course_id, actor=actor)


def _refuse_move(course: Course, wanted: CourseStatus) -> None:
    if not rules.may_become(course.status, wanted):
        words = {
            CourseStatus.DRAFT: _("This course is still a draft."),
            CourseStatus.PUBLISHED: _("This course is published already."),
            CourseStatus.ENDED: _("This course has ended."),
            CourseStatus.CANCELLED: _("This course was called off."),
        }
        raise DomainError(words[course.status], "wrong_status")


def _needed(reason: str | None) -> str:
    text = (reason or "").strip()
    if not text:
        raise InvalidInput(_("Say why."), "reason_missing", "reason")
    return text


def _end_learning(
    course: Course,
    status: LearnerStatus,
    action: str,
    reason: str,
    *,
    actor: Actor,
    now: datetime,
) -> Sequence[int]:
    """Everybody who still learns stops here, in one statement; the ids of the people."""
    rows = db.session.execute(
        update(CourseEnrolment)
        .where(
            CourseEnrolment.course_id == course.id,
            CourseEnrolment.status == LearnerStatus.ENROLLED,
        )
        .values(status=status, ended_at=now, end_reason=reason, stamp=CourseEnrolment.stamp + 1)
        .returning(CourseEnrolment.id, CourseEnrolment.person_id, CourseEnrolment.unit_path)
        .execution_options(synchronize_session=False)
    ).all()
    return _audit_learning(course, action, rows, reason, actor)


def _audit_learning(
    course: Course, action: str, rows: Sequence[Row[int, int, str]], reason: str, actor: Actor
) -> Sequence[int]:
    """Note for each of these enrolments what became of it; the ids of the people."""
    db.session.expire_all()
    write_entries(
        entry_values(
            actor,
            action,
            object_type="course_enrolment",
            object_id=row.id,
            subject_id=row.person_id,
            details={"course": course.id},
            reason=reason,
            unit_path=row.unit_path,
        )
        for row in rows
    )
    return [row.person_id for row in rows]


def _close(course: Course, status: CourseStatus, reason: str, *, now: datetime) -> None:
    course.status, course.ended_at, course.end_reason = status, now, reason
    recount(course)
    db.session.execute(
        update(Requirement)
        .where(Requirement.course_id == course.id, Requirement.ended_at.is_(None))
        .values(ended_at=now, end_reason=reason, row_version=Requirement.row_version + 1)
        .execution_options(synchronize_session=False)
    )


def _settle(
    course: Course, action: str, actor: Actor, *, reason: str | None = None, people: int = 0
) -> None:
    course.row_version += 1
    db.session.flush()
    record(
        actor,
        f"courses.{action}",
        object_type="course",
        object_id=course.id,
        details={"people": people} if reason else {},
        reason=reason,
        unit_path=course.organiser.path,
    )
