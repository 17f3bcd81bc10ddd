"""What waits in a bureau's placements: opinions to sign, results to confirm, changes and leave asked for."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import joinedload

from app.core.db import db
from app.domain.accounts.rules import Actor
from app.domain.people.models import Person
from app.domain.placements.models import (
    ChangeRequest,
    Cohort,
    Nomination,
    Placement,
    PlacementLeave,
)
from app.domain.placements.queries.turns import has_signed, turn_of
from app.domain.placements.queries.visibility import cohorts_visible_to
from app.domain.placements.rules.presence import RUNS
from app.domain.placements.rules.words import (
    ChangeKind,
    CohortStatus,
    LeaveStatus,
    NominationStatus,
    Opinion,
    Phase,
    PlacementStatus,
)

MOST_WAITING = 50


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many things wait: nominations, opinions, outcomes to confirm, changes asked for; and leave that base
    schools and mentors have not answered.
    """

    nominations: int
    opinions: int
    confirmations: int
    changes: int
    leave: int


def _live_cohorts(actor: Actor) -> Select[int]:
    return select(Cohort.id).where(
        cohorts_visible_to(actor), Cohort.status.in_((CohortStatus.OPEN, CohortStatus.CONFIRMED))
    )


def _opinion_waits() -> ColumnElement[bool]:
    return and_(
        Placement.status == PlacementStatus.ACTIVE,
        or_(turn_of(Opinion.BUREAU, Phase.MID_TERM), turn_of(Opinion.BUREAU, Phase.FINAL)),
    )


def _outcome_waits(today: date) -> ColumnElement[bool]:
    return and_(
        Placement.status == PlacementStatus.ACTIVE,
        has_signed(Opinion.BUREAU),
        Placement.ends_on <= today,
    )


def _asked_in(table: type[ChangeRequest | PlacementLeave], mine: Select[int]) -> Select[Any]:
    """What is asked for and unanswered in placements that run."""
    return (
        select(table)
        .join(Placement, Placement.id == table.placement_id)
        .where(
            table.status == LeaveStatus.OPEN,
            Placement.status.in_(RUNS),
            Placement.cohort_id.in_(mine),
        )
    )


def count_waiting(actor: Actor, today: date) -> Waiting:
    """What waits for the bureau's decision in its cohorts; one query."""
    mine = _live_cohorts(actor)
    nominations = select(func.count()).where(
        Nomination.cohort_id.in_(mine),
        Nomination.status == NominationStatus.SUBMITTED,
        Nomination.released_at.is_not(None),
    )
    placed = select(func.count()).where(Placement.cohort_id.in_(mine))
    asked = [
        _asked_in(table, mine).with_only_columns(func.count())
        for table in (ChangeRequest, PlacementLeave)
    ]
    counts = (
        nominations,
        placed.where(_opinion_waits()),
        placed.where(_outcome_waits(today)),
        *asked,
    )
    row = db.session.execute(select(*(count.scalar_subquery() for count in counts))).one()
    return Waiting(*(int(number) for number in row))


class Wanted(enum.StrEnum):
    """What a placement waits for."""

    OPINION = "opinion"
    CONFIRMATION = "confirmation"
    CHANGE = "change"
    LEAVE = "leave"


@dataclass(frozen=True, slots=True)
class WaitingPlacement:
    """A placement in which something waits; ``since``: the day that was asked for, or the end of the placement."""

    wanted: Wanted
    placement_id: int
    name: str
    cohort: str
    since: date
    change: ChangeKind | None = None


def list_waiting(actor: Actor, today: date) -> list[WaitingPlacement]:
    """What waits in the bureau's placements, what it must decide itself first; three queries, 50 of a kind."""
    mine = _live_cohorts(actor)
    signed = db.session.execute(
        select(
            Placement.id, Person.name, Cohort.title, Placement.ends_on, has_signed(Opinion.BUREAU)
        )
        .join(Person, Person.id == Placement.person_id)
        .join(Cohort, Cohort.id == Placement.cohort_id)
        .where(Placement.cohort_id.in_(mine), or_(_opinion_waits(), _outcome_waits(today)))
        .order_by(Placement.ends_on, Placement.id)
        .limit(MOST_WAITING)
    )
    found = [
        WaitingPlacement(Wanted.CONFIRMATION if done else Wanted.OPINION, number, name, title, day)
        for number, name, title, day, done in signed
    ]
    for table, wanted in ((ChangeRequest, Wanted.CHANGE), (PlacementLeave, Wanted.LEAVE)):
        asked = db.session.scalars(
            _asked_in(table, mine)
            .options(
                joinedload(table.placement).joinedload(Placement.person),
                joinedload(table.placement).joinedload(Placement.cohort),
            )
            .order_by(table.id)
            .limit(MOST_WAITING)
        )
        found += [_asked(one, wanted) for one in asked]
    return found


def _asked(one: ChangeRequest | PlacementLeave, wanted: Wanted) -> WaitingPlacement:
    placement = one.placement
    change = one.kind if isinstance(one, ChangeRequest) else None
    since = one.wanted_on if isinstance(one, ChangeRequest) else one.begins_on
    name, title = placement.person.name, placement.cohort.title
    return WaitingPlacement(wanted, placement.id, name, title, since, change)
