"""Counselors: persons posted on the day, each once, at the main posting; who was recruited in the period."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Subquery,
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
from app.domain.statistics.expressions import DAY, SINCE, Selection, on_the_day, true_when
from app.domain.statistics.frame import HOURS_FROM, YEAR_START, Rules
from app.domain.statistics.sources.base import DayMeans, Detail, Source
from app.domain.statistics.sources.credentials import counted_credentials
from app.domain.statistics.sources.trainings import HOURS_SCALE, counts, credited_hours


def main_postings(rules: Rules) -> tuple[Selection, type[Posting], Subquery]:
    """One posting for each counselor of the day (a full-time one first, then the earliest), within the subtree.

    Of all postings of the person anywhere, so that a person counts in one place only.
    """
    mine, better = aliased(Posting), aliased(Posting)
    here = rules.here
    preferred = exists().where(
        better.person_id == mine.person_id,
        on_the_day(better),
        tuple_(_rank(better), better.valid_from, better.id)
        < tuple_(_rank(mine), mine.valid_from, mine.id),
    )
    statement = (
        select()
        .select_from(here)
        .join(mine, mine.unit_id == here.c.unit_id)
        .where(on_the_day(mine), ~preferred)
    )
    return statement, mine, here


def _rank(posting: type[Posting]) -> ColumnElement[int]:
    return case((posting.role == PostingRole.FULL_TIME, 0), else_=1)


def _counselors(rules: Rules) -> Selection:
    statement, posting, here = main_postings(rules)
    credentials = counted_credentials(rules).subquery()
    best = (
        select(credentials.c.person_id, func.max(credentials.c.height).label("height"))
        .group_by(credentials.c.person_id)
        .subquery()
    )
    hours, year, cycle = _hours(rules, here.c.path)
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
    rules: Rules, path: ColumnElement[str]
) -> tuple[Subquery, ColumnElement[bool], ColumnElement[bool]]:
    """Hours per person of the year and of the cycles around the day, and whether they reach what is asked."""
    cycles = rules.cycles()
    tenths = credited_hours()
    sums = [
        func.sum(case((TrainingRecord.ended_on >= start, tenths), else_=0)).label(f"hours_{index}")
        for index, start in enumerate([YEAR_START, *(start for _value, start in cycles)])
    ]
    hours = (
        select(TrainingRecord.person_id, *sums)
        .where(counts(), TrainingRecord.ended_on.between(HOURS_FROM, DAY))
        .group_by(TrainingRecord.person_id)
        .subquery()
    )
    values = [value for value, _start in cycles]

    def reaches(index: int, value: Mapping[str, Any]) -> ColumnElement[bool]:
        needed = int(float(value["hours"]) * HOURS_SCALE)
        return func.coalesce(hours.c[f"hours_{index}"], 0) >= needed

    nobody = literal(1) == 0
    year = rules.policies.choose("hours_year", path, lambda v: reaches(0, v), nobody)
    cycle = rules.policies.choose(
        "hours_cycle", path, lambda v: reaches(1 + values.index(v), v), nobody
    )
    return hours, year, cycle


def _certificates(rules: Rules) -> Selection:
    statement, posting, _here = main_postings(rules)
    credential = counted_credentials(rules).subquery()
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


def _recruited(rules: Rules) -> Selection:
    here = rules.here
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
        .where(Posting.recruited_on.between(SINCE, DAY))
    )


COUNSELORS = Source("counselors", _counselors, DayMeans.POSTED, (Detail.ROLE, Detail.HOLDER))
CERTIFICATES = Source(
    "certificates", _certificates, DayMeans.ISSUED, (Detail.CREDENTIAL_KIND, Detail.NUMBER)
)
RECRUITED = Source("recruited", _recruited, DayMeans.RECRUITED, (Detail.ROLE,))
