"""Which workshops somebody sees and runs: one workshop with its scope, the list with its counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Row,
    ScalarSelect,
    Select,
    and_,
    false,
    func,
    or_,
    select,
    true,
)
from sqlalchemy.orm import joinedload

from app.core import clock
from app.core.db import db
from app.core.errors import NotFound
from app.core.i18n import gettext as _
from app.core.paging import PAGE_SIZE, Page
from app.core.text import like_pattern
from app.domain.accounts.rules import SYSTEM_ROLE, Actor, Role
from app.domain.people.models import Person
from app.domain.people.rules import TrainingLevel
from app.domain.units.models import Unit
from app.domain.workshops.models import (
    Enrolment,
    Programme,
    SeatPool,
    Workshop,
    WorkshopSession,
    WorkshopTrainer,
)
from app.domain.workshops.rules.enrolling import WAITING
from app.domain.workshops.rules.words import WorkshopKind, WorkshopStatus


def ancestor_ids(path: str) -> list[int]:
    """The ids of a unit and of all units above it, from its path."""
    return [int(part) for part in path.split("/") if part.isdecimal()]


def _units_below(path: str) -> Any:
    return select(Unit.id).where(Unit.path.like(f"{path}%"))


def is_trainer(workshop: Workshop, actor: Actor) -> bool:
    """Whether the account is assigned to the workshop, in its role of a trainer."""
    return actor.role == Role.TRAINER and any(
        trainer.account_id == actor.account_id for trainer in workshop.trainers
    )


def may_plan(workshop: Workshop, actor: Actor) -> bool:
    """Whether the workshop is the actor's to change: it plans, and organises it or stands above who does."""
    return actor.may("workshops.plan") and actor.reaches(workshop.organiser.path)


def may_run(workshop: Workshop, actor: Actor) -> bool:
    """Whether the actor keeps roster, attendance and grades: who plans it, or a trainer assigned to it."""
    return may_plan(workshop, actor) or is_trainer(workshop, actor)


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """The condition that the actor sees a workshop.

    A trainer: those assigned. Who plans: every one organised in the subtree. Everybody else, and also who
    plans, those that were published and are for people of their unit: organised by it or above it, or open to
    it by name. A teacher also those they are or were enrolled in; a school those its people are in.
    """
    if actor.role == SYSTEM_ROLE:
        return true()
    if actor.role == Role.TRAINER:
        return Workshop.id.in_(
            select(WorkshopTrainer.workshop_id).where(
                WorkshopTrainer.account_id == actor.account_id
            )
        )
    if not actor.may("workshops.read"):
        return false()
    public = and_(Workshop.status != WorkshopStatus.DRAFT, or_(_is_for(actor), _has_people(actor)))
    if actor.may("workshops.plan"):
        return or_(Workshop.organiser_id.in_(_units_below(actor.unit_path)), public)
    return public


def _is_for(actor: Actor) -> ColumnElement[bool]:
    above = ancestor_ids(actor.unit_path)
    return or_(
        and_(Workshop.eligible_unit_id.is_(None), Workshop.organiser_id.in_(above)),
        Workshop.eligible_unit_id.in_(above),
        Workshop.eligible_unit_id.in_(_units_below(actor.unit_path)),
    )


def _has_people(actor: Actor) -> ColumnElement[bool]:
    """Somebody of the actor's is in it, whatever it says now; for a teacher only they themselves."""
    enrolled = select(Enrolment.workshop_id)
    if actor.role == Role.TEACHER:
        return Workshop.id.in_(
            enrolled.join(Person, Person.id == Enrolment.person_id).where(
                Person.account_id == actor.account_id
            )
        )
    return Workshop.id.in_(enrolled.where(Enrolment.unit_path.like(f"{actor.unit_path}%")))


def may_see(workshop: Workshop, actor: Actor) -> bool:
    """Whether the actor sees this workshop: ``visible_to`` for one that is loaded, mostly without asking again."""
    if actor.role == SYSTEM_ROLE or may_run(workshop, actor):
        return True
    if actor.role == Role.TRAINER or not actor.may("workshops.read"):
        return False
    if workshop.status is WorkshopStatus.DRAFT:
        return False
    if _meant_for(workshop, actor):
        return True
    statement = select(Workshop.id).where(Workshop.id == workshop.id, _has_people(actor))
    return db.session.scalar(statement) is not None


def _meant_for(workshop: Workshop, actor: Actor) -> bool:
    if workshop.eligible_unit_id is None:
        return actor.unit_path.startswith(workshop.organiser.path)
    path = workshop.eligible_unit.path if workshop.eligible_unit else "/-/"
    return actor.unit_path.startswith(path) or path.startswith(actor.unit_path)


def get_workshop(workshop_id: int, *, actor: Actor) -> Workshop:
    """A workshop the actor sees, with its organiser; NotFound outside the scope."""
    workshop = find_workshop(workshop_id, actor=actor)
    if workshop is None:
        raise NotFound(_("There is no such workshop within your unit."))
    return workshop


def find_workshop(workshop_id: int, *, actor: Actor) -> Workshop | None:
    """A workshop the actor sees, or None."""
    workshop = db.session.scalar(
        select(Workshop).where(Workshop.id == workshop_id).options(joinedload(Workshop.organiser))
    )
    return workshop if workshop is not None and may_see(workshop, actor) else None


