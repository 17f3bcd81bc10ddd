"""What a certificate of hours (学时证明) of a completed course says: Chinese, as it goes to offices."""

from __future__ import annotations

from typing import Any

from app.core import clock
from app.core.db import db
from app.core.errors import DomainError, NotFound
from app.core.i18n import gettext as _
from app.domain.accounts.rules import Actor
from app.domain.courses.models import CourseEnrolment
from app.domain.courses.queries.completions import list_valid_certificates
from app.domain.courses.queries.visibility import find_own_enrolment, get_course, get_enrolment
from app.domain.courses.rules.words import CourseKind, LearnerStatus
from app.domain.people.models import TrainingRecord
from app.domain.people.sealed import masked_identity_number
from app.domain.units.models import Unit, UnitKind

BUREAU = "教育体育局"


def get_completed(course_id: int, enrolment_id: int | None, *, actor: Actor) -> CourseEnrolment:
    """The completed enrolment a certificate is asked of: one's own, or the stated one that the actor sees.

    Raises NotFound, ``not_completed``.
    """
    course = get_course(course_id, actor=actor)
    found = (
        find_own_enrolment(course.id, actor)
        if enrolment_id is None
        else get_enrolment(enrolment_id, actor=actor)
    )
    if found is None or found.course_id != course.id:
        raise NotFound(_("There is no such enrolment within your unit."))
    if found.status is not LearnerStatus.COMPLETED:
        raise DomainError(
            _(
                "The certificate of hours is made once the course is completed. Finish its lessons first."
            ),
            "not_completed",
        )
    return found


def read_certificate(enrolment: CourseEnrolment, *, check: str) -> dict[str, Any]:
    """What the paper takes (templates/documents/hours-certificate.typ). ``check``: where anybody checks certificates.

    The paper itself is no certificate: it names the number of the one that was issued for the same learning, if any.
    """
    course, person = enrolment.course, enrolment.person
    record = (
        db.session.get(TrainingRecord, enrolment.training_record_id)
        if enrolment.training_record_id is not None
        else None
    )
    started = enrolment.started_at
    begun = clock.local(started).date() if started is not None else None
    issued = list_valid_certificates(enrolment)
    hours = course.credit_hours if enrolment.credit_hours is None else enrolment.credit_hours
    return {
        "name": person.name,
        "id_number": masked_identity_number(person.id_number_sealed),
        "school": enrolment.unit.name,
        "course": course.title,
        "platform": course.platform if course.kind is CourseKind.EXTERNAL else None,
        "starts_on": begun if record is None else record.started_on,
        "ends_on": enrolment.completed_on if record is None else record.ended_on,
        "hours": hours,
        "score": enrolment.score,
        "organiser": _office_name(course.organiser),
        "issued_on": clock.today(),
        "number": issued[0].number if issued else None,
        "check": check,
    }


def _office_name(unit: Unit) -> str:
    """Who signs for a unit: of a county or prefecture its bureau, of a school the school."""
    return unit.name if unit.kind is UnitKind.SCHOOL else f"{unit.name}{BUREAU}"
