"""Enrolments as the people concerned see them: one with its scope, a workshop's roster, one's own."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, bindparam, false, func, or_, select, true
from sqlalchemy.orm import joinedload

from app.core import clock
from app.core.db import db
from app.core.errors import NotFound
from app.core.i18n import gettext as _
from app.core.paging import Page
from app.domain.accounts.rules import SYSTEM_ROLE, Actor
from app.domain.people.models import Person, Posting
from app.domain.people.queries.search import matching
from app.domain.people.queries.visibility import not_ended
from app.domain.people.rules import PostingRole, Sex
from app.domain.units.models import Unit
from app.domain.workshops.models import Enrolment, Workshop
from app.domain.workshops.queries.workshops import may_plan, may_run
from app.domain.workshops.rules.enrolling import OPEN, WAITING
from app.domain.workshops.rules.words import EnrolmentStatus

ROSTER_PAGE = 50
_OWN_PERSON = select(Person.id).where(
    Person.account_id == bindparam("account_id"), Person.merged_into_id.is_(None)
)


def find_own_person_id(account_id: int | None) -> int | None:
    """The person this account belongs to: one light query, for the rush of an opening."""
    return db.session.scalar(_OWN_PERSON, {"account_id": account_id})


def in_roster(workshop: Workshop, actor: Actor) -> ColumnElement[bool]:
    """The condition for the enrolments of a workshop that the actor sees.

    Who runs it: all; who nominates: those of their subtree; anybody else only their own.
    """
    if actor.role == SYSTEM_ROLE or may_run(workshop, actor):
        return true()
    return _of_subtree_or_own(actor)


def _of_subtree_or_own(actor: Actor) -> ColumnElement[bool]:
    if actor.may("workshops.nominate"):
        return Enrolment.unit_path.like(f"{actor.unit_path}%")
    if actor.account_id is None:
        return false()
    own = select(Person.id).where(Person.account_id == actor.account_id)
    return Enrolment.person_id.in_(own)


def get_enrolment(enrolment_id: int, *, actor: Actor) -> Enrolment:
    """One's own, one of the subtree, or one of a workshop the actor runs; NotFound for everybody else."""
    enrolment = db.session.scalar(
        select(Enrolment)
        .where(Enrolment.id == enrolment_id)
        .options(
            joinedload(Enrolment.workshop).joinedload(Workshop.organiser),
            joinedload(Enrolment.person),
            joinedload(Enrolment.unit),
        )
    )
    if enrolment is None or not _sees(enrolment, actor):
        raise NotFound(_("There is no such enrolment within your unit."))
    return enrolment


def _sees(enrolment: Enrolment, actor: Actor) -> bool:
    if may_run(enrolment.workshop, actor):
        return True
    if actor.may("workshops.nominate"):
        return actor.reaches(enrolment.unit_path)
    return actor.account_id is not None and enrolment.person.account_id == actor.account_id


def may_end(enrolment: Enrolment, actor: Actor) -> bool:
    """Who may withdraw an enrolment or pass it on: the person, who nominates for their unit, who plans."""
    own = actor.account_id is not None and enrolment.person.account_id == actor.account_id
    nominates = actor.may("workshops.nominate") and actor.reaches(enrolment.unit_path)
    return own or nominates or may_plan(enrolment.workshop, actor)


@dataclass(frozen=True)
class RosterFilter:
    """What a roster is narrowed to; without a status: everybody who is in it or in its line."""

    q: str = ""
    status: EnrolmentStatus | None = None
    unit_path: str | None = None
    everybody: bool = False


GONE = (EnrolmentStatus.REJECTED, EnrolmentStatus.WITHDRAWN, EnrolmentStatus.CANCELLED)


def _conditions(
    workshop: Workshop, wanted: RosterFilter, actor: Actor
) -> list[ColumnElement[bool]]:
    conditions = [Enrolment.workshop_id == workshop.id, in_roster(workshop, actor)]
    if wanted.status is not None:
        conditions.append(Enrolment.status == wanted.status)
    elif not wanted.everybody:
        conditions.append(Enrolment.status.not_in(GONE))
    if wanted.unit_path is not None:
        conditions.append(Enrolment.unit_path.like(f"{wanted.unit_path}%"))
    searched = matching(wanted.q)
    if searched is not None:
        conditions.append(searched)
    return conditions


def _in_line() -> ColumnElement[bool]:
    return and_(Enrolment.pool_id.is_(None), Enrolment.status.in_(tuple(WAITING)))


