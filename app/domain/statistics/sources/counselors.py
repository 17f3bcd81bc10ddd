"""Counselors: persons posted on the day, each once, at the main posting; who was recruited in the period."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Subquery,
    and_,
    case,
    exists,
    func,
    literal,
    select,
    tuple_,
)
from sqlalchemy.orm import aliased

from app.domain.people.models import Posting, TrainingRecord
from app.domain.people.rules import PostingRole
from app.domain.statistics.expressions import Selection, began_and_lasts, true_when
from app.domain.statistics.frame import Frame
from app.domain.statistics.rules import cycle_start, default_since
from app.domain.statistics.sources.base import DayMeans, Detail, Source
from app.domain.statistics.sources.credentials import counted_credentials
from app.domain.statistics.sources.trainings import HOURS_SCALE, counts, credited_hours


def main_postings(frame: Frame) -> tuple[Selection, type[Posting], Subquery]:
    """One posting for each counselor of the day (a full-time one first, then the earliest), within the subtree.

    Of all postings of the person anywhere, so that a person counts in one place only.
    """
    mine, better = aliased(Posting), aliased(Posting)
    here = frame.here()
    preferred = exists().where(
        better.person_id == mine.person_id,
        began_and_lasts(better, frame.as_of),
        tuple_(_rank(better), better.valid_from, better.id)
        < tuple_(_rank(mine), mine.valid_from, mine.id),
    )
    statement = (
        select()
        .select_from(here)
        .join(mine, mine.unit_id == here.c.unit_id)
        .where(began_and_lasts(mine, frame.as_of), ~preferred)
    )
    return statement, mine, here


def _rank(posting: type[Posting]) -> ColumnElement[int]:
    return case((posting.role == PostingRole.FULL_TIME, 0), else_=1)


def _counselors(frame: Frame) -> Selection:
    statement, posting, here = main_postings(frame)
    credentials = counted_credentials(frame).subquery()
    best = (
        select(credentials.c.person_id, func.max(credentials.c.height).label("height"))
        .group_by(credentials.c.person_id)
        .subquery()
    )
    hours, year, cycle = _hours(frame, here.c.path)
    return (
        statement.add_columns(
            posting.id.label("row_id"),
            posting.unit_id.label("unit_id"),
            posting.person_id.label("person_id"),
            posting.valid_from.label("day"),
            literal(1, Integer).label("one"),
            posting.role.label("role"),
            func.coalesce(best.c.height, 0).label("holder"),
            true_when(year).label("year_met"),
            true_when(cycle).label("cycle_met"),
        )
        .outerjoin(best, best.c.person_id == posting.person_id)
        .outerjoin(hours, hours.c.person_id == posting.person_id)
    )


def _hours(
    frame: Frame, path: ColumnElement[str]
) -> tuple[Subquery, ColumnElement[bool], ColumnElement[bool]]:
    """Hours per person of the year and of the cycles around the day, and whether they reach what is asked."""
    year_start = default_since(frame.as_of)
    settings = frame.policies.by_name.get("hours_cycle", ())
    starts = sorted({_start(frame, s.value) for s in settings})
    tenths = credited_hours()
    columns = [func.sum(case((TrainingRecord.ended_on >= year_start, tenths), else_=0)).label("y")]
    columns += [
        func.sum(case((TrainingRecord.ended_on >= start, tenths), else_=0)).label(f"c{index}")
        for index, start in enumerate(starts)
    ]
    hours = (
        select(TrainingRecord.person_id, *columns)
        .where(counts(), TrainingRecord.ended_on.between(min([year_start, *starts]), frame.as_of))
        .group_by(TrainingRecord.person_id)
        .subquery()
    )

    def reaches(column: ColumnElement[Any], value: Mapping[str, Any]) -> ColumnElement[bool]:
        return func.coalesce(column, 0) >= int(float(value["hours"]) * HOURS_SCALE)

    nobody = literal(1) == 0
    year = frame.policies.choose("hours_year", path, lambda v: reaches(hours.c.y, v), nobody)
    cycle = frame.policies.choose(
        "hours_cycle",
        path,
        lambda v: reaches(hours.c[f"c{starts.index(_start(frame, v))}"], v),
        nobody,
    )
    return hours, year, cycle


def _start(frame: Frame, value: Mapping[str, Any]) -> Any:
    return cycle_start(frame.as_of, int(value["first_year"]), int(value["years"]))


def _certificates(frame: Frame) -> Selection:
    statement, posting, _here = main_postings(frame)
    credential = counted_credentials(frame).subquery()
    return statement.add_columns(
        credential.c.id.label("row_id"),
        posting.unit_id.label("unit_id"),
        posting.person_id.label("person_id"),
        credential.c.day.label("day"),
        literal(1, Integer).label("one"),
        credential.c.height.label("height"),
        credential.c.kind_name.label("credential_kind"),
        credential.c.number.label("number"),
    ).join(credential, credential.c.person_id == posting.person_id)


def _recruited(frame: Frame) -> Selection:
    here = frame.here()
    return (
        select(
            Posting.id.label("row_id"),
            Posting.unit_id.label("unit_id"),
            Posting.person_id.label("person_id"),
            Posting.recruited_on.label("day"),
            literal(1, Integer).label("one"),
            Posting.role.label("role"),
        )
        .select_from(here)
        .join(Posting, Posting.unit_id == here.c.unit_id)
        .where(and_(Posting.recruited_on >= frame.since, Posting.recruited_on <= frame.as_of))
    )


COUNSELORS = Source("counselors", _counselors, DayMeans.POSTED, (Detail.ROLE, Detail.HOLDER))
CERTIFICATES = Source(
    "certificates", _certificates, DayMeans.ISSUED, (Detail.CREDENTIAL_KIND, Detail.NUMBER)
)
RECRUITED = Source("recruited", _recruited, DayMeans.RECRUITED, (Detail.ROLE,))
