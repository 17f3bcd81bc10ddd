"""Published results: what was changed in them, what a person reads of their own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from app.core.db import db
from app.domain.workshops.models import Criterion, Mark, MarkChange, Result, Workshop
from app.domain.workshops.queries.gradebook import list_criteria, standard_of, weighted
from app.domain.workshops.rules import grading as rules
from app.domain.workshops.rules.words import Grade


def list_changes(enrolment_id: int) -> Sequence[MarkChange]:
    """Changes of published marks, the newest first."""
    return db.session.scalars(
        select(MarkChange)
        .where(MarkChange.enrolment_id == enrolment_id)
        .order_by(MarkChange.id.desc())
    ).all()


def read_moderation(enrolment_id: int) -> tuple[Decimal, str] | None:
    """Points of moderation and why; None when there is none."""
    row = db.session.execute(
        select(Result.moderation, Result.moderation_reason).where(
            Result.enrolment_id == enrolment_id
        )
    ).first()
    return (row[0], row[1] or "") if row is not None and row[0] else None


@dataclass(frozen=True, slots=True)
class OwnMark:
    """One criterion of a published result: the value that counts, the level it reaches, what the markers say."""

    criterion: Criterion
    value: Decimal
    level: dict[str, Any] | None
    comments: list[str]


@dataclass(frozen=True, slots=True)
class OwnResult:
    """A published result as its person reads it."""

    total: Decimal | None
    grade: Grade | None
    moderation: Decimal
    moderation_reason: str | None
    published_at: datetime
    marks: list[OwnMark]
    changes: Sequence[MarkChange]


def find_own_result(workshop: Workshop, enrolment_id: int) -> OwnResult | None:
    """The person's result once it is published, else None. What the markers gave singly is not told."""
    result = db.session.scalars(select(Result).where(Result.enrolment_id == enrolment_id)).first()
    if result is None or result.published_at is None:
        return None
    criteria = list_criteria(workshop.id)
    marks: dict[int, dict[int, Mark]] = {}
    for mark in db.session.scalars(
        select(Mark).where(Mark.enrolment_id == enrolment_id).order_by(Mark.marker)
    ):
        marks.setdefault(mark.criterion_id, {})[mark.marker] = mark
    own = []
    for criterion, sums in zip(criteria, weighted(criteria), strict=True):
        given = marks.get(criterion.id, {})
        values = {marker: mark.value for marker, mark in given.items()}
        decided = rules.decide_value(values, sums, standard_of(workshop))
        if decided.value is None:
            continue
        level = rules.level_of(decided.value, criterion.levels)
        comments = [mark.comment for mark in given.values() if mark.comment]
        own.append(OwnMark(criterion, decided.value, dict(level) if level else None, comments))
    return OwnResult(
        total=result.total,
        grade=result.grade,
        moderation=result.moderation,
        moderation_reason=result.moderation_reason,
        published_at=result.published_at,
        marks=own,
        changes=list_changes(enrolment_id),
    )
