"""A person's own workshops: where each application stands, what comes next, what came of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import joinedload

from app.core import clock
from app.core.db import db
from app.core.paging import PAGE_SIZE, Page
from app.domain.accounts.rules import Actor
from app.domain.people.models import Person
from app.domain.workshops.models import (
    Enrolment,
    EnrolmentDecision,
    FeedbackReceipt,
    Result,
    Workshop,
    WorkshopSession,
)
from app.domain.workshops.queries.openings import read_lines
from app.domain.workshops.rules.enrolling import OPEN
from app.domain.workshops.rules.words import EnrolmentStatus, WorkshopStatus

FEEDBACK_DAYS = 60
RESULTS_NEW_FOR = timedelta(days=14)
TOOK_PART = (
    EnrolmentStatus.CONFIRMED,
    EnrolmentStatus.COMPLETED,
    EnrolmentStatus.NOT_COMPLETED,
)


@dataclass(frozen=True, slots=True)
class Place:
    """A person's enrolment with all that the person asks about it. ``result`` is a published one."""

    enrolment: Enrolment
    position: int | None
    decisions: Sequence[EnrolmentDecision]
    coming: Sequence[WorkshopSession]
    result: Result | None
    feedback_due: bool


def list_places(person_id: int, *, page: int = 1, size: int = PAGE_SIZE) -> Page[Place]:
    """Everything a person is or was enrolled in: what is open first, then the newest."""
    mine = Enrolment.person_id == person_id
    total = db.session.scalar(select(func.count()).select_from(Enrolment).where(mine)) or 0
    enrolments = db.session.scalars(
        select(Enrolment)
        .where(mine)
        .options(joinedload(Enrolment.workshop).joinedload(Workshop.organiser))
        .order_by(case((Enrolment.status.in_(tuple(OPEN)), 0), else_=1), Enrolment.id.desc())
        .limit(size)
        .offset((page - 1) * size)
    ).all()
    return Page(read_places(enrolments), page, size, total)


def find_latest(workshop_id: int, person_id: int) -> Enrolment | None:
    """The last enrolment of a person in a workshop, whatever came of it."""
    return db.session.scalars(
        select(Enrolment)
        .where(Enrolment.workshop_id == workshop_id, Enrolment.person_id == person_id)
        .options(joinedload(Enrolment.workshop).joinedload(Workshop.organiser))
        .order_by(Enrolment.number.desc())
        .limit(1)
    ).first()


def read_places(enrolments: Sequence[Enrolment]) -> list[Place]:
    """These enrolments as places, in the same order."""
    if not enrolments:
        return []
    ids = [enrolment.id for enrolment in enrolments]
    workshops = [enrolment.workshop_id for enrolment in enrolments if enrolment.status in OPEN]
    decisions = read_decisions(ids)
    results = {
        result.enrolment_id: result
        for result in db.session.scalars(
            select(Result).where(Result.enrolment_id.in_(ids), Result.published_at.is_not(None))
        )
    }
    lines = read_lines(workshops)
    coming = _read_coming(workshops)
    due = set(db.session.scalars(feedback_due().where(Enrolment.id.in_(ids))))
    return [
        Place(
            enrolment=enrolment,
            position=_place(lines.get(enrolment.workshop_id, []), enrolment.id),
            decisions=decisions.get(enrolment.id, ()),
            coming=coming.get(enrolment.workshop_id, ()) if enrolment.status in OPEN else (),
            result=results.get(enrolment.id),
            feedback_due=enrolment.id in due,
        )
        for enrolment in enrolments
    ]


def _place(line: Sequence[int], enrolment_id: int) -> int | None:
    return line.index(enrolment_id) + 1 if enrolment_id in line else None


