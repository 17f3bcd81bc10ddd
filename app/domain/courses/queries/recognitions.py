"""Requests to have hours recognised: who sees which, what waits for whom, and what stands against a new one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, false, func, or_, select, true

from app.core.db import db
from app.core.errors import NotFound
from app.core.i18n import gettext as _
from app.core.paging import PAGE_SIZE, Page
from app.core.text import like_pattern
from app.domain.accounts.models import Account
from app.domain.accounts.rules import SYSTEM_ROLE, Actor, Role
from app.domain.courses.models import Course, CourseEnrolment, Recognition
from app.domain.courses.queries.visibility import courses_visible_to
from app.domain.courses.rules.recognition import STANDING
from app.domain.courses.rules.words import (
    CourseKind,
    CourseStatus,
    LearnerStatus,
    RecognitionStatus,
)
from app.domain.people.models import Person, TrainingRecord
from app.domain.people.queries.search import matching
from app.domain.units.models import Unit


@dataclass(frozen=True)
class RecognitionFilter:
    """What the queue is narrowed to; ``status`` None: all of them."""

    q: str = ""
    training: str = ""
    status: RecognitionStatus | None = None
    unit_path: str | None = None
    import_id: int | None = None


def recognitions_visible_to(actor: Actor) -> ColumnElement[bool]:
    """The condition that the actor sees a request: one's own, an office those of its own people."""
    if actor.role == SYSTEM_ROLE:
        return true()
    if actor.role == Role.TEACHER:
        return Recognition.person_id.in_(
            select(Person.id).where(Person.account_id == actor.account_id)
        )
    if not actor.may("recognitions.read"):
        return false()
    return Recognition.unit_path.like(f"{actor.unit_path}%")


