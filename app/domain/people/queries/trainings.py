"""Reads of training records: trainings of a subtree (records grouped by event), the people of one, a record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, case, func, or_, select
from sqlalchemy.orm import joinedload

from app.core import clock
from app.core.db import db
from app.core.errors import NotFound
from app.core.i18n import gettext as _
from app.core.paging import PAGE_SIZE, Page
from app.core.text import like_pattern
from app.domain.people.models import Person, TrainingRecord
from app.domain.people.queries.search import matching
from app.domain.people.queries.visibility import is_visible
from app.domain.people.rules import TrainingKind, TrainingLevel
from app.domain.units.models import Unit
from app.domain.units.queries import in_subtree


@dataclass(frozen=True)
class TrainingFilter:
    """What the list of trainings is narrowed to; days are of the last day of a training."""

    path: str
    q: str = ""
    level: TrainingLevel | None = None
    kind: TrainingKind | None = None
    since: date | None = None
    until: date | None = None
    key: str | None = None


def _conditions(wanted: TrainingFilter) -> list[ColumnElement[bool]]:
    table = TrainingRecord
    conditions = [in_subtree(wanted.path), table.withdrawn_at.is_(None)]
    if wanted.q:
        like = like_pattern(" ".join(wanted.q.split()))
        conditions.append(
            or_(
                table.title.ilike(like, escape="\\"),
                table.organiser.ilike(like, escape="\\"),
                table.cohort.ilike(like, escape="\\"),
            )
        )
    if wanted.since is not None:
        conditions.append(table.ended_on >= wanted.since)
    if wanted.until is not None:
        conditions.append(table.ended_on <= wanted.until)
    equal = ((table.level, wanted.level), (table.kind, wanted.kind), (table.event_key, wanted.key))
    return [*conditions, *(column == value for column, value in equal if value is not None)]


def _events(wanted: TrainingFilter) -> Any:
    table = TrainingRecord
    return (
        select(
            table.event_key.label("key"),
            func.min(table.title).label("title"),
            func.min(table.kind).label("kind"),
            func.min(table.level).label("level"),
            func.min(table.organiser).label("organiser"),
            func.min(table.place).label("place"),
            func.min(table.cohort).label("cohort"),
            func.min(table.started_on).label("started_on"),
            func.max(table.ended_on).label("ended_on"),
            func.max(table.hours).label("hours"),
            func.count().label("people"),
            func.sum(case((table.passed.is_(True), 1), else_=0)).label("passed"),
        )
        .join(Unit, Unit.id == table.unit_id)
        .where(*_conditions(wanted))
        .group_by(table.event_key)
    )


def list_events(
    wanted: TrainingFilter, *, page: int = 1, size: int = PAGE_SIZE
) -> tuple[Page[Row[Any]], int]:
    """Trainings whose records are of units of the subtree, the latest first, and how many person-times in all.

    Rows of key, title, kind, level, organiser, place, cohort, started_on, ended_on, hours, people, passed.
    """
    events = _events(wanted).subquery()
    total, person_times = db.session.execute(
        select(func.count(), func.coalesce(func.sum(events.c.people), 0)).select_from(events)
    ).one()
    statement = (
        _events(wanted)
        .order_by(func.max(TrainingRecord.ended_on).desc(), TrainingRecord.event_key)
        .limit(size)
        .offset((page - 1) * size)
    )
    return Page(db.session.execute(statement).all(), page, size, total), person_times


def get_event(key: str, *, scope: str) -> Row[Any]:
    """A training by its key, over the records of the scope; NotFound without any."""
    event = db.session.execute(_events(TrainingFilter(scope, key=key))).first()
    if event is None:
        raise NotFound(_("There is no such training within your unit."))
    return event


def list_event_keys(records: Select[int | None], *, scope: str) -> list[str]:
    """The keys of the trainings that these records of the scope are of, of passed ones only."""
    table = TrainingRecord
    return list(
        db.session.scalars(
            select(table.event_key)
            .join(Unit, Unit.id == table.unit_id)
            .where(
                table.id.in_(records),
                table.passed.is_(True),
                table.withdrawn_at.is_(None),
                in_subtree(scope),
            )
            .distinct()
            .order_by(table.event_key)
        )
    )


@dataclass(frozen=True)
class ParticipantFilter:
    """What the people of a training are narrowed to."""

    q: str = ""
    passed: bool | None = None
    withdrawn: bool = False


def list_participants(
    key: str,
    wanted: ParticipantFilter,
    *,
    scope: str,
    page: int = 1,
    size: int = PAGE_SIZE,
) -> Page[Row[Any]]:
    """Records of a training by pinyin: rows of id, person_id, name, visible, unit_name, hours, result, passed,
    withdrawn_reason, nominating_unit.
    """
    table = TrainingRecord
    nominating = select(Unit.id, Unit.name).subquery()
    conditions: list[ColumnElement[bool]] = [
        table.event_key == key,
        in_subtree(scope),
        table.withdrawn_at.is_not(None) if wanted.withdrawn else table.withdrawn_at.is_(None),
    ]
    if wanted.passed is not None:
        conditions.append(table.passed.is_(wanted.passed))
    searched = matching(wanted.q)
    if searched is not None:
        conditions.append(searched)
    joined = (
        select(func.count())
        .select_from(table)
        .join(Person, Person.id == table.person_id)
        .join(Unit, Unit.id == table.unit_id)
        .where(*conditions)
    )
    total = db.session.scalar(joined) or 0
    statement: Any = (
        joined.with_only_columns(
            table.id,
            table.person_id,
            Person.name,
            is_visible(scope, today=clock.today()).label("visible"),
            Unit.name.label("unit_name"),
            table.hours,
            table.result,
            table.passed,
            table.withdrawn_reason,
            nominating.c.name.label("nominating_unit"),
        )
        .outerjoin(nominating, nominating.c.id == table.nominating_unit_id)
        .order_by(Person.sort_key, table.id)
        .limit(size)
        .offset((page - 1) * size)
    )
    return Page(db.session.execute(statement).all(), page, size, total)


def get_training_record(record_id: int, *, scope: str) -> TrainingRecord:
    """A record of a unit of the scope, with person and unit; NotFound outside."""
    found = db.session.scalar(
        select(TrainingRecord)
        .join(Unit, Unit.id == TrainingRecord.unit_id)
        .where(TrainingRecord.id == record_id, in_subtree(scope))
        .options(joinedload(TrainingRecord.person), joinedload(TrainingRecord.unit))
    )
    if found is None:
        raise NotFound(_("There is no such training record within your unit."))
    return found
