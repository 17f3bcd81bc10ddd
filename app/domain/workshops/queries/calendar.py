"""The sessions that belong in somebody's calendar, and how each stands there."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, Select, or_, select

from app.core import clock
from app.core.db import db
from app.core.i18n import gettext as _
from app.domain.people.models import Person
from app.domain.units.models import Unit
from app.domain.workshops.models import Enrolment, Workshop, WorkshopSession, WorkshopTrainer
from app.domain.workshops.rules.words import EnrolmentStatus, WorkshopStatus

KEPT_DAYS = 400
IN_CALENDAR = (
    EnrolmentStatus.PENDING,
    EnrolmentStatus.CONFIRMED,
    EnrolmentStatus.CANCELLED,
    EnrolmentStatus.COMPLETED,
    EnrolmentStatus.NOT_COMPLETED,
)


class EventState(enum.StrEnum):
    CONFIRMED = "CONFIRMED"
    TENTATIVE = "TENTATIVE"
    CANCELLED = "CANCELLED"


@dataclass(frozen=True, slots=True)
class CalendarEvent:
    """A session as a calendar keeps it; ``sequence`` rises whenever it is changed."""

    session_id: int
    workshop_id: int
    title: str
    organiser: str
    contact: str | None
    place: str | None
    latitude: float | None
    longitude: float | None
    starts_at: datetime
    ends_at: datetime
    state: EventState
    sequence: int


_COLUMNS: tuple[Any, ...] = (
    WorkshopSession.id,
    WorkshopSession.workshop_id,
    WorkshopSession.title.label("session_title"),
    WorkshopSession.place,
    WorkshopSession.latitude,
    WorkshopSession.longitude,
    WorkshopSession.starts_at,
    WorkshopSession.ends_at,
    WorkshopSession.cancelled_at,
    WorkshopSession.row_version,
    Workshop.title,
    Workshop.cohort,
    Workshop.contact,
    Workshop.status.label("workshop_status"),
    Workshop.row_version.label("workshop_version"),
    Unit.name.label("organiser"),
)


def list_account_events(account_id: int) -> list[CalendarEvent]:
    """Sessions of the last year and to come that the account's person takes part in, or that it trains in."""
    since = clock.now() - timedelta(days=KEPT_DAYS)
    columns: tuple[Any, ...] = (*_COLUMNS, Enrolment.status)
    own: Select[Any] = (
        select(*columns)
        .join(Workshop, Workshop.id == WorkshopSession.workshop_id)
        .join(Unit, Unit.id == Workshop.organiser_id)
        .join(Enrolment, Enrolment.workshop_id == Workshop.id)
        .join(Person, Person.id == Enrolment.person_id)
        .where(
            Person.account_id == account_id,
            Enrolment.status.in_(IN_CALENDAR),
            WorkshopSession.ends_at > since,
        )
        .order_by(Enrolment.id)
    )
    events = {row.id: _event(row, row.status) for row in db.session.execute(own)}
    trains = (
        select(*_COLUMNS)
        .join(Workshop, Workshop.id == WorkshopSession.workshop_id)
        .join(Unit, Unit.id == Workshop.organiser_id)
        .join(WorkshopTrainer, WorkshopTrainer.workshop_id == Workshop.id)
        .where(
            WorkshopTrainer.account_id == account_id,
            or_(
                WorkshopTrainer.session_id.is_(None),
                WorkshopTrainer.session_id == WorkshopSession.id,
            ),
            Workshop.status != WorkshopStatus.DRAFT,
            WorkshopSession.ends_at > since,
        )
    )
    for row in db.session.execute(trains):
        events[row.id] = _event(row, EnrolmentStatus.CONFIRMED)
    return _ordered(events.values())


def list_workshop_events(workshop_id: int) -> list[CalendarEvent]:
    """The sessions of one workshop."""
    rows = db.session.execute(
        select(*_COLUMNS)
        .join(Workshop, Workshop.id == WorkshopSession.workshop_id)
        .join(Unit, Unit.id == Workshop.organiser_id)
        .where(WorkshopSession.workshop_id == workshop_id)
    )
    return _ordered(_event(row, EnrolmentStatus.CONFIRMED) for row in rows)


def _ordered(events: Any) -> list[CalendarEvent]:
    return sorted(events, key=lambda event: (event.starts_at, event.session_id))


def _event(row: Row[Any], status: EnrolmentStatus) -> CalendarEvent:
    whole = " ".join(filter(None, (row.title, row.cohort)))
    return CalendarEvent(
        session_id=row.id,
        workshop_id=row.workshop_id,
        title=f"{whole}{_(': ')}{row.session_title}" if row.session_title else whole,
        organiser=row.organiser,
        contact=row.contact,
        place=row.place,
        latitude=row.latitude,
        longitude=row.longitude,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        state=_state(row, status),
        sequence=row.row_version + row.workshop_version - 2,
    )


def _state(row: Row[Any], status: EnrolmentStatus) -> EventState:
    gone = row.workshop_status is WorkshopStatus.CANCELLED or row.cancelled_at is not None
    if gone or status is EnrolmentStatus.CANCELLED:
        return EventState.CANCELLED
    return EventState.TENTATIVE if status is EnrolmentStatus.PENDING else EventState.CONFIRMED


def list_coming(events: Sequence[CalendarEvent], now: datetime) -> list[CalendarEvent]:
    """Those that are not over."""
    return [event for event in events if event.ends_at > now]
