"""Take a quiz: begin, answer (saved as it is given; without scripts by one form), look over, hand in, result."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.access.guards import acting, current_actor, requires
from app.blueprints.courses.blueprint import blueprint
from app.blueprints.courses.question_views import QuestionView, view_item
from app.blueprints.courses.quiz_lesson import percent_of, plain
from app.blueprints.courses.quiz_words import QUESTION_KINDS
from app.core import clock
from app.core.errors import DomainError, Forbidden, InvalidInput, NotFound
from app.domain.accounts.rules import Actor
from app.domain.courses.models import QuizAttempt
from app.domain.courses.operations import attempts as operations
from app.domain.courses.operations.attempts import Given, Saved
from app.domain.courses.queries.quizzes import (
    find_quiz,
    get_attempt,
    has_passed,
    is_own,
    load_items,
    no_attempt,
)
from app.domain.courses.rules.questions import LETTERS
from app.domain.courses.rules.quizzes import MOST_DRAWN, is_over, shows_answers
from app.domain.courses.rules.words import AttemptStatus, QuestionKind

_OVER = {"time_over", "attempt_over"}


@blueprint.post("/<int:course_id>/lessons/<int:lesson_id>/quiz/start")
@requires("courses.learn")
def start_quiz(course_id: int, lesson_id: int) -> Response:
    """Begin an attempt, or go on with the one that runs."""
    with acting() as actor:
        made = operations.start_attempt(course_id, lesson_id, actor=actor, now=clock.now())
        target = _address("courses.quiz_attempt", course_id, lesson_id, made.id)
    return redirect(target)


def _address(endpoint: str, course_id: int, lesson_id: int, attempt_id: int) -> str:
    return url_for(endpoint, course_id=course_id, lesson_id=lesson_id, attempt_id=attempt_id)


def get_attempt_at(course_id: int, lesson_id: int, attempt_id: int, *, own: bool) -> QuizAttempt:
    """The attempt that the address names; ``own``: only who takes it."""
    actor = current_actor()
    found = get_attempt(attempt_id, actor=actor)
    if found.enrolment.course_id != course_id or found.lesson_id != lesson_id:
        raise no_attempt()
    if own and not is_own(found, actor):
        raise no_attempt()
    return found


_ATTEMPT = "/<int:course_id>/lessons/<int:lesson_id>/quiz/attempts/<int:attempt_id>"


@blueprint.route(_ATTEMPT, methods=["GET", "POST"])
@requires("courses.learn")
def quiz_attempt(course_id: int, lesson_id: int, attempt_id: int) -> ResponseReturnValue:
    """The questions of one's running attempt; the form saves them all and goes on to looking them over."""
    attempt = get_attempt_at(course_id, lesson_id, attempt_id, own=True)
    result = _address("courses.quiz_result", course_id, lesson_id, attempt_id)
    if attempt.status is not AttemptStatus.RUNNING:
        return redirect(result)
    now = clock.now()
    if request.method == "POST":
        return _save_form(course_id, lesson_id, attempt, now)
    questions = [view_item(item) for item in load_items(attempt_id)]
    return render_template(
        "courses/quiz/attempt.html",
        **_frame(attempt),
        questions=questions,
        over=is_over(attempt.deadline_at, now),
        seconds_left=_seconds_left(attempt, now),
        elapsed=_tenths(attempt, now),
        kinds=QUESTION_KINDS,
        letters=LETTERS,
    )


def _frame(attempt: QuizAttempt) -> dict[str, Any]:
    return {
        "attempt": attempt,
        "lesson": attempt.lesson,
        "course": attempt.enrolment.course,
        "plain": plain,
    }


def _seconds_left(attempt: QuizAttempt, now: datetime) -> int | None:
    if attempt.deadline_at is None:
        return None
    return max(0, int((attempt.deadline_at - now).total_seconds()))


def _tenths(attempt: QuizAttempt, now: datetime) -> int:
    """Tenths of a second since the attempt began: by them the page numbers its answers, alike on every device."""
    return int((now - attempt.started_at).total_seconds() * 10)


def _save_form(
    course_id: int, lesson_id: int, attempt: QuizAttempt, now: datetime
) -> ResponseReturnValue:
    attempt_id = attempt.id
    answers = _from_form([view_item(item) for item in load_items(attempt_id)])
    hand_in = _address("courses.hand_in_quiz", course_id, lesson_id, attempt_id)
    try:
        with acting() as actor:
            saved = operations.save_answers(attempt_id, answers, actor=actor, now=now)
    except (Forbidden, NotFound):
        raise
    except DomainError as error:
        flash(str(error.message), "warning")
        if error.code in _OVER:
            return redirect(hand_in)
        return redirect(_address("courses.quiz_attempt", course_id, lesson_id, attempt_id))
    refused = [one for one in saved if one.refused]
    for one in refused:
        words = _("Question %(number)s is not saved: %(why)s", number=one.position, why=one.refused)
        flash(words, "danger")
    left = [one.position for one in saved if not one.kept and not one.refused]
    if left:
        words = _("Answered on another device meanwhile, which counts: question %(numbers)s.")
        flash(words % {"numbers": _(", ").join(map(str, left))}, "warning")
    if refused:
        return redirect(_address("courses.quiz_attempt", course_id, lesson_id, attempt_id))
    if request.form.get("go") == "later":
        flash(_("Saved. You can go on later."), "success")
        return redirect(url_for("courses.lesson", course_id=course_id, lesson_id=lesson_id))
    return redirect(hand_in)


