"""The trainees of a mentor or base school today: what waits for them, who was there, how far everybody is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import aliased, joinedload

from app.core import clock
from app.core.db import db
from app.core.paging import PAGE_SIZE, Page
from app.domain.accounts.rules import Actor, Role
from app.domain.people.models import Person
from app.domain.placements.models import (
    Cohort,
    LogEntry,
    Mentor,
    Placement,
    PlacementLeave,
    Presence,
    Stay,
)
from app.domain.placements.queries.due import read_due
from app.domain.placements.queries.log import read_interruptions
from app.domain.placements.queries.progress import read_progress, required_of
from app.domain.placements.rules.due import DueItem, DueKind, DueState
from app.domain.placements.rules.presence import RUNS
from app.domain.placements.rules.progress import Measure, Progress, measures_of
from app.domain.placements.rules.words import EntryStatus, LeaveStatus, Opinion, PresenceState
from app.domain.units.models import Unit
from app.domain.units.queries import in_subtree

MOST_WAITING = 200


def _stays_now(today: date) -> ColumnElement[bool]:
    """The stay of today, or the first of a placement that has not begun."""
    return and_(
        or_(Stay.valid_from <= today, Stay.valid_from == Placement.starts_on),
        or_(Stay.valid_until.is_(None), Stay.valid_until >= today),
    )


def guided_today(actor: Actor, today: date) -> ColumnElement[bool]:
    """The placements that run and whose trainee the actor guides today: as mentor, or as the base school."""
    guides = select(Stay.id).where(Stay.placement_id == Placement.id, _stays_now(today))
    if actor.role == Role.MENTOR:
        person = aliased(Person)
        guides = (
            guides.join(Mentor, Mentor.id == Stay.mentor_id)
            .join(person, person.id == Mentor.person_id)
            .where(person.account_id == actor.account_id)
        )
    else:
        guides = guides.join(Unit, Unit.id == Stay.base_school_id).where(
            in_subtree(actor.unit_path)
        )
    return and_(Placement.status.in_(RUNS), exists(guides))


@dataclass(frozen=True, slots=True)
class Trainee:
    """A trainee as the mentor's page shows them."""

    placement: Placement
    progress: Progress
    measures: list[Measure]
    overdue: int
    opinions: list[DueItem]


def list_trainees(actor: Actor, page: int = 1) -> Page[Trainee]:
    """The trainees guided today, by cohort and name, with their counters and what is overdue."""
    today = clock.today()
    condition = guided_today(actor, today)
    placements = db.session.scalars(
        select(Placement)
        .join(Cohort, Cohort.id == Placement.cohort_id)
        .join(Person, Person.id == Placement.person_id)
        .where(condition)
        .options(
            joinedload(Placement.cohort), joinedload(Placement.person), joinedload(Placement.unit)
        )
        .order_by(Cohort.starts_on, Person.name, Placement.id)
        .limit(PAGE_SIZE)
        .offset((page - 1) * PAGE_SIZE)
    ).all()
    total = len(placements)
    if page > 1 or total == PAGE_SIZE:
        total = db.session.scalar(select(func.count()).select_from(Placement).where(condition)) or 0
    opinion = Opinion.MENTOR if actor.role == Role.MENTOR else Opinion.BASE_SCHOOL
    dues, progress = read_due(placements, opinion), read_progress([one.id for one in placements])
    return Page(
        [_trainee(one, dues[one.id], progress[one.id]) for one in placements],
        page,
        PAGE_SIZE,
        total,
    )


def _trainee(placement: Placement, items: list[DueItem], progress: Progress) -> Trainee:
    return Trainee(
        placement,
        progress,
        measures_of(progress, required_of(placement.cohort)),
        sum(i.due.kind is DueKind.ENTRY and i.state is DueState.OVERDUE for i in items),
        [
            item
            for item in items
            if item.due.kind is not DueKind.ENTRY
            and item.state in {DueState.OPEN, DueState.OVERDUE}
        ],
    )


