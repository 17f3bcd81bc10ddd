"""How much of a workshop's sessions each person attended, for the attendance criterion of a marking guide."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal

from sqlalchemy import select

from app.core.db import db
from app.domain.workshops.models import Enrolment
from app.domain.workshops.queries.attendance import load_register
from app.domain.workshops.rules.grading import GRADED


def attendance_percentages(
    workshop_id: int, enrolment_ids: Collection[int] | None = None
) -> dict[int, Decimal | None]:
    """How much of the sessions each person attended, of 100 (rules.attendance.attendance_share); by enrolment.

    A session counts once attendance was kept in it, unless it is cancelled. Who attended the session that makes up
    for a missed one has attended.
    """
    register = load_register(workshop_id)
    wanted = _graded_ids(workshop_id) if enrolment_ids is None else enrolment_ids
    return {enrolment_id: register.share(enrolment_id) for enrolment_id in wanted}


def _graded_ids(workshop_id: int) -> Collection[int]:
    return db.session.scalars(
        select(Enrolment.id).where(
            Enrolment.workshop_id == workshop_id, Enrolment.status.in_(tuple(GRADED))
        )
    ).all()
