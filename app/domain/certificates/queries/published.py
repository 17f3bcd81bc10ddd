"""What is published so that certificates can be proved without us: public keys, and which ended before their time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from app.core.db import db
from app.domain.certificates.models import Certificate, SigningKey
from app.domain.certificates.rules.verifying import credential_id, proof_digest
from app.domain.certificates.rules.words import CertificateState, KeyUse


@dataclass(frozen=True, slots=True)
class Ended:
    """A certificate that was revoked or replaced, named so that only who holds it recognises it."""

    digest: str
    name: str
    state: CertificateState
    on: date


@dataclass(frozen=True, slots=True)
class CountedKey:
    """A signing key, and how many certificates it signed."""

    key: SigningKey
    signed: int


_ENDED = Certificate.state != CertificateState.VALID


def list_ended() -> list[Ended]:
    """Every certificate that has ended by an act, by its digest: the order tells nothing of when or whose."""
    rows = db.session.execute(
        select(Certificate.signature, Certificate.state, Certificate.ended_on).where(_ENDED)
    )
    ended = [
        Ended(proof_digest(row.signature), credential_id(row.signature), row.state, row.ended_on)
        for row in rows
    ]
    return sorted(ended, key=lambda one: one.digest)


def published_stamp() -> str:
    """Another one whenever a key is made or a certificate ends; what is published can be kept by it."""
    keys, newest, retired = db.session.execute(
        select(func.count(), func.max(SigningKey.id), func.max(SigningKey.retired_at)).where(
            SigningKey.use == KeyUse.FACTS
        )
    ).one()
    ended, versions, last = db.session.execute(
        select(
            func.count(), func.sum(Certificate.row_version), func.max(Certificate.ended_on)
        ).where(_ENDED)
    ).one()
    return f"{keys}.{newest}.{retired}.{ended}.{versions}.{last}"


def list_public_keys() -> Sequence[SigningKey]:
    """Every key that ever signed facts, the newest first."""
    return db.session.scalars(
        select(SigningKey).where(SigningKey.use == KeyUse.FACTS).order_by(SigningKey.id.desc())
    ).all()


def list_counted_keys() -> list[CountedKey]:
    """Every key of either use with how many certificates it signed, the newest first."""
    signed = (
        select(Certificate.key_id, func.count().label("count"))
        .group_by(Certificate.key_id)
        .subquery()
    )
    rows = db.session.execute(
        select(SigningKey, func.coalesce(signed.c.count, 0))
        .outerjoin(signed, signed.c.key_id == SigningKey.id)
        .order_by(SigningKey.id.desc())
    )
    return [CountedKey(key, count) for key, count in rows]
