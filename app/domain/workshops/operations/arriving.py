"""What enrolling reads and writes while the workshop is locked: few statements, built once, past the ORM.

Everybody who enrols in a workshop waits for this; the fewer statements it takes, the shorter the line before it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, bindparam, exists, func, insert, select, update

from app.core.db import execute, table_of
from app.core.errors import NotFound
from app.core.i18n import gettext as _
from app.core.versions import counted_stamp_now
from app.domain.people.models import Person
from app.domain.units.models import Unit
from app.domain.workshops.models import Enrolment, SeatPool, Workshop
from app.domain.workshops.queries.candidates import Application
from app.domain.workshops.rules import enrolling as rules
from app.domain.workshops.rules.seats import Pool
from app.domain.workshops.rules.words import Approval

ACTIVE = tuple(rules.OPEN | rules.SEATED)
_WORKSHOP = table_of(Workshop)
_DRAW = (
    update(_WORKSHOP)
    .where(_WORKSHOP.c.id == bindparam("workshop_id"))
    .values(next_number=_WORKSHOP.c.next_number + bindparam("count"))
    .returning(
        _WORKSHOP.c.next_number,
        _WORKSHOP.c.row_version,
        _WORKSHOP.c.title,
        _WORKSHOP.c.status,
        _WORKSHOP.c.enrolment_opens_at,
        _WORKSHOP.c.enrolment_closes_at,
        _WORKSHOP.c.approval,
        _WORKSHOP.c.quota_release_at,
        _WORKSHOP.c.quotas_released_at,
    )
)
_ENTER = insert(table_of(Enrolment))


def _is_active() -> ColumnElement[bool]:
    return and_(
        Enrolment.workshop_id == bindparam("workshop_id"),
        Enrolment.person_id == bindparam("person_id"),
        Enrolment.status.in_(ACTIVE),
    )


_SEATS = (
    select(
        SeatPool.id,
        Unit.path,
        SeatPool.seats,
        SeatPool.taken,
        select(func.count())
        .select_from(Enrolment)
        .where(
            Enrolment.workshop_id == bindparam("workshop_id"),
            Enrolment.pool_id.is_(None),
            Enrolment.status.in_(tuple(rules.WAITING)),
        )
        .scalar_subquery()
        .label("waiting"),
        counted_stamp_now().label("data_stamp"),
    )
    .select_from(Workshop)
    .outerjoin(SeatPool, SeatPool.workshop_id == Workshop.id)
    .outerjoin(Unit, Unit.id == SeatPool.unit_id)
    .where(Workshop.id == bindparam("workshop_id"))
    .order_by(SeatPool.id)
)
_STANDING = _SEATS.add_columns(
    select(Enrolment.id).where(_is_active()).limit(1).scalar_subquery().label("active_id")
)
_HOLD = (
    select(Person.id)
    .where(Person.id == bindparam("person_id"))
    .with_for_update(of=Person, key_share=True)
)
_HOLD_NEWCOMER = _HOLD.where(~exists().where(_is_active()))


@dataclass(frozen=True, slots=True)
class Arrival:
    """The workshop as it is now that it is locked, and the number of arrival that was drawn in it."""

    workshop_id: int
    number: int
    row_version: int
    title: str
    window: rules.Window
    approval: Approval
    quota_release_at: datetime | None
    quotas_released_at: datetime | None

    def is_release_due(self, now: datetime) -> bool:
        """Whether the seats of quotas that nobody took become open ones now."""
        due = self.quota_release_at
        return due is not None and now >= due and self.quotas_released_at is None


@dataclass(frozen=True, slots=True)
class Standing:
    """The seats, how many wait, what people and units are like (core.versions), and the enrolment the person has in
    the workshop already.
    """

    pools: list[Pool]
    waiting: int
    data_stamp: str
    active_id: int | None = None


@dataclass(frozen=True, slots=True)
class Entered:
    """An enrolment that was just written."""

    id: int
    workshop_id: int
    person_id: int
    unit_path: str


def draw_number(workshop_id: int) -> Arrival:
    """Lock the workshop and draw the next number of arrival, in one statement."""
    return draw_numbers(workshop_id, 1)


def draw_numbers(workshop_id: int, count: int) -> Arrival:
    """As ``draw_number``, for several who come together; ``number`` is the first of them."""
    row = execute(_DRAW, {"workshop_id": workshop_id, "count": count}).one_or_none()
    if row is None:
        raise NotFound(_("There is no such workshop."))
    return Arrival(
        workshop_id=workshop_id,
        number=row.next_number - count,
        row_version=row.row_version,
        title=row.title,
        window=rules.Window(row.status, row.enrolment_opens_at, row.enrolment_closes_at),
        approval=row.approval,
        quota_release_at=row.quota_release_at,
        quotas_released_at=row.quotas_released_at,
    )


def read_standing(workshop_id: int, person_id: int) -> Standing:
    """What a newcomer meets, in one statement."""
    values = {"workshop_id": workshop_id, "person_id": person_id}
    rows = execute(_STANDING, values).all()
    return replace(_standing(rows), active_id=rows[0].active_id)


def read_seats(workshop_id: int) -> Standing:
    """What everybody meets who is not in the workshop yet."""
    return _standing(execute(_SEATS, {"workshop_id": workshop_id}).all())


def _standing(rows: Sequence[Row[Any]]) -> Standing:
    pools = [Pool(row.id, row.path, row.seats, row.taken) for row in rows if row.id is not None]
    return Standing(pools, waiting=rows[0].waiting, data_stamp=rows[0].data_stamp or "")


def is_as_read(arrival: Arrival, standing: Standing, application: Application) -> bool:
    """Whether the plan, and what is known of people and units, are what they were when the application was read."""
    seen = application.workshop_version, application.data_stamp
    return seen == (arrival.row_version, standing.data_stamp)


def enter(arrival: Arrival, application: Application, **values: Any) -> Entered:
    """Write the enrolment of who applies; ``values``: what was decided about it."""
    unit_path = application.candidate.unit_path
    row = values | {
        "workshop_id": arrival.workshop_id,
        "person_id": application.person_id,
        "unit_id": application.unit_id,
        "unit_path": unit_path,
        "number": arrival.number,
    }
    written = execute(_ENTER, row).inserted_primary_key
    assert written is not None
    return Entered(int(written[0]), arrival.workshop_id, application.person_id, unit_path)


def hold_person(person_id: int) -> None:
    """Hold a person against getting a seat elsewhere in this moment; before any workshop is locked."""
    execute(_HOLD, {"person_id": person_id})


def hold_newcomer(workshop_id: int, person_id: int) -> None:
    """As ``hold_person``, but for who is in the workshop already: their seat may be given at this very moment."""
    execute(_HOLD_NEWCOMER, {"workshop_id": workshop_id, "person_id": person_id})
