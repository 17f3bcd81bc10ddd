"""The letters of a cohort: the bureau sends trainees to a base school (派出函), the base school accepts them (接收函).

What stands in them is Chinese whatever the reader's language: they go to offices.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from app.core.db import db
from app.domain.accounts.rules import Actor
from app.domain.people.models import Person
from app.domain.placements.models import Cohort, Mentor, Placement, Stay
from app.domain.placements.queries.appraisal_form import PROGRAMME, SEXES
from app.domain.placements.queries.visibility import placements_visible_to
from app.domain.placements.rules.words import PlacementStatus
from app.domain.units.models import Unit, UnitKind

BUREAU = "教育体育局"


@dataclass(frozen=True, slots=True)
class Letter:
    """What an officer adds to a letter: its number, its day, whom to ask."""

    number: str
    issued_on: date
    contact: str = ""
    phone: str = ""
    answers: str = ""


@dataclass(frozen=True, slots=True)
class LetterLine:
    """Somebody a letter is about, with the school they go to."""

    placement_id: int
    name: str
    gender: str
    nominating_code: str
    nominating: str
    school: str
    base_school_code: str
    base_school: str
    mentor: str
    starts_on: date
    ends_on: date


def list_letter_lines(
    cohort: Cohort,
    actor: Actor,
    *,
    base_school: str | None = None,
    unit: str | None = None,
    placement_id: int | None = None,
) -> list[LetterLine]:
    """Who is placed in the cohort, as far as the actor sees it, by base school, nominating unit and name.

    Narrowed to a base school or nominating unit by its code, or to one placement. Withdrawn ones are left out.
    """
    base, origin, nominating, guide = (
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
    statement = (
        select(
            Placement.id,
            Person.name,
            Person.sex,
            nominating.code.label("nominating_code"),
            nominating.name.label("nominating"),
            nominating.kind.label("nominating_kind"),
            origin.name.label("school"),
            base.code.label("base_school_code"),
            base.name.label("base_school"),
            guide.name.label("mentor"),
            Placement.starts_on,
            Placement.ends_on,
        )
        .join(Person, Person.id == Placement.person_id)
        .join(Stay, Stay.id == last)
        .join(base, base.id == Stay.base_school_id)
        .join(origin, origin.id == Placement.unit_id)
        .join(nominating, nominating.id == Placement.nominating_unit_id)
        .outerjoin(Mentor, Mentor.id == Stay.mentor_id)
        .outerjoin(guide, guide.id == Mentor.person_id)
        .where(
            Placement.cohort_id == cohort.id,
            Placement.status != PlacementStatus.WITHDRAWN,
            placements_visible_to(actor),
        )
        .order_by(base.code, nominating.code, Person.sort_key, Placement.id)
    )
    if base_school is not None:
        statement = statement.where(base.code == base_school)
    if unit is not None:
        statement = statement.where(nominating.code == unit)
    if placement_id is not None:
        statement = statement.where(Placement.id == placement_id)
    return [
        LetterLine(
            row.id,
            row.name,
            "" if row.sex is None else SEXES[row.sex],
            row.nominating_code,
            office_name(row.nominating, row.nominating_kind),
            row.school,
            row.base_school_code,
            row.base_school,
            row.mentor or "",
            row.starts_on,
            row.ends_on,
        )
        for row in db.session.execute(statement)
    ]


def office_name(name: str, kind: UnitKind) -> str:
    """Who signs for a unit: of a county or prefecture its bureau, of a school the school."""
    return name if kind is UnitKind.SCHOOL else f"{name}{BUREAU}"


def dispatch_facts(cohort: Cohort, lines: Sequence[LetterLine], letter: Letter) -> dict[str, Any]:
    """The 派出函 to the base school of these lines; there must be at least one, all of one base school."""
    return _facts(cohort, lines, letter) | {
        "issuer": office_name(cohort.unit.name, cohort.unit.kind),
        "addressee": lines[0].base_school,
    }


def acceptance_facts(cohort: Cohort, lines: Sequence[LetterLine], letter: Letter) -> dict[str, Any]:
    """The 接收函 by which the base school of these lines answers the bureau."""
    bureau = office_name(cohort.unit.name, cohort.unit.kind)
    sent = f"贵局《{bureau}关于选派教师参加{PROGRAMME}的函》"
    return _facts(cohort, lines, letter) | {
        "issuer": lines[0].base_school,
        "addressee": bureau,
        "answers": f"{sent}（{letter.answers}）" if letter.answers else sent,
    }


def _facts(cohort: Cohort, lines: Sequence[LetterLine], letter: Letter) -> dict[str, Any]:
    return {
        "number": letter.number,
        "programme": PROGRAMME,
        "cohort": cohort.title,
        "starts_on": min(line.starts_on for line in lines),
        "ends_on": max(line.ends_on for line in lines),
        "people": [
            {
                "name": line.name,
                "gender": line.gender,
                "unit": line.nominating,
                "school": line.school,
                "mentor": line.mentor,
            }
            for line in lines
        ],
        "issued_on": letter.issued_on,
        "contact": letter.contact,
        "phone": letter.phone,
    }
