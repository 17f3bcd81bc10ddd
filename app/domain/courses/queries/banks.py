"""Question banks and their questions: who sees them, lists, and what can be drawn from them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Row, Select, false, func, or_, select, true
from sqlalchemy.orm import joinedload

from app.core.db import db
from app.core.errors import NotFound
from app.core.i18n import gettext as _
from app.core.paging import PAGE_SIZE, Page
from app.core.text import like_pattern
from app.domain.accounts.rules import SYSTEM_ROLE, Actor, Role
from app.domain.courses.models import Course, Question, QuestionBank, QuestionRevision, QuizDraw
from app.domain.courses.queries.visibility import taught_by
from app.domain.courses.rules.words import QuestionKind
from app.domain.units.models import Unit
from app.domain.units.queries import in_subtree


@dataclass(frozen=True, slots=True)
class ListedBank:
    """A bank in a list: how many questions can be drawn from it, and in how many draws it stands."""

    id: int
    title: str
    unit_name: str
    questions: int
    topics: int
    draws: int
    retired_at: datetime | None


@dataclass(frozen=True, slots=True)
class QuestionFilter:
    """``q``: words in the question or its code; ``topic``: None is any, '' those without one."""

    q: str = ""
    topic: str | None = None
    kind: QuestionKind | None = None
    retired: bool = False


def _units_taught_for(account_id: int | None) -> Select[int]:
    return select(Course.organiser_id).where(taught_by(account_id))


def banks_visible_to(actor: Actor) -> ColumnElement[bool]:
    """The condition that the actor sees a bank: those of its subtree, and of units above it, to draw from.

    A trainer sees the banks of who organises the courses they teach in.
    """
    if actor.role == SYSTEM_ROLE:
        return true()
    if actor.role == Role.TRAINER:
        return QuestionBank.unit_id.in_(_units_taught_for(actor.account_id))
    if not actor.may("courses.edit"):
        return false()
    above = [int(part) for part in actor.unit_path.split("/") if part.isdecimal()]
    below = select(Unit.id).where(in_subtree(actor.unit_path))
    return or_(QuestionBank.unit_id.in_(below), QuestionBank.unit_id.in_(above))


def may_write_questions(bank: QuestionBank, actor: Actor) -> bool:
    """Whether the actor, who sees the bank, may change it: not those of the units above."""
    if actor.role == Role.TRAINER:
        return True
    return actor.may("courses.edit") and actor.reaches(bank.unit.path)


def get_bank(bank_id: int, *, actor: Actor) -> QuestionBank:
    """The bank, if the actor sees it. Raises NotFound, whether or not it exists elsewhere."""
    found = db.session.scalar(
        select(QuestionBank).where(QuestionBank.id == bank_id, banks_visible_to(actor))
    )
    if found is None:
        raise NotFound(_("There is no such question bank within your unit."))
    return found


def get_written_bank(bank_id: int, *, actor: Actor) -> QuestionBank:
    """The bank, if the actor may change it. Raises NotFound for others."""
    bank = get_bank(bank_id, actor=actor)
    if not may_write_questions(bank, actor):
        raise NotFound(_("There is no such question bank within your unit."))
    return bank


def get_question(question_id: int, *, actor: Actor) -> Question:
    """The question, if the actor sees its bank. Raises NotFound."""
    found = db.session.scalar(
        select(Question)
        .join(QuestionBank, QuestionBank.id == Question.bank_id)
        .where(Question.id == question_id, banks_visible_to(actor))
    )
    if found is None:
        raise NotFound(_("There is no such question within your unit."))
    return found


def list_bank_units(actor: Actor) -> Sequence[Unit]:
    """The units for which the actor may open a bank: its own; a trainer's: who organises their courses."""
    if actor.role == Role.TRAINER:
        wanted: ColumnElement[bool] = Unit.id.in_(_units_taught_for(actor.account_id))
    else:
        wanted = Unit.id == actor.unit_id
    return db.session.scalars(select(Unit).where(wanted).order_by(Unit.code)).all()


def list_banks(
    actor: Actor, *, q: str = "", retired: bool = False, number: int = 1, size: int = PAGE_SIZE
) -> Page[ListedBank]:
    """The banks that the actor sees, by title."""
    conditions = [banks_visible_to(actor), QuestionBank.retired_at.is_not(None) == retired]
    if q:
        conditions.append(QuestionBank.title.ilike(like_pattern(q), escape="\\"))
    total = db.session.scalar(select(func.count(QuestionBank.id)).where(*conditions)) or 0
    live = (Question.bank_id == QuestionBank.id, Question.retired_at.is_(None))
    rows = db.session.execute(
        select(
            QuestionBank.id,
            QuestionBank.title,
            Unit.name,
            select(func.count(Question.id)).where(*live).scalar_subquery(),
            select(func.count(Question.topic.distinct())).where(*live).scalar_subquery(),
            select(func.count(QuizDraw.id))
            .where(QuizDraw.bank_id == QuestionBank.id)
            .scalar_subquery(),
            QuestionBank.retired_at,
        )
        .join(Unit, Unit.id == QuestionBank.unit_id)
        .where(*conditions)
        .order_by(QuestionBank.title, QuestionBank.id)
        .limit(size)
        .offset((number - 1) * size)
    ).all()
    return Page([ListedBank(*row) for row in rows], number, size, total)


