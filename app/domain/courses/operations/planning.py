"""Plan a course: create a draft, change what it says. Its lessons stand in versions, written elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select

from app.core import clock
from app.core.db import db
from app.core.errors import DomainError, InvalidInput, NotFound
from app.core.i18n import gettext as _
from app.domain.accounts.rules import Actor
from app.domain.audit.operations import record
from app.domain.courses.models import Course, CourseEnrolment
from app.domain.courses.operations.locking import lock_planned
from app.domain.courses.rules import planning as rules
from app.domain.courses.rules.enrolling import HELD
from app.domain.courses.rules.words import CourseStatus, LearnerStatus
from app.domain.people.personal_texts import refuse_personal_numbers
from app.domain.units.models import Unit

LENGTHS = {"title": 200, "summary": 5000, "platform": 120, "address": 500, "contact": 200}
# What may be said of a course beside its title; all optional, as in models.Course.
FIELDS = frozenset(
    {
        "address", "audiences", "capacity", "closes_on", "contact", "credit_hours",
        "eligible_unit_id", "kind", "level", "opens_on", "organiser_id", "platform", "summary",
        "title", "way",
    }
)  # fmt: skip
_SPOKEN = frozenset({"title", "summary", "platform"})  # whom to ask is in the contact
_TOLD_BY_NAME = frozenset({"contact", "summary"})
OPEN = frozenset({CourseStatus.DRAFT, CourseStatus.PUBLISHED})


def create_course(organiser_id: int, facts: Mapping[str, Any], *, actor: Actor) -> Course:
    """A draft of a unit within the actor's. ``facts`` needs ``title``, ``kind`` and ``level``.

    Raises the refusals of the rules with their field.
    """
    organiser = _own_unit(organiser_id, actor)
    course = Course(
        organiser_id=organiser.id,
        created_at=clock.now(),
        created_by=actor.account_id,
        title="",
        kind=facts["kind"],
        level=facts["level"],
        credit_hours=Decimal(0),
        audiences=[],
        taken=0,
    )
    _refuse_capacity(rules.why_not_capacity(facts.get("capacity"), 0), 0)
    _apply(course, {"title": "", **facts})
    _check(course, actor)
    db.session.add(course)
    db.session.flush()
    record(
        actor,
        "courses.create",
        object_type="course",
        object_id=course.id,
        details={"kind": course.kind, "level": course.level},
        unit_path=organiser.path,
    )
    return course


def edit_course(
    course_id: int,
    changes: Mapping[str, Any],
    *,
    actor: Actor,
    expected_version: int | None = None,
) -> Course:
    """Change what a course says; only what differs counts. StaleVersion when somebody was quicker.

    Refused: ``course_over``; ``fixed_once_published`` for kind, level and organiser; ``hours_in_use`` once somebody
    has completed it; ``capacity_below_taken``.
    """
    course = lock_editable(course_id, actor=actor, expected_version=expected_version)
    real = {name: value for name, value in changes.items() if getattr(course, name) != value}
    if not real:
        return course
    if "credit_hours" in real:
        _hold_learning(course.id)
    _refuse_changes(course, set(real))
    before = {name: _plain(getattr(course, name)) for name in real}
    held = count_held(course.id)
    capacity = real.get("capacity", course.capacity)
    _refuse_capacity(rules.why_not_capacity(capacity, held), held)
    _apply(course, real)
    course.taken = 0 if capacity is None else held
    _check(course, actor)
    course.row_version += 1
    db.session.flush()
    shown = sorted(set(before) - _TOLD_BY_NAME)
    record(
        actor,
        "courses.edit",
        object_type="course",
        object_id=course.id,
        details={
            "fields": sorted(before),
            "before": {name: before[name] for name in shown},
            "after": {name: _plain(getattr(course, name)) for name in shown},
        },
        unit_path=course.organiser.path,
    )
    return course


def lock_editable(course_id: int, *, actor: Actor, expected_version: int | None = None) -> Course:
    """The course, locked, while it is a draft or published. Raises NotFound, StaleVersion, ``course_over``."""
    course = lock_planned(course_id, actor=actor, expected_version=expected_version)
    if course.status not in OPEN:
        raise DomainError(_("This course is over; nothing of it changes any more."), "course_over")
    return course


def count_held(course_id: int) -> int:
    """How many people hold a place."""
    return (
        db.session.scalar(
            select(func.count(CourseEnrolment.id)).where(
                CourseEnrolment.course_id == course_id, CourseEnrolment.status.in_(tuple(HELD))
            )
        )
        or 0
    )


def recount(course: Course) -> None:
    """Set how many places are taken anew, as the merging of two records may have freed one. The course is locked."""
    held = None if course.capacity is None else min(course.capacity, count_held(course.id))
    course.taken = held or 0


def _own_unit(unit_id: int, actor: Actor) -> Unit:
    unit = db.session.get(Unit, unit_id)
    if unit is None or not actor.reaches(unit.path):
        raise NotFound(_("There is no such unit within your unit."))
    return unit


def _apply(course: Course, facts: Mapping[str, Any]) -> None:
    unknown = set(facts) - FIELDS
    if unknown:
        raise ValueError(f"not a field of a course: {sorted(unknown)}")
    for name, value in facts.items():
        if name in LENGTHS:
            setattr(course, name, _checked_text(name, value))
        elif name == "credit_hours":
            course.credit_hours = Decimal(value or 0)
        elif name != "organiser_id" or value is not None:
            setattr(course, name, value)


def _checked_text(name: str, value: str | None) -> str | None:
    text = (value or "").strip()
    if name == "title":
        text = " ".join(text.split())
        if not text:
            raise InvalidInput(_("Give it a title."), "title_missing", "title")
    if len(text) > LENGTHS[name]:
        raise InvalidInput(
            _("At most %(most)s characters.", most=LENGTHS[name]), "text_too_long", name
        )
    if name in _SPOKEN:
        refuse_personal_numbers(text, name)
    return text or None


def _check(course: Course, actor: Actor) -> None:
    if rules.why_not_window(course.opens_on, course.closes_on):
        raise InvalidInput(
            _("The last day lies before the first."), "closes_before_opens", "closes_on"
        )
    refuse_hours(course.credit_hours)
    if course.address and not rules.is_web_address(course.address):
        raise InvalidInput(
            _("Write the whole address of the page, beginning with https://."),
            "bad_address",
            "address",
        )
    _own_unit(course.organiser_id, actor)
    if course.eligible_unit_id is not None:
        _own_unit(course.eligible_unit_id, actor)


def refuse_hours(hours: Decimal) -> None:
    """Raise ``bad_hours`` for a number of hours that no course is worth."""
    if rules.why_not_hours(hours):
        raise InvalidInput(
            _("A number of hours from 0 to 999, with at most one decimal."),
            "bad_hours",
            "credit_hours",
        )


def _refuse_capacity(reason: str | None, held: int) -> None:
    if reason == "bad_capacity":
        raise InvalidInput(
            _("A number of places from 1 to %(most)s.", most=rules.MOST_PLACES), reason, "capacity"
        )
    if reason is not None:
        raise DomainError(
            _("%(held)s people are in it already; fewer places cannot be.", held=held),
            reason,
            "capacity",
        )


def _refuse_changes(course: Course, names: set[str]) -> None:
    if course.status is not CourseStatus.DRAFT and names & rules.FIXED_ONCE_PUBLISHED:
        field = min(names & rules.FIXED_ONCE_PUBLISHED)
        raise DomainError(
            _("Kind, level and organiser stay as they were published. Make another course."),
            "fixed_once_published",
            "organiser" if field == "organiser_id" else field,
        )
    if "credit_hours" in names and _has_completed(course.id):
        raise DomainError(
            _("People have completed it for these hours; they stay. Make another course."),
            "hours_in_use",
            "credit_hours",
        )


def _hold_learning(course_id: int) -> None:
    """Hold everybody's learning: who is about to complete the course waits, and then completes it for the new hours."""
    db.session.execute(
        select(CourseEnrolment.id)
        .where(CourseEnrolment.course_id == course_id)
        .order_by(CourseEnrolment.id)
        .with_for_update(of=CourseEnrolment, key_share=True)
    )


def _has_completed(course_id: int) -> bool:
    statement = select(CourseEnrolment.id).where(
        CourseEnrolment.course_id == course_id, CourseEnrolment.status == LearnerStatus.COMPLETED
    )
    return db.session.scalar(statement.limit(1)) is not None


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | list):
        return value
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
