"""The end of an attempt: what can be marked is marked, the rest waits for a trainer; a pass completes the lesson."""

from __future__ import annotations

import logging
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select

from app.core import clock
from app.core.db import atomic, db
from app.domain.accounts.rules import Actor, system_actor
from app.domain.audit.operations import record
from app.domain.courses.models import AttemptItem, CourseEnrolment, Lesson, Quiz, QuizAttempt
from app.domain.courses.operations.completing import complete_lesson
from app.domain.courses.operations.locking import lock_enrolment
from app.domain.courses.operations.questions import text_of
from app.domain.courses.queries.quizzes import (
    count_waiting_answers,
    find_attempt_place,
    list_overdue,
    load_items,
    no_attempt,
)
from app.domain.courses.quiz_telling import tell_answers_wait
from app.domain.courses.rules import questions as asking
from app.domain.courses.rules import quizzes as rules
from app.domain.courses.rules.order import LEARNING
from app.domain.courses.rules.words import AttemptStatus

_log = logging.getLogger(__name__)
SWEPT_AT_ONCE = 200


def close_overdue_attempts() -> int:
    """Hand in what runs past its deadline, each attempt in a transaction of its own; how many."""
    return sum(
        _close_overdue(attempt_id) for attempt_id in list_overdue(clock.now(), SWEPT_AT_ONCE)
    )


def _close_overdue(attempt_id: int) -> bool:
    """One of the round; what goes wrong with it keeps nobody else waiting, and is tried again in the next round."""
    actor = system_actor("worker")
    try:
        with atomic():
            attempt, enrolment = lock_attempt(attempt_id, actor=actor)
            if attempt.status is not AttemptStatus.RUNNING:
                return False
            close(attempt, enrolment, actor=actor, now=clock.now())
    except Exception as error:
        # Without the message: it may quote rows.
        _log.error("attempt %s was not closed: %s", attempt_id, type(error).__name__)
        return False
    return True


def lock_own_attempt(attempt_id: int, *, actor: Actor) -> tuple[QuizAttempt, CourseEnrolment]:
    """One's own attempt, its enrolment locked. Raises NotFound."""
    attempt, enrolment = lock_attempt(attempt_id, actor=actor)
    own = actor.account_id is not None and enrolment.person.account_id == actor.account_id
    if not own or not actor.may("courses.learn"):
        raise no_attempt()
    return attempt, enrolment


def lock_attempt(attempt_id: int, *, actor: Actor) -> tuple[QuizAttempt, CourseEnrolment]:
    place = find_attempt_place(attempt_id, actor=actor)
    enrolment = lock_enrolment(place[0], actor=actor)
    attempt = db.session.get_one(QuizAttempt, attempt_id, populate_existing=True)
    return attempt, enrolment


def close(
    attempt: QuizAttempt, enrolment: CourseEnrolment, *, actor: Actor, now: datetime
) -> QuizAttempt:
    """Mark what can be marked; the enrolment is locked. With short answers the rest waits for a trainer."""
    if attempt.status is not AttemptStatus.RUNNING:
        return attempt
    over = rules.is_over(attempt.deadline_at, now)
    attempt.submitted_at = attempt.deadline_at if over else now
    attempt.status = AttemptStatus.SUBMITTED
    waits = False
    for item in load_items(attempt.id):
        text = text_of(item.revision.question, item.revision)
        item.marks = asking.earned(text, item.answer, Decimal(item.maximum))
        waits = waits or item.marks is None
    enrolment.stamp += 1
    db.session.flush()
    audit_attempt(actor, "submit_quiz", attempt, enrolment, {"overdue": over})
    if waits:
        first = count_waiting_answers(enrolment.course_id, attempt.lesson_id)
        if first == _count_unmarked(attempt.id):
            tell_answers_wait(enrolment.course, attempt.lesson)
    else:
        settle(attempt, enrolment, actor=actor, now=now)
    return attempt


def _count_unmarked(attempt_id: int) -> int:
    return (
        db.session.scalar(
            select(func.count(AttemptItem.id)).where(
                AttemptItem.attempt_id == attempt_id, AttemptItem.marks.is_(None)
            )
        )
        or 0
    )


def settle(
    attempt: QuizAttempt, enrolment: CourseEnrolment, *, actor: Actor, now: datetime
) -> bool:
    """Sum up an attempt once every answer has its marks; passed, it completes the lesson. Whether it did sum up."""
    if _count_unmarked(attempt.id):
        return False
    marks = db.session.scalar(
        select(func.sum(AttemptItem.marks)).where(AttemptItem.attempt_id == attempt.id)
    )
    quiz = db.session.get_one(Quiz, attempt.lesson_id)
    attempt.marks = round(Decimal(marks or 0), 2)
    attempt.passed = rules.is_passed(attempt.marks, Decimal(attempt.maximum), quiz.pass_percent)
    attempt.status, attempt.marked_at = AttemptStatus.MARKED, now
    enrolment.stamp += 1
    db.session.flush()
    if attempt.passed and enrolment.status in LEARNING:
        score = rules.percent(attempt.marks, Decimal(attempt.maximum))
        lesson = db.session.get_one(Lesson, attempt.lesson_id)
        complete_lesson(enrolment, lesson, actor=actor, now=now, score=score)
    return True


def audit_attempt(
    actor: Actor,
    verb: str,
    attempt: QuizAttempt,
    enrolment: CourseEnrolment,
    details: dict[str, Any],
) -> None:
    record(
        actor,
        f"courses.{verb}",
        object_type="quiz_attempt",
        object_id=attempt.id,
        subject_id=enrolment.person_id,
        details={"lesson": attempt.lesson_id, "number": attempt.number} | details,
        unit_path=enrolment.unit_path,
    )
