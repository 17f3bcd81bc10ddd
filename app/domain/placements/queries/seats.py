"""The seats and quotas of a cohort."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import joinedload

from app.core.db import db
from app.domain.placements.models import (
    AppraisalCriterion,
    Cohort,
    CohortFile,
    CohortQuota,
    CohortSeats,
    Nomination,
)
from app.domain.placements.rules.nominating import STANDING
from app.domain.units.models import Unit, UnitKind
from app.domain.units.queries import in_subtree


def list_seats(cohort_id: int) -> Sequence[CohortSeats]:
    """What base schools offer in the cohort, by school; lines that were taken back (0 seats) are left out."""
    return db.session.scalars(
        select(CohortSeats)
        .join(Unit, Unit.id == CohortSeats.base_school_id)
        .where(CohortSeats.cohort_id == cohort_id, CohortSeats.seats > 0)
        .options(joinedload(CohortSeats.base_school))
        .order_by(Unit.code, CohortSeats.id)
    ).all()


def list_offering_schools(cohort_id: int) -> Sequence[Unit]:
    """The base schools that offer seats in the cohort, by code."""
    offering = select(CohortSeats.base_school_id).where(
        CohortSeats.cohort_id == cohort_id, CohortSeats.seats > 0
    )
    return db.session.scalars(select(Unit).where(Unit.id.in_(offering)).order_by(Unit.code)).all()


def count_seats(cohort_id: int) -> int:
    """All seats of the cohort."""
    total = select(func.coalesce(func.sum(CohortSeats.seats), 0)).where(
        CohortSeats.cohort_id == cohort_id
    )
    return db.session.scalar(total) or 0


def list_quotas(cohort_id: int) -> Sequence[Row[Any]]:
    """Rows of unit_id, code, name, seats, nominated (how many of it are nominated), by code."""
    nominated = (
        select(func.count())
        .where(
            Nomination.cohort_id == cohort_id,
            Nomination.unit_id == CohortQuota.unit_id,
            Nomination.status.in_(STANDING),
        )
        .correlate(CohortQuota)
        .scalar_subquery()
    )
    return db.session.execute(
        select(
            CohortQuota.unit_id,
            Unit.code,
            Unit.name,
            CohortQuota.seats,
            nominated.label("nominated"),
        )
        .join(Unit, Unit.id == CohortQuota.unit_id)
        .where(CohortQuota.cohort_id == cohort_id)
        .order_by(Unit.code)
    ).all()


def list_nominating_units(cohort: Cohort) -> Sequence[Unit]:
    """Who may nominate: the counties and special zones of the prefecture, then its municipal schools; open ones."""
    return db.session.scalars(
        select(Unit)
        .where(
            in_subtree(cohort.unit.path),
            Unit.parent_id == cohort.unit_id,
            Unit.closed_on.is_(None),
        )
        .order_by(Unit.kind == UnitKind.SCHOOL, Unit.code)
    ).all()


def list_criteria(cohort_id: int) -> Sequence[AppraisalCriterion]:
    """The criteria of both appraisals, in their order."""
    return db.session.scalars(
        select(AppraisalCriterion)
        .where(AppraisalCriterion.cohort_id == cohort_id)
        .order_by(AppraisalCriterion.phase.desc(), AppraisalCriterion.position)
    ).all()


def list_files(cohort_id: int) -> Sequence[CohortFile]:
    """The papers of a cohort, the oldest first."""
    return db.session.scalars(
        select(CohortFile).where(CohortFile.cohort_id == cohort_id).order_by(CohortFile.id)
    ).all()