def _from_form(questions: list[QuestionView]) -> dict[int, Given]:
    """The answers of the plain form: a-<position>, and in n-<position> the number that they were shown with."""
    given = {}
    for question in questions:
        seen = request.form.get(f"n-{question.position}", "")
        if not (seen.isascii() and seen.isdecimal() and len(seen) < 11):
            continue
        texts = request.form.getlist(f"a-{question.position}")
        given[question.position] = Given(_typed(question.kind, texts), seen=int(seen))
    return given


def _typed(kind: QuestionKind, texts: list[str]) -> list[Any]:
    if kind in {QuestionKind.FILL_IN, QuestionKind.SHORT_ANSWER}:
        return [text.replace("\r\n", "\n") for text in texts]
    if kind is QuestionKind.TRUE_FALSE:
        return [text == "1" for text in texts]
    return [int(text) if text.isascii() and text.isdecimal() else -1 for text in texts]


@blueprint.post(f"{_ATTEMPT}/answers")
@requires("courses.learn")
def save_quiz_answers(course_id: int, lesson_id: int, attempt_id: int) -> ResponseReturnValue:
    """Keep answers as they are given: {"answers": {position: {"answer": […], "number": n}}}."""
    get_attempt_at(course_id, lesson_id, attempt_id, own=True)
    now = clock.now()
    try:
        answers = _from_json(request.get_json(silent=True))
        with acting() as actor:
            saved = operations.save_answers(attempt_id, answers, actor=actor, now=now)
    except (Forbidden, NotFound):
        raise
    except DomainError as error:
        return jsonify({"code": error.code, "error": str(error.message)}), error.status
    return jsonify({"saved": [_as_json(one) for one in saved]})


def _as_json(saved: Saved) -> dict[str, Any]:
    return {
        "position": saved.position,
        "kept": saved.kept,
        "number": saved.number,
        "answer": saved.answer,
        **({} if saved.refused is None else {"refused": saved.refused}),
    }


def _from_json(body: object) -> dict[int, Given]:
    answers = body.get("answers") if isinstance(body, Mapping) else None
    if not isinstance(answers, Mapping) or not 0 < len(answers) <= MOST_DRAWN:
        raise _unread()
    return {_position(name): _given(one) for name, one in answers.items()}


def _position(name: str) -> int:
    if not (name.isascii() and name.isdecimal() and len(name) < 5):
        raise _unread()
    return int(name)


def _given(one: object) -> Given:
    number = one.get("number") if isinstance(one, Mapping) else None
    if not isinstance(one, Mapping) or type(number) is not int or number < 0:
        raise _unread()
    return Given(one.get("answer"), number=number)


def _unread() -> InvalidInput:
    return InvalidInput(_("The answers cannot be read. Load the page again."), "not_an_answer")


@blueprint.get(f"{_ATTEMPT}/hand-in")
@requires("courses.learn")
def hand_in_quiz(course_id: int, lesson_id: int, attempt_id: int) -> ResponseReturnValue:
    """Which questions have no answer yet; then hand in, or go back."""
    attempt = get_attempt_at(course_id, lesson_id, attempt_id, own=True)
    if attempt.status is not AttemptStatus.RUNNING:
        return redirect(_address("courses.quiz_result", course_id, lesson_id, attempt_id))
    now = clock.now()
    items = load_items(attempt_id)
    return render_template(
        "courses/quiz/hand_in.html",
        **_frame(attempt),
        count=len(items),
        missing=[item.position for item in items if item.answer is None],
        over=is_over(attempt.deadline_at, now),
    )


@blueprint.post(f"{_ATTEMPT}/submit")
@requires("courses.learn")
def submit_quiz(course_id: int, lesson_id: int, attempt_id: int) -> Response:
    """Hand the attempt in as it is saved."""
    get_attempt_at(course_id, lesson_id, attempt_id, own=True)
    with acting() as actor:
        operations.submit_attempt(attempt_id, actor=actor, now=clock.now())
    return redirect(_address("courses.quiz_result", course_id, lesson_id, attempt_id))


@blueprint.get(f"{_ATTEMPT}/result")
@requires("courses.read")
def quiz_result(course_id: int, lesson_id: int, attempt_id: int) -> ResponseReturnValue:
    """What an attempt came to: for who took it, and for who teaches the course."""
    attempt = get_attempt_at(course_id, lesson_id, attempt_id, own=False)
    actor = current_actor()
    if attempt.status is AttemptStatus.RUNNING:
        if is_own(attempt, actor):
            return redirect(_address("courses.quiz_attempt", course_id, lesson_id, attempt_id))
        raise no_attempt()
    quiz = find_quiz(lesson_id)
    return render_template(
        "courses/quiz/result.html",
        **_frame(attempt),
        quiz=quiz,
        own=is_own(attempt, actor),
        percent=percent_of(attempt),
        questions=[view_item(item) for item in load_items(attempt_id)],
        shows=_shows(attempt, actor),
        kinds=QUESTION_KINDS,
        letters=LETTERS,
    )


def _shows(attempt: QuizAttempt, actor: Actor) -> bool:
    """Whether the reader sees what is right."""
    quiz = find_quiz(attempt.lesson_id)
    if quiz is None or not is_own(attempt, actor):
        return True
    passed = has_passed(attempt.enrolment_id, attempt.lesson_id)
    return shows_answers(quiz.answers_shown, passed=passed)