def list_waiting(actor: Actor) -> Sequence[LogEntry]:
    """The entries that wait for a signature, the oldest first."""
    return db.session.scalars(
        select(LogEntry)
        .join(Placement, Placement.id == LogEntry.placement_id)
        .where(LogEntry.status == EntryStatus.HANDED_IN, guided_today(actor, clock.today()))
        .options(
            joinedload(LogEntry.placement).joinedload(Placement.person),
            joinedload(LogEntry.placement).joinedload(Placement.unit),
        )
        .order_by(LogEntry.begins_on, LogEntry.id)
        .limit(MOST_WAITING)
    ).all()


def find_next_waiting(actor: Actor, after: date, besides: int) -> LogEntry | None:
    """The entry to read next, once one is signed: the oldest that waits."""
    waiting = [entry for entry in list_waiting(actor) if entry.id != besides]
    later = [entry for entry in waiting if entry.begins_on >= after]
    return next(iter(later or waiting), None)


def list_open_leave(actor: Actor) -> Sequence[PlacementLeave]:
    """Requests for leave that wait for an answer, the earliest first."""
    return db.session.scalars(
        select(PlacementLeave)
        .join(Placement, Placement.id == PlacementLeave.placement_id)
        .where(PlacementLeave.status == LeaveStatus.OPEN, guided_today(actor, clock.today()))
        .options(
            joinedload(PlacementLeave.placement).joinedload(Placement.person),
            joinedload(PlacementLeave.placement).joinedload(Placement.unit),
        )
        .order_by(PlacementLeave.begins_on, PlacementLeave.id)
    ).all()


@dataclass(frozen=True, slots=True)
class Recorded:
    """What stands in the register of a day; version 0: nothing."""

    state: PresenceState | None = None
    version: int = 0
    note: str | None = None
    recorded_at: datetime | None = None


NOTHING = Recorded()


@dataclass(frozen=True, slots=True)
class OnDay:
    """A trainee in the register of a day. ``rests``: the placement is interrupted then, so nothing is recorded."""

    placement_id: int
    name: str
    unit_name: str
    rests: bool
    recorded: Recorded


def list_register(actor: Actor, day: date) -> list[OnDay]:
    """Everybody the actor guides who was placed on the day, and what is recorded of them."""
    rows: Sequence[Any] = db.session.execute(
        select(Placement.id, Person.name, Unit.name.label("unit_name"), Presence)
        .join(Person, Person.id == Placement.person_id)
        .join(Unit, Unit.id == Placement.unit_id)
        .outerjoin(Presence, and_(Presence.placement_id == Placement.id, Presence.day == day))
        .where(
            guided_today(actor, clock.today()), Placement.starts_on <= day, Placement.ends_on >= day
        )
        .order_by(Person.name, Placement.id)
    ).all()
    rests = read_interruptions([row.id for row in rows])
    return [
        OnDay(
            row.id,
            row.name,
            row.unit_name,
            any(rest.holds(day) for rest in rests[row.id]),
            _recorded(row.Presence),
        )
        for row in rows
    ]


def _recorded(row: Presence | None) -> Recorded:
    if row is None:
        return NOTHING
    return Recorded(row.state, row.row_version, row.note, row.recorded_at)


def list_presence(placement_id: int) -> Sequence[Presence]:
    """Every day recorded of one trainee, the newest first."""
    return db.session.scalars(
        select(Presence).where(Presence.placement_id == placement_id).order_by(Presence.day.desc())
    ).all()


def list_leave(placement_id: int) -> Sequence[PlacementLeave]:
    """Every request for leave of one trainee, the newest first."""
    return db.session.scalars(
        select(PlacementLeave)
        .where(PlacementLeave.placement_id == placement_id)
        .order_by(PlacementLeave.id.desc())
    ).all()
