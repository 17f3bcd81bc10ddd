"""What may be missing, and the statements of who lacks it, from the sources of the figures."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, Subquery, case, func, literal, or_, select
from sqlalchemy.orm import Session

from app.domain.people.models import Person, Posting
from app.domain.statistics.frame import Frame, read_frame
from app.domain.statistics.rules import default_since
from app.domain.statistics.sources.counselors import COUNSELORS
from app.domain.statistics.sources.leads import COVERED_COUNTIES
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


def gaps_frame(session: Session, path: str, today: date, *, without: tuple[str, ...] = ()) -> Frame:
    """The frame of today for a subtree, with parts of it left out; two queries."""
    since = default_since(today)
    return read_frame(session, as_of=today, since=since, path=path, without=without)


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


def counselors_with_flags(frame: Frame) -> tuple[Select[Any], dict[Gap, ColumnElement[bool]]]:
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


def sum_of(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def school_conditions(schools: Subquery) -> dict[Gap, ColumnElement[bool]]:
    return {
        Gap.SCHOOLS_WITHOUT_COUNSELOR: schools.c.has_counselor == 0,
        Gap.SCHOOLS_WITHOUT_ROOM: schools.c.rooms == 0,
    }


def uncovered_counties(session: Session, frame: Frame, today: date) -> Sequence[Row[Any]]:
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
