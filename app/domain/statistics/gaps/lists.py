"""The units and the counselors behind a count of what is missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from app.core.paging import PAGE_SIZE, Page
from app.domain.people.models import Person, TrainingRecord
from app.domain.statistics.frame import Frame
from app.domain.statistics.gaps.kinds import (
    COUNTIES,
    Gap,
    counselors_with_flags,
    gaps_frame,
    school_conditions,
    uncovered_counties,
)
from app.domain.statistics.rules import scaled
from app.domain.statistics.sources.leads import COVERED_COUNTIES
from app.domain.statistics.sources.schools import SCHOOLS
from app.domain.statistics.sources.trainings import HOURS_SCALE, counts, credited_hours
from app.domain.units.models import Unit
from app.domain.units.queries import in_subtree, open_on


def list_counties_without_lead_teacher(
    session: Session, path: str, today: date
) -> Sequence[Row[Any]]:
    """Counties of a subtree without a lead teacher today: rows of id, code, name, path. Three queries."""
    return uncovered_counties(session, gaps_frame(session, path, today), today)


def list_lacking_units(
    session: Session,
    frame: Frame,
    gap: Gap,
    today: date,
    *,
    page: int = 1,
    size: int = PAGE_SIZE,
) -> Page[Row[Any]]:
    """Schools or counties that lack something: rows of code, name, parent_name, stage."""
    parent = aliased(Unit)
    statement: Any = select(
        Unit.code, Unit.name, parent.name.label("parent_name"), Unit.stage
    ).outerjoin(parent, parent.id == Unit.parent_id)
    if gap is Gap.COUNTIES_WITHOUT_LEAD_TEACHER:
        covered = COVERED_COUNTIES.select(frame.rules).subquery()
        statement = statement.where(
            Unit.kind.in_(COUNTIES),
            in_subtree(frame.path),
            open_on(today),
            Unit.id.not_in(select(covered.c.unit_id)),
        )
    else:
        schools = SCHOOLS.select(frame.rules).subquery()
        lacking = school_conditions(schools)[gap]
        statement = statement.join(schools, schools.c.unit_id == Unit.id).where(lacking)
    return _paged(session, frame, statement.order_by(Unit.code, Unit.id), page, size)


@dataclass(frozen=True, slots=True)
class LackingPerson:
    """A counselor with everything they lack. ``hours``: credited this year."""

    person_id: int
    name: str
    unit_code: str
    unit_name: str
    lacks: frozenset[Gap]
    hours: Any


def list_lacking_people(
    session: Session,
    frame: Frame,
    gap: Gap | None,
    *,
    page: int = 1,
    size: int = PAGE_SIZE,
) -> Page[LackingPerson]:
    """Counselors of the subtree who lack one thing (None: anything), with all that each lacks; three queries."""
    statement, flags = counselors_with_flags(frame)
    wanted = flags[gap] if gap is not None else or_(*flags.values())
    columns = [condition.label(name.name.lower()) for name, condition in flags.items()]
    rows = _paged(
        session,
        frame,
        statement.add_columns(
            Person.id, Person.name, Unit.code, Unit.name.label("unit_name"), *columns
        )
        .where(wanted)
        .order_by(Unit.code, Person.sort_key, Person.id),
        page,
        size,
    )
    hours = _hours_this_year(session, frame, [row.id for row in rows.items])
    people = [
        LackingPerson(
            row.id,
            row.name,
            row.code,
            row.unit_name,
            frozenset(gap for gap in flags if row._mapping[gap.name.lower()]),
            scaled(hours.get(row.id, 0), HOURS_SCALE),
        )
        for row in rows.items
    ]
    return Page(people, rows.number, rows.size, rows.total)


def _hours_this_year(session: Session, frame: Frame, person_ids: list[int]) -> dict[int, int]:
    if not person_ids:
        return {}
    rows = session.execute(
        select(TrainingRecord.person_id, func.sum(credited_hours()))
        .where(
            and_(counts(), TrainingRecord.person_id.in_(person_ids)),
            TrainingRecord.ended_on.between(frame.since, frame.as_of),
        )
        .group_by(TrainingRecord.person_id)
    )
    return {person_id: int(tenths or 0) for person_id, tenths in rows}


def _paged(session: Session, frame: Frame, statement: Any, page: int, size: int) -> Page[Row[Any]]:
    counted = select(func.count()).select_from(statement.order_by(None).subquery())
    total = session.scalar(counted, frame.parameters) or 0
    shown = statement.limit(size).offset((page - 1) * size)
    return Page(session.execute(shown, frame.parameters).all(), page, size, total)
