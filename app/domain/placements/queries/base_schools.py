"""Base schools: what they can take, who guides there, how full they are, and who was there."""

from __future__ import annotations

import enum
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ScalarSelect, exists, func, or_, select
from sqlalchemy.orm import joinedload

from app.core.db import db
from app.core.errors import NotFound
from app.core.i18n import gettext as _
from app.core.paging import PAGE_SIZE, Page
from app.domain.accounts.models import Account, Grant
from app.domain.accounts.rules import Actor, Role
from app.domain.people.models import Person
from app.domain.placements.models import (
    BaseSchoolCapacity,
    Cohort,
    CohortSeats,
    Mentor,
    MentorLoad,
    Placement,
    Stay,
)
from app.domain.placements.queries.nominees import RUNNING
from app.domain.placements.rules.words import CohortStatus
from app.domain.units.models import BaseSchoolPeriod, Unit
from app.domain.units.queries import in_subtree

PLANNED = (CohortStatus.DRAFT, CohortStatus.OPEN, CohortStatus.CONFIRMED)


def _holds(table: type[Any], day: date) -> Any:
    return (table.valid_from <= day) & or_(table.valid_until.is_(None), table.valid_until >= day)


def _was_base_school() -> Any:
    return exists(select(BaseSchoolPeriod.id).where(BaseSchoolPeriod.unit_id == Unit.id))


def list_base_schools(actor: Actor, *, on: date, page: int) -> Page[Any]:
    """Schools of the subtree that are or were base schools, running ones first.

    Columns: ``id, code, name, stage, since, until, capacity, mentors, mentor_limit, trainees, past``.
    """
    where = (in_subtree(actor.unit_path), _was_base_school())
    total = db.session.scalar(select(func.count()).select_from(Unit).where(*where)) or 0
    since = _last_period(BaseSchoolPeriod.valid_from)
    until = _last_period(BaseSchoolPeriod.valid_until)
    rows = db.session.execute(
        select(
            Unit.id,
            Unit.code,
            Unit.name,
            Unit.stage,
            since.label("since"),
            until.label("until"),
            _sum(BaseSchoolCapacity.seats, BaseSchoolCapacity, on).label("capacity"),
            _sum(Mentor.trainee_limit, Mentor, on).label("mentor_limit"),
            select(func.count())
            .where(Mentor.unit_id == Unit.id, _holds(Mentor, on))
            .correlate(Unit)
            .scalar_subquery()
            .label("mentors"),
            _stays(running=True).label("trainees"),
            _stays(running=False).label("past"),
        )
        .where(*where)
        .order_by(until.is_not(None), Unit.code)
        .limit(PAGE_SIZE)
        .offset((page - 1) * PAGE_SIZE)
    ).all()
    return Page(rows, page, PAGE_SIZE, total)


def _last_period(column: Any) -> ScalarSelect[Any]:
    return (
        select(column)
        .where(BaseSchoolPeriod.unit_id == Unit.id)
        .order_by(BaseSchoolPeriod.valid_from.desc())
        .limit(1)
        .correlate(Unit)
        .scalar_subquery()
    )


def _sum(column: Any, table: type[Any], on: date) -> ScalarSelect[Any]:
    return (
        select(func.coalesce(func.sum(column), 0))
        .where(table.unit_id == Unit.id, _holds(table, on))
        .correlate(Unit)
        .scalar_subquery()
    )


def _stays(*, running: bool) -> ScalarSelect[Any]:
    status = Placement.status.in_(RUNNING)
    open_stay = Stay.valid_until.is_(None)
    return (
        select(func.count(func.distinct(Stay.placement_id)))
        .join(Placement, Placement.id == Stay.placement_id)
        .where(Stay.base_school_id == Unit.id, status & open_stay if running else ~status)
        .correlate(Unit)
        .scalar_subquery()
    )


def list_capacities(unit_id: int) -> Sequence[BaseSchoolCapacity]:
    """What was stated of a base school's capacity, the latest first."""
    return db.session.scalars(
        select(BaseSchoolCapacity)
        .where(BaseSchoolCapacity.unit_id == unit_id)
        .order_by(BaseSchoolCapacity.valid_from.desc(), BaseSchoolCapacity.id.desc())
    ).all()


class MentorAccount(enum.StrEnum):
    """Whether a mentor can work in the system: needs an account, then the role of a mentor at the base school."""

    NONE = "none"
    NO_ROLE = "no_role"
    READY = "ready"


@dataclass(frozen=True, slots=True)
class MentorRow:
    """A mentor with how many they guide now and whether they can sign in as one."""

    mentor: Mentor
    guiding: int
    account: MentorAccount


