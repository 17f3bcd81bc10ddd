"""Placements as lists: of a cohort, and of a base school's history."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, func, select

from app.core.db import db
from app.core.paging import PAGE_SIZE, Page
from app.domain.accounts.rules import Actor
from app.domain.people.models import Person
from app.domain.people.queries.search import matching
from app.domain.placements.models import Placement, Stay
from app.domain.placements.queries.placements import placements_statement
from app.domain.placements.rules.words import PlacementStatus


def list_cohort_placements(
    cohort_id: int,
    actor: Actor,
    *,
    q: str = "",
    status: PlacementStatus | None = None,
    page: int = 1,
) -> Page[Any]:
    """The placements of a cohort that the actor sees, by nominating unit and name (``placements_statement``)."""
    statement = placements_statement(actor).where(Placement.cohort_id == cohort_id)
    searched = matching(q)
    if searched is not None:
        statement = statement.where(searched)
    if status is not None:
        statement = statement.where(Placement.status == status)
    return _paged(
        statement.order_by(Placement.nominating_unit_id, Person.sort_key, Placement.id), page
    )


def list_stays_at(unit_id: int, actor: Actor, *, page: int = 1) -> Page[Any]:
    """Who is or was at a base school, the latest first."""
    stayed = select(Stay.placement_id).where(Stay.base_school_id == unit_id)
    statement = placements_statement(actor).where(Placement.id.in_(stayed))
    return _paged(
        statement.order_by(Placement.starts_on.desc(), Person.sort_key, Placement.id), page
    )


def _paged(statement: Select[Any], page: int) -> Page[Any]:
    total = db.session.scalar(select(func.count()).select_from(statement.order_by(None).subquery()))
    rows = db.session.execute(statement.limit(PAGE_SIZE).offset((page - 1) * PAGE_SIZE)).all()
    return Page(rows, page, PAGE_SIZE, total or 0)
