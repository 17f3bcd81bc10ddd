"""The register of a workshop: sessions, who is on the list, what is recorded of each, and who asked for leave."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import joinedload

from app.core.db import db
from app.core.errors import NotFound
from app.core.i18n import gettext as _
from app.domain.accounts.rules import Actor
from app.domain.people.models import Person
from app.domain.units.models import Unit
from app.domain.workshops.models import (
    Attendance,
    Enrolment,
    LeaveRequest,
    Workshop,
    WorkshopSession,
)
from app.domain.workshops.queries.workshops import get_run_workshop
from app.domain.workshops.rules import attendance as rules
from app.domain.workshops.rules.grading import GRADED
from app.domain.workshops.rules.words import AttendanceMethod, AttendanceState, RequestState


def list_sessions(workshop_id: int) -> list[WorkshopSession]:
    """The sessions that take place, in order of time, make-up ones among them."""
    return list(
        db.session.scalars(
            select(WorkshopSession)
            .where(
                WorkshopSession.workshop_id == workshop_id,
                WorkshopSession.cancelled_at.is_(None),
            )
            .order_by(WorkshopSession.starts_at, WorkshopSession.id)
        )
    )


def get_run_session(
    workshop_id: int, session_id: int, *, actor: Actor
) -> tuple[Workshop, WorkshopSession]:
    """A session that takes place, of a workshop the actor runs; NotFound for everybody else."""
    workshop = get_run_workshop(workshop_id, actor=actor)
    session = db.session.get(WorkshopSession, session_id)
    if session is None or session.workshop_id != workshop.id or session.cancelled_at is not None:
        raise NotFound(_("There is no such session in this workshop."))
    return workshop, session


@dataclass(frozen=True, slots=True)
class Listed:
    """Somebody on the list of a workshop."""

    enrolment_id: int
    person_id: int
    name: str
    unit_name: str
    phone_sealed: bytes | None = None


def list_people(workshop_id: int, enrolment_ids: Collection[int] | None = None) -> list[Listed]:
    """Who has a confirmed seat or has finished, by unit and in order of arrival within it."""
    statement = (
        select(
            Enrolment.id,
            Enrolment.person_id,
            Person.name,
            Unit.name.label("unit_name"),
            Person.phone_sealed,
        )
        .join(Person, Person.id == Enrolment.person_id)
        .join(Unit, Unit.id == Enrolment.unit_id)
        .where(Enrolment.workshop_id == workshop_id, Enrolment.status.in_(tuple(GRADED)))
        .order_by(Enrolment.unit_path, Enrolment.number)
    )
    if enrolment_ids is not None:
        statement = statement.where(Enrolment.id.in_(enrolment_ids))
    return [
        Listed(row.id, row.person_id, row.name, row.unit_name, row.phone_sealed)
        for row in db.session.execute(statement)
    ]


@dataclass(frozen=True, slots=True)
class Recorded:
    """What is recorded of one person in one session; version 0 and no state: nothing."""

    state: AttendanceState | None = None
    version: int = 0
    method: AttendanceMethod | None = None
    recorded_at: datetime | None = None
    note: str | None = None


NOTHING = Recorded()


def read_session(session_id: int) -> dict[int, Recorded]:
    """What is recorded in a session, by enrolment."""
    rows = db.session.execute(
        select(
            Attendance.enrolment_id,
            Attendance.state,
            Attendance.row_version,
            Attendance.method,
            Attendance.recorded_at,
            Attendance.note,
        ).where(Attendance.session_id == session_id)
    )
    return {
        row.enrolment_id: Recorded(
            row.state, row.row_version, row.method, row.recorded_at, row.note
        )
        for row in rows
    }


@dataclass(frozen=True)
class Register:
    """Sessions of a workshop and what is recorded: ``states`` by enrolment and session, as recorded there.

    ``kept``: the regular sessions in which attendance was kept; what shares are counted of.
    """

    sessions: list[WorkshopSession]
    states: dict[int, dict[int, AttendanceState]] = field(default_factory=dict)
    kept: tuple[int, ...] = ()

    def counting(self, enrolment_id: int) -> dict[int, AttendanceState]:
        """A person's state by regular session, make-up sessions counted for the ones they make up for."""
        stands_for = {one.id: one.makes_up_for_id or one.id for one in self.sessions}
        found: dict[int, AttendanceState] = {}
        for session_id, state in self.states.get(enrolment_id, {}).items():
            place = stands_for[session_id]
            found[place] = rules.better_state(found.get(place), state)
        return found

    def share(self, enrolment_id: int) -> Decimal | None:
        """How much a person attended, of 100 (rules.attendance_share)."""
        return rules.attendance_share(self.counting(enrolment_id), self.kept)

    def tally(self, session_id: int) -> dict[AttendanceState, int]:
        """How many have each state in a session."""
        found: dict[AttendanceState, int] = {}
        for states in self.states.values():
            state = states.get(session_id)
            if state is not None:
                found[state] = found.get(state, 0) + 1
        return found


