"""Lists of placements with where they are: what pages and the API read."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import aliased

from app.domain.accounts.rules import Actor
from app.domain.people.models import Person
from app.domain.placements.models import Cohort, Mentor, Placement, Stay
from app.domain.placements.queries.visibility import placements_visible_to
from app.domain.units.models import Unit


def placements_statement(actor: Actor) -> Select[*tuple[Any, ...]]:
    """The placements the actor sees, each with its last stay; unordered, for lists to filter and cut.

    Columns: ``id, status, result, starts_on, ends_on, person_id, person_name, cohort_id, cohort_title,
    nominating_code, nominating_name, unit_code, unit_name, base_school_code, base_school_name, mentor_name``.
    """
    nominating, unit, base, guide = (
        aliased(Unit),
        aliased(Unit),
        aliased(Unit),
        aliased(Person),
    )
    last = (
        select(func.max(Stay.id))
        .where(Stay.placement_id == Placement.id)
        .correlate(Placement)
        .scalar_subquery()
    )
    return (
        select(
            Placement.id,
            Placement.status,
            Placement.result,
            Placement.starts_on,
            Placement.ends_on,
            Placement.person_id,
            Person.name.label("person_name"),
            Placement.cohort_id,
            Cohort.title.label("cohort_title"),
            nominating.code.label("nominating_code"),
            nominating.name.label("nominating_name"),
            unit.code.label("unit_code"),
            unit.name.label("unit_name"),
            base.code.label("base_school_code"),
            base.name.label("base_school_name"),
            guide.name.label("mentor_name"),
        )
        .join(Person, Person.id == Placement.person_id)
        .join(Cohort, Cohort.id == Placement.cohort_id)
        .join(nominating, nominating.id == Placement.nominating_unit_id)
        .join(unit, unit.id == Placement.unit_id)
        .outerjoin(Stay, Stay.id == last)
        .outerjoin(base, base.id == Stay.base_school_id)
        .outerjoin(Mentor, Mentor.id == Stay.mentor_id)
        .outerjoin(guide, guide.id == Mentor.person_id)
        .where(placements_visible_to(actor))
    )
