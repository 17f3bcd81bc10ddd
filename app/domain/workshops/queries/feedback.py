"""Questionnaires and what they come to; answers are read only in sums of five or more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from app.core.db import db
from app.domain.workshops.models import (
    Enrolment,
    FeedbackAnswer,
    FeedbackQuestion,
    FeedbackReceipt,
)
from app.domain.workshops.queries.own import TOOK_PART
from app.domain.workshops.rules.feedback import LEAST_ANSWERS, Question, questionnaire


def list_own_questions(workshop_id: int) -> Sequence[FeedbackQuestion]:
    """The organiser's own questions, in order."""
    return db.session.scalars(
        select(FeedbackQuestion)
        .where(FeedbackQuestion.workshop_id == workshop_id)
        .order_by(FeedbackQuestion.position)
    ).all()


def list_questions(workshop_id: int) -> list[Question]:
    """Every question of a workshop's questionnaire."""
    return questionnaire(
        Question(f"own-{question.position}", question.rated, question.text)
        for question in list_own_questions(workshop_id)
    )


@dataclass(frozen=True, slots=True)
class Returned:
    """How many took part and how many answered; the answers only from five on."""

    participants: int
    given: int
    answers: Sequence[dict[str, Any]]

    @property
    def enough(self) -> bool:
        return self.given >= LEAST_ANSWERS


def read_returned(workshop_id: int) -> Returned:
    """What came back; without the answers while they are fewer than five."""
    participants = db.session.scalar(
        select(func.count())
        .select_from(Enrolment)
        .where(Enrolment.workshop_id == workshop_id, Enrolment.status.in_(TOOK_PART))
    )
    given = count_answers(workshop_id)
    answers: Sequence[dict[str, Any]] = ()
    if given >= LEAST_ANSWERS:
        answers = db.session.scalars(
            select(FeedbackAnswer.answers)
            .where(FeedbackAnswer.workshop_id == workshop_id)
            .order_by(FeedbackAnswer.id)
        ).all()
    return Returned(participants or 0, given, answers)


def count_answers(workshop_id: int) -> int:
    """How many questionnaires came back."""
    statement = select(func.count()).where(FeedbackAnswer.workshop_id == workshop_id)
    return db.session.scalar(statement) or 0


def has_given(enrolment_id: int) -> bool:
    """Whether this person has given feedback; not which."""
    statement = select(FeedbackReceipt.id).where(FeedbackReceipt.enrolment_id == enrolment_id)
    return db.session.scalar(statement) is not None
