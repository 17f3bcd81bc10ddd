"""Lists of cohorts with how they stand: seats, nominees and placements."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ScalarSelect, Select, extract, func, or_, select

from app.core.db import db
from app.core.paging import PAGE_SIZE, Page
from app.core.text import like_pattern
from app.domain.accounts.rules import Actor
from app.domain.placements.models import Cohort, CohortSeats, Nomination, Placement
from app.domain.placements.queries.visibility import cohorts_visible_to, placements_visible_to
from app.domain.placements.rules.words import (
    CohortStatus,
    NominationStatus,
    PlacementResult,
    PlacementStatus,
)
from app.domain.units.models import Unit
from app.domain.units.queries import in_subtree

GONE = (NominationStatus.WITHDRAWN, NominationStatus.REJECTED)
GOOD = (PlacementResult.EXCELLENT, PlacementResult.PASSED)


@dataclass(frozen=True, slots=True)
class CohortFilter:
    """What the list is narrowed to."""

    q: str = ""
    status: CohortStatus | None = None
    year: int | None = None


def list_cohorts(actor: Actor, wanted: CohortFilter, *, page: int) -> Page[Any]:
    """The cohorts the actor sees, the latest first; nominees and placements only of those they see.

    Columns: ``id, title, status, imported, starts_on, ends_on, nominations_open_on, nominations_close_on,
    organiser, seats, nominees, placements, passed``.
    """
    matching = _narrowed(select(Cohort.id).where(cohorts_visible_to(actor)), wanted)
    total = db.session.scalar(select(func.count()).select_from(matching.subquery())) or 0
    rows = db.session.execute(
        select(
            Cohort.id,
            Cohort.title,
            Cohort.status,
            Cohort.imported,
            Cohort.starts_on,
            Cohort.ends_on,
            Cohort.nominations_open_on,
            Cohort.nominations_close_on,
            Unit.name.label("organiser"),
            _seats().label("seats"),
            _nominees(actor).label("nominees"),
            _placements(actor).label("placements"),
            _placements(actor, passed=True).label("passed"),
        )
        .join(Unit, Unit.id == Cohort.unit_id)
        .where(Cohort.id.in_(matching))
        .order_by(Cohort.starts_on.desc(), Cohort.id.desc())
        .limit(PAGE_SIZE)
        .offset((page - 1) * PAGE_SIZE)
    ).all()
    return Page(rows, page, PAGE_SIZE, total)


def _narrowed(statement: Select[Any], wanted: CohortFilter) -> Select[Any]:
    if wanted.q:
        statement = statement.where(Cohort.title.ilike(like_pattern(wanted.q), escape="\\"))
    if wanted.status is not None:
        statement = statement.where(Cohort.status == wanted.status)
    if wanted.year is not None:
        statement = statement.where(extract("year", Cohort.starts_on) == wanted.year)
    return statement


def _seats() -> ScalarSelect[int]:
    return (
        select(func.coalesce(func.sum(CohortSeats.seats), 0))
        .where(CohortSeats.cohort_id == Cohort.id)
        .correlate(Cohort)
        .scalar_subquery()
    )


def _nominees(actor: Actor) -> ScalarSelect[int]:
    below = select(Unit.id).where(in_subtree(actor.unit_path))
    return (
        select(func.count())
        .where(
            Nomination.cohort_id == Cohort.id,
            Nomination.status.not_in(GONE),
            or_(Nomination.unit_id.in_(below), Nomination.school_id.in_(below)),
        )
        .correlate(Cohort)
        .scalar_subquery()
    )


def _placements(actor: Actor, *, passed: bool = False) -> ScalarSelect[int]:
    statement = select(func.count()).where(
        Placement.cohort_id == Cohort.id,
        Placement.status != PlacementStatus.WITHDRAWN,
        placements_visible_to(actor),
    )
    if passed:
        statement = statement.where(Placement.result.in_(GOOD))
    return statement.correlate(Cohort).scalar_subquery()


@dataclass(frozen=True, slots=True)
class CohortCounts:
    """How a cohort stands, of what the reader sees: seats in all and taken, nominees, placements, passed ones."""

    seats: int
    taken: int
    nominees: int
    waiting: int
    approved: int
    placements: int
    completed: int
    passed: int


def count_cohort(cohort: Cohort, actor: Actor) -> CohortCounts:
    """The counts of one cohort, in three queries."""
    seats, taken = db.session.execute(
        select(
            func.coalesce(func.sum(CohortSeats.seats), 0),
            func.coalesce(func.sum(CohortSeats.taken), 0),
        ).where(CohortSeats.cohort_id == cohort.id)
    ).one()
    below = select(Unit.id).where(in_subtree(actor.unit_path))
    nominated = dict(
        db.session.execute(
            select(Nomination.status, func.count())
            .where(
                Nomination.cohort_id == cohort.id,
                Nomination.status.not_in(GONE),
                or_(Nomination.unit_id.in_(below), Nomination.school_id.in_(below)),
            )
            .group_by(Nomination.status)
        ).all()
    )
    results = db.session.execute(
        select(Placement.status, Placement.result, func.count())
        .where(
            Placement.cohort_id == cohort.id,
            Placement.status != PlacementStatus.WITHDRAWN,
            placements_visible_to(actor),
        )
        .group_by(Placement.status, Placement.result)
    ).all()
    return CohortCounts(
        seats=seats,
        taken=taken,
        nominees=sum(nominated.values()),
        waiting=nominated.get(NominationStatus.SUBMITTED, 0),
        approved=nominated.get(NominationStatus.APPROVED, 0),
        placements=sum(number for _status, _result, number in results),
        completed=sum(
            number for status, _result, number in results if status is PlacementStatus.COMPLETED
        ),
        passed=sum(number for _status, result, number in results if result in GOOD),
    )
