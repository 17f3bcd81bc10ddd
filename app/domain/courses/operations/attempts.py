"""Take a quiz: begin, save answers as they are given, submit. The clock is the server's.

Everything happens under the lock of the enrolment. What was saved before the deadline counts, nothing after it; who
submits twice, or from two devices, gets the first result.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from random import Random, SystemRandom
from typing import Any

from sqlalchemy import select

from app.core import clock
from app.core.db import db
from app.core.errors import DomainError, InvalidInput, NotFound
from app.core.i18n import gettext as _
from app.domain.accounts.rules import Actor
from app.domain.courses.models import (
    AttemptItem,
    CourseEnrolment,
    Question,
    QuestionRevision,
    Quiz,
    QuizAttempt,
)
from app.domain.courses.operations.completing import enter_lesson
from app.domain.courses.operations.grading_attempts import (
    audit_attempt,
    close,
    lock_own_attempt,
)
from app.domain.courses.operations.learning import lock_learning, refuse_unless_learning
from app.domain.courses.queries.banks import load_current_revisions, load_holding
from app.domain.courses.queries.learning import find_held_enrolment_id
from app.domain.courses.queries.quizzes import draws_of, find_quiz, list_attempts
from app.domain.courses.rules import questions as asking
from app.domain.courses.rules import quizzes as rules
from app.domain.courses.rules.words import AttemptStatus, LessonKind, QuestionKind
from app.domain.people.personal_texts import refuse_personal_numbers


@dataclass(frozen=True, slots=True)
class Given:
    """An answer as the page sends it. ``number``: rises with each change of it; None: without scripts, ``seen`` is
    the number that the page was shown with.
    """

    answer: Any
    number: int | None = None
    seen: int | None = None


@dataclass(frozen=True, slots=True)
class Saved:
    """What stands now at a position: ``kept`` is whether the answer just sent is it, or was already newer there;
    ``refused`` says why the one just sent is not kept at all.
    """

    position: int
    kept: bool
    number: int
    answer: list[Any] | None
    refused: str | None = None


def start_attempt(
    course_id: int, lesson_id: int, *, actor: Actor, now: datetime, chance: Random | None = None
) -> QuizAttempt:
    """Begin an attempt at a quiz of one's own course; one that runs is gone on with.

    Raises as ``lock_learning``, ``not_a_quiz``, ``no_attempts_left``, ``nothing_to_ask``.
    """
    enrolment_id = find_held_enrolment_id(course_id, account_id=actor.account_id)
    if enrolment_id is None or not actor.may("courses.learn"):
        raise NotFound(_("You are not in this course. Take part in it first."))
    learning = lock_learning(enrolment_id, lesson_id, actor=actor)
    enrolment, lesson = learning.enrolment, learning.lesson
    quiz = find_quiz(lesson_id)
    if lesson.kind is not LessonKind.QUIZ or quiz is None:
        raise DomainError(_("There is no quiz in this lesson."), "not_a_quiz")
    before = list_attempts(enrolment_id, lesson_id)
    running = next((one for one in before if one.status is AttemptStatus.RUNNING), None)
    if running is not None:
        if not rules.is_over(running.deadline_at, now):
            return running
        close(running, enrolment, actor=actor, now=now)
    if rules.attempts_left(quiz.attempts, len(before)) == 0:
        raise DomainError(_("You have used all your attempts at this quiz."), "no_attempts_left")
    enter_lesson(enrolment, lesson, now=now)
    made = _make(quiz, enrolment, number=len(before) + 1, now=now, chance=chance or SystemRandom())
    enrolment.stamp += 1
    db.session.flush()
    audit_attempt(actor, "start_quiz", made, enrolment, {"questions": len(made.items)})
    return made


def _make(
    quiz: Quiz, enrolment: CourseEnrolment, *, number: int, now: datetime, chance: Random
) -> QuizAttempt:
    draws = draws_of(quiz)
    holding = load_holding([draw.bank_id for draw in draws])
    sizes = {key: len(questions) for key, questions in holding.items()}
    if not draws or rules.lacking(draws, sizes):
        raise DomainError(
            _("This quiz has not enough questions now. Tell who teaches the course."),
            "nothing_to_ask",
        )
    drawn = rules.draw_questions(draws, holding, chance)
    revisions = load_current_revisions([one.question_id for one in drawn])
    attempt = QuizAttempt(
        enrolment_id=enrolment.id,
        lesson_id=quiz.lesson_id,
        number=number,
        status=AttemptStatus.RUNNING,
        started_at=now,
        deadline_at=rules.deadline(now, quiz.minutes),
        maximum=sum((one.marks for one in drawn), Decimal(0)),
    )
    for position, one in enumerate(drawn, start=1):
        revision = revisions[one.question_id]
        attempt.items.append(
            AttemptItem(
                position=position,
                revision_id=revision.id,
                order=rules.shown_order(len(revision.options), quiz.shuffles, chance),
                maximum=one.marks,
            )
        )
    db.session.add(attempt)
    db.session.flush()
    return attempt


def save_answers(
    attempt_id: int, answers: Mapping[int, Given], *, actor: Actor, now: datetime
) -> list[Saved]:
    """Keep answers of one's own running attempt, by position; one older than what is kept changes nothing.

    A text with an identity number or a phone in it is refused by itself (``Saved.refused``), the others are kept.

    Raises ``attempt_over``, ``time_over``, ``not_an_answer``, as ``lock_learning``; NotFound for others' attempts.
    """
    attempt, enrolment = lock_own_attempt(attempt_id, actor=actor)
    if attempt.status is not AttemptStatus.RUNNING:
        raise DomainError(_("This attempt was handed in already."), "attempt_over")
    if rules.is_over(attempt.deadline_at, now):
        raise DomainError(_("The time is over. What was saved before counts."), "time_over")
    refuse_unless_learning(enrolment, clock.today())
    saved = _keep(attempt, answers, now)
    enrolment.last_active_at = now
    db.session.flush()
    return saved


def _keep(attempt: QuizAttempt, answers: Mapping[int, Given], now: datetime) -> list[Saved]:
    rows = db.session.execute(
        select(AttemptItem, QuestionRevision.stem, Question.kind)
        .join(QuestionRevision, QuestionRevision.id == AttemptItem.revision_id)
        .join(Question, Question.id == QuestionRevision.question_id)
        .where(AttemptItem.attempt_id == attempt.id, AttemptItem.position.in_(answers))
        .order_by(AttemptItem.position)
    ).all()
    if len(rows) != len(answers):
        raise InvalidInput(_("There is no such question in this attempt."), "not_an_answer")
    saved = []
    for item, stem, kind in rows:
        given = answers[item.position]
        try:
            answer = asking.read_answer(kind, given.answer, item.order, asking.count_blanks(stem))
        except asking.NotAnAnswer as error:
            raise InvalidInput(
                _(
                    "Question %(number)s: this answer does not fit the question, or is too long.",
                    number=item.position,
                ),
                "not_an_answer",
            ) from error
        why = _why_not_kept(kind, answer)
        kept = why is None and _put(item, answer, given, now)
        shown = shown_answer(kind, item)
        saved.append(Saved(item.position, kept, item.saved_number, shown, why))
    return saved


def _why_not_kept(kind: QuestionKind, answer: list[Any] | None) -> str | None:
    """In words why a written answer may not be kept; None of what may."""
    if kind in asking.CHOICES or not answer:
        return None
    try:
        refuse_personal_numbers("\n".join(str(part) for part in answer), "answer")
    except InvalidInput as refusal:
        return str(refusal.message)
    return None


def _put(item: AttemptItem, answer: list[Any] | None, given: Given, now: datetime) -> bool:
    """Whether the answer given is what stands now."""
    if answer == item.answer:
        if given.number is not None and given.number > item.saved_number:
            item.saved_number = min(given.number, rules.NEWEST_NUMBER)
        return True
    if given.number is None:
        newer = given.seen == item.saved_number
        number = item.saved_number + 1
    else:
        number = min(given.number, rules.NEWEST_NUMBER)
        newer = number > item.saved_number
    if newer:
        item.answer, item.saved_at, item.saved_number = answer, now, number
    return newer


def shown_answer(kind: QuestionKind, item: AttemptItem) -> list[Any] | None:
    """The answer as the page shows it: chosen options by the place where they are shown."""
    if item.answer is None or kind not in asking.CHOICES:
        return item.answer
    return sorted(item.order.index(option) for option in item.answer)


def submit_attempt(attempt_id: int, *, actor: Actor, now: datetime) -> QuizAttempt:
    """Hand in one's own attempt as it is saved; a second time gives the first result."""
    attempt, enrolment = lock_own_attempt(attempt_id, actor=actor)
    return close(attempt, enrolment, actor=actor, now=now)
