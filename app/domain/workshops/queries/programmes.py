"""The yearly plan: programmes with what was planned, held and how many took part."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, select
from sqlalchemy.orm import joinedload

from app.core.db import db
from app.core.errors import NotFound
from app.core.i18n import gettext as _
from app.core.paging import PAGE_SIZE, Page
from app.domain.accounts.rules import Actor
from app.domain.units.models import Unit
from app.domain.workshops.models import Enrolment, Programme, Workshop
from app.domain.workshops.rules.words import EnrolmentStatus, WorkshopStatus

TAKING_PART = (EnrolmentStatus.CONFIRMED, EnrolmentStatus.COMPLETED, EnrolmentStatus.NOT_COMPLETED)
HELD = (WorkshopStatus.RUNNING, WorkshopStatus.COMPLETED)


def get_programme(programme_id: int, *, scope: str) -> Programme:
    """A programme of a unit of the scope; NotFound outside."""
    programme = db.session.scalar(
        select(Programme)
        .join(Unit, Unit.id == Programme.unit_id)
        .where(Programme.id == programme_id, Unit.path.like(f"{scope}%"))
        .options(joinedload(Programme.unit))
    )
    if programme is None:
        raise NotFound(_("There is no such programme within your unit."))
    return programme


def _workshops(*conditions: ColumnElement[bool]) -> Any:
    return (
        select(func.count())
        .select_from(Workshop)
        .where(Workshop.programme_id == Programme.id, *conditions)
        .correlate(Programme)
        .scalar_subquery()
    )


def _people(*statuses: EnrolmentStatus) -> Any:
    return (
        select(func.count())
        .select_from(Enrolment)
        .join(Workshop, Workshop.id == Enrolment.workshop_id)
        .where(Workshop.programme_id == Programme.id, Enrolment.status.in_(statuses))
        .correlate(Programme)
        .scalar_subquery()
    )


def list_programmes(
    scope: str, *, year: int | None = None, page: int = 1, size: int = PAGE_SIZE
) -> Page[Row[Any]]:
    """The plan of a subtree, the newest year first: rows of id, year, title, level, audiences, unit_name,
    planned_workshops, planned_people, workshops (not cancelled), held, people (in it), completed.
    """
    conditions: list[ColumnElement[bool]] = [Unit.path.like(f"{scope}%")]
    if year is not None:
        conditions.append(Programme.year == year)
    counted = select(func.count()).select_from(Programme).join(Unit, Unit.id == Programme.unit_id)
    total = db.session.scalar(counted.where(*conditions)) or 0
    columns: tuple[Any, ...] = (
        Programme.id,
        Programme.year,
        Programme.title,
        Programme.level,
        Programme.audiences,
        Unit.name.label("unit_name"),
        Programme.planned_workshops,
        Programme.planned_people,
        _workshops(Workshop.status != WorkshopStatus.CANCELLED).label("workshops"),
        _workshops(Workshop.status.in_(HELD)).label("held"),
        _people(*TAKING_PART).label("people"),
        _people(EnrolmentStatus.COMPLETED).label("completed"),
    )
    statement: Select[Any] = (
        select(*columns)
        .join(Unit, Unit.id == Programme.unit_id)
        .where(*conditions)
        .order_by(Programme.year.desc(), Unit.code, Programme.title, Programme.id)
        .limit(size)
        .offset((page - 1) * size)
    )
    return Page(db.session.execute(statement).all(), page, size, total)


def list_years(scope: str) -> list[int]:
    """The years that have programmes, the newest first."""
    return list(
        db.session.scalars(
            select(Programme.year)
            .join(Unit, Unit.id == Programme.unit_id)
            .where(Unit.path.like(f"{scope}%"))
            .distinct()
            .order_by(Programme.year.desc())
        )
    )


def offered_programmes(actor: Actor) -> list[tuple[int, str]]:
    """Programmes a workshop may belong to: (id, "year title"), the newest year first."""
    rows = db.session.execute(
        select(Programme.id, Programme.year, Programme.title)
        .join(Unit, Unit.id == Programme.unit_id)
        .where(Unit.path.like(f"{actor.unit_path}%"))
        .order_by(Programme.year.desc(), Programme.title, Programme.id)
        .limit(200)
    )
    return [(row.id, f"{row.year} {row.title}") for row in rows]
