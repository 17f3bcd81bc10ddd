"""Who lacks what today: schools, counties and counselors with something missing, from the sources of the figures.

So "schools" less "schools without a counselor" is "schools with a counselor" of the ledger, to the row.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, Subquery, and_, case, func, literal, or_, select
from sqlalchemy.orm import Session, aliased

from app.core.paging import PAGE_SIZE, Page
from app.domain.people.models import Person, Posting, TrainingRecord
from app.domain.statistics.frame import Frame, read_frame
from app.domain.statistics.rules import default_since, scaled
from app.domain.statistics.sources.counselors import COUNSELORS
from app.domain.statistics.sources.leads import COVERED_COUNTIES
from app.domain.statistics.sources.schools import SCHOOLS
from app.domain.statistics.sources.trainings import HOURS_SCALE, counts, credited_hours
from app.domain.units.models import Unit, UnitKind
from app.domain.units.queries import in_subtree, open_on

COUNTIES = (UnitKind.COUNTY, UnitKind.SPECIAL_ZONE)


class Gap(enum.StrEnum):
    """What may be missing; first of units, then of counselors."""

    SCHOOLS_WITHOUT_COUNSELOR = "schools-without-counselor"
    SCHOOLS_WITHOUT_ROOM = "schools-without-room"
    COUNTIES_WITHOUT_LEAD_TEACHER = "counties-without-lead-teacher"
    WITHOUT_CREDENTIAL = "without-credential"
    BELOW_HOURS = "below-hours"
    WITHOUT_IDENTITY = "without-identity-number"
    WITHOUT_PHONE = "without-phone"
    WITHOUT_TITLE = "without-title"
    WITHOUT_SUBJECT = "without-subject"


PERSON_GAPS = (
    Gap.WITHOUT_CREDENTIAL,
    Gap.BELOW_HOURS,
    Gap.WITHOUT_IDENTITY,
    Gap.WITHOUT_PHONE,
    Gap.WITHOUT_TITLE,
    Gap.WITHOUT_SUBJECT,
)
SCHOOL_GAPS = (Gap.SCHOOLS_WITHOUT_COUNSELOR, Gap.SCHOOLS_WITHOUT_ROOM)
UNIT_GAPS = (*SCHOOL_GAPS, Gap.COUNTIES_WITHOUT_LEAD_TEACHER)


def gaps_frame(session: Session, path: str, today: date) -> Frame:
    """The frame of today for a subtree; two queries."""
    return read_frame(session, as_of=today, since=default_since(today), path=path)


def hours_wanted(frame: Frame) -> float | None:
    """The hours a year that the policy of the subtree asks for; None when it asks for none."""
    value = frame.rules.policies.value("hours_year", frame.path)
    return None if value is None else float(value["hours"])


def _flags(counselors: Subquery) -> dict[Gap, ColumnElement[bool]]:
    def blank(column: Any) -> ColumnElement[bool]:
        return or_(column.is_(None), column == "")

    return {
        Gap.WITHOUT_CREDENTIAL: counselors.c.holder == 0,
        Gap.BELOW_HOURS: counselors.c.year_met == 0,
        Gap.WITHOUT_IDENTITY: Person.id_number_index.is_(None),
        Gap.WITHOUT_PHONE: Person.phone_index.is_(None),
        Gap.WITHOUT_TITLE: blank(Posting.title),
        Gap.WITHOUT_SUBJECT: blank(Posting.subject),
    }


def _counselors(frame: Frame) -> tuple[Select[Any], dict[Gap, ColumnElement[bool]]]:
    """Counselors of today at their main posting, joined with who and where, and what each lacks."""
    counselors = COUNSELORS.select(frame.rules).subquery()
    statement = (
        select()
        .select_from(counselors)
        .join(Person, Person.id == counselors.c.person_id)
        .join(Posting, Posting.id == counselors.c.row_id)
        .join(Unit, Unit.id == counselors.c.unit_id)
    )
    flags = _flags(counselors)
    if hours_wanted(frame) is None:
        flags[Gap.BELOW_HOURS] = literal(1) == 0
    return statement, flags


def _sum(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


@dataclass
class Counts:
    """How many lack what within a subtree, out of how many schools and counselors."""

    lacking: dict[Gap, int] = field(default_factory=lambda: dict.fromkeys(Gap, 0))
    schools: int = 0
    counselors: int = 0

    def add(self, gap: Gap, number: int) -> None:
        self.lacking[gap] += number


@dataclass
class Overview:
    """The counts of a unit as a whole, of each division directly under it, and of what belongs to none."""

    total: Counts
    parts: list[tuple[Row[Any], Counts]]
    rest: Counts
    counties_without: Sequence[Row[Any]]


def count_gaps(session: Session, frame: Frame, today: date) -> Overview:
    """Count everything that is missing in the subtree of the frame; four queries, however large it is."""
    parts = _divisions(session, frame.path, today)
    overview = Overview(Counts(), [(row, Counts()) for row in parts], Counts(), ())
    for path, schools, lacking in _school_counts(session, frame):
        for counted in _places(overview, path):
            counted.schools += schools
            _add_all(counted, lacking)
    for path, people, lacking in _counselor_counts(session, frame):
        for counted in _places(overview, path):
            counted.counselors += people
            _add_all(counted, lacking)
    overview.counties_without = _uncovered(session, frame, today)
    for county in overview.counties_without:
        for counted in _places(overview, county.path):
            counted.add(Gap.COUNTIES_WITHOUT_LEAD_TEACHER, 1)
    return overview


def _places(overview: Overview, path: str) -> tuple[Counts, Counts]:
    part = next((c for row, c in overview.parts if path.startswith(row.path)), overview.rest)
    return overview.total, part


def _add_all(counted: Counts, lacking: Iterable[tuple[Gap, int]]) -> None:
    for gap, number in lacking:
        counted.add(gap, number)


def _divisions(session: Session, path: str, today: date) -> Sequence[Row[Any]]:
    """Prefectures or counties directly under the unit with this path."""
    parent = aliased(Unit)
    statement: Any = (
        select(Unit.code, Unit.name, Unit.path)
        .join(parent, parent.id == Unit.parent_id)
        .where(parent.path == path, Unit.kind != UnitKind.SCHOOL, open_on(today))
        .order_by(Unit.code)
    )
    return session.execute(statement).all()


def _school_conditions(schools: Subquery) -> dict[Gap, ColumnElement[bool]]:
    return {
        Gap.SCHOOLS_WITHOUT_COUNSELOR: schools.c.has_counselor == 0,
        Gap.SCHOOLS_WITHOUT_ROOM: schools.c.rooms == 0,
    }


def _school_counts(session: Session, frame: Frame) -> list[tuple[str, int, list[tuple[Gap, int]]]]:
    schools = SCHOOLS.select(frame.rules).subquery()
    conditions = _school_conditions(schools)
    rows = session.execute(
        select(Unit.path, func.count(), *(_sum(condition) for condition in conditions.values()))
        .select_from(schools)
        .join(Unit, Unit.id == schools.c.unit_id)
        .group_by(Unit.path),
        frame.parameters,
    )
    return [(row[0], row[1], list(zip(conditions, row[2:], strict=True))) for row in rows]


def _counselor_counts(
    session: Session, frame: Frame
) -> list[tuple[str, int, list[tuple[Gap, int]]]]:
    statement, flags = _counselors(frame)
    rows = session.execute(
        statement.add_columns(
            Unit.path, func.count(), *(_sum(condition) for condition in flags.values())
        ).group_by(Unit.path),
        frame.parameters,
    )
    return [(row[0], row[1], list(zip(flags, row[2:], strict=True))) for row in rows]


def _uncovered(session: Session, frame: Frame, today: date) -> Sequence[Row[Any]]:
    covered = COVERED_COUNTIES.select(frame.rules).subquery()
    statement: Any = (
        select(Unit.id, Unit.code, Unit.name, Unit.path)
        .where(
            Unit.kind.in_(COUNTIES),
            in_subtree(frame.path),
            open_on(today),
            Unit.id.not_in(select(covered.c.unit_id)),
        )
        .order_by(Unit.code)
    )
    return session.execute(statement, frame.parameters).all()


def list_counties_without_lead_teacher(
    session: Session, path: str, today: date
) -> Sequence[Row[Any]]:
    """Counties of a subtree without a lead teacher today: rows of id, code, name, path. Three queries."""
    return _uncovered(session, gaps_frame(session, path, today), today)


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
        lacking = _school_conditions(schools)[gap]
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
    statement, flags = _counselors(frame)
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
