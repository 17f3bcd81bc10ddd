"""Who would complete a workshop now, who not and why: what closing shows first and then writes."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, Select, func, select

from app.core import clock
from app.core.db import db
from app.domain.people.models import Person
from app.domain.units.models import Unit
from app.domain.workshops.models import (
    Appeal,
    Assignment,
    Criterion,
    Enrolment,
    LeaveRequest,
    Result,
    Submission,
    Workshop,
    WorkshopSession,
)
from app.domain.workshops.queries.attendance import Register, load_register
from app.domain.workshops.queries.candidates import list_periods
from app.domain.workshops.rules import completion as rules
from app.domain.workshops.rules.enrolling import WAITING
from app.domain.workshops.rules.grading import GRADED
from app.domain.workshops.rules.words import CriterionKind, EnrolmentStatus, Grade, RequestState


@dataclass(frozen=True, slots=True)
class CompletionRow:
    """A person and what they reached; ``unmet`` is empty for who completes."""

    enrolment_id: int
    person_id: int
    name: str
    unit_id: int
    unit_name: str
    status: EnrolmentStatus
    reached: rules.Reached
    grade: Grade | None
    unmet: tuple[rules.Unmet, ...]
    credit_hours: Decimal | None = None
    settled: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Doubts:
    """What is still open as a workshop is closed, in numbers."""

    waiting: int = 0  # applications without an answer or a seat: they end
    leave: int = 0
    appeals: int = 0
    not_kept: int = 0  # regular sessions without any attendance recorded


@dataclass(frozen=True)
class Completion:
    """What closing would do. ``days`` are None for a workshop without sessions: who closes it names them."""

    asked: rules.Conditions
    days: rules.Days | None
    hours: Decimal
    ends_at: datetime | None
    grades_missing: bool
    rows: list[CompletionRow]
    doubts: Doubts

    @property
    def completing(self) -> list[CompletionRow]:
        return [row for row in self.rows if not row.unmet]

    @property
    def failing(self) -> list[CompletionRow]:
        return [row for row in self.rows if row.unmet]

    @property
    def fingerprint(self) -> str:
        """Says whether what was looked at is still what would be written."""
        text = "|".join(f"{row.enrolment_id}:{row.unmet}:{row.grade}" for row in self.rows)
        return hashlib.sha256(f"{self.hours}|{self.days}|{text}".encode()).hexdigest()[:24]


def load_completion(workshop: Workshop, days: rules.Days | None = None) -> Completion:
    """What closing this workshop would do now; eight queries. ``days``: when it was, if it has no sessions."""
    register = load_register(workshop.id)
    periods = [period for _id, period in list_periods(workshop.id)]
    when = rules.days_of(periods, clock.zone()) or days
    asked = rules.Conditions(
        minimum_attendance=workshop.minimum_attendance,
        minimum_grade=workshop.minimum_grade,
        has_sessions=bool(periods),
        assignments=_count_assignments(workshop.id),
    )
    handed_in = _handed_in(workshop.id) if asked.assignments else {}
    rows = [
        _row(row, register, handed_in, asked) for row in db.session.execute(_people(workshop.id))
    ]
    return Completion(
        asked=asked,
        days=when,
        hours=rules.hours_given(Decimal(workshop.credit_hours), periods, when, clock.zone()),
        ends_at=max((one.ends_at for one in register.sessions), default=None),
        grades_missing=workshop.minimum_grade > 0 and workshop.grades_published_at is None,
        rows=rows,
        doubts=_doubts(workshop.id, register),
    )


def _people(workshop_id: int) -> Select[Any]:
    columns: tuple[Any, ...] = (
        Enrolment.id,
        Enrolment.person_id,
        Enrolment.unit_id,
        Enrolment.status,
        Enrolment.credit_hours,
        Enrolment.unmet,
        Person.name,
        Unit.name.label("unit_name"),
        Result.total,
        Result.grade,
        Result.published_at,
    )
    return (
        select(*columns)
        .join(Person, Person.id == Enrolment.person_id)
        .join(Unit, Unit.id == Enrolment.unit_id)
        .outerjoin(Result, Result.enrolment_id == Enrolment.id)
        .where(Enrolment.workshop_id == workshop_id, Enrolment.status.in_(tuple(GRADED)))
        .order_by(Enrolment.unit_path, Enrolment.number)
    )


def _row(
    row: Row[Any], register: Register, handed_in: dict[int, int], asked: rules.Conditions
) -> CompletionRow:
    published = row.published_at is not None
    reached = rules.Reached(
        attendance=register.share(row.id),
        total=row.total if published else None,
        handed_in=handed_in.get(row.id, 0),
    )
    return CompletionRow(
        enrolment_id=row.id,
        person_id=row.person_id,
        name=row.name,
        unit_id=row.unit_id,
        unit_name=row.unit_name,
        status=row.status,
        reached=reached,
        grade=row.grade if published else None,
        unmet=tuple(rules.unmet(reached, asked)),
        credit_hours=row.credit_hours,
        settled=tuple(row.unmet or ()),
    )


def _due_assignments(workshop_id: int) -> Select[Any]:
    """The assignments that the guide marks."""
    return (
        select(Assignment.id)
        .join(Criterion, Criterion.id == Assignment.criterion_id)
        .where(Assignment.workshop_id == workshop_id, Criterion.kind == CriterionKind.ASSIGNMENT)
    )


def _count_assignments(workshop_id: int) -> int:
    due = _due_assignments(workshop_id).subquery()
    return db.session.scalar(select(func.count()).select_from(due)) or 0


def _handed_in(workshop_id: int) -> dict[int, int]:
    rows = db.session.execute(
        select(Submission.enrolment_id, func.count(Submission.assignment_id.distinct()))
        .where(Submission.assignment_id.in_(_due_assignments(workshop_id)))
        .group_by(Submission.enrolment_id)
    )
    return {enrolment_id: int(number) for enrolment_id, number in rows}


def _doubts(workshop_id: int, register: Register) -> Doubts:
    sessions = select(WorkshopSession.id).where(WorkshopSession.workshop_id == workshop_id)
    enrolments = select(Enrolment.id).where(Enrolment.workshop_id == workshop_id)
    counts: Sequence[Any] = (
        select(func.count()).where(
            Enrolment.workshop_id == workshop_id, Enrolment.status.in_(tuple(WAITING))
        ),
        select(func.count()).where(
            LeaveRequest.session_id.in_(sessions), LeaveRequest.state == RequestState.OPEN
        ),
        select(func.count()).where(
            Appeal.enrolment_id.in_(enrolments), Appeal.state == RequestState.OPEN
        ),
    )
    waiting, leave, appeals = db.session.execute(
        select(*(count.scalar_subquery() for count in counts))
    ).one()
    regular = [one for one in register.sessions if one.makes_up_for_id is None]
    return Doubts(int(waiting), int(leave), int(appeals), len(regular) - len(register.kept))


def list_waiting(workshop_id: int) -> list[Enrolment]:
    """Applications that are still without an answer or without a seat."""
    return list(
        db.session.scalars(
            select(Enrolment)
            .where(
                Enrolment.workshop_id == workshop_id,
                Enrolment.status.in_(tuple(WAITING)),
            )
            .order_by(Enrolment.number)
        )
    )