def load_register(workshop_id: int) -> Register:
    """The register of a workshop, of everybody on its list; two queries."""
    sessions = list_sessions(workshop_id)
    standing = {one.id for one in sessions}
    states: dict[int, dict[int, AttendanceState]] = {}
    by_session: dict[int, list[AttendanceState]] = {}
    rows = db.session.execute(
        select(Attendance.enrolment_id, Attendance.session_id, Attendance.state)
        .join(Enrolment, Enrolment.id == Attendance.enrolment_id)
        .where(Enrolment.workshop_id == workshop_id, Enrolment.status.in_(tuple(GRADED)))
        .order_by(Attendance.id)
    )
    for enrolment_id, session_id, state in rows:
        if session_id in standing:
            states.setdefault(enrolment_id, {})[session_id] = state
            by_session.setdefault(session_id, []).append(state)
    kept = tuple(
        one.id
        for one in sessions
        if one.makes_up_for_id is None and rules.is_kept(by_session.get(one.id, ()))
    )
    return Register(sessions, states, kept)


def count_attending(session_id: int) -> tuple[int, int]:
    """How many are in a session, and how many are on the list of its workshop."""
    workshop_id = (
        select(WorkshopSession.workshop_id)
        .where(WorkshopSession.id == session_id)
        .scalar_subquery()
    )
    on_list = select(func.count()).where(
        Enrolment.workshop_id == workshop_id, Enrolment.status.in_(tuple(GRADED))
    )
    attending = (
        select(func.count())
        .select_from(Attendance)
        .join(Enrolment, Enrolment.id == Attendance.enrolment_id)
        .where(
            Attendance.session_id == session_id,
            Attendance.state.in_(tuple(rules.ATTENDED)),
            Enrolment.status.in_(tuple(GRADED)),
        )
    )
    row = db.session.execute(select(attending.scalar_subquery(), on_list.scalar_subquery())).one()
    return int(row[0]), int(row[1])


def list_open_leave(workshop_id: int, session_id: int | None = None) -> Sequence[Row[Any]]:
    """Requests for leave that wait for an answer: rows of id, session_id, enrolment_id, name, unit_name, reason,
    asked_at, starts_at, ends_at, title.
    """
    columns: tuple[Any, ...] = (
        LeaveRequest.id,
        LeaveRequest.session_id,
        LeaveRequest.enrolment_id,
        Person.name,
        Unit.name.label("unit_name"),
        LeaveRequest.reason,
        LeaveRequest.asked_at,
        WorkshopSession.starts_at,
        WorkshopSession.ends_at,
        WorkshopSession.title,
    )
    statement = (
        select(*columns)
        .join(WorkshopSession, WorkshopSession.id == LeaveRequest.session_id)
        .join(Enrolment, Enrolment.id == LeaveRequest.enrolment_id)
        .join(Person, Person.id == Enrolment.person_id)
        .join(Unit, Unit.id == Enrolment.unit_id)
        .where(WorkshopSession.workshop_id == workshop_id, LeaveRequest.state == RequestState.OPEN)
        .order_by(LeaveRequest.asked_at, LeaveRequest.id)
    )
    if session_id is not None:
        statement = statement.where(LeaveRequest.session_id == session_id)
    return db.session.execute(statement).all()


def find_own_enrolment(workshop_id: int, account_id: int | None) -> Enrolment | None:
    """The enrolment by which this account's person is in a workshop or in its line; the newest if it left."""
    return db.session.scalars(
        select(Enrolment)
        .join(Person, Person.id == Enrolment.person_id)
        .where(Enrolment.workshop_id == workshop_id, Person.account_id == account_id)
        .options(joinedload(Enrolment.workshop))
        .order_by(Enrolment.id.desc())
        .limit(1)
    ).first()


def list_own_leave(enrolment_id: int) -> list[LeaveRequest]:
    """What a person asked leave for, the newest first."""
    return list(
        db.session.scalars(
            select(LeaveRequest)
            .where(LeaveRequest.enrolment_id == enrolment_id)
            .order_by(LeaveRequest.id.desc())
        )
    )


def read_own_attendance(enrolment_id: int) -> dict[int, Recorded]:
    """What is recorded of one person, by session."""
    rows = db.session.scalars(select(Attendance).where(Attendance.enrolment_id == enrolment_id))
    return {
        row.session_id: Recorded(row.state, row.row_version, row.method, row.recorded_at, row.note)
        for row in rows
    }
