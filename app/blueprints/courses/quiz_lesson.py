"""The page of a quiz lesson: its conditions, one's attempts, the way into the next; and a sample of it for editors."""

from __future__ import annotations

from decimal import Decimal
from random import SystemRandom
from typing import Any

from flask import render_template

from app.access.guards import requires
from app.blueprints.courses.blueprint import blueprint
from app.blueprints.courses.lesson_contents import body_of
from app.blueprints.courses.lesson_views import LessonContext, shows
from app.blueprints.courses.question_views import view_sample
from app.blueprints.courses.quiz_settings import get_quiz_lesson
from app.blueprints.courses.quiz_words import ATTEMPTS, QUESTION_KINDS, SHOWN
from app.core import clock
from app.domain.courses.models import QuizAttempt
from app.domain.courses.queries.banks import load_current_revisions, load_holding
from app.domain.courses.queries.quizzes import draws_of, find_quiz, list_attempts
from app.domain.courses.rules import quizzes as rules
from app.domain.courses.rules.questions import LETTERS
from app.domain.courses.rules.words import AttemptStatus, LessonKind


@shows(LessonKind.QUIZ)
def _quiz(context: LessonContext) -> dict[str, Any]:
    lesson, enrolment = context.lesson, context.enrolment
    quiz = find_quiz(lesson.id)
    attempts = [] if enrolment is None else list_attempts(enrolment.id, lesson.id)
    draws = [] if quiz is None else draws_of(quiz)
    return {
        "body": body_of(lesson) if lesson.body else "",
        "quiz": quiz,
        "questions": sum(draw.count for draw in draws),
        "most_marks": sum((draw.count * draw.marks for draw in draws), Decimal(0)),
        "attempts": [(one, percent_of(one)) for one in attempts],
        "running": next((one for one in attempts if one.status is AttemptStatus.RUNNING), None),
        "left": None if quiz is None else rules.attempts_left(quiz.attempts, len(attempts)),
        "passed": any(one.passed for one in attempts),
        "attempt_words": ATTEMPTS,
        "shown_words": SHOWN,
        "now": clock.now(),
        "plain": plain,
    }


def percent_of(attempt: QuizAttempt) -> str | None:
    """What an attempt came to in per cent; None while it is not marked."""
    if attempt.marks is None:
        return None
    return plain(rules.percent(Decimal(attempt.marks), Decimal(attempt.maximum)))


def plain(number: Decimal) -> str:
    """A number without idle zeros."""
    return f"{Decimal(number).normalize():f}"


@blueprint.get("/<int:course_id>/content/lessons/<int:lesson_id>/quiz/preview")
@requires("courses.teach")
def quiz_preview(course_id: int, lesson_id: int) -> str:
    """Questions as an attempt might draw them, another choice each time; nothing is kept."""
    lesson = get_quiz_lesson(course_id, lesson_id)
    quiz, chance = find_quiz(lesson_id), SystemRandom()
    draws = [] if quiz is None else draws_of(quiz)
    holding = load_holding([draw.bank_id for draw in draws])
    drawn = rules.draw_questions(draws, holding, chance)
    revisions = load_current_revisions([one.question_id for one in drawn])
    views = []
    for position, one in enumerate(drawn, start=1):
        revision = revisions[one.question_id]
        shuffles = quiz is not None and quiz.shuffles
        order = rules.shown_order(len(revision.options), shuffles, chance)
        views.append(view_sample(revision, position=position, maximum=one.marks, order=order))
    return render_template(
        "courses/quiz/preview.html",
        lesson=lesson,
        course=lesson.version.course,
        quiz=quiz,
        questions=views,
        kinds=QUESTION_KINDS,
        letters=LETTERS,
        plain=plain,
    )
