"""How many lack what within a unit and each division under it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session, aliased

from app.domain.statistics.frame import Frame
from app.domain.statistics.gaps.kinds import (
    Gap,
    counselors_with_flags,
    gaps_frame,
    school_conditions,
    sum_of,
    uncovered_counties,
)
from app.domain.statistics.sources.schools import SCHOOLS
from app.domain.units.models import Unit, UnitKind
from app.domain.units.queries import open_on


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
    parts = list_divisions(session, frame.path, today)
    overview = Overview(Counts(), [(row, Counts()) for row in parts], Counts(), ())
    for path, schools, lacking in _school_counts(session, frame):
        for counted in _places(overview, path):
            counted.schools += schools
            _add_all(counted, lacking)
    for path, people, lacking in _counselor_counts(session, frame):
        for counted in _places(overview, path):
            counted.counselors += people
            _add_all(counted, lacking)
    overview.counties_without = uncovered_counties(session, frame, today)
    for county in overview.counties_without:
        for counted in _places(overview, county.path):
            counted.add(Gap.COUNTIES_WITHOUT_LEAD_TEACHER, 1)
    return overview


def count_schools_without_counselor(session: Session, path: str, today: date) -> int:
    """How many schools of a subtree have no counselor today; three queries."""
    frame = gaps_frame(session, path, today)
    schools = SCHOOLS.select(frame.rules).subquery()
    lacking = school_conditions(schools)[Gap.SCHOOLS_WITHOUT_COUNSELOR]
    statement = select(func.count()).select_from(schools).where(lacking)
    return session.scalar(statement, frame.parameters) or 0


def _places(overview: Overview, path: str) -> tuple[Counts, Counts]:
    part = next((c for row, c in overview.parts if path.startswith(row.path)), overview.rest)
    return overview.total, part


def _add_all(counted: Counts, lacking: Iterable[tuple[Gap, int]]) -> None:
    for gap, number in lacking:
        counted.add(gap, number)


def list_divisions(session: Session, path: str, today: date) -> Sequence[Row[Any]]:
    """Prefectures or counties directly under the unit with this path: rows of code, name, path."""
    parent = aliased(Unit)
    statement: Any = (
        select(Unit.code, Unit.name, Unit.path)
        .join(parent, parent.id == Unit.parent_id)
        .where(parent.path == path, Unit.kind != UnitKind.SCHOOL, open_on(today))
        .order_by(Unit.code)
    )
    return session.execute(statement).all()


def _school_counts(session: Session, frame: Frame) -> list[tuple[str, int, list[tuple[Gap, int]]]]:
    schools = SCHOOLS.select(frame.rules).subquery()
    conditions = school_conditions(schools)
    rows = session.execute(
        select(Unit.path, func.count(), *(sum_of(condition) for condition in conditions.values()))
        .select_from(schools)
        .join(Unit, Unit.id == schools.c.unit_id)
        .group_by(Unit.path),
        frame.parameters,
    )
    return [(row[0], row[1], list(zip(conditions, row[2:], strict=True))) for row in rows]


def _counselor_counts(
    session: Session, frame: Frame
) -> list[tuple[str, int, list[tuple[Gap, int]]]]:
    statement, flags = counselors_with_flags(frame)
    rows = session.execute(
        statement.add_columns(
            Unit.path, func.count(), *(sum_of(condition) for condition in flags.values())
        ).group_by(Unit.path),
        frame.parameters,
    )
    return [(row[0], row[1], list(zip(flags, row[2:], strict=True))) for row in rows]
