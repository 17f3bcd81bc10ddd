"""Remind people of what is assigned to them: each step once, and by hand at most once a day."""

from __future__ import annotations

from datetime import date

from sqlalchemy import insert, select

from app.core import clock
from app.core.db import atomic, db
from app.domain.accounts.rules import Actor
from app.domain.audit.operations import record
from app.domain.courses.group_telling import tell_group
from app.domain.courses.models import (
    CourseEnrolment,
    CourseReminder,
    RequiredLearner,
    Requirement,
)
from app.domain.courses.operations.locking import hold_requirement
from app.domain.courses.queries.requirements import get_requirement
from app.domain.courses.refusals import no_longer_assigned
from app.domain.courses.rules.requirements import reminder_on
from app.domain.courses.rules.words import LearnerStatus, ReminderKind

BATCH = 200


def remind(requirement_id: int) -> int:
    """Tell who has not finished what is due today, each step once; how many were told."""
    made = db.session.get_one(Requirement, requirement_id, populate_existing=True)
    step = reminder_on(made.due_on, made.reminders, clock.today())
    if made.ended_at is not None or step is None:
        return 0
    told = 0
    while True:
        with atomic():
            batch = _remind_some(hold_requirement(requirement_id), *step)
        told += batch
        if batch < BATCH:
            return told


def nudge(requirement_id: int, *, actor: Actor) -> int:
    """An officer reminds everybody who has not finished, at most once a day; how many were told.

    Raises NotFound, ``requirement_over``.
    """
    get_requirement(requirement_id, actor=actor)
    made = hold_requirement(requirement_id)
    if made.ended_at is not None:
        raise no_longer_assigned()
    told = 0
    while batch := _remind_some(made, ReminderKind.NUDGE, 0, due_on=clock.today()):
        told += batch
    record(
        actor,
        "courses.nudge",
        object_type="requirement",
        object_id=made.id,
        details={"told": told},
        unit_path=made.unit.path,
    )
    return told


def _remind_some(
    made: Requirement, kind: ReminderKind, days: int, *, due_on: date | None = None
) -> int:
    """Remind a batch of those who were not told this yet; how many."""
    if made.ended_at is not None:  # meanwhile
        return 0
    due_on = due_on or made.due_on
    told = select(CourseReminder.person_id).where(
        CourseReminder.requirement_id == made.id,
        CourseReminder.kind == kind,
        CourseReminder.due_on == due_on,
        CourseReminder.days == days,
    )
    ids = db.session.scalars(
        select(RequiredLearner.person_id)
        .join(CourseEnrolment, CourseEnrolment.id == RequiredLearner.enrolment_id)
        .where(
            RequiredLearner.requirement_id == made.id,
            RequiredLearner.until.is_(None),
            CourseEnrolment.status == LearnerStatus.ENROLLED,
            RequiredLearner.person_id.not_in(told),
        )
        .order_by(RequiredLearner.person_id)
        .limit(BATCH)
    ).all()
    if ids:
        now = clock.now()
        db.session.execute(
            insert(CourseReminder),
            [
                {
                    "requirement_id": made.id,
                    "person_id": person_id,
                    "kind": kind,
                    "due_on": due_on,
                    "days": days,
                    "given_at": now,
                }
                for person_id in ids
            ],
        )
        tell_group(made, ids, f"courses.{kind.value}")
    return len(ids)
