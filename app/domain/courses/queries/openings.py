"""How a course meets one person: what it asks, whether they can come in, where they stand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from app.core.db import db
from app.domain.courses.models import Course, CourseEnrolment
from app.domain.courses.queries.assigned import find_due_on
from app.domain.courses.queries.candidates import read_candidates
from app.domain.courses.rules.enrolling import HELD, Terms, why_cannot_enrol
from app.domain.courses.rules.words import EnrolmentSource


def terms_of(course: Course) -> Terms:
    """What the course asks of who comes."""
    unit = course.eligible_unit or course.organiser
    return Terms(course.status, course.way, course.opens_on, course.closes_on, unit.path)


def places_left(course: Course) -> int | None:
    """None without a capacity."""
    return None if course.capacity is None else max(0, course.capacity - course.taken)


@dataclass(frozen=True, slots=True)
class Opening:
    """A course as one person meets it. ``latest``: their enrolment that counts, held or ended; ``reason``: why they
    cannot come in (rules.enrolling), None for who may and for who is in it; ``due_on``: assigned to them until then.
    """

    latest: CourseEnrolment | None
    reason: str | None
    due_on: date | None

    @property
    def is_in(self) -> bool:
        return self.latest is not None and self.latest.status in HELD

    @property
    def may_enrol(self) -> bool:
        return not self.is_in and self.reason is None


def read_opening(course: Course, person_id: int, *, today: date) -> Opening:
    """The course as this person meets it."""
    latest = db.session.scalars(
        select(CourseEnrolment)
        .where(CourseEnrolment.course_id == course.id, CourseEnrolment.person_id == person_id)
        .order_by(CourseEnrolment.ended_at.is_(None).desc(), CourseEnrolment.id.desc())
        .limit(1)
    ).first()
    due_on = find_due_on(course.id, person_id, today)
    if latest is not None and latest.status in HELD:
        return Opening(latest, None, due_on)
    candidate = read_candidates([person_id], today=today).get(person_id)
    reason = why_cannot_enrol(
        terms_of(course),
        [] if candidate is None else candidate.paths,
        source=EnrolmentSource.SELF,
        places_left=places_left(course),
        today=today,
    )
    return Opening(latest, reason, due_on)
