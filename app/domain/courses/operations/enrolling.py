"""Come into a course. Every act locks the course, so that its places are exact."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, insert, select

from app.core import clock
from app.core.db import db, execute, table_of
from app.core.errors import DomainError, Forbidden, NotFound, explain_constraint
from app.core.i18n import gettext as _
from app.core.i18n import lazy_gettext as _l
from app.domain.accounts.rules import Actor
from app.domain.audit.operations import entry_values, write_entries
from app.domain.courses.models import (
    Course,
    CourseEnrolment,
    CourseVersion,
    Lesson,
)
from app.domain.courses.operations.locking import lock_course
from app.domain.courses.operations.planning import recount
from app.domain.courses.queries.candidates import (
    Candidate,
    are_within,
    batches,
    read_candidates,
)
from app.domain.courses.queries.openings import places_left, terms_of
from app.domain.courses.refusals import refusal_of
from app.domain.courses.rules import enrolling as rules
from app.domain.courses.rules.words import EnrolmentSource, LearnerStatus, VersionStatus
from app.domain.courses.telling import course_page
from app.domain.outbox.operations import Telling, notify_all
from app.domain.outbox.wording import register_notice
from app.domain.people.operations.locking import hold_people
from app.domain.people.queries.record import find_person_of_account

register_notice(
    "courses.nominated",
    _l("You are in an online course: %(title)s"),
    _l("Your school or bureau put you in. Open its page to begin."),
)
explain_constraint(
    "uq_course_enrolments_held",
    lambda: DomainError(_("This person is in the course already."), "enrolled_already"),
)
_NEEDED = {
    EnrolmentSource.SELF: "courses.learn",
    EnrolmentSource.NOMINATED: "courses.nominate",
    EnrolmentSource.ASSIGNED: "courses.assign",
    EnrolmentSource.REPORTED: "courses.edit",
}
_ENROLMENT = table_of(CourseEnrolment)
_ENTER = insert(_ENROLMENT).returning(_ENROLMENT.c.id, _ENROLMENT.c.person_id)


@dataclass(slots=True)
class Enrolled:
    """What enrolling came to: enrolment ids by person, of who is new and of who was in already; and the reason of the
    rules for everybody else (``rules.enrolling.why_cannot_enrol``; ``unknown`` for a record that is no more).
    """

    created: dict[int, int] = field(default_factory=dict)
    existing: dict[int, int] = field(default_factory=dict)
    refused: dict[int, str] = field(default_factory=dict)


def enrol_self(course_id: int, *, actor: Actor, now: datetime) -> Enrolled:
    """The actor's own person comes in; who is in already stays as they are.

    Raises NotFound, ``not_open``, ``not_eligible``, ``full``, ``no_person``.
    """
    person = find_person_of_account(actor.account_id) if actor.account_id is not None else None
    if person is None:
        raise DomainError(
            _("This account belongs to nobody in the registry. Ask your school to link it."),
            "no_person",
        )
    course = _lock_for(EnrolmentSource.SELF, course_id, actor)
    outcome = _enrol(course, [person.id], EnrolmentSource.SELF, actor=actor, now=now)
    for reason in outcome.refused.values():
        raise refusal_of(reason)
    return outcome


def enrol_people(
    course_id: int,
    person_ids: Collection[int],
    *,
    source: EnrolmentSource,
    actor: Actor,
    now: datetime,
) -> Enrolled:
    """Put people of the actor's unit into a course, in this order while there are places; few statements for many.

    Who is nominated is told here; who is assigned is told by who assigns, as only they know until when.
    Raises NotFound when one of them is not the actor's, Forbidden.
    """
    course = _lock_for(source, course_id, actor)
    ids = list(dict.fromkeys(person_ids))
    if not are_within(ids, actor=actor, today=clock.today()):
        raise NotFound(_("There is no such person within your unit."))
    return _enrol(course, ids, source, actor=actor, now=now)


def _lock_for(source: EnrolmentSource, course_id: int, actor: Actor) -> Course:
    if not actor.may(_NEEDED[source]):
        raise Forbidden
    return lock_course(course_id, actor=actor)


def _enrol(
    course: Course, person_ids: list[int], source: EnrolmentSource, *, actor: Actor, now: datetime
) -> Enrolled:
    for some in batches(person_ids):
        hold_people(some)
    candidates = read_candidates(person_ids, today=clock.today())
    outcome = Enrolled(existing=_held(course.id, person_ids))
    recount(course)
    coming = _choose(course, person_ids, candidates, source, outcome)
    if not coming:
        return outcome
    version_id, required = _current_version(course.id)
    _come_back(course, coming, source, outcome, version_id=version_id, actor=actor, now=now)
    rows = [
        {
            "course_id": course.id,
            "version_id": version_id,
            "person_id": one.person_id,
            "unit_id": site.unit_id,
            "unit_path": site.path,
            "source": source,
            "enrolled_at": now,
            "enrolled_by": actor.account_id,
            "required": required,
        }
        for one in coming
        if one.person_id not in outcome.created
        for site in [one.site_in(terms_of(course).unit_path)]
    ]
    if rows:
        outcome.created |= {row.person_id: row.id for row in execute(_ENTER, rows)}
    recount(course)
    db.session.flush()
    _tell_of(course, coming, source, outcome, actor=actor)
    return outcome


def _choose(
    course: Course,
    person_ids: list[int],
    candidates: Mapping[int, Candidate],
    source: EnrolmentSource,
    outcome: Enrolled,
) -> list[Candidate]:
    """Who comes in, in order; who does not is noted with the reason."""
    terms, today = terms_of(course), clock.today()
    left = places_left(course)
    coming: list[Candidate] = []
    for person_id in person_ids:
        if person_id in outcome.existing:
            continue
        one = candidates.get(person_id)
        reason = "unknown"
        if one is not None:
            places = None if left is None else left - len(coming)
            reason = (
                rules.why_cannot_enrol(
                    terms, one.paths, source=source, places_left=places, today=today
                )
                or ""
            )
        if one is None or reason:
            outcome.refused[person_id] = reason
        else:
            coming.append(one)
    return coming


def _held(course_id: int, person_ids: list[int]) -> dict[int, int]:
    found: dict[int, int] = {}
    for some in batches(person_ids):
        rows = db.session.execute(
            select(CourseEnrolment.person_id, CourseEnrolment.id).where(
                CourseEnrolment.course_id == course_id,
                CourseEnrolment.person_id.in_(some),
                CourseEnrolment.status.in_(tuple(rules.HELD)),
            )
        )
        found |= {row.person_id: row.id for row in rows}
    return found


def _current_version(course_id: int) -> tuple[int | None, int]:
    """The published version and how many of its lessons are required; none of a course held elsewhere."""
    row = db.session.execute(
        select(CourseVersion.id, func.count(Lesson.id))
        .outerjoin(Lesson, (Lesson.version_id == CourseVersion.id) & Lesson.required.is_(True))
        .where(
            CourseVersion.course_id == course_id,
            CourseVersion.status == VersionStatus.PUBLISHED,
        )
        .group_by(CourseVersion.id)
    ).first()
    return (None, 0) if row is None else (row[0], row[1])


def _come_back(
    course: Course,
    coming: list[Candidate],
    source: EnrolmentSource,
    outcome: Enrolled,
    *,
    version_id: int | None,
    actor: Actor,
    now: datetime,
) -> None:
    """Who left before and finds the same lessons goes on where they stopped."""
    by_id = {one.person_id: one for one in coming}
    for some in batches(list(by_id)):
        earlier = db.session.scalars(
            select(CourseEnrolment)
            .where(
                CourseEnrolment.course_id == course.id,
                CourseEnrolment.person_id.in_(some),
                CourseEnrolment.status == LearnerStatus.WITHDRAWN,
                CourseEnrolment.version_id == version_id,
            )
            .order_by(CourseEnrolment.id)
        ).all()
        for left in {one.person_id: one for one in earlier}.values():
            site = by_id[left.person_id].site_in(terms_of(course).unit_path)
            left.status, left.source = LearnerStatus.ENROLLED, source
            left.unit_id, left.unit_path = site.unit_id, site.path
            left.enrolled_at, left.enrolled_by = now, actor.account_id
            left.ended_at = left.end_reason = None
            left.stamp += 1
            outcome.created[left.person_id] = left.id
    db.session.flush()


def _tell_of(
    course: Course,
    coming: list[Candidate],
    source: EnrolmentSource,
    outcome: Enrolled,
    *,
    actor: Actor,
) -> None:
    write_entries(
        entry_values(
            actor,
            "courses.enrol",
            object_type="course_enrolment",
            object_id=outcome.created[one.person_id],
            subject_id=one.person_id,
            details={"course": course.id, "source": source},
            unit_path=one.site_in(terms_of(course).unit_path).path,
        )
        for one in coming
    )
    if source is not EnrolmentSource.NOMINATED:
        return
    notify_all(
        Telling(
            one.account_id,
            "courses.nominated",
            {"title": course.title},
            link=course_page(course.id),
            email=one.email,
            language=one.language,
        )
        for one in coming
        if one.account_id is not None
    )
