"""Lead teachers of the day by the unit that nominated them, and the counties that have one."""

from __future__ import annotations

from sqlalchemy import Integer, case, exists, func, literal, select, true, tuple_
from sqlalchemy.orm import aliased

from app.domain.people.models import LeadTeacherDesignation, Posting
from app.domain.statistics.expressions import NOBODY, Selection, on_the_day
from app.domain.statistics.frame import Rules
from app.domain.statistics.sources.base import DayMeans, Detail, Source
from app.domain.units.models import Unit, UnitKind

COUNTIES = (UnitKind.COUNTY, UnitKind.SPECIAL_ZONE)


def _counted(rules: Rules, *, everywhere: bool = False) -> Selection:
    """Designations that count on the day; ``county_id``: the county the nominating unit is or lies in.

    Policy ``lead_teacher_moved``: "always", or "while_posted" within the nominating county, else at the
    nominating municipal school (or within the unit that nominated).
    """
    mine, newer = aliased(LeadTeacherDesignation), aliased(LeadTeacherDesignation)
    here = rules.anywhere() if everywhere else rules.here
    above = rules.anywhere()
    unit, parent = aliased(Unit), aliased(Unit)
    in_county = parent.kind.in_(COUNTIES)
    home = case((in_county, above.c.path), else_=here.c.path)
    work = rules.anywhere()
    posted = (
        exists()
        .where(
            Posting.person_id == mine.person_id,
            on_the_day(Posting),
            work.c.unit_id == Posting.unit_id,
            work.c.path.like(home.concat("%")),
        )
        .correlate(mine, here, above, parent)
    )
    kept = rules.policies.choose(
        "lead_teacher_moved",
        here.c.path,
        lambda value: true() if value.get("counts") == "always" else posted,
        posted,
    )
    superseded = exists().where(
        newer.person_id == mine.person_id,
        on_the_day(newer),
        tuple_(newer.valid_from, newer.id) > tuple_(mine.valid_from, mine.id),
    )
    return (
        select(
            mine.id.label("row_id"),
            mine.nominating_unit_id.label("unit_id"),
            mine.person_id.label("person_id"),
            mine.valid_from.label("day"),
            literal(1, Integer).label("one"),
            mine.basis.label("basis"),
            case((unit.kind.in_(COUNTIES), unit.id), (in_county, parent.id)).label("county_id"),
        )
        .select_from(here)
        .join(mine, mine.nominating_unit_id == here.c.unit_id)
        .join(unit, unit.id == here.c.unit_id)
        .outerjoin(parent, parent.id == here.c.parent_id)
        .outerjoin(above, above.c.unit_id == here.c.parent_id)
        .where(on_the_day(mine), ~superseded, kept)
    )


def _lead_teachers(rules: Rules) -> Selection:
    return _counted(rules)


def _covered_counties(rules: Rules) -> Selection:
    lead = _counted(rules, everywhere=True).subquery()
    here = rules.here
    return (
        select(
            lead.c.county_id.label("row_id"),
            lead.c.county_id.label("unit_id"),
            NOBODY.label("person_id"),
            func.min(lead.c.day).label("day"),
            literal(1, Integer).label("one"),
            func.count().label("lead_teachers"),
        )
        .select_from(here)
        .join(lead, lead.c.county_id == here.c.unit_id)
        .group_by(lead.c.county_id)
    )


LEAD_TEACHERS = Source("lead_teachers", _lead_teachers, DayMeans.DESIGNATED, (Detail.BASIS,))
COVERED_COUNTIES = Source(
    "covered_counties", _covered_counties, DayMeans.DESIGNATED, (Detail.LEAD_TEACHERS,)
)
