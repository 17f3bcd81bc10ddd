"""Reads of merges."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from app.core.db import db
from app.domain.personal_data.models import PersonMerge


def list_merges_into(person_id: int) -> Sequence[PersonMerge]:
    """The merges that a record lives with and that have not been undone, the newest first."""
    return db.session.scalars(
        select(PersonMerge)
        .where(PersonMerge.kept_id == person_id, PersonMerge.undone_at.is_(None))
        .order_by(PersonMerge.id.desc())
    ).all()
