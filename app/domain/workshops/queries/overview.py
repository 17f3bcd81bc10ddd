"""What a workshop's page shows beside its own columns: sessions, pools, counts, files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import aliased

from app.core.db import db
from app.core.errors import NotFound
from app.core.i18n import gettext as _
from app.domain.accounts.rules import Actor
from app.domain.units.models import Unit, UnitKind
from app.domain.workshops.models import Attachment, Enrolment, SeatPool, Workshop, WorkshopSession
from app.domain.workshops.queries.workshops import get_planned_workshop, get_workshop
from app.domain.workshops.rules.enrolling import WAITING
from app.domain.workshops.rules.words import EnrolmentStatus


def list_sessions(workshop_id: int) -> Sequence[WorkshopSession]:
    """All sessions in the order of time, cancelled ones and make-up sessions among them."""
    return db.session.scalars(
        select(WorkshopSession)
        .where(WorkshopSession.workshop_id == workshop_id)
        .order_by(WorkshopSession.starts_at, WorkshopSession.id)
    ).all()


def get_planned_session(session_id: int, *, actor: Actor) -> WorkshopSession:
    """A session of a workshop the actor plans; NotFound for everybody else."""
    session = db.session.get(WorkshopSession, session_id)
    if session is None:
        raise NotFound(_("There is no such session within your unit."))
    get_planned_workshop(session.workshop_id, actor=actor)
    return session


def get_attachment(attachment_id: int, *, actor: Actor) -> Attachment:
    """A file of a workshop the actor sees; NotFound for everybody else."""
    attachment = db.session.get(Attachment, attachment_id)
    if attachment is None:
        raise NotFound(_("There is no such file."))
    get_workshop(attachment.workshop_id, actor=actor)
    return attachment


def list_attachments(workshop_id: int) -> Sequence[Attachment]:
    """The files handed out, the oldest first."""
    return db.session.scalars(
        select(Attachment).where(Attachment.workshop_id == workshop_id).order_by(Attachment.id)
    ).all()


@dataclass(frozen=True)
class PoolShown:
    """A pool on the page; ``unit_id`` None: the open seats."""

    unit_id: int | None
    code: str | None
    name: str | None
    seats: int
    taken: int

    @property
    def free(self) -> int:
        return self.seats - self.taken


def list_pools(workshop_id: int) -> list[PoolShown]:
    """Quotas by the code of their unit, the open seats last."""
    columns: tuple[Any, ...] = (
        SeatPool.unit_id,
        Unit.code,
        Unit.name,
        SeatPool.seats,
        SeatPool.taken,
    )
    statement: Select[Any] = (
        select(*columns)
        .outerjoin(Unit, Unit.id == SeatPool.unit_id)
        .where(SeatPool.workshop_id == workshop_id)
        .order_by(SeatPool.unit_id.is_(None), Unit.code)
    )
    return [PoolShown(*row) for row in db.session.execute(statement)]


@dataclass(frozen=True)
class Counts:
    """How many people stand where; ``waiting``: in line, pending ones among them."""

    pending: int = 0
    confirmed: int = 0
    waiting: int = 0
    completed: int = 0
    not_completed: int = 0
    withdrawn: int = 0


def count_people(workshop_id: int) -> Counts:
    """Everybody of a workshop, counted by where they stand."""
    seated = Enrolment.pool_id.is_not(None)
    rows = db.session.execute(
        select(Enrolment.status, seated, func.count())
        .where(Enrolment.workshop_id == workshop_id)
        .group_by(Enrolment.status, seated)
    ).all()

    def of(status: EnrolmentStatus) -> int:
        return sum(number for one, _seated, number in rows if one is status)

    return Counts(
        pending=of(EnrolmentStatus.PENDING),
        confirmed=of(EnrolmentStatus.CONFIRMED),
        waiting=sum(number for one, sits, number in rows if one in WAITING and not sits),
        completed=of(EnrolmentStatus.COMPLETED),
        not_completed=of(EnrolmentStatus.NOT_COMPLETED),
        withdrawn=of(EnrolmentStatus.WITHDRAWN),
    )


def list_quota_units(workshop: Workshop) -> Sequence[Row[Any]]:
    """The units a quota is usually given to: the divisions right under the organiser, or a county's schools; rows of
    id, code, name.
    """
    organiser = workshop.organiser
    divisions = organiser.kind in {UnitKind.PROVINCE, UnitKind.PREFECTURE}
    conditions = [Unit.parent_id == organiser.id, Unit.closed_on.is_(None)]
    if divisions:
        conditions.append(Unit.kind != UnitKind.SCHOOL)
    columns: tuple[Any, ...] = (Unit.id, Unit.code, Unit.name)
    statement: Select[Any] = select(*columns)
    return db.session.execute(statement.where(*conditions).order_by(Unit.code).limit(100)).all()


def find_copied_from(workshop: Workshop) -> Row[Any] | None:
    """The cohort this one was copied from: a row of id, title, cohort."""
    if workshop.copied_from_id is None:
        return None
    source = aliased(Workshop)
    columns: tuple[Any, ...] = (source.id, source.title, source.cohort)
    statement: Select[Any] = select(*columns).where(source.id == workshop.copied_from_id)
    return db.session.execute(statement).first()
