"""Placements (跟岗): a training record per person and cohort, and the lead teachers that come of those passed."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select

from app.core.db import db
from app.core.text import squeeze
from app.domain.exchange.planning.context import Context
from app.domain.exchange.planning.directory import UnitInfo
from app.domain.exchange.planning.past_cohorts import Past, load_cohorts, plan_placement
from app.domain.exchange.planning.people import load_people, person_of
from app.domain.exchange.planning.plan import Outcome, RowId
from app.domain.exchange.planning.registry import KnownPerson, chunks
from app.domain.exchange.planning.trainings import hours_of, load_records, record_training
from app.domain.exchange.reading import Row
from app.domain.people.models import LeadTeacherDesignation
from app.domain.people.rules import TrainingKind, TrainingLevel
from app.domain.people.rules.trainings import placement_event_key
from app.domain.units.models import BaseSchoolPeriod, UnitKind

DESIGNATIONS = "lead_teacher_designations"
TITLE = "规范化培训（跟岗）"


def prepare(context: Context, rows: list[Row]) -> None:
    load_people(context, rows)
    load_records(context, [key_of(row) for row in rows if not row.has_errors])
    designated: dict[int, int] = {}
    settled: set[int] = set()
    made_by: dict[RowId, RowId] = {}
    for chunk in chunks(sorted(context.registry.by_id)):
        found = select(
            LeadTeacherDesignation.id,
            LeadTeacherDesignation.person_id,
            LeadTeacherDesignation.nominating_unit_id,
            LeadTeacherDesignation.valid_until,
            LeadTeacherDesignation.training_record_id,
        ).where(LeadTeacherDesignation.person_id.in_(chunk))
        for designation_id, person_id, unit_id, ended, record_id in db.session.execute(found):
            if record_id is not None:
                made_by[record_id] = designation_id
            if ended is None:
                designated[person_id] = unit_id
            elif record_id is not None:
                settled.add(record_id)
    periods = db.session.scalars(select(BaseSchoolPeriod)).all()
    context.extra.update(
        designated=designated,
        settled_placements=settled,
        base_schools=[(p.unit_id, p.valid_from, p.valid_until) for p in periods],
        designations=made_by,
    )
    load_cohorts(context, rows)


def key_of(row: Row) -> str:
    """Person and cohort are the key (DOMAIN.md §3)."""
    return placement_event_key(row.values["cohort"])


def plan_row(context: Context, row: Row) -> Outcome:
    outcome = context.outcome(row)
    if outcome.is_rejected():
        return outcome
    period = row.values["period"]
    county = context.find_county(row, outcome, "nominating_county")
    school = None
    if not outcome.is_rejected():
        school = context.find_school(
            row, outcome, county, field_name="nominating_school", day=period.starts_on
        )
    base = context.find_school(row, outcome, None, field_name="base_school", day=period.starts_on)
    if school is None or base is None or outcome.is_rejected():
        return outcome
    found = person_of(context, row, outcome, school, roster=False)
    if found is None:
        return outcome
    _check_base_school(context, row, outcome, base, period.starts_on)
    nominating = nominating_unit(context, school)
    passed = bool(row.values.get("passed"))
    values: dict[str, Any] = {
        "kind": TrainingKind.PLACEMENT,
        "level": TrainingLevel.PREFECTURE,
        "title": f"{TITLE}{row.values['cohort']}",
        "unit_id": school.id,
        "organiser": context.sheet.reported_by,
        "place": base.name,
        "started_on": period.starts_on,
        "ended_on": period.ends_on,
        "hours": hours_of(row),
        "result": row.values.get("result"),
        "passed": passed,
        "base_school_id": base.id,
        "nominating_unit_id": nominating.id,
    }
    known = (found[0].id, key_of(row)) in context.extra["records"]
    record = record_training(
        context, row, outcome, found[0], key_of(row), {**values, **_cohort(row, known)}
    )
    if record is None:
        return outcome
    if passed:
        _designate(context, row, outcome, found[0], nominating, record, period.ends_on)
    designation = context.extra["designations"].get(record)
    past = Past(found[0], school, nominating, base, record, designation)
    plan_placement(context, row, outcome, past)
    outcome.settle(created=False)
    return outcome


def _cohort(row: Row, known: bool) -> dict[str, Any]:
    return {} if known else {"cohort": squeeze(row.values["cohort"])[:40]}


def nominating_unit(context: Context, school: UnitInfo) -> UnitInfo:
    """The county of a county's school; a municipal school nominates itself (DOMAIN.md §3, lead_teachers)."""
    parent = context.directory.by_id.get(school.parent_id or 0)
    if school.kind is not UnitKind.SCHOOL or parent is None:
        return school
    return parent if parent.kind in {UnitKind.COUNTY, UnitKind.SPECIAL_ZONE} else school


def _check_base_school(
    context: Context, row: Row, outcome: Outcome, base: UnitInfo, day: date
) -> None:
    is_base = any(
        unit_id == base.id and begins <= day and (ends is None or ends >= day)
        for unit_id, begins, ends in context.extra["base_schools"]
    )
    if not is_base:
        outcome.warn(row, "base_school", "no_base_school", school=base.name)


def _designate(
    context: Context,
    row: Row,
    outcome: Outcome,
    person: KnownPerson,
    nominating: UnitInfo,
    record: RowId,
    day: date,
) -> None:
    """Who passed is lead teacher from the last day of the placement, for the unit that nominated them.

    A designation that this placement led to and that was ended since stays ended.
    """
    if record in context.extra["settled_placements"]:
        return
    designated: dict[RowId, int] = context.extra["designated"]
    if person.id in designated:
        if designated[person.id] != nominating.id:
            outcome.warn(row, "name", "lead_teacher_elsewhere")
        return
    designated[person.id] = nominating.id
    context.extra["designations"][record] = outcome.add(
        DESIGNATIONS,
        person_id=person.id,
        nominating_unit_id=nominating.id,
        valid_from=day,
        basis=f"{TITLE}{row.values['cohort']} {row.values.get('result') or ''}".strip(),
        training_record_id=record,
    )
    outcome.told("lead_teacher", None, nominating.name)
