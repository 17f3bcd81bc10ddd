"""Lists of nominations: of a cohort, of what waits for somebody, of a person's own; and who may be nominated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, or_, select
from sqlalchemy.orm import aliased

from app.core.db import db
from app.core.paging import PAGE_SIZE, Page
from app.domain.accounts.rules import Actor, Role
from app.domain.people.models import Person
from app.domain.people.queries.search import matching
from app.domain.placements.models import Cohort, Nomination, Placement
from app.domain.placements.rules.nominating import (
    STANDING,
)
from app.domain.placements.rules.words import (
    CohortStatus,
    NominationStatus,
    PlacementStatus,
)
from app.domain.units.models import Unit
from app.domain.units.queries import in_subtree

LIVE = (CohortStatus.OPEN, CohortStatus.CONFIRMED)


@dataclass(frozen=True, slots=True)
class NominationFilter:
    """What the list is narrowed to; ``unreleased``: only whom their school has not released yet."""

    q: str = ""
    status: NominationStatus | None = None
    unit_path: str | None = None
    unreleased: bool = False


def seen_by(actor: Actor) -> ColumnElement[bool]:
    """The condition that a nomination was made by, or for somebody of, a unit of the actor's subtree."""
    below = select(Unit.id).where(in_subtree(actor.unit_path))
    return or_(Nomination.unit_id.in_(below), Nomination.school_id.in_(below))


def list_nominations(
    cohort: Cohort, actor: Actor, wanted: NominationFilter, *, page: int
) -> Page[Any]:
    """The nominations of a cohort that the actor sees: by unit, standing ones by rank, then the closed ones.

    Columns: those of ``_columns``; the same two queries for any page.
    """
    conditions = [Nomination.cohort_id == cohort.id, seen_by(actor), *_narrowing(wanted)]
    return _listed(conditions, page)


def list_waiting(actor: Actor, *, page: int) -> Page[Any]:
    """What waits for the actor in every cohort: a school's releases, a bureau's decisions, a county's corrections."""
    return _listed([_waits_for(actor)], page)


def waiting_nominations(actor: Actor) -> Select[int]:
    """How many nominations wait for the actor, as a statement for the home page."""
    return (
        select(func.count())
        .select_from(Nomination)
        .join(Cohort, Cohort.id == Nomination.cohort_id)
        .where(_waits_for(actor))
    )


def count_waiting(actor: Actor) -> int:
    """How many nominations wait for the actor."""
    return db.session.scalar(waiting_nominations(actor)) or 0


def _waits_for(actor: Actor) -> ColumnElement[bool]:
    below = select(Unit.id).where(in_subtree(actor.unit_path))
    live = Cohort.status.in_(LIVE)
    if actor.may("placements.decide"):
        return (
            live
            & Cohort.unit_id.in_(below)
            & (Nomination.status == NominationStatus.SUBMITTED)
            & Nomination.released_at.is_not(None)
        )
    sent_back = Nomination.unit_id.in_(below) & (Nomination.status == NominationStatus.SENT_BACK)
    if actor.role != Role.SCHOOL:
        return live & sent_back
    to_release = (
        Nomination.school_id.in_(below)
        & (Nomination.status == NominationStatus.SUBMITTED)
        & Nomination.released_at.is_(None)
    )
    return live & or_(to_release, sent_back)


def _narrowing(wanted: NominationFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    searched = matching(wanted.q)
    if searched is not None:
        conditions.append(searched)
    if wanted.status is not None:
        conditions.append(Nomination.status == wanted.status)
    if wanted.unreleased:
        conditions.append(Nomination.released_at.is_(None))
    if wanted.unit_path is not None:
        conditions.append(
            Nomination.unit_id.in_(select(Unit.id).where(in_subtree(wanted.unit_path)))
        )
    return conditions


def _columns() -> Select[*tuple[Any, ...]]:
    unit, school = aliased(Unit), aliased(Unit)
    return (
        select(
            Nomination.id,
            Nomination.rank,
            Nomination.status,
            Nomination.preferences,
            Nomination.stage,
            Nomination.subject,
            Nomination.released_at,
            Nomination.release_note,
            Nomination.decision_reason,
            Nomination.nominated_at,
            Nomination.row_version,
            Nomination.person_id,
            Nomination.unit_id,
            Nomination.cohort_id,
            Person.name,
            unit.name.label("unit_name"),
            school.name.label("school_name"),
            Cohort.title.label("cohort_title"),
            Placement.id.label("placement_id"),
        )
        .join(Person, Person.id == Nomination.person_id)
        .join(Cohort, Cohort.id == Nomination.cohort_id)
        .join(unit, unit.id == Nomination.unit_id)
        .join(school, school.id == Nomination.school_id)
        .outerjoin(
            Placement,
            (Placement.nomination_id == Nomination.id)
            & (Placement.status != PlacementStatus.WITHDRAWN),
        )
        .order_by(
            Cohort.starts_on.desc(),
            unit.code,
            Nomination.status.not_in(STANDING),
            Nomination.rank,
            Nomination.id,
        )
    )


def _listed(conditions: Sequence[ColumnElement[bool]], page: int) -> Page[Any]:
    total = db.session.scalar(
        select(func.count())
        .select_from(Nomination)
        .join(Person, Person.id == Nomination.person_id)
        .join(Cohort, Cohort.id == Nomination.cohort_id)
        .where(*conditions)
    )
    rows = db.session.execute(
        _columns().where(*conditions).limit(PAGE_SIZE).offset((page - 1) * PAGE_SIZE)
    ).all()
    return Page(rows, page, PAGE_SIZE, total or 0)


def list_own_nominations(account_id: int | None) -> Sequence[Row[Any]]:
    """The nominations of the account's person that concern them still or led to a placement, the latest first."""
    mine = select(Person.id).where(Person.account_id == account_id)
    return db.session.execute(
        _columns()
        .where(Nomination.person_id.in_(mine))
        .order_by(None)
        .order_by(Nomination.nominated_at.desc(), Nomination.id.desc())
    ).all()


def list_ranked(cohort_id: int, unit_id: int) -> Sequence[Row[Any]]:
    """The standing nominations of a unit by rank."""
    return db.session.execute(
        _columns()
        .where(
            Nomination.cohort_id == cohort_id,
            Nomination.unit_id == unit_id,
            Nomination.status.in_(STANDING),
        )
        .order_by(None)
        .order_by(Nomination.rank)
    ).all()


def is_to_be_placed(nomination: Nomination) -> bool:
    """Whether an approved nominee of a confirmed cohort has no placement in it, and may still get one."""
    if (nomination.cohort.status, nomination.status) != (
        CohortStatus.CONFIRMED,
        NominationStatus.APPROVED,
    ):
        return False
    placed = db.session.scalar(
        select(Placement.id).where(
            Placement.cohort_id == nomination.cohort_id,
            Placement.person_id == nomination.person_id,
            Placement.status != PlacementStatus.WITHDRAWN,
        )
    )
    return placed is None
