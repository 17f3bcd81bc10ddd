"""What people were trained in before, as the conditions of a workshop ask for it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy import func, select

from app.core.db import db
from app.domain.people.models import TrainingRecord


def list_trained_levels(person_ids: Collection[int]) -> dict[int, set[str]]:
    """The levels of the trainings that each of these people has passed."""
    rows = db.session.execute(
        select(TrainingRecord.person_id, TrainingRecord.level)
        .where(
            TrainingRecord.person_id.in_(person_ids),
            TrainingRecord.passed.is_(True),
            TrainingRecord.withdrawn_at.is_(None),
        )
        .distinct()
    )
    levels: dict[int, set[str]] = {}
    for row in rows:
        levels.setdefault(row.person_id, set()).add(row.level.value)
    return levels


def list_last_trainings(person_ids: Collection[int], title: str) -> dict[int, date]:
    """When each of these people last finished a training of this title, if they did."""
    rows = db.session.execute(
        select(TrainingRecord.person_id, func.max(TrainingRecord.ended_on).label("ended_on"))
        .where(
            TrainingRecord.person_id.in_(person_ids),
            TrainingRecord.title == title,
            TrainingRecord.passed.is_(True),
            TrainingRecord.withdrawn_at.is_(None),
        )
        .group_by(TrainingRecord.person_id)
    )
    return {row.person_id: row.ended_on for row in rows}