def read_decisions(enrolment_ids: Iterable[int]) -> dict[int, list[EnrolmentDecision]]:
    """What was decided on each application, in order."""
    found: dict[int, list[EnrolmentDecision]] = defaultdict(list)
    for decision in db.session.scalars(
        select(EnrolmentDecision)
        .where(EnrolmentDecision.enrolment_id.in_(list(enrolment_ids)))
        .order_by(EnrolmentDecision.id)
    ):
        found[decision.enrolment_id].append(decision)
    return found


def _read_coming(workshop_ids: Sequence[int]) -> dict[int, list[WorkshopSession]]:
    found: dict[int, list[WorkshopSession]] = defaultdict(list)
    for session in db.session.scalars(
        select(WorkshopSession)
        .where(
            WorkshopSession.workshop_id.in_(workshop_ids),
            WorkshopSession.cancelled_at.is_(None),
            WorkshopSession.ends_at > clock.now(),
        )
        .order_by(WorkshopSession.starts_at, WorkshopSession.id)
    ):
        found[session.workshop_id].append(session)
    return found


def feedback_due(now: datetime | None = None) -> Select[Any]:
    """The ids of enrolments whose person may give feedback and has not: the workshop ended some weeks ago at most."""
    moment = now or clock.now()
    last = (
        select(func.max(WorkshopSession.ends_at))
        .where(
            WorkshopSession.workshop_id == Enrolment.workshop_id,
            WorkshopSession.cancelled_at.is_(None),
        )
        .correlate(Enrolment)
        .scalar_subquery()
    )
    given = select(FeedbackReceipt.id).where(FeedbackReceipt.enrolment_id == Enrolment.id)
    return (
        select(Enrolment.id)
        .join(Workshop, Workshop.id == Enrolment.workshop_id)
        .where(
            Enrolment.status.in_(TOOK_PART),
            Workshop.status.in_((WorkshopStatus.RUNNING, WorkshopStatus.COMPLETED)),
            last <= moment,
            last > moment - timedelta(days=FEEDBACK_DAYS),
            ~given.correlate(Enrolment).exists(),
        )
    )


def _own(actor: Actor) -> Select[int]:
    """The person of the actor's account."""
    return select(Person.id).where(
        Person.account_id == actor.account_id, Person.merged_into_id.is_(None)
    )


def feedback_to_give(actor: Actor) -> Select[int]:
    """The count of questionnaires that wait for the actor."""
    due = feedback_due().where(Enrolment.person_id.in_(_own(actor))).subquery()
    return select(func.count()).select_from(due)


def waiting_own(actor: Actor) -> Select[int]:
    """The count of the actor's own enrolments that wait for approval or for a seat."""
    waits = (EnrolmentStatus.PENDING, EnrolmentStatus.WAITLISTED)
    return (
        select(func.count())
        .select_from(Enrolment)
        .where(Enrolment.person_id.in_(_own(actor)), Enrolment.status.in_(waits))
    )


def new_results(actor: Actor) -> Select[int]:
    """The count of the actor's own results published lately."""
    return (
        select(func.count())
        .select_from(Result)
        .join(Enrolment, Enrolment.id == Result.enrolment_id)
        .where(
            Enrolment.person_id.in_(_own(actor)),
            Result.published_at >= clock.now() - RESULTS_NEW_FOR,
        )
    )


def list_sessions_between(
    actor: Actor, start: datetime, end: datetime
) -> Sequence[WorkshopSession]:
    """The sessions the actor has a seat in that run between two moments."""
    return db.session.scalars(
        select(WorkshopSession)
        .join(Enrolment, Enrolment.workshop_id == WorkshopSession.workshop_id)
        .options(joinedload(WorkshopSession.workshop))
        .where(
            Enrolment.person_id.in_(_own(actor)),
            Enrolment.status == EnrolmentStatus.CONFIRMED,
            WorkshopSession.cancelled_at.is_(None),
            WorkshopSession.ends_at > start,
            WorkshopSession.starts_at < end,
        )
        .order_by(WorkshopSession.starts_at, WorkshopSession.id)
    ).all()