def get_recognition(recognition_id: int, *, actor: Actor) -> Recognition:
    """The request, if the actor sees it. Raises NotFound, whether or not it exists elsewhere."""
    found = db.session.scalar(
        select(Recognition)
        .where(Recognition.id == recognition_id, recognitions_visible_to(actor))
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound(_("There is no such request for hours within your unit."))
    return found


def to_recognise(actor: Actor) -> Select[int]:
    """The count of requests that wait for this actor: at a school what is unchecked, else what is undecided."""
    return (
        select(func.count())
        .select_from(Recognition)
        .where(recognitions_visible_to(actor), Recognition.status.in_(waiting_states(actor)))
    )


def waiting_states(actor: Actor) -> tuple[RecognitionStatus, ...]:
    if actor.may("recognitions.decide"):
        return (RecognitionStatus.SUBMITTED, RecognitionStatus.CHECKED)
    return (RecognitionStatus.SUBMITTED,)


def list_recognitions(
    actor: Actor, wanted: RecognitionFilter, *, page: int = 1, size: int = PAGE_SIZE
) -> Page[Row[Any]]:
    """Requests that fit, the oldest first: rows of id, row_version, status, title, platform, level, finished_on,
    hours_claimed, hours_recognised, submitted_at, file_key, import_id, person_id, name, unit_name.
    """
    conditions = _conditions(actor, wanted)
    total = db.session.scalar(_joined(func.count(Recognition.id)).where(*conditions)) or 0
    statement = (
        _joined(
            Recognition.id,
            Recognition.row_version,
            Recognition.status,
            Recognition.title,
            Recognition.platform,
            Recognition.level,
            Recognition.finished_on,
            Recognition.hours_claimed,
            Recognition.hours_recognised,
            Recognition.submitted_at,
            Recognition.file_key,
            Recognition.import_id,
            Person.id.label("person_id"),
            Person.name,
            Unit.name.label("unit_name"),
        )
        .where(*conditions)
        .order_by(Recognition.submitted_at, Recognition.id)
        .limit(size)
        .offset((page - 1) * size)
    )
    return Page(db.session.execute(statement).all(), page, size, total)


def list_ids(actor: Actor, wanted: RecognitionFilter, *, most: int) -> list[tuple[int, int]]:
    """The first requests that fit, as (id, version), the oldest first."""
    statement = (
        _joined(Recognition.id, Recognition.row_version)
        .where(*_conditions(actor, wanted))
        .order_by(Recognition.submitted_at, Recognition.id)
        .limit(most)
    )
    return [(row.id, row.row_version) for row in db.session.execute(statement)]


def _joined(*columns: Any) -> Select[Any]:
    statement: Select[Any] = select(*columns)
    return (
        statement.select_from(Recognition)
        .join(Person, Person.id == Recognition.person_id)
        .join(Unit, Unit.id == Recognition.unit_id)
    )


def _conditions(actor: Actor, wanted: RecognitionFilter) -> list[ColumnElement[bool]]:
    conditions = [recognitions_visible_to(actor)]
    searched = matching(wanted.q)
    if searched is not None:
        conditions.append(searched)
    if wanted.training:
        pattern = like_pattern(wanted.training)
        conditions.append(
            or_(
                Recognition.title.like(pattern, escape="\\"),
                Recognition.platform.like(pattern, escape="\\"),
            )
        )
    if wanted.status is not None:
        conditions.append(Recognition.status == wanted.status)
    if wanted.unit_path is not None:
        conditions.append(Recognition.unit_path.like(f"{wanted.unit_path}%"))
    if wanted.import_id is not None:
        conditions.append(Recognition.import_id == wanted.import_id)
    return conditions


def count_by_status(actor: Actor) -> dict[RecognitionStatus, int]:
    """How many requests the actor sees stand where."""
    rows = db.session.execute(
        select(Recognition.status, func.count(Recognition.id))
        .where(recognitions_visible_to(actor))
        .group_by(Recognition.status)
    )
    return {row[0]: row[1] for row in rows}


def list_own(actor: Actor) -> Sequence[Recognition]:
    """What the account's own person has asked for, the newest first."""
    own = select(Person.id).where(Person.account_id == actor.account_id)
    return db.session.scalars(
        select(Recognition)
        .where(Recognition.person_id.in_(own))
        .order_by(Recognition.submitted_at.desc(), Recognition.id.desc())
    ).all()


def list_external_courses(actor: Actor) -> Sequence[Row[Any]]:
    """The external courses an own completion may be reported of: rows of id, title, platform, credit_hours."""
    columns: tuple[Any, ...] = (Course.id, Course.title, Course.platform, Course.credit_hours)
    statement: Select[Any] = (
        select(*columns)
        .where(
            Course.kind == CourseKind.EXTERNAL,
            Course.status == CourseStatus.PUBLISHED,
            courses_visible_to(actor),
        )
        .order_by(Course.title, Course.id)
    )
    return db.session.execute(statement).all()


def find_standing(
    person_id: int, event_key: str, *, besides: int | None
) -> RecognitionStatus | None:
    """How a standing request of the person for this training stands."""
    return db.session.scalar(
        select(Recognition.status).where(
            Recognition.person_id == person_id,
            Recognition.event_key == event_key,
            Recognition.status.in_(STANDING),
            Recognition.id != (besides or 0),
        )
    )


def counts_already(person_id: int, event_key: str, course_id: int | None) -> bool:
    """Whether a training counts for the person: a record of it was passed, or the course completed here."""
    record = select(TrainingRecord.id).where(
        TrainingRecord.person_id == person_id,
        TrainingRecord.event_key == event_key,
        TrainingRecord.passed.is_(True),
        TrainingRecord.withdrawn_at.is_(None),
    )
    if db.session.scalar(record) is not None:
        return True
    if course_id is None:
        return False
    completed = select(CourseEnrolment.id).where(
        CourseEnrolment.person_id == person_id,
        CourseEnrolment.course_id == course_id,
        CourseEnrolment.status == LearnerStatus.COMPLETED,
    )
    return db.session.scalar(completed) is not None


def names_of_accounts(ids: Sequence[int | None]) -> dict[int, str]:
    """The user names of who did something."""
    rows = db.session.execute(
        select(Account.id, Account.username).where(Account.id.in_([i for i in ids if i]))
    )
    return {row[0]: row[1] for row in rows}
