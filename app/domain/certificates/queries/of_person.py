"""The credentials of one person."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.core.db import db
from app.domain.certificates.models import Credential


def list_credentials_of_person(person_id: int) -> Sequence[Credential]:
    """All credentials of a person with their kinds, also rejected and revoked ones, the newest first."""
    return db.session.scalars(
        select(Credential)
        .options(joinedload(Credential.kind))
        .where(Credential.person_id == person_id)
        .order_by(Credential.issued_on.desc(), Credential.id.desc())
    ).all()
