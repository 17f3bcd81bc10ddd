"""Assignments and what was handed in: for who marks, and for who hands in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import joinedload

from app.core.db import db
from app.core.errors import NotFound
from app.core.i18n import gettext as _
from app.domain.people.models import Person
from app.domain.units.models import Unit
from app.domain.workshops.models import Assignment, Criterion, Enrolment, Submission
from app.domain.workshops.rules import grading as rules


def list_assignments(workshop_id: int) -> list[Row[Any]]:
    """The assignments of a workshop by due time: rows of id, title, due_at, accepts_late, criterion (title),
    handed_in (people who did).
    """
    handed_in = (
        select(func.count(func.distinct(Submission.enrolment_id)))
        .join(Enrolment, Enrolment.id == Submission.enrolment_id)
        .where(
            Submission.assignment_id == Assignment.id,
            Enrolment.status.in_(tuple(rules.GRADED)),
        )
        .correlate(Assignment)
        .scalar_subquery()
    )
    columns: tuple[Any, ...] = (
        Assignment.id,
        Assignment.title,
        Assignment.instructions,
        Assignment.due_at,
        Assignment.accepts_late,
        Criterion.title.label("criterion"),
        handed_in.label("handed_in"),
    )
    return list(
        db.session.execute(
            select(*columns)
            .outerjoin(Criterion, Criterion.id == Assignment.criterion_id)
            .where(Assignment.workshop_id == workshop_id)
            .order_by(Assignment.due_at.is_(None), Assignment.due_at, Assignment.id)
        )
    )


def count_graded(workshop_id: int) -> int:
    """How many people are graded in the workshop."""
    return (
        db.session.scalar(
            select(func.count())
            .select_from(Enrolment)
            .where(Enrolment.workshop_id == workshop_id, Enrolment.status.in_(tuple(rules.GRADED)))
        )
        or 0
    )


def get_assignment(assignment_id: int, workshop_id: int) -> Assignment:
    """An assignment of this workshop; NotFound for any other."""
    assignment = db.session.scalar(
        select(Assignment).where(
            Assignment.id == assignment_id, Assignment.workshop_id == workshop_id
        )
    )
    if assignment is None:
        raise NotFound(_("There is no such assignment in this workshop."))
    return assignment


@dataclass(frozen=True, slots=True)
class HandIn:
    """A person and what they handed in: the newest file that counts (None: nothing yet), and how many before it."""

    enrolment_id: int
    name: str
    unit_name: str
    newest: Submission | None
    earlier: list[Submission]


def list_hand_ins(assignment: Assignment) -> list[HandIn]:
    """Everybody of the workshop, in order of arrival, with what they handed in; two queries."""
    people = db.session.execute(
        select(Enrolment.id, Person.name, Unit.name.label("unit_name"))
        .join(Person, Person.id == Enrolment.person_id)
        .join(Unit, Unit.id == Enrolment.unit_id)
        .where(
            Enrolment.workshop_id == assignment.workshop_id,
            Enrolment.status.in_(tuple(rules.GRADED)),
        )
        .order_by(Enrolment.number)
    )
    by_person: dict[int, list[Submission]] = {}
    for submission in db.session.scalars(
        select(Submission)
        .where(Submission.assignment_id == assignment.id)
        .order_by(Submission.id.desc())
    ):
        by_person.setdefault(submission.enrolment_id, []).append(submission)
    made = []
    for row in people:
        handed = by_person.get(row.id, [])
        newest = next((one for one in handed if one.replaced_at is None), None)
        earlier = [one for one in handed if one is not newest]
        made.append(HandIn(row.id, row.name, row.unit_name, newest, earlier))
    return made


def list_own_submissions(assignment_id: int, enrolment_id: int) -> list[Submission]:
    """What a person handed in for an assignment, the newest first."""
    return list(
        db.session.scalars(
            select(Submission)
            .where(
                Submission.assignment_id == assignment_id, Submission.enrolment_id == enrolment_id
            )
            .order_by(Submission.id.desc())
        )
    )


def newest_own_submissions(workshop_id: int, enrolment_id: int) -> dict[int, Submission]:
    """What of a person counts, by assignment."""
    rows = db.session.scalars(
        select(Submission)
        .join(Assignment, Assignment.id == Submission.assignment_id)
        .where(
            Assignment.workshop_id == workshop_id,
            Submission.enrolment_id == enrolment_id,
            Submission.replaced_at.is_(None),
        )
    )
    return {row.assignment_id: row for row in rows}


def get_submission(submission_id: int, workshop_id: int) -> Submission:
    """What was handed in, in this workshop; NotFound for any other. Whose it is, the caller asks."""
    submission = db.session.scalar(
        select(Submission)
        .join(Assignment, Assignment.id == Submission.assignment_id)
        .where(Submission.id == submission_id, Assignment.workshop_id == workshop_id)
        .options(joinedload(Submission.enrolment).joinedload(Enrolment.person))
    )
    if submission is None:
        raise NotFound(_("There is no such file in this workshop."))
    return submission
