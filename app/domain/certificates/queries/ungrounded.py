"""Valid certificates of trainings that their holder has not passed any more: withdrawn or corrected since."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import aliased

from app.core.db import db
from app.domain.certificates.models import Certificate
from app.domain.certificates.rules.words import CertificateState, SourceKind
from app.domain.people.models import TrainingRecord


def is_ungrounded() -> ColumnElement[bool]:
    """Whether nothing passed stands for a valid certificate any more, also no record written anew."""
    lost, again = aliased(TrainingRecord), aliased(TrainingRecord)
    stands = (
        select(again.id)
        .where(
            again.event_key == lost.event_key,
            again.person_id == Certificate.person_id,
            again.withdrawn_at.is_(None),
            again.passed.is_(True),
        )
        .correlate(lost, Certificate)
        .exists()
    )
    return and_(
        Certificate.state == CertificateState.VALID,
        Certificate.source == SourceKind.TRAINING,
        select(lost.id)
        .where(
            lost.id == Certificate.source_id,
            or_(lost.withdrawn_at.is_not(None), lost.passed.is_(False)),
            ~stands,
        )
        .correlate(Certificate)
        .exists(),
    )


def ungrounded_certificates(unit_id: int) -> Select[int]:
    """The count of those that a unit issued: to be revoked, or explained."""
    return (
        select(func.count())
        .select_from(Certificate)
        .where(Certificate.unit_id == unit_id, is_ungrounded())
    )


def has_lost_ground(certificate_id: int) -> bool:
    """Whether one certificate is among them."""
    found = db.session.scalar(
        select(Certificate.id).where(Certificate.id == certificate_id, is_ungrounded())
    )
    return found is not None
