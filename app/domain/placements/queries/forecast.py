"""What is planned: cohorts that have not ended, with their seats and who fills them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import Select, func, select

from app.core.db import db
from app.domain.accounts.rules import Actor
from app.domain.placements.models import Cohort, CohortQuota, CohortSeats, Nomination, Placement
from app.domain.placements.queries.visibility import cohorts_visible_to
from app.domain.placements.rules.forecast import PlannedCohort
from app.domain.placements.rules.words import CohortStatus, NominationStatus, PlacementStatus

UNFINISHED = (CohortStatus.DRAFT, CohortStatus.OPEN, CohortStatus.CONFIRMED)
UNDER_WAY = (PlacementStatus.ACTIVE, PlacementStatus.INTERRUPTED)
STANDING = (
    NominationStatus.SUBMITTED,
    NominationStatus.APPROVED,
    NominationStatus.SENT_BACK,
)


def list_planned_cohorts(actor: Actor) -> list[PlannedCohort]:
    """The cohorts the actor sees that have not ended, the earliest first; five queries, however many there are."""
    cohorts = db.session.execute(
        select(Cohort.id, Cohort.title, Cohort.ends_on, Cohort.seat_policy, Cohort.status)
        .where(Cohort.status.in_(UNFINISHED), cohorts_visible_to(actor))
        .order_by(Cohort.ends_on, Cohort.id)
    ).all()
    ids = [row.id for row in cohorts]
    seats = _seats(ids)
    placed = _by_unit(
        select(Placement.cohort_id, Placement.nominating_unit_id, func.count())
        .where(Placement.cohort_id.in_(ids), Placement.status.in_(UNDER_WAY))
        .group_by(Placement.cohort_id, Placement.nominating_unit_id)
    )
    nominated = _by_unit(
        select(Nomination.cohort_id, Nomination.unit_id, func.count())
        .where(Nomination.cohort_id.in_(ids), Nomination.status.in_(STANDING))
        .group_by(Nomination.cohort_id, Nomination.unit_id)
    )
    quotas = _by_unit(
        select(CohortQuota.cohort_id, CohortQuota.unit_id, CohortQuota.seats).where(
            CohortQuota.cohort_id.in_(ids)
        )
    )
    return [
        PlannedCohort(
            row.id,
            row.title,
            row.ends_on,
            seats.get(row.id, 0),
            row.seat_policy,
            placed[row.id] if row.status is CohortStatus.CONFIRMED else None,
            nominated[row.id],
            quotas[row.id],
        )
        for row in cohorts
    ]


def _seats(cohort_ids: Sequence[int]) -> dict[int, int]:
    rows = db.session.execute(
        select(CohortSeats.cohort_id, func.sum(CohortSeats.seats))
        .where(CohortSeats.cohort_id.in_(cohort_ids))
        .group_by(CohortSeats.cohort_id)
    )
    return {row[0]: int(row[1]) for row in rows}


def _by_unit(statement: Select[int, int, int]) -> dict[int, dict[int, int]]:
    found: dict[int, dict[int, int]] = defaultdict(dict)
    for cohort_id, unit_id, number in db.session.execute(statement):
        found[cohort_id][unit_id] = int(number)
    return found
