"""The grade book of a workshop: people, criteria, marks of one marker, and what they come to; five queries."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, select

from app.core.db import db
from app.domain.accounts.models import Account
from app.domain.accounts.rules import Actor
from app.domain.people.models import Person
from app.domain.units.models import Unit
from app.domain.workshops.models import (
    Criterion,
    Enrolment,
    Mark,
    Result,
    Workshop,
)
from app.domain.workshops.queries.attendance import load_register
from app.domain.workshops.queries.workshops import may_plan
from app.domain.workshops.rules import grading as rules
from app.domain.workshops.rules.words import CriterionKind, Grade, TrainerRole


@dataclass(frozen=True, slots=True)
class Cell:
    """One marker's mark for one criterion; version 0: there is none."""

    value: Decimal | None = None
    version: int = 0
    comment: str | None = None
    marked_by: int | None = None


EMPTY = Cell()
Marks = dict[int, dict[int, Cell]]  # criterion → marker → cell


@dataclass(frozen=True, slots=True)
class BookRow:
    """A person in the grade book. ``own`` are the marks of the marker who looks, ``marks`` those of all by
    criterion and marker. ``open``: with two markers, whether both are done and see each other.
    """

    enrolment_id: int
    person_id: int
    name: str
    unit_name: str
    own: dict[int, Cell]
    marks: Marks
    attendance: Decimal | None
    assessment: rules.Assessment
    open: bool
    moderation: Decimal = Decimal(0)
    published_at: datetime | None = None
    published_total: Decimal | None = None
    published_grade: Grade | None = None

    @property
    def locked(self) -> bool:
        """Whether marks no longer change by typing: published, or both markers are done."""
        return self.published_at is not None or self.open

    @property
    def total(self) -> Decimal | None:
        return self.published_total if self.published_at else self.assessment.total

    @property
    def grade(self) -> Grade | None:
        return self.published_grade if self.published_at else self.assessment.grade


@dataclass(frozen=True, slots=True)
class Book:
    """The grade book as one marker sees it."""

    workshop_id: int
    marker: int
    standard: rules.Standard
    criteria: list[Criterion]
    rows: list[BookRow] = field(default_factory=list)

    @property
    def weighted(self) -> list[rules.Weighted]:
        return weighted(self.criteria)

    def incomplete(self) -> list[BookRow]:
        """Who cannot be graded yet; published ones are."""
        return [r for r in self.rows if r.published_at is None and not r.assessment.complete]


def weighted(criteria: Iterable[Criterion]) -> list[rules.Weighted]:
    return [rules.Weighted(c.id, c.kind, c.weight, c.maximum) for c in criteria]


def standard_of(workshop: Workshop) -> rules.Standard:
    return rules.Standard(
        workshop.pass_bound,
        workshop.excellent_bound,
        workshop.second_marking,
        Decimal(workshop.agree_within),
    )


def marker_of(workshop: Workshop, actor: Actor) -> int:
    """As which marker the actor marks: 2 for an assigned second marker where the guide asks for one, else 1."""
    if not workshop.second_marking or may_plan(workshop, actor):
        return rules.FIRST
    second = any(
        trainer.account_id == actor.account_id and trainer.role is TrainerRole.SECOND_MARKER
        for trainer in workshop.trainers
    )
    return rules.SECOND if second else rules.FIRST


def list_criteria(workshop_id: int) -> list[Criterion]:
    """The marking guide, in its order."""
    return list(
        db.session.scalars(
            select(Criterion)
            .where(Criterion.workshop_id == workshop_id)
            .order_by(Criterion.position)
        )
    )


def load_book(
    workshop: Workshop,
    marker: int,
    *,
    enrolment_ids: Collection[int] | None = None,
    blind: bool = True,
) -> Book:
    """Everybody who is graded (or only some of them), in order of arrival, with what their marks come to.

    ``blind``: before both markers are done with a person, only the marks of ``marker`` are there, and the
    assessment is that of these alone, without a total: nobody sees the other's.
    """
    criteria = list_criteria(workshop.id)
    book = Book(workshop.id, marker, standard_of(workshop), criteria)
    people = _people(workshop.id, enrolment_ids)
    ids = None if enrolment_ids is None else [row.id for row in people]
    marks = _marks(workshop.id, ids)
    attended = any(c.kind is CriterionKind.ATTENDANCE for c in criteria)
    register = load_register(workshop.id) if attended else None
    for person in people:
        share = register.share(person.id) if register is not None else None
        book.rows.append(_row(book, person, marks.get(person.id, {}), share, blind=blind))
    return book