def _questions_that_fit(bank_id: int, wanted: QuestionFilter) -> list[ColumnElement[bool]]:
    conditions = [
        Question.bank_id == bank_id,
        Question.retired_at.is_not(None) == wanted.retired,
    ]
    if wanted.topic is not None:
        conditions.append(Question.topic == wanted.topic)
    if wanted.kind is not None:
        conditions.append(Question.kind == wanted.kind)
    if wanted.q:
        pattern = like_pattern(wanted.q)
        conditions.append(
            or_(
                QuestionRevision.stem.ilike(pattern, escape="\\"),
                Question.code.ilike(pattern, escape="\\"),
            )
        )
    return conditions


def _current() -> Select[Question, QuestionRevision]:
    return select(Question, QuestionRevision).join(
        QuestionRevision,
        (QuestionRevision.question_id == Question.id) & QuestionRevision.current,
    )


def list_questions(
    bank_id: int, wanted: QuestionFilter, *, number: int = 1, size: int = PAGE_SIZE
) -> Page[Row[Question, QuestionRevision]]:
    """The questions of a bank as they stand now, by topic and code."""
    conditions = _questions_that_fit(bank_id, wanted)
    total = db.session.scalar(
        select(func.count(Question.id))
        .join(
            QuestionRevision,
            (QuestionRevision.question_id == Question.id) & QuestionRevision.current,
        )
        .where(*conditions)
    )
    rows = db.session.execute(
        _current()
        .where(*conditions)
        .order_by(Question.topic, Question.code)
        .limit(size)
        .offset((number - 1) * size)
    ).all()
    return Page(rows, number, size, total or 0)


def load_questions(bank_id: int) -> Sequence[Row[Question, QuestionRevision]]:
    """Every question of a bank as it stands now, the retired ones too; for workbooks."""
    return db.session.execute(
        _current().where(Question.bank_id == bank_id).order_by(Question.topic, Question.code)
    ).all()


def list_revisions(question_id: int) -> Sequence[QuestionRevision]:
    """What a question said, the newest first."""
    return db.session.scalars(
        select(QuestionRevision)
        .where(QuestionRevision.question_id == question_id)
        .order_by(QuestionRevision.number.desc())
    ).all()


def find_current_revision(question_id: int) -> QuestionRevision:
    return db.session.scalars(
        select(QuestionRevision).where(
            QuestionRevision.question_id == question_id, QuestionRevision.current
        )
    ).one()


def load_current_revisions(question_ids: Sequence[int]) -> dict[int, QuestionRevision]:
    """What these questions say now, by question."""
    found = db.session.scalars(
        select(QuestionRevision)
        .where(QuestionRevision.question_id.in_(question_ids), QuestionRevision.current)
        .options(joinedload(QuestionRevision.question))
    )
    return {revision.question_id: revision for revision in found}


def count_topics(bank_ids: Sequence[int]) -> dict[tuple[int, str], int]:
    """How many questions can be drawn, by bank and topic."""
    rows = db.session.execute(
        select(Question.bank_id, Question.topic, func.count(Question.id))
        .where(Question.bank_id.in_(bank_ids), Question.retired_at.is_(None))
        .group_by(Question.bank_id, Question.topic)
        .order_by(Question.bank_id, Question.topic)
    ).all()
    return {(bank_id, topic): count for bank_id, topic, count in rows}


def load_holding(bank_ids: Sequence[int]) -> dict[tuple[int, str], list[int]]:
    """The questions that can be drawn, by bank and topic."""
    holding: dict[tuple[int, str], list[int]] = defaultdict(list)
    rows = db.session.execute(
        select(Question.bank_id, Question.topic, Question.id)
        .where(Question.bank_id.in_(bank_ids), Question.retired_at.is_(None))
        .order_by(Question.id)
    ).all()
    for bank_id, topic, question_id in rows:
        holding[bank_id, topic].append(question_id)
    return dict(holding)


def list_drawable_banks(actor: Actor) -> Sequence[QuestionBank]:
    """The banks that a quiz of the actor's may draw from, by title."""
    return db.session.scalars(
        select(QuestionBank)
        .where(banks_visible_to(actor), QuestionBank.retired_at.is_(None))
        .order_by(QuestionBank.title, QuestionBank.id)
    ).all()