def list_roster(
    workshop: Workshop,
    wanted: RosterFilter,
    *,
    actor: Actor,
    page: int = 1,
    size: int = ROSTER_PAGE,
) -> Page[Row[Any]]:
    """Who is in a workshop, those on seats first, then the line, each in order of arrival: rows of id, person_id,
    name, unit_name, unit_path, number, status, approval_step, nominated, needs_lodging, note, applied_at,
    seated (a seat is held), row_version.
    """
    conditions = _conditions(workshop, wanted, actor)
    total = (
        db.session.scalar(
            select(func.count())
            .select_from(Enrolment)
            .join(Person, Person.id == Enrolment.person_id)
            .where(*conditions)
        )
        or 0
    )
    gone = Enrolment.status.in_(GONE)
    columns: tuple[Any, ...] = (
        Enrolment.id,
        Enrolment.person_id,
        Person.name,
        Unit.name.label("unit_name"),
        Enrolment.unit_path,
        Enrolment.number,
        Enrolment.status,
        Enrolment.approval_step,
        Enrolment.nominated,
        Enrolment.needs_lodging,
        Enrolment.note,
        Enrolment.end_reason,
        Enrolment.applied_at,
        Enrolment.pool_id.is_not(None).label("seated"),
        Enrolment.row_version,
    )
    statement: Select[Any] = (
        select(*columns)
        .join(Person, Person.id == Enrolment.person_id)
        .join(Unit, Unit.id == Enrolment.unit_id)
        .where(*conditions)
        .order_by(gone, _in_line(), Enrolment.number)
        .limit(size)
        .offset((page - 1) * size)
    )
    return Page(db.session.execute(statement).all(), page, size, total)


def list_positions(*workshop_ids: int) -> dict[int, int]:
    """The place in the whole line of everybody who waits in these workshops, by enrolment id."""
    rows = db.session.execute(
        select(Enrolment.workshop_id, Enrolment.id)
        .where(Enrolment.workshop_id.in_(workshop_ids), _in_line())
        .order_by(Enrolment.workshop_id, Enrolment.number)
    )
    return {
        row.id: place
        for _workshop_id, line in groupby(rows, key=lambda row: row.workshop_id)
        for place, row in enumerate(line, start=1)
    }


def count_statuses(workshop: Workshop, *, actor: Actor) -> dict[EnrolmentStatus, int]:
    """How many of those the actor sees have each status."""
    rows = db.session.execute(
        select(Enrolment.status, func.count())
        .where(Enrolment.workshop_id == workshop.id, in_roster(workshop, actor))
        .group_by(Enrolment.status)
    )
    return {status: int(number) for status, number in rows}


def list_own_enrolments(person_id: int) -> list[Enrolment]:
    """Everything a person is or was enrolled in, the newest first, with its workshop."""
    return list(
        db.session.scalars(
            select(Enrolment)
            .where(Enrolment.person_id == person_id)
            .options(joinedload(Enrolment.workshop))
            .order_by(Enrolment.id.desc())
        )
    )


@dataclass(frozen=True)
class SheetRow:
    """One line of a printed roster (报名表), numbers still sealed."""

    name: str
    unit_name: str
    sex: Sex | None
    ethnicity: str | None
    title: str | None
    role: PostingRole | None
    id_number_sealed: bytes | None
    phone_sealed: bytes | None
    needs_lodging: bool | None
    note: str | None
    status: EnrolmentStatus
    seated: bool


def list_sheet_rows(workshop: Workshop, wanted: RosterFilter, *, actor: Actor) -> list[SheetRow]:
    """Everybody of the roster with what a 报名表 says of them: title and role of the main posting of today."""
    today = clock.today()
    running = and_(
        Posting.person_id == Enrolment.person_id,
        Posting.unit_id == Enrolment.unit_id,
        Posting.valid_from <= today,
        not_ended(today),
    )
    columns: tuple[Any, ...] = (
        Enrolment.id,
        Person.name,
        Unit.name.label("unit_name"),
        Person.sex,
        Person.ethnicity,
        Posting.title,
        Posting.role,
        Person.id_number_sealed,
        Person.phone_sealed,
        Enrolment.needs_lodging,
        Enrolment.note,
        Enrolment.status,
        Enrolment.pool_id,
    )
    statement: Select[Any] = (
        select(*columns)
        .join(Person, Person.id == Enrolment.person_id)
        .join(Unit, Unit.id == Enrolment.unit_id)
        .outerjoin(Posting, running)
        .where(*_conditions(workshop, wanted, actor))
        .order_by(
            _in_line(), Enrolment.number, Posting.role != PostingRole.FULL_TIME, Posting.valid_from
        )
    )
    rows: dict[int, SheetRow] = {}
    for row in db.session.execute(statement):
        rows.setdefault(row.id, _sheet_row(row))
    return list(rows.values())


def _sheet_row(row: Row[Any]) -> SheetRow:
    return SheetRow(
        name=row.name,
        unit_name=row.unit_name,
        sex=row.sex,
        ethnicity=row.ethnicity,
        title=row.title,
        role=row.role,
        id_number_sealed=row.id_number_sealed,
        phone_sealed=row.phone_sealed,
        needs_lodging=row.needs_lodging,
        note=row.note,
        status=row.status,
        seated=row.pool_id is not None,
    )


def count_open(workshop_id: int) -> int:
    """How many people are in the workshop or in its line, or were graded in it."""
    return (
        db.session.scalar(
            select(func.count())
            .select_from(Enrolment)
            .where(
                Enrolment.workshop_id == workshop_id,
                or_(Enrolment.status.in_(tuple(OPEN)), Enrolment.pool_id.is_not(None)),
            )
        )
        or 0
    )