def list_mentors(unit_id: int, *, on: date) -> list[MentorRow]:
    """Every mentor a base school has or had, those of today first; two queries."""
    granted = exists(
        select(Grant.id).where(
            Grant.account_id == Person.account_id,
            Grant.role == Role.MENTOR,
            _holds(Grant, on),
        )
    )
    guiding = (
        select(func.count())
        .select_from(Stay)
        .join(Placement, Placement.id == Stay.placement_id)
        .where(
            Stay.mentor_id == Mentor.id, Placement.status.in_(RUNNING), Stay.valid_until.is_(None)
        )
        .correlate(Mentor)
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(Mentor, guiding.label("guiding"), granted.label("granted"), Account.disabled_at)
        .join(Person, Person.id == Mentor.person_id)
        .outerjoin(Account, Account.id == Person.account_id)
        .where(Mentor.unit_id == unit_id)
        .options(joinedload(Mentor.person))
        .order_by(Mentor.valid_until.is_not(None), Person.sort_key, Mentor.id)
    ).all()
    return [
        MentorRow(
            row.Mentor,
            row.guiding,
            MentorAccount.NONE
            if row.Mentor.person.account_id is None or row.disabled_at is not None
            else MentorAccount.READY
            if row.granted
            else MentorAccount.NO_ROLE,
        )
        for row in rows
    ]


def get_mentor(mentor_id: int, *, actor: Actor) -> Mentor:
    """A mentor of a base school in the actor's subtree. Raises NotFound."""
    found = db.session.scalar(
        select(Mentor)
        .join(Unit, Unit.id == Mentor.unit_id)
        .where(Mentor.id == mentor_id, in_subtree(actor.unit_path))
    )
    if found is None or not actor.may("placements.host"):
        raise NotFound(_("There is no such mentor."))
    return found


@dataclass(frozen=True, slots=True)
class Load:
    """How full a base school is in one cohort: seats, taken ones, and trainees by mentor."""

    cohort: Any
    mentors: list[Any]


def list_loads(unit_id: int) -> list[Load]:
    """The cohorts in which a base school offers seats, the latest first, each with its mentors; two queries."""
    cohorts = db.session.execute(
        select(
            Cohort.id,
            Cohort.title,
            Cohort.status,
            Cohort.starts_on,
            Cohort.ends_on,
            func.sum(CohortSeats.seats).label("seats"),
            func.sum(CohortSeats.taken).label("taken"),
        )
        .join(CohortSeats, CohortSeats.cohort_id == Cohort.id)
        .where(CohortSeats.base_school_id == unit_id, CohortSeats.seats > 0)
        .group_by(Cohort.id)
        .order_by(Cohort.starts_on.desc(), Cohort.id.desc())
    ).all()
    guides: dict[int, list[Any]] = defaultdict(list)
    for row in db.session.execute(
        select(MentorLoad.cohort_id, Person.name, MentorLoad.trainees, MentorLoad.trainee_limit)
        .join(Mentor, Mentor.id == MentorLoad.mentor_id)
        .join(Person, Person.id == Mentor.person_id)
        .where(Mentor.unit_id == unit_id, MentorLoad.trainees > 0)
        .order_by(Person.sort_key, Mentor.id)
    ):
        guides[row.cohort_id].append(row)
    return [Load(row, guides.get(row.id, [])) for row in cohorts]


@dataclass(frozen=True, slots=True)
class FreeCapacity:
    """A base school of a cohort's term: what it can take in all then, and what other cohorts of those days offer."""

    unit_id: int
    code: str
    name: str
    capacity: int
    offered: int


def list_free_capacities(cohort: Cohort, *, scope: str) -> list[FreeCapacity]:
    """The base schools that are ones when the cohort begins, by code; one query."""
    offered = (
        select(func.coalesce(func.sum(CohortSeats.seats), 0))
        .join(Cohort, Cohort.id == CohortSeats.cohort_id)
        .where(
            CohortSeats.base_school_id == Unit.id,
            Cohort.id != cohort.id,
            Cohort.status.in_(PLANNED),
            Cohort.starts_on <= cohort.ends_on,
            Cohort.ends_on >= cohort.starts_on,
        )
        .correlate(Unit)
        .scalar_subquery()
    )
    capacity = _sum(BaseSchoolCapacity.seats, BaseSchoolCapacity, cohort.starts_on)
    rows = db.session.execute(
        select(Unit.id, Unit.code, Unit.name, capacity, offered)
        .where(
            in_subtree(scope),
            exists(
                select(BaseSchoolPeriod.id).where(
                    BaseSchoolPeriod.unit_id == Unit.id,
                    _holds(BaseSchoolPeriod, cohort.starts_on),
                )
            ),
        )
        .order_by(Unit.code)
    )
    return [FreeCapacity(*row) for row in rows]
