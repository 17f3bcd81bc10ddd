"""What leads from a cohort to the training records it wrote, and from a training back to the cohort."""

from __future__ import annotations

from sqlalchemy import Select, select

from app.core.db import db
from app.domain.accounts.rules import Actor
from app.domain.people.models import TrainingRecord
from app.domain.placements.models import Cohort, Placement
from app.domain.placements.queries.visibility import cohorts_visible_to


def records_of(cohort_id: int) -> Select[int | None]:
    """The ids of its training records."""
    return select(Placement.training_record_id).where(
        Placement.cohort_id == cohort_id, Placement.training_record_id.is_not(None)
    )


def find_cohort_of(event_key: str, *, actor: Actor) -> Cohort | None:
    """The cohort that a training was, if it was one and the actor sees it."""
    return db.session.scalars(
        select(Cohort)
        .join(Placement, Placement.cohort_id == Cohort.id)
        .join(TrainingRecord, TrainingRecord.id == Placement.training_record_id)
        .where(TrainingRecord.event_key == event_key, cohorts_visible_to(actor))
        .order_by(Cohort.id.desc())
        .limit(1)
    ).first()
