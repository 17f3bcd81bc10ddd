"""The conditions of a quiz, while its version is a draft: what is drawn, attempts, time, pass mark."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import delete, select

from app.core.db import db
from app.core.errors import DomainError, InvalidInput
from app.core.i18n import gettext as _
from app.domain.accounts.rules import Actor
from app.domain.audit.operations import record
from app.domain.courses.models import CourseVersion, Lesson, Quiz, QuizDraw
from app.domain.courses.operations.locking import lock_taught
from app.domain.courses.queries.banks import count_topics, get_bank
from app.domain.courses.queries.visibility import get_lesson
from app.domain.courses.rules.quizzes import (
    MOST_ATTEMPTS,
    MOST_DRAWN,
    MOST_MARKS,
    MOST_MINUTES,
    Draw,
    lacking,
)
from app.domain.courses.rules.words import AnswersShown, LessonKind, VersionStatus


@dataclass(frozen=True, slots=True)
class QuizFacts:
    """The conditions as somebody sets them; None for attempts and minutes is no limit."""

    draws: Sequence[Draw]
    attempts: int | None = None
    minutes: int | None = None
    pass_percent: int = 60
    answers_shown: AnswersShown = AnswersShown.AFTER_ATTEMPT
    shuffles: bool = True


def set_quiz(lesson_id: int, facts: QuizFacts, *, actor: Actor) -> Quiz:
    """Set the conditions of a quiz.

    Raises ``version_published``, ``no_draws``, ``too_few_questions``, ``out_of_range``; NotFound for a lesson or bank
    the actor does not work on.
    """
    lesson = lock_quiz_lesson(lesson_id, actor=actor)
    _refuse_numbers(facts)
    quiz = db.session.get(Quiz, lesson_id) or Quiz(lesson_id=lesson_id)
    _refuse_draws(facts.draws, {draw.bank_id for draw in quiz.draws}, actor)
    quiz.attempts, quiz.minutes = facts.attempts, facts.minutes
    quiz.pass_percent, quiz.answers_shown = facts.pass_percent, facts.answers_shown
    quiz.shuffles = facts.shuffles
    db.session.add(quiz)
    db.session.flush()
    db.session.execute(delete(QuizDraw).where(QuizDraw.lesson_id == lesson_id))
    db.session.add_all(
        QuizDraw(
            lesson_id=lesson_id,
            position=position,
            bank_id=draw.bank_id,
            topic=draw.topic,
            count=draw.count,
            marks=draw.marks,
        )
        for position, draw in enumerate(facts.draws, start=1)
    )
    db.session.flush()
    db.session.expire(quiz, ["draws"])
    record(
        actor,
        "courses.set_quiz",
        object_type="course",
        object_id=lesson.version.course_id,
        details={
            "lesson": lesson_id,
            "questions": sum(draw.count for draw in facts.draws),
            "pass_percent": facts.pass_percent,
        },
        unit_path=lesson.version.course.organiser.path,
    )
    return quiz


def lock_quiz_lesson(lesson_id: int, *, actor: Actor) -> Lesson:
    """The quiz lesson of a draft, its course and version locked. Raises ``version_published``, ``not_a_quiz``."""
    lesson = get_lesson(lesson_id, actor=actor)
    lock_taught(lesson.version.course_id, actor=actor)
    version = db.session.scalars(
        select(CourseVersion)
        .where(CourseVersion.id == lesson.version_id)
        .with_for_update(of=CourseVersion, key_share=True)
        .execution_options(populate_existing=True)
    ).one()
    if lesson.kind is not LessonKind.QUIZ:
        raise DomainError(_("This lesson is no quiz."), "not_a_quiz")
    if version.status is not VersionStatus.DRAFT:
        raise DomainError(
            _(
                "These lessons are published and stay as they are. Make a draft of them and change that."
            ),
            "version_published",
        )
    return lesson


def _refuse_numbers(facts: QuizFacts) -> None:
    for field, value, most in (
        ("attempts", facts.attempts, MOST_ATTEMPTS),
        ("minutes", facts.minutes, MOST_MINUTES),
    ):
        if value is not None and not 1 <= value <= most:
            raise InvalidInput(
                _("Between 1 and %(most)s; leave it empty for no limit.", most=most),
                "out_of_range",
                field,
            )
    if not 0 <= facts.pass_percent <= 100:
        raise InvalidInput(_("Between 0 and 100."), "out_of_range", "pass_percent")


def _refuse_draws(draws: Sequence[Draw], drawn_from: set[int], actor: Actor) -> None:
    """``drawn_from``: the banks of the quiz so far, which may be retired."""
    if not draws:
        raise InvalidInput(
            _("Say which questions are drawn: at least one line."), "no_draws", "draws"
        )
    if sum(draw.count for draw in draws) > MOST_DRAWN:
        raise InvalidInput(
            _("A quiz draws at most %(most)s questions.", most=MOST_DRAWN), "out_of_range", "draws"
        )
    for draw in draws:
        if draw.count < 1 or not 0 < draw.marks <= MOST_MARKS or draw.marks != round(draw.marks, 2):
            raise InvalidInput(
                _(
                    "Each line draws at least one question, worth more than 0 and at most 100 marks."
                ),
                "out_of_range",
                "draws",
            )
    banks = {draw.bank_id: get_bank(draw.bank_id, actor=actor) for draw in draws}
    for bank_id, bank in banks.items():
        if bank.retired_at is not None and bank_id not in drawn_from:
            raise InvalidInput(
                _("“%(bank)s” is retired; choose another question bank.", bank=bank.title),
                "bank_retired",
                "draws",
            )
    short = lacking(draws, count_topics(list(banks)))
    if short:
        draw, there = short[0]
        raise InvalidInput(
            _(
                "“%(bank)s”%(topic)s has only %(there)s questions left to draw; %(asked)s are asked for."
                " Draw fewer, or write more questions.",
                bank=banks[draw.bank_id].title,
                topic=f" · {draw.topic}" if draw.topic else "",
                there=there,
                asked=draw.count,
            ),
            "too_few_questions",
            "draws",
        )


def why_not_ready(quiz: Quiz | None) -> str | None:
    """Why a quiz cannot be taken as it stands: ``no_draws`` or ``too_few_questions``; for checks before publishing."""
    if quiz is None or not quiz.draws:
        return "no_draws"
    draws = [Draw(d.bank_id, d.topic, d.count, Decimal(d.marks)) for d in quiz.draws]
    return "too_few_questions" if lacking(draws, count_topics([d.bank_id for d in draws])) else None
