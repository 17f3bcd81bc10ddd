"""What a bureau watches: how far each cohort is, and how full the base schools are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select

from app.core.db import db
from app.domain.accounts.rules import Actor
from app.domain.placements.models import (
    BaseSchoolCapacity,
    Cohort,
    CohortSeats,
    Mentor,
    Nomination,
    Placement,
    Stay,
)
from app.domain.placements.rules.words import (
    CohortStatus,
    NominationStatus,
    PlacementStatus,
)
from app.domain.units.models import BaseSchoolPeriod, Unit
from app.domain.units.queries import in_subtree

UNDER_WAY = (PlacementStatus.ACTIVE, PlacementStatus.INTERRUPTED)


@dataclass(frozen=True, slots=True)
class BaseSchoolLoad:
    """How full a base school is on a day: trainees there, what it can take, mentors and how many they may guide."""

    unit_id: int
    code: str
    name: str
    trainees: int
    capacity: int
    mentors: int
    mentor_places: int


def list_base_school_loads(actor: Actor, today: date) -> list[BaseSchoolLoad]:
    """The base schools of the actor's subtree today; one query."""
    rows = db.session.execute(
        select(
            Unit.id,
            Unit.code,
            Unit.name,
            _trainees(today).label("trainees"),
            _capacity(today).label("capacity"),
            _mentors(today, func.count()).label("mentors"),
            _mentors(today, func.coalesce(func.sum(Mentor.trainee_limit), 0)).label("places"),
        )
        .join(BaseSchoolPeriod, BaseSchoolPeriod.unit_id == Unit.id)
        .where(in_subtree(actor.unit_path), _on(BaseSchoolPeriod, today))
        .order_by(Unit.code)
    )
    return [BaseSchoolLoad(*row) for row in rows]


def _on(table: Any, today: date) -> ColumnElement[bool]:
    return and_(
        table.valid_from <= today, or_(table.valid_until.is_(None), table.valid_until >= today)
    )


def _trainees(today: date) -> Any:
    """Who is there today, interrupted or not: their seat stays theirs."""
    return (
        select(func.count())
        .select_from(Stay)
        .join(Placement, Placement.id == Stay.placement_id)
        .where(
            Stay.base_school_id == Unit.id,
            _on(Stay, today),
            Placement.status.in_(UNDER_WAY),
            Placement.starts_on <= today,
        )
        .correlate(Unit)
        .scalar_subquery()
    )


def _capacity(today: date) -> Any:
    return (
        select(func.coalesce(func.sum(BaseSchoolCapacity.seats), 0))
        .where(BaseSchoolCapacity.unit_id == Unit.id, _on(BaseSchoolCapacity, today))
        .correlate(Unit)
        .scalar_subquery()
    )


def _mentors(today: date, figure: Any) -> Any:
    return (
        select(figure)
        .select_from(Mentor)
        .where(Mentor.unit_id == Unit.id, _on(Mentor, today))
        .correlate(Unit)
        .scalar_subquery()
    )


@dataclass(frozen=True, slots=True)
class CohortStanding:
    """A cohort that has not ended: its seats, who is nominated, placed, and through."""

    id: int
    title: str
    status: CohortStatus
    starts_on: date
    ends_on: date
    seats: int
    nominees: int
    placed: int
    completed: int

    def elapsed(self, today: date) -> int:
        """How much of the term is over, in per cent."""
        days = (self.ends_on - self.starts_on).days + 1
        return max(0, min(100, (today - self.starts_on).days * 100 // days))


def list_standing_cohorts(actor: Actor) -> list[CohortStanding]:
    """The cohorts of the actor's subtree that have not ended, the earliest first; one query."""

    def counted(table: Any, *conditions: ColumnElement[bool]) -> Any:
        return (
            select(func.count())
            .select_from(table)
            .where(table.cohort_id == Cohort.id, *conditions)
            .correlate(Cohort)
            .scalar_subquery()
        )

    gone = (NominationStatus.WITHDRAWN, NominationStatus.REJECTED)
    rows = db.session.execute(
        select(
            Cohort.id,
            Cohort.title,
            Cohort.status,
            Cohort.starts_on,
            Cohort.ends_on,
            select(func.coalesce(func.sum(CohortSeats.seats), 0))
            .where(CohortSeats.cohort_id == Cohort.id)
            .correlate(Cohort)
            .scalar_subquery(),
            counted(Nomination, Nomination.status.not_in(gone)),
            counted(Placement, Placement.status != PlacementStatus.WITHDRAWN),
            counted(Placement, Placement.status == PlacementStatus.COMPLETED),
        )
        .join(Unit, Unit.id == Cohort.unit_id)
        .where(
            in_subtree(actor.unit_path),
            Cohort.status.in_((CohortStatus.DRAFT, CohortStatus.OPEN, CohortStatus.CONFIRMED)),
        )
        .order_by(Cohort.starts_on, Cohort.id)
    )
    return [CohortStanding(*row) for row in rows]
