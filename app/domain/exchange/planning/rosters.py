"""Rosters of counselors (花名册): people, their postings, their credentials, and who is missing from a complete one."""

from __future__ import annotations

from sqlalchemy import select

from app.core.db import db
from app.core.text import name_key
from app.domain.exchange.models import RowState
from app.domain.exchange.planning.context import Context
from app.domain.exchange.planning.credentials import plan_credentials
from app.domain.exchange.planning.directory import UnitInfo
from app.domain.exchange.planning.holdings import load_credentials
from app.domain.exchange.planning.people import compare_person, load_people, person_of
from app.domain.exchange.planning.plan import Outcome, RowId
from app.domain.exchange.planning.postings import Said, end_absent, plan_posting
from app.domain.exchange.planning.registry import PostingInfo
from app.domain.exchange.reading import Row
from app.domain.people.models import LeadTeacherDesignation, Person, Posting
from app.domain.units.models import Unit
from app.domain.units.queries import in_subtree


def prepare(context: Context, rows: list[Row]) -> None:
    load_people(context, rows)
    load_credentials(context, rows)
    if any(row.values.get("lead_teacher") for row in rows):
        context.extra["lead_teachers"] = set(
            db.session.scalars(select(LeadTeacherDesignation.person_id))
        )


def plan_row(context: Context, row: Row) -> Outcome:
    """One person of a roster: who they are, where they are posted, what they hold."""
    outcome = context.outcome(row)
    if outcome.is_rejected():
        return outcome
    unit = context.stated_unit(row, outcome)
    if unit is None:
        if not outcome.is_rejected():
            outcome.problem(row, "school", "school_missing")
        return outcome
    found = person_of(context, row, outcome, unit, roster=True)
    if found is None:
        return outcome
    person, is_new = found
    if not context.first_time(row, outcome, id(person), "name", "person_twice"):
        return outcome
    newer = any(context.newer_for(p.path) for p in person.postings)
    left = False
    if not is_new:
        left = compare_person(context, row, outcome, person, newer=newer)
    first = not person.postings
    left |= plan_posting(context, row, outcome, person, _said(row, unit))
    left |= plan_credentials(context, row, outcome, person)
    if row.values.get("lead_teacher") and person.id not in context.extra["lead_teachers"]:
        outcome.warn(row, "lead_teacher", "lead_teacher_not_designated")
    if left:
        outcome.warn(row, "name", "older_workbook", day=context.speaks_of.isoformat())
    outcome.settle(created=is_new or first)
    return outcome


def _said(row: Row, unit: UnitInfo) -> Said:
    values = row.values
    return Said(
        unit=unit,
        role=values["employment"],
        subject=values.get("subject"),
        title=values.get("title"),
        recruited_on=values.get("recruited_on"),
        began_on=values.get("counseling_began_on"),
    )


def plan_absent(context: Context, outcomes: list[Outcome]) -> list[Outcome]:
    """Everybody posted within the import's unit on the day whom a complete roster does not list.

    Whoever may be meant by a row that nobody was found for is not absent: it waits for an officer, or was left out.
    """
    listed: set[RowId] = {o.person for o in outcomes if o.person is not None}
    perhaps_meant = {name_key(o.name) for o in outcomes if o.person is None}
    day = context.speaks_of
    rows = db.session.execute(
        select(
            Posting.id,
            Posting.unit_id,
            Unit.name.label("unit_name"),
            Unit.path,
            Posting.role,
            Posting.subject,
            Posting.title,
            Posting.recruited_on,
            Posting.valid_from,
            Posting.valid_until,
            Person.id.label("person_id"),
            Person.name,
            Person.name_key,
        )
        .join(Unit, Unit.id == Posting.unit_id)
        .join(Person, Person.id == Posting.person_id)
        .where(
            in_subtree(context.root.path),
            Posting.valid_from <= day,
            Posting.valid_until.is_(None),
            Person.merged_into_id.is_(None),
        )
        .order_by(Unit.path, Person.sort_key, Posting.id)
    )
    absent = []
    for row in rows:
        newer = context.newer_for(row.path)
        if row.person_id in listed or row.name_key in perhaps_meant or newer is not None:
            continue
        outcome = Outcome(number=None, name=row.name, person=row.person_id, state=RowState.ENDED)
        posting = PostingInfo(*row[:10])
        outcome.told("unit", posting.unit_name, None)
        end_absent(context, outcome, posting)
        absent.append(outcome)
    return absent
