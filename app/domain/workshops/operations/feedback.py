"""Give feedback once, without a name; ask questions of one's own."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import delete, func, select

from app.core import clock
from app.core.db import db
from app.core.errors import DomainError, InvalidInput, NotFound, explain_constraint
from app.core.i18n import gettext as _
from app.domain.accounts.rules import Actor
from app.domain.audit.operations import record
from app.domain.workshops.models import (
    Enrolment,
    FeedbackAnswer,
    FeedbackQuestion,
    FeedbackReceipt,
    Workshop,
    WorkshopSession,
)
from app.domain.workshops.operations.locking import lock_planned
from app.domain.workshops.queries.feedback import count_answers, has_given, list_questions
from app.domain.workshops.queries.own import TOOK_PART, find_latest
from app.domain.workshops.rules.feedback import MOST_OWN, clean_answers
from app.domain.workshops.rules.words import WorkshopStatus

LARGEST_ID = 2**31 - 1
LONGEST_QUESTION = 200


def _given_already() -> DomainError:
    return DomainError(_("You have given your feedback already. Thank you."), "already_given")


explain_constraint("uq_feedback_receipts_workshop_id_enrolment_id", _given_already)


def why_not_feedback(enrolment: Enrolment | None) -> DomainError | None:
    """Why a person cannot give feedback: not in it, not over yet, or given already."""
    if enrolment is None or enrolment.status not in TOOK_PART:
        return DomainError(
            _("Feedback is for those who took part in the workshop."), "not_enrolled"
        )
    if not _is_over(enrolment.workshop):
        return DomainError(_("Feedback opens when the last session has ended."), "not_over")
    return _given_already() if has_given(enrolment.id) else None


def _is_over(workshop: Workshop) -> bool:
    if workshop.status is WorkshopStatus.COMPLETED:
        return True
    last = db.session.scalar(
        select(func.max(WorkshopSession.ends_at)).where(
            WorkshopSession.workshop_id == workshop.id, WorkshopSession.cancelled_at.is_(None)
        )
    )
    return last is not None and last <= clock.now()


def give_feedback(workshop_id: int, person_id: int, given: Mapping[str, Any]) -> None:
    """Store one questionnaire apart from the receipt that its person has given one.

    Neither names the other, the answers carry a drawn id and only the day, and no audit entry is made: nothing
    leads from an answer to a person. Raises ``not_enrolled``, ``not_over``, ``already_given``, ``rating_missing``.
    """
    enrolment = find_latest(workshop_id, person_id)
    refusal = why_not_feedback(enrolment)
    if refusal is not None:
        raise refusal
    if enrolment is None:
        raise NotFound(_("There is no such enrolment."))
    answers, wrong = clean_answers(list_questions(workshop_id), given)
    if wrong:
        raise _unclear(wrong)
    today = clock.today()
    db.session.add(
        FeedbackReceipt(workshop_id=workshop_id, enrolment_id=enrolment.id, given_on=today)
    )
    db.session.add(
        FeedbackAnswer(
            id=secrets.randbelow(LARGEST_ID) + 1,
            workshop_id=workshop_id,
            answers=answers,
            given_on=today,
        )
    )
    db.session.flush()


def _unclear(wrong: Mapping[str, str]) -> InvalidInput:
    words = {
        "rating_missing": _("Rate every question from 1 to 5."),
        "rating_unknown": _("Rate every question from 1 to 5."),
        "too_long": _("A text is too long: at most 1,000 characters."),
    }
    key, code = next(iter(wrong.items()))
    return InvalidInput(words[code], code, key, questions=sorted(wrong))


def set_questions(
    workshop_id: int, questions: Sequence[tuple[str, bool]], *, actor: Actor
) -> list[FeedbackQuestion]:
    """Replace the organiser's own questions: texts, and whether each is rated; empty texts are left out.

    Raises ``too_many_questions``, ``question_too_long``, ``answers_exist`` once somebody has answered.
    """
    workshop = lock_planned(workshop_id, actor=actor)
    wanted = [(" ".join(text.split()), rated) for text, rated in questions if text.strip()]
    if len(wanted) > MOST_OWN:
        raise InvalidInput(
            _("Ask at most %(most)s questions of your own.", most=MOST_OWN), "too_many_questions"
        )
    if any(len(text) > LONGEST_QUESTION for text, _rated in wanted):
        raise InvalidInput(
            _("A question is too long: at most %(most)s characters.", most=LONGEST_QUESTION),
            "question_too_long",
        )
    if count_answers(workshop_id):
        raise DomainError(
            _("Somebody has answered already; the questions stay as they are."), "answers_exist"
        )
    db.session.execute(delete(FeedbackQuestion).where(FeedbackQuestion.workshop_id == workshop_id))
    made = [
        FeedbackQuestion(workshop_id=workshop_id, position=position, text=text, rated=rated)
        for position, (text, rated) in enumerate(wanted, start=1)
    ]
    db.session.add_all(made)
    db.session.flush()
    record(
        actor,
        "workshops.set_questions",
        object_type="workshop",
        object_id=workshop_id,
        details={"questions": len(made)},
        unit_path=workshop.organiser.path,
    )
    return made
