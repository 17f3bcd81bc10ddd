"""Who on a seat of a workshop is bound by something else at a time: what an organiser sees before moving a session."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from hashlib import sha256

from sqlalchemy import and_, select

from app.core import clock
from app.core.db import db
from app.domain.people.models import Commitment, Person
from app.domain.units.models import Unit
from app.domain.workshops.models import Enrolment
from app.domain.workshops.rules.enrolling import Period
from app.domain.workshops.rules.words import COMMITMENT_SOURCE, EnrolmentStatus

BOUND = (EnrolmentStatus.PENDING, EnrolmentStatus.CONFIRMED)


@dataclass(frozen=True, slots=True)
class Clash:
    """A person on a seat, and what else binds them: another workshop's session, a placement."""

    person_id: int
    name: str
    unit_name: str
    bound: Period

    @property
    def when(self) -> str:
        """The other time as people read it; of whole days only the days."""
        start, end = clock.local(self.bound.starts_at), clock.local(self.bound.ends_at)
        if start.time() == end.time() == time():
            return f"{start:%Y-%m-%d} – {end - timedelta(days=1):%Y-%m-%d}"
        last = end.strftime("%H:%M" if start.date() == end.date() else "%Y-%m-%d %H:%M")
        return f"{start:%Y-%m-%d %H:%M}–{last}"


def list_clashes(workshop_id: int, starts_at: datetime, ends_at: datetime) -> list[Clash]:
    """What binds the people on a seat of the workshop at this time, besides the workshop itself; one query."""
    own = and_(Commitment.source == COMMITMENT_SOURCE, Commitment.source_id == Enrolment.id)
    rows = db.session.execute(
        select(
            Person.id,
            Person.name,
            Unit.name.label("unit_name"),
            Commitment.starts_at,
            Commitment.ends_at,
            Commitment.title,
        )
        .select_from(Enrolment)
        .join(Person, Person.id == Enrolment.person_id)
        .join(Unit, Unit.id == Enrolment.unit_id)
        .join(Commitment, and_(Commitment.person_id == Enrolment.person_id, ~own))
        .where(
            Enrolment.workshop_id == workshop_id,
            Enrolment.pool_id.is_not(None),
            Enrolment.status.in_(BOUND),
            Commitment.starts_at < ends_at,
            Commitment.ends_at > starts_at,
        )
        .order_by(Enrolment.number, Commitment.starts_at, Commitment.id)
    )
    return [
        Clash(row.id, row.name, row.unit_name, Period(row.starts_at, row.ends_at, row.title))
        for row in rows
    ]


def mark_of(clashes: list[Clash]) -> str:
    """A mark of exactly these clashes, by which a form says that its reader saw them; '' of none."""
    if not clashes:
        return ""
    told = ";".join(f"{one.person_id} {one.bound.title} {one.when}" for one in clashes)
    return sha256(told.encode()).hexdigest()[:32]
