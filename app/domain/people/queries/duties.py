"""Who has which duty where: the list of a unit, the duties of one person, and the groups trainings are meant for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from app.core.db import db
from app.core.paging import PAGE_SIZE, Page
from app.core.text import like_pattern, name_key
from app.domain.people.models import Person, PersonDuty, Posting, Studio, StudioMembership
from app.domain.people.rules import Audience, Duty, StudioKind
from app.domain.units.models import Unit
from app.domain.units.queries import in_subtree

# The groups that a duty makes; counselors are those with a posting, trainers those of a trainer team.
DUTY_OF = {
    Audience.HOMEROOM_TEACHERS: Duty.HOMEROOM_TEACHER,
    Audience.MORAL_EDUCATION_OFFICERS: Duty.MORAL_EDUCATION_OFFICER,
    Audience.PRINCIPALS: Duty.PRINCIPAL,
    Audience.BACKBONE_TEACHERS: Duty.BACKBONE_TEACHER,
    Audience.SUBJECT_TEACHERS: Duty.SUBJECT_TEACHER,
}


@dataclass(frozen=True, slots=True)
class DutyFilter:
    q: str = ""
    duty: Duty | None = None
    ended: bool = False


def _valid(model: Any, on: date) -> ColumnElement[bool]:
    return and_(model.valid_from <= on, or_(model.valid_until.is_(None), model.valid_until >= on))


def _listed(path: str, wanted: DutyFilter, today: date) -> Any:
    """The duties in a subtree: those that run (or begin later), or those that have ended."""
    running = or_(PersonDuty.valid_until.is_(None), PersonDuty.valid_until >= today)
    conditions: list[ColumnElement[bool]] = [
        in_subtree(path),
        Person.merged_into_id.is_(None),
        ~running if wanted.ended else running,
    ]
    if wanted.duty is not None:
        conditions.append(PersonDuty.duty == wanted.duty)
    if wanted.q:
        conditions.append(Person.name_key.like(like_pattern(name_key(wanted.q)), escape="\\"))
    return (
        select(
            PersonDuty.id,
            PersonDuty.duty,
            PersonDuty.valid_from,
            PersonDuty.valid_until,
            PersonDuty.end_note,
            Person.id.label("person_id"),
            Person.name,
            Unit.name.label("unit_name"),
        )
        .join(Person, Person.id == PersonDuty.person_id)
        .join(Unit, Unit.id == PersonDuty.unit_id)
        .where(*conditions)
        .order_by(Unit.path, Person.sort_key, PersonDuty.id)
    )


def list_duties(path: str, wanted: DutyFilter, *, today: date, page: int = 1) -> Page[Any]:
    """A page of the duties in a subtree, by unit and name."""
    listed = _listed(path, wanted, today)
    counted = listed.with_only_columns(PersonDuty.id).order_by(None).subquery()
    total = db.session.scalar(select(func.count()).select_from(counted)) or 0
    rows = db.session.execute(listed.limit(PAGE_SIZE).offset((page - 1) * PAGE_SIZE)).all()
    return Page(rows, page, PAGE_SIZE, total)


def iterate_duties(path: str, wanted: DutyFilter, *, today: date) -> Iterator[Any]:
    """Every duty of the list, for an export."""
    yield from db.session.execute(_listed(path, wanted, today).execution_options(yield_per=500))


def members_of(audience: Audience, path: str, on: date) -> Select[Any]:
    """The ids of the people who belong to a group in a subtree on a day, each once.

    Counselors by their postings, trainers by the trainer teams of the subtree, others by their duties. Backbone
    teachers are those with that duty.
    """
    if audience is Audience.COUNSELORS:
        found = select(Posting.person_id).join(Unit, Unit.id == Posting.unit_id)
        found = found.where(in_subtree(path), _valid(Posting, on))
    elif audience is Audience.TRAINERS:
        found = (
            select(StudioMembership.person_id)
            .join(Studio, Studio.id == StudioMembership.studio_id)
            .join(Unit, Unit.id == Studio.unit_id)
            .where(
                in_subtree(path),
                Studio.kind == StudioKind.TRAINER_TEAM,
                _valid(Studio, on),
                _valid(StudioMembership, on),
            )
        )
    else:
        found = (
            select(PersonDuty.person_id)
            .join(Unit, Unit.id == PersonDuty.unit_id)
            .where(in_subtree(path), PersonDuty.duty == DUTY_OF[audience], _valid(PersonDuty, on))
        )
    return select(Person.id).where(Person.id.in_(found), Person.merged_into_id.is_(None))


def count_members(audience: Audience, path: str, on: date) -> int:
    """How many people belong to a group on a day."""
    members = members_of(audience, path, on).subquery()
    return db.session.scalar(select(func.count()).select_from(members)) or 0