def _row(
    book: Book,
    person: Row[Any],
    marks: Marks,
    attendance: Decimal | None,
    *,
    blind: bool,
) -> BookRow:
    twice = book.standard.second_marking
    is_open = twice and rules.both_marked(_values(marks), book.weighted)
    hides = blind and twice and not is_open and person.published_at is None
    seen = _own_marks(book, marks) if hides else marks
    return BookRow(
        enrolment_id=person.id,
        person_id=person.person_id,
        name=person.name,
        unit_name=person.unit_name,
        own={
            c.id: seen.get(c.id, {}).get(own_marker(book.marker, c.kind), EMPTY)
            for c in book.criteria
        },
        marks=seen,
        attendance=attendance,
        assessment=_assess(book, seen, attendance, person.moderation, alone=hides),
        open=is_open,
        moderation=person.moderation,
        published_at=person.published_at,
        published_total=person.total,
        published_grade=person.grade,
    )


def _assess(
    book: Book, marks: Marks, attendance: Decimal | None, moderation: Decimal, *, alone: bool
) -> rules.Assessment:
    """``alone``: from one marker's marks; they say what is missing and give no total."""
    values = _values(marks)
    if not alone:
        return rules.assess(
            values, book.weighted, book.standard, attendance=attendance, moderation=moderation
        )
    single = {c: {rules.FIRST: value} for c, known in values.items() for value in known.values()}
    found = rules.assess(single, book.weighted, rules.Standard(), attendance=attendance)
    return rules.Assessment(found.values, found.missing, (), None, None)


def _own_marks(book: Book, marks: Marks) -> Marks:
    own: Marks = {}
    for criterion in book.criteria:
        marker = own_marker(book.marker, criterion.kind)
        cell = marks.get(criterion.id, {}).get(marker)
        if cell is not None:
            own[criterion.id] = {marker: cell}
    return own


def own_marker(marker: int, kind: CriterionKind) -> int:
    """Attendance is not marked twice: everybody sees, and the first marker sets, the one mark."""
    return rules.FIRST if kind is CriterionKind.ATTENDANCE else marker


def _values(marks: Marks) -> dict[int, dict[int, Decimal]]:
    return {
        criterion_id: {m: cell.value for m, cell in cells.items() if cell.value is not None}
        for criterion_id, cells in marks.items()
    }


def _people(workshop_id: int, enrolment_ids: Collection[int] | None) -> list[Row[Any]]:
    columns: tuple[Any, ...] = (
        Enrolment.id,
        Enrolment.person_id,
        Person.name,
        Unit.name.label("unit_name"),
        Result.total,
        Result.grade,
        Result.published_at,
    )
    statement = (
        select(*columns, db.func.coalesce(Result.moderation, 0).label("moderation"))
        .join(Person, Person.id == Enrolment.person_id)
        .join(Unit, Unit.id == Enrolment.unit_id)
        .outerjoin(Result, Result.enrolment_id == Enrolment.id)
        .where(Enrolment.workshop_id == workshop_id, Enrolment.status.in_(tuple(rules.GRADED)))
        .order_by(Enrolment.number)
    )
    if enrolment_ids is not None:
        statement = statement.where(Enrolment.id.in_(enrolment_ids))
    return list(db.session.execute(statement))


def _marks(workshop_id: int, enrolment_ids: Collection[int] | None) -> dict[int, Marks]:
    """The marks of each enrolment."""
    statement = (
        select(
            Mark.enrolment_id,
            Mark.criterion_id,
            Mark.marker,
            Mark.value,
            Mark.row_version,
            Mark.comment,
            Mark.marked_by,
        )
        .join(Criterion, Criterion.id == Mark.criterion_id)
        .where(Criterion.workshop_id == workshop_id)
    )
    if enrolment_ids is not None:
        statement = statement.where(Mark.enrolment_id.in_(enrolment_ids))
    found: dict[int, Marks] = {}
    for row in db.session.execute(statement):
        cells = found.setdefault(row.enrolment_id, {}).setdefault(row.criterion_id, {})
        cells[row.marker] = Cell(row.value, row.row_version, row.comment, row.marked_by)
    return found


def account_names(account_ids: Iterable[int | None]) -> dict[int, str]:
    """What the accounts who marked are called."""
    ids = {account_id for account_id in account_ids if account_id is not None}
    if not ids:
        return {}
    rows = db.session.execute(select(Account.id, Account.display_name).where(Account.id.in_(ids)))
    return {row.id: row.display_name for row in rows}


def has_marks(workshop_id: int) -> bool:
    """Whether anybody has been marked: from then on the guide's weights stay."""
    statement = (
        select(Mark.id)
        .join(Criterion, Criterion.id == Mark.criterion_id)
        .where(Criterion.workshop_id == workshop_id)
        .limit(1)
    )
    return db.session.scalar(statement) is not None
