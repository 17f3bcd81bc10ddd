"""Applications that wait for a decision: whose step it is, and what the officer should know."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select

from app.core.db import db
from app.core.paging import PAGE_SIZE, Page
from app.domain.accounts.rules import Actor, Role
from app.domain.people.models import Person
from app.domain.people.queries.search import matching
from app.domain.units.models import Unit, UnitKind
from app.domain.workshops.models import Enrolment, Workshop
from app.domain.workshops.rules.words import EnrolmentStatus


@dataclass(frozen=True)
class QueueFilter:
    """What the queue is narrowed to; ``everything``: also steps that are usually another office's."""

    q: str = ""
    workshop_id: int | None = None
    unit_path: str | None = None
    everything: bool = False


def decidable_by(actor: Actor, *, everything: bool) -> ColumnElement[bool]:
    """The condition for applications this actor may decide; without ``everything`` only those that wait for it.

    A school decides the step of the school. A county decides its own step, and of its own staff also the first
    one, as there is no school; the prefecture does the same for those who are under no county.
    """
    waiting = and_(
        Enrolment.status == EnrolmentStatus.PENDING,
        Enrolment.approval_step.is_not(None),
        Enrolment.unit_path.like(f"{actor.unit_path}%"),
    )
    if actor.role == Role.SCHOOL:
        return and_(waiting, Enrolment.approval_step == "school")
    if everything:
        return waiting
    own_staff = Enrolment.unit_id == actor.unit_id
    return and_(waiting, or_(own_staff, and_(Enrolment.approval_step == "county", _direct(actor))))


def _direct(actor: Actor) -> ColumnElement[bool]:
    """Nobody between the actor's unit and the person's would decide the county's step."""
    if actor.role == Role.COUNTY:
        return Enrolment.unit_path.like(f"{actor.unit_path}%")
    counties = select(Unit.id).where(
        Unit.kind == UnitKind.COUNTY,
        Unit.path.like(f"{actor.unit_path}%"),
        Enrolment.unit_path.like(Unit.path.concat("%")),
    )
    return ~counties.correlate(Enrolment).exists()


def to_decide(actor: Actor) -> Select[int]:
    """The count of applications that wait for this actor."""
    return select(func.count()).select_from(Enrolment).where(decidable_by(actor, everything=False))


def list_to_decide(
    actor: Actor, wanted: QueueFilter, *, page: int = 1, size: int = PAGE_SIZE
) -> Page[Row[Any]]:
    """The queue, the first to have applied first: rows of id, workshop_id, workshop (title), cohort, approval,
    person_id, name, number_sealed, unit_name, approval_step, applied_at, nominated, note, seated, closes_at.
    """
    conditions = [decidable_by(actor, everything=wanted.everything)]
    if wanted.workshop_id is not None:
        conditions.append(Enrolment.workshop_id == wanted.workshop_id)
    if wanted.unit_path is not None:
        conditions.append(Enrolment.unit_path.like(f"{wanted.unit_path}%"))
    searched = matching(wanted.q)
    if searched is not None:
        conditions.append(searched)
    counted = (
        select(func.count())
        .select_from(Enrolment)
        .join(Person, Person.id == Enrolment.person_id)
        .where(*conditions)
    )
    total = db.session.scalar(counted) or 0
    columns: tuple[Any, ...] = (
        Enrolment.id,
        Enrolment.workshop_id,
        Workshop.title.label("workshop"),
        Workshop.cohort,
        Workshop.approval,
        Person.id.label("person_id"),
        Person.name,
        Person.id_number_sealed.label("number_sealed"),
        Unit.name.label("unit_name"),
        Enrolment.approval_step,
        Enrolment.applied_at,
        Enrolment.nominated,
        Enrolment.note,
        Enrolment.number,
        Enrolment.pool_id.is_not(None).label("seated"),
    )
    statement: Select[Any] = (
        select(*columns)
        .select_from(Enrolment)
        .join(Person, Person.id == Enrolment.person_id)
        .join(Workshop, Workshop.id == Enrolment.workshop_id)
        .join(Unit, Unit.id == Enrolment.unit_id)
        .where(*conditions)
        .order_by(Enrolment.applied_at, Enrolment.id)
        .limit(size)
        .offset((page - 1) * size)
    )
    return Page(db.session.execute(statement).all(), page, size, total)


def list_waiting_workshops(actor: Actor, *, everything: bool) -> list[tuple[int, str]]:
    """The workshops somebody applies for in the queue: id and title, for its filter."""
    rows = db.session.execute(
        select(Workshop.id, Workshop.title, Workshop.cohort)
        .where(
            Workshop.id.in_(
                select(Enrolment.workshop_id).where(decidable_by(actor, everything=everything))
            )
        )
        .order_by(Workshop.id.desc())
    )
    return [(row.id, " ".join(filter(None, (row.title, row.cohort)))) for row in rows]


def load_workshops(workshop_ids: Sequence[int]) -> Sequence[Workshop]:
    """These workshops, for asking who fits them."""
    return db.session.scalars(select(Workshop).where(Workshop.id.in_(set(workshop_ids)))).all()
