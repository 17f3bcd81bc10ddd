"""What is open to a teacher, and why something is not; where a person stands in one workshop."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import joinedload

from app.core import clock
from app.core.db import db
from app.core.paging import PAGE_SIZE, Page
from app.domain.accounts.rules import Actor
from app.domain.people.models import Person
from app.domain.units.models import Unit
from app.domain.workshops.models import Enrolment, SeatPool, Workshop
from app.domain.workshops.queries.eligibility import Eligibility, Verdict
from app.domain.workshops.queries.workshops import visible_to
from app.domain.workshops.rules.enrolling import (
    OPEN,
    SEATED,
    WAITING,
    Period,
    Window,
    why_not_open,
)
from app.domain.workshops.rules.seats import Pool
from app.domain.workshops.rules.words import WorkshopStatus

ACTIVE = tuple(OPEN | SEATED)
TAKES_ENROLMENTS = (WorkshopStatus.PUBLISHED, WorkshopStatus.RUNNING)


@dataclass(frozen=True, slots=True)
class Opening:
    """A workshop as one person meets it. ``seats_left``: free ones that this person's unit may take;
    ``mine``: the person's enrolment in it, if any; ``position``: its place in line.
    """

    workshop: Workshop
    seats_left: int
    waiting: int
    not_open: str | None
    verdict: Verdict
    periods: Sequence[Period]
    mine: Enrolment | None
    position: int | None

    @property
    def may_enrol(self) -> bool:
        return self.mine is None and self.not_open is None and self.verdict.fits


def list_openings(
    person_id: int, *, actor: Actor, now: datetime, page: int = 1, size: int = PAGE_SIZE
) -> Page[Opening]:
    """Workshops for people of the actor's unit that take enrolments now or later, the soonest closing first."""
    conditions = (
        visible_to(actor),
        Workshop.status.in_(TAKES_ENROLMENTS),
        or_(Workshop.enrolment_closes_at.is_(None), Workshop.enrolment_closes_at > now),
    )
    total = db.session.scalar(select(func.count()).select_from(Workshop).where(*conditions)) or 0
    later = func.coalesce(Workshop.enrolment_opens_at > now, False)
    workshops = db.session.scalars(
        select(Workshop)
        .where(*conditions)
        .options(joinedload(Workshop.organiser), joinedload(Workshop.eligible_unit))
        .order_by(
            later,
            Workshop.enrolment_closes_at.is_(None),
            Workshop.enrolment_closes_at,
            Workshop.id,
        )
        .limit(size)
        .offset((page - 1) * size)
    ).all()
    return Page(read_openings(workshops, person_id, now=now), page, size, total)


def openings_now(actor: Actor) -> Select[int]:
    """The count of workshops for the actor's unit that take enrolments now and that the actor is not in."""
    now = clock.now()
    mine = (
        select(Enrolment.workshop_id)
        .join(Person, Person.id == Enrolment.person_id)
        .where(Person.account_id == actor.account_id, Enrolment.status.in_(ACTIVE))
    )
    return (
        select(func.count())
        .select_from(Workshop)
        .where(
            visible_to(actor),
            Workshop.status.in_(TAKES_ENROLMENTS),
            or_(Workshop.enrolment_opens_at.is_(None), Workshop.enrolment_opens_at <= now),
            or_(Workshop.enrolment_closes_at.is_(None), Workshop.enrolment_closes_at > now),
            Workshop.id.not_in(mine),
        )
    )


def read_openings(workshops: Sequence[Workshop], person_id: int, *, now: datetime) -> list[Opening]:
    """These workshops as this person meets them, in the same order."""
    if not workshops:
        return []
    ids = [workshop.id for workshop in workshops]
    known = Eligibility(workshops, [person_id])
    path = known.facts[person_id].unit_path
    seats, lines = _read_seats(ids, path), read_lines(ids)
    mine = {
        enrolment.workshop_id: enrolment
        for enrolment in db.session.scalars(
            select(Enrolment).where(
                Enrolment.person_id == person_id,
                Enrolment.workshop_id.in_(ids),
                Enrolment.status.in_(ACTIVE),
            )
        )
    }
    found = []
    for workshop in workshops:
        window = Window(workshop.status, workshop.enrolment_opens_at, workshop.enrolment_closes_at)
        own, line = mine.get(workshop.id), lines.get(workshop.id, [])
        found.append(
            Opening(
                workshop=workshop,
                seats_left=seats.get(workshop.id, 0),
                waiting=len(line),
                not_open=why_not_open(window, now),
                verdict=known.why_not(workshop.id, person_id),
                periods=known.periods.get(workshop.id, []),
                mine=own,
                position=line.index(own.id) + 1 if own and own.id in line else None,
            )
        )
    return found


def _read_seats(workshop_ids: Sequence[int], unit_path: str) -> dict[int, int]:
    """Free seats by workshop that somebody of this unit may take."""
    free: dict[int, int] = defaultdict(int)
    for row in db.session.execute(
        select(SeatPool.workshop_id, SeatPool.id, Unit.path, SeatPool.seats, SeatPool.taken)
        .outerjoin(Unit, Unit.id == SeatPool.unit_id)
        .where(SeatPool.workshop_id.in_(workshop_ids))
    ):
        pool = Pool(row.id, row.path, row.seats, row.taken)
        if pool.fits(unit_path):
            free[row.workshop_id] += pool.free
    return free


def read_lines(workshop_ids: Sequence[int]) -> dict[int, list[int]]:
    """Who waits in each workshop, by enrolment id, in order of arrival."""
    lines: dict[int, list[int]] = defaultdict(list)
    for row in db.session.execute(
        select(Enrolment.workshop_id, Enrolment.id)
        .where(
            Enrolment.workshop_id.in_(workshop_ids),
            Enrolment.pool_id.is_(None),
            Enrolment.status.in_(tuple(WAITING)),
        )
        .order_by(Enrolment.workshop_id, Enrolment.number)
    ):
        lines[row.workshop_id].append(row.id)
    return lines
