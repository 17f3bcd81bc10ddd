"""Leave a course, or be taken out of it; what was learnt stays."""

from __future__ import annotations

from datetime import datetime

from app.core import clock
from app.core.db import db
from app.core.errors import NotFound
from app.core.i18n import gettext as _
from app.core.i18n import lazy_gettext as _l
from app.domain.accounts.rules import Actor
from app.domain.audit.operations import record
from app.domain.courses.models import CourseEnrolment
from app.domain.courses.operations.locking import lock_course, lock_enrolment
from app.domain.courses.operations.planning import recount
from app.domain.courses.queries.assigned import is_assigned
from app.domain.courses.queries.visibility import get_enrolment, may_plan
from app.domain.courses.refusals import cannot_withdraw
from app.domain.courses.rules import enrolling as rules
from app.domain.courses.rules.words import LearnerStatus
from app.domain.courses.telling import course_page
from app.domain.outbox.wording import register_notice
from app.domain.people.operations.telling import tell_people

register_notice(
    "courses.withdrawn",
    _l("You were taken out of an online course: %(title)s"),
    _l("Reason: %(reason)s"),
)


def may_take_out(enrolment: CourseEnrolment, actor: Actor) -> bool:
    """Whether the actor ends other people's learning: of its own people, or in a course that it plans."""
    if not actor.may("courses.nominate"):
        return False
    return actor.reaches(enrolment.unit_path) or may_plan(enrolment.course, actor)


def withdraw(
    enrolment_id: int, *, actor: Actor, now: datetime, reason: str = ""
) -> CourseEnrolment:
    """Leave a course, or take somebody out of it (who is then told why). What was learnt is kept for coming back.

    Raises NotFound, ``not_enrolled``, ``assigned``, ``reason_missing``.
    """
    seen = get_enrolment(enrolment_id, actor=actor)
    by_oneself = actor.account_id is not None and seen.person.account_id == actor.account_id
    if not by_oneself and not may_take_out(seen, actor):
        raise NotFound(_("There is no such enrolment within your unit."))
    course = lock_course(seen.course_id, actor=actor)
    enrolment = lock_enrolment(enrolment_id, actor=actor)
    refusal = rules.why_cannot_withdraw(
        enrolment.status,
        started=enrolment.started_at is not None,
        assigned=by_oneself and is_assigned(course.id, enrolment.person_id, clock.today()),
        by_oneself=by_oneself,
        reason=reason,
    )
    if refusal is not None:
        raise cannot_withdraw(refusal)
    why = reason.strip() or None
    enrolment.status, enrolment.ended_at = LearnerStatus.WITHDRAWN, now
    enrolment.end_reason = why
    enrolment.stamp += 1
    db.session.flush()
    recount(course)
    record(
        actor,
        "courses.withdraw",
        object_type="course_enrolment",
        object_id=enrolment.id,
        subject_id=enrolment.person_id,
        details={"course": course.id},
        reason=why,
        unit_path=enrolment.unit_path,
    )
    if not by_oneself:
        parameters = {"title": course.title, "reason": why or ""}
        tell_people(
            [enrolment.person_id], "courses.withdrawn", parameters, link=course_page(course.id)
        )
    return enrolment
