"""The completion of one learner: what became of it, and what stands on it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from app.core.db import db
from app.domain.audit.models import AuditEntry
from app.domain.certificates.models import Certificate
from app.domain.certificates.rules.words import CertificateState, SourceKind
from app.domain.courses.models import Course, CourseEnrolment
from app.domain.courses.rules.words import CourseKind
from app.domain.people.models import TrainingRecord

ACTS = (
    "courses.complete",
    "courses.revoke_completion",
    "courses.correct_completion",
    "courses.restore_completion",
)


def list_acts(enrolment_id: int) -> Sequence[AuditEntry]:
    """What was done about the completion, the latest first."""
    return db.session.scalars(
        select(AuditEntry)
        .where(
            AuditEntry.object_type == "course_enrolment",
            AuditEntry.object_id == str(enrolment_id),
            AuditEntry.action.in_(ACTS),
        )
        .order_by(AuditEntry.id.desc())
    ).all()


def list_valid_certificates(enrolment: CourseEnrolment) -> Sequence[Certificate]:
    """Certificates that were issued on records of this training and are valid still, the latest first.

    Also on a record that was withdrawn: such a certificate says what is no longer so.
    """
    key = (
        select(TrainingRecord.event_key)
        .where(TrainingRecord.id == enrolment.training_record_id)
        .scalar_subquery()
    )
    records = select(TrainingRecord.id).where(
        TrainingRecord.person_id == enrolment.person_id, TrainingRecord.event_key == key
    )
    return db.session.scalars(
        select(Certificate)
        .where(
            Certificate.person_id == enrolment.person_id,
            Certificate.source == SourceKind.TRAINING,
            Certificate.source_id.in_(records),
            Certificate.state == CertificateState.VALID,
        )
        .order_by(Certificate.id.desc())
    ).all()


def find_course_of_record(record_id: int) -> tuple[int, int] | None:
    """(course, enrolment) of the own course whose completion stands on a training record; None of any other record."""
    row = db.session.execute(
        select(CourseEnrolment.course_id, CourseEnrolment.id)
        .join(Course, Course.id == CourseEnrolment.course_id)
        .where(CourseEnrolment.training_record_id == record_id, Course.kind == CourseKind.OWN)
        .limit(1)
    ).first()
    return None if row is None else (row[0], row[1])
