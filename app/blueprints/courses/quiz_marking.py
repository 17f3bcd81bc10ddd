"""Short answers that wait for their marks, question by question; and how the questions of a quiz do their work."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from app.access.guards import acting, current_actor, requires
from app.blueprints.asking import asked_number
from app.blueprints.courses.blueprint import blueprint
from app.blueprints.courses.quiz_lesson import plain
from app.blueprints.courses.quiz_settings import get_quiz_lesson
from app.blueprints.courses.quiz_taking import get_attempt_at
from app.blueprints.courses.quiz_words import QUESTION_KINDS, VERDICT_TONES, VERDICTS
from app.core import clock
from app.core.errors import DomainError, Forbidden, InvalidInput, NotFound
from app.domain.courses.operations.quiz_marking import AnswerMark, correct_mark, mark_answers
from app.domain.courses.queries.item_analysis import analyse_quiz
from app.domain.courses.queries.quizzes import list_waiting_answers
from app.domain.courses.queries.visibility import get_taught_course

AT_ONCE = 10
_LARGEST_ID = 2_000_000_000


@blueprint.route("/<int:course_id>/marking/answers", methods=["GET", "POST"])
@requires("courses.teach")
def marking_answers(course_id: int) -> ResponseReturnValue:
    """The first answers that wait; what has marks is taken, the rest goes on waiting."""
    get_taught_course(course_id, actor=current_actor())
    lesson_id = asked_number("lesson", 1, _LARGEST_ID)
    wrong: dict[str, str] = {}
    if request.method == "POST":
        try:
            marks = _sent()
            with acting() as actor:
                mark_answers(course_id, marks, actor=actor, now=clock.now())
        except (Forbidden, NotFound):
            raise
        except DomainError as error:
            wrong[error.field or ""] = str(error.message)
        else:
            flash(
                ngettext("%(num)s answer marked.", "%(num)s answers marked.", len(marks)), "success"
            )
            return redirect(
                url_for("courses.marking_answers", course_id=course_id, lesson=lesson_id)
            )
    page = render_template(
        "courses/quiz/marking.html",
        course=get_taught_course(course_id, actor=current_actor()),
        page=list_waiting_answers(course_id, lesson_id=lesson_id, size=AT_ONCE),
        wrong=wrong,
        plain=plain,
    )
    return (page, 422) if wrong else page


def _sent() -> list[AnswerMark]:
    """The answers of the form that were given marks: marks-<id>, feedback-<id>."""
    marks = []
    for name, text in request.form.items():
        item_id = name.removeprefix("marks-")
        if name == item_id or not text.strip():
            continue
        if not (item_id.isascii() and item_id.isdecimal() and len(item_id) < 10):
            raise NotFound(_("There is no such answer within your unit."))
        feedback = request.form.get(f"feedback-{item_id}", "")
        marks.append(AnswerMark(int(item_id), _number(text, name), feedback))
    if not marks:
        raise InvalidInput(_("Enter the marks of at least one answer."), "nothing_marked")
    return marks


def _number(text: str, field: str) -> Decimal:
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or abs(number) > 10_000:
        raise InvalidInput(_("This is no number."), "not_a_number", field)
    return number


@blueprint.post("/<int:course_id>/lessons/<int:lesson_id>/quiz/attempts/<int:attempt_id>/correct")
@requires("courses.teach")
def correct_quiz_mark(course_id: int, lesson_id: int, attempt_id: int) -> ResponseReturnValue:
    """Give other marks for an answer, with the reason; back to the result."""
    get_attempt_at(course_id, lesson_id, attempt_id, own=False)
    position = request.form.get("position", "")
    if not (position.isascii() and position.isdecimal() and len(position) < 5):
        raise NotFound(_("There is no such answer within your unit."))
    try:
        marks, seen = (_number(request.form.get(name, ""), name) for name in ("marks", "seen"))
        with acting() as actor:
            correct_mark(
                attempt_id,
                int(position),
                marks,
                seen=seen,
                reason=request.form.get("reason", ""),
                actor=actor,
                now=clock.now(),
            )
    except (Forbidden, NotFound):
        raise
    except DomainError as error:
        flash(str(error.message), "danger")
    else:
        flash(_("The marks are changed; the person is told."), "success")
    result = url_for(
        "courses.quiz_result", course_id=course_id, lesson_id=lesson_id, attempt_id=attempt_id
    )
    return redirect(f"{result}#q{position}")


@blueprint.get("/<int:course_id>/content/lessons/<int:lesson_id>/quiz/items")
@requires("courses.teach")
def quiz_items(course_id: int, lesson_id: int) -> str:
    """Difficulty and discrimination of each question, from first attempts."""
    lesson = get_quiz_lesson(course_id, lesson_id)
    return render_template(
        "courses/quiz/items.html",
        lesson=lesson,
        course=lesson.version.course,
        figures=analyse_quiz(course_id, lesson.key),
        kinds=QUESTION_KINDS,
        verdicts=VERDICTS,
        tones=VERDICT_TONES,
    )
