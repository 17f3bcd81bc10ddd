"""What was changed about a placement, what is asked for, and what a change may choose from."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from app.core.db import db
from app.domain.placements.models import (
    ChangeRequest,
    CohortSeats,
    Mentor,
    Placement,
    PlacementChange,
)
from app.domain.placements.queries.visibility import own_placement
from app.domain.placements.rules.presence import RUNS
from app.domain.placements.rules.words import LeaveStatus


def list_changes(placement_id: int) -> Sequence[PlacementChange]:
    """Every change, the newest first."""
    return db.session.scalars(
        select(PlacementChange)
        .where(PlacementChange.placement_id == placement_id)
        .order_by(PlacementChange.id.desc())
    ).all()


def list_requests(placement_id: int) -> Sequence[ChangeRequest]:
    """Every change that was asked for, what waits first, then the newest."""
    return db.session.scalars(
        select(ChangeRequest)
        .where(ChangeRequest.placement_id == placement_id)
        .order_by((ChangeRequest.status != LeaveStatus.OPEN), ChangeRequest.id.desc())
    ).all()


def list_mentors_of(base_school_ids: Sequence[int], on: date) -> Sequence[Mentor]:
    """The mentors of base schools on a day, by school and name."""
    return db.session.scalars(
        select(Mentor)
        .where(
            Mentor.unit_id.in_(base_school_ids),
            Mentor.valid_from <= on,
            or_(Mentor.valid_until.is_(None), Mentor.valid_until >= on),
        )
        .options(joinedload(Mentor.person), joinedload(Mentor.unit))
        .order_by(Mentor.unit_id, Mentor.id)
    ).all()


def list_other_seats(placement: Placement, base_school_id: int) -> Sequence[CohortSeats]:
    """Seats of the cohort at other base schools that are free."""
    return db.session.scalars(
        select(CohortSeats)
        .where(
            CohortSeats.cohort_id == placement.cohort_id,
            CohortSeats.base_school_id != base_school_id,
            CohortSeats.taken < CohortSeats.seats,
        )
        .options(joinedload(CohortSeats.base_school))
        .order_by(CohortSeats.id)
    ).all()


def list_own_placements(account_id: int | None) -> Sequence[Placement]:
    """The placements of the account's person, what runs first, then the newest."""
    return db.session.scalars(
        select(Placement)
        .where(own_placement(account_id))
        .order_by(Placement.status.not_in(RUNS), Placement.starts_on.desc(), Placement.id.desc())
    ).all()