def get_run_workshop(workshop_id: int, *, actor: Actor) -> Workshop:
    """A workshop the actor runs (``may_run``); NotFound for everybody else."""
    workshop = get_workshop(workshop_id, actor=actor)
    if not may_run(workshop, actor):
        raise NotFound(_("There is no such workshop within your unit."))
    return workshop


def get_planned_workshop(workshop_id: int, *, actor: Actor) -> Workshop:
    """A workshop the actor plans (``may_plan``); NotFound for everybody else."""
    workshop = get_workshop(workshop_id, actor=actor)
    if not may_plan(workshop, actor):
        raise NotFound(_("There is no such workshop within your unit."))
    return workshop


@dataclass(frozen=True)
class WorkshopFilter:
    """What the list is narrowed to; ``unit_path``: organised in this subtree; ``year``: of the sessions."""

    q: str = ""
    status: WorkshopStatus | None = None
    kind: WorkshopKind | None = None
    level: TrainingLevel | None = None
    year: int | None = None
    programme_id: int | None = None
    unit_path: str | None = None


def _first_session() -> ScalarSelect[Any]:
    return (
        select(func.min(WorkshopSession.starts_at))
        .where(
            WorkshopSession.workshop_id == Workshop.id,
            WorkshopSession.cancelled_at.is_(None),
        )
        .correlate(Workshop)
        .scalar_subquery()
    )


def _taken() -> ScalarSelect[Any]:
    return (
        select(func.coalesce(func.sum(SeatPool.taken), 0))
        .where(SeatPool.workshop_id == Workshop.id)
        .correlate(Workshop)
        .scalar_subquery()
    )


def _waiting() -> ScalarSelect[Any]:
    return (
        select(func.count())
        .select_from(Enrolment)
        .where(
            Enrolment.workshop_id == Workshop.id,
            Enrolment.pool_id.is_(None),
            Enrolment.status.in_(tuple(WAITING)),
        )
        .correlate(Workshop)
        .scalar_subquery()
    )


def _conditions(actor: Actor, wanted: WorkshopFilter) -> list[ColumnElement[bool]]:
    conditions = [visible_to(actor)]
    if wanted.status is not None:
        conditions.append(Workshop.status == wanted.status)
    if wanted.kind is not None:
        conditions.append(Workshop.kind == wanted.kind)
    if wanted.level is not None:
        conditions.append(Workshop.level == wanted.level)
    if wanted.programme_id is not None:
        conditions.append(Workshop.programme_id == wanted.programme_id)
    if wanted.unit_path is not None:
        conditions.append(Workshop.organiser_id.in_(_units_below(wanted.unit_path)))
    if wanted.q:
        conditions.append(Workshop.title.ilike(like_pattern(wanted.q), escape="\\"))
    if wanted.year is not None:
        conditions.append(_in_year(wanted.year))
    return conditions


def _in_year(year: int) -> ColumnElement[bool]:
    """Held in the year; without sessions yet: planned in a programme of that year."""
    start = datetime(year, 1, 1, tzinfo=clock.zone())
    end = datetime(year + 1, 1, 1, tzinfo=clock.zone())
    first = _first_session()
    of_programme = Workshop.programme_id.in_(select(Programme.id).where(Programme.year == year))
    created = and_(Workshop.created_at >= start, Workshop.created_at < end)
    planned = or_(of_programme, and_(Workshop.programme_id.is_(None), created))
    return or_(and_(first >= start, first < end), and_(first.is_(None), planned))


def select_workshops(actor: Actor, wanted: WorkshopFilter) -> Select[Any]:
    """The statement of the workshops the actor sees, for lists that page in another way."""
    statement: Select[Any] = select(Workshop).where(*_conditions(actor, wanted))
    return statement


# Made once: making three subqueries anew for every page costs more than asking.
_LISTED: tuple[Any, ...] = (
    Workshop.id,
    Workshop.title,
    Workshop.cohort,
    Workshop.kind,
    Workshop.level,
    Workshop.status,
    Workshop.capacity,
    Workshop.enrolment_opens_at,
    Workshop.enrolment_closes_at,
    Unit.name.label("organiser"),
    _first_session().label("starts_at"),
    _taken().label("taken"),
    _waiting().label("waiting"),
)


def list_workshops(
    actor: Actor, wanted: WorkshopFilter, *, page: int = 1, size: int = PAGE_SIZE
) -> Page[Row[Any]]:
    """Workshops the actor sees, the newest first: rows of id, title, cohort, kind, level, status, capacity,
    enrolment_opens_at, enrolment_closes_at, organiser (name), starts_at, taken, waiting.
    """
    conditions = _conditions(actor, wanted)
    total = db.session.scalar(select(func.count()).select_from(Workshop).where(*conditions)) or 0
    statement: Select[Any] = (
        select(*_LISTED)
        .join(Unit, Unit.id == Workshop.organiser_id)
        .where(*conditions)
        .order_by(Workshop.id.desc())
        .limit(size)
        .offset((page - 1) * size)
    )
    return Page(db.session.execute(statement).all(), page, size, total)
