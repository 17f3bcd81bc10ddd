"""What leads from a workshop to the training records it wrote, and from a training back to the workshop."""

from __future__ import annotations

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from app.core.db import db
from app.domain.accounts.rules import Actor
from app.domain.people.models import TrainingRecord
from app.domain.workshops.models import Enrolment, Workshop
from app.domain.workshops.queries.workshops import may_see


def records_of(workshop_id: int) -> Select[int | None]:
    """The ids of its training records."""
    return select(Enrolment.training_record_id).where(
        Enrolment.workshop_id == workshop_id, Enrolment.training_record_id.is_not(None)
    )


def find_workshop_of(event_key: str, *, actor: Actor) -> Workshop | None:
    """The workshop that a training was, if it was one and the actor sees it."""
    found = db.session.scalars(
        select(Workshop)
        .join(Enrolment, Enrolment.workshop_id == Workshop.id)
        .join(TrainingRecord, TrainingRecord.id == Enrolment.training_record_id)
        .where(TrainingRecord.event_key == event_key)
        .options(joinedload(Workshop.organiser))
        .order_by(Workshop.id.desc())
        .limit(1)
    ).first()
    return found if found is not None and may_see(found, actor) else None
