"""Assign a course to a group of people, change until when, take it back."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.core import clock
from app.core.db import db
from app.core.errors import DomainError, InvalidInput, NotFound, explain_constraint
from app.core.i18n import gettext as _
from app.core.jobs import enqueue
from app.domain.accounts.rules import Actor
from app.domain.audit.operations import record
from app.domain.courses.models import Course, Requirement
from app.domain.courses.operations.locking import hold_requirement, lock_course, refuse_stale
from app.domain.courses.queries.openings import terms_of
from app.domain.courses.queries.requirements import get_requirement
from app.domain.courses.refusals import no_longer_assigned, refusal_of
from app.domain.courses.rules import requirements as rules
from app.domain.courses.rules.enrolling import why_takes_nobody
from app.domain.courses.rules.words import EnrolmentSource
from app.domain.people.operations.dated import refuse_unit, required_reason
from app.domain.people.personal_texts import fitting_text
from app.domain.people.rules import Audience
from app.domain.units.models import Unit

LOOK_AFTER = "courses.look_after_group"
NOTE_LENGTH = 500


def _assigned_already() -> DomainError:
    return DomainError(
        _("This course is assigned to that group already. Change the day there."),
        "assigned_already",
        "audience",
    )


explain_constraint("uq_course_requirements_standing", _assigned_already)


@dataclass(frozen=True, slots=True)
class Due:
    """Until when, and how many days before it people are reminded (0: on the day)."""

    due_on: date
    reminders: Collection[int] = rules.DEFAULT_REMINDERS
    note: str | None = None


def assign_course(
    course_id: int, unit: Unit, audience: Audience, due: Due, *, actor: Actor
) -> Requirement:
    """Assign a course to everybody of an audience in a unit's subtree; the worker enrols and tells them.

    Raises NotFound, Forbidden, ``not_open``, ``other_group`` (the course is for people of another unit), ``past``,
    ``too_late``, ``after_course``, ``too_many``, ``too_early``, ``assigned_already``.
    """
    course = lock_course(course_id, actor=actor)
    today = clock.today()
    refuse_unit(unit, actor, on=today, field="unit")
    terms = terms_of(course)
    reason = why_takes_nobody(terms, EnrolmentSource.ASSIGNED, today)
    if reason is not None:
        raise refusal_of(reason)
    if not (unit.path.startswith(terms.unit_path) or terms.unit_path.startswith(unit.path)):
        raise InvalidInput(_("This course is for people of another unit."), "other_group", "unit")
    _refuse_due(due, course, today)
    made = Requirement(
        course_id=course.id,
        unit_id=unit.id,
        audience=audience,
        assigned_on=today,
        due_on=due.due_on,
        reminders=sorted(set(due.reminders), reverse=True),
        note=_note(due),
        assigned_by=actor.account_id,
        created_at=clock.now(),
    )
    db.session.add(made)
    db.session.flush()
    _audit(actor, "assign", made, unit)
    enqueue(LOOK_AFTER, {"requirement_id": made.id}, created_by=actor.account_id)
    return made


def change_due(
    requirement_id: int, due: Due, *, actor: Actor, expected_version: int | None = None
) -> Requirement:
    """Another day, other reminders, another note. Raises as ``assign_course``; ``requirement_over``, StaleVersion."""
    made = _lock(requirement_id, actor)
    refuse_stale(made.row_version, expected_version)
    if made.due_on != due.due_on:
        _refuse_due(due, made.course, clock.today())
    else:
        _refuse_reminders(due)
    made.due_on, made.note = due.due_on, _note(due)
    made.reminders = sorted(set(due.reminders), reverse=True)
    made.looked_after_on = None
    db.session.flush()
    _audit(actor, "change_due", made, made.unit)
    return made


def end_requirement(requirement_id: int, *, reason: str | None, actor: Actor) -> Requirement:
    """It is assigned no more; who is in the course stays in it. Raises ``requirement_over``, ``reason_missing``."""
    made = _lock(requirement_id, actor)
    made.ended_at, made.end_reason = clock.now(), required_reason(reason)
    db.session.flush()
    _audit(actor, "end_requirement", made, made.unit, reason=made.end_reason)
    return made


def _lock(requirement_id: int, actor: Actor) -> Requirement:
    """A standing requirement of the actor's, locked."""
    if not actor.may("courses.assign"):
        raise NotFound(_("There is no such group within your unit."))
    get_requirement(requirement_id, actor=actor)
    made = hold_requirement(requirement_id)
    if made.ended_at is not None:
        raise no_longer_assigned()
    return made


def _refuse_due(due: Due, course: Course, today: date) -> None:
    words = {
        "past": _("That day has passed."),
        "too_late": _("Within two years."),
        "after_course": _("The course ends before, on %(day)s.", day=course.closes_on),
    }
    why = rules.why_not_due(due.due_on, today, course.closes_on)
    if why is not None:
        raise InvalidInput(words[why], why, "due_on")
    _refuse_reminders(due)


def _refuse_reminders(due: Due) -> None:
    words = {
        "too_many": _("At most %(most)s reminders.", most=rules.MOST_REMINDERS),
        "too_early": _("Remind at most %(most)s days before.", most=rules.MOST_DAYS_BEFORE),
    }
    why = rules.why_not_reminders(due.reminders)
    if why is not None:
        raise InvalidInput(words[why], why, "reminders")


def _note(due: Due) -> str | None:
    text = (due.note or "").strip()
    return fitting_text(text, NOTE_LENGTH, "note") if text else None


def _audit(actor: Actor, action: str, made: Requirement, unit: Unit, **more: Any) -> None:
    record(
        actor,
        f"courses.{action}",
        object_type="requirement",
        object_id=made.id,
        details={
            "course": made.course_id,
            "unit": unit.code,
            "audience": made.audience.value,
            "due_on": made.due_on.isoformat(),
        },
        unit_path=unit.path,
        **more,
    )
