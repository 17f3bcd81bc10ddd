"""The conditions of a quiz lesson: what is drawn from which bank, attempts, time, pass mark. Works without scripts."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, IntegerField
from wtforms.validators import NumberRange, Optional

from app.access.guards import acting, current_actor, requires
from app.blueprints.choice_fields import SelectField
from app.blueprints.courses.blueprint import blueprint
from app.blueprints.courses.quiz_words import SHOWN
from app.blueprints.people.acts import Answer
from app.blueprints.people.forms import needed, one_of
from app.blueprints.units.acts import show_refusal
from app.core.errors import DomainError, Forbidden, InvalidInput, NotFound
from app.domain.accounts.rules import Actor
from app.domain.courses.models import Lesson, Quiz
from app.domain.courses.operations.quiz_settings import QuizFacts, set_quiz
from app.domain.courses.queries.banks import count_topics, list_drawable_banks
from app.domain.courses.queries.quizzes import find_quiz
from app.domain.courses.queries.visibility import get_lesson
from app.domain.courses.rules.quizzes import MOST_ATTEMPTS, MOST_MINUTES, Draw
from app.domain.courses.rules.words import AnswersShown, LessonKind, VersionStatus

MOST_LINES = 20
SPARE, MORE = 2, 5


@dataclass(slots=True)
class Line:
    """One draw as it was typed. ``source``: bank, or bank and topic, as the list of choices names them."""

    source: str = ""
    count: str = ""
    marks: str = "1"

    @property
    def is_empty(self) -> bool:
        return not (self.source or self.count.strip())


class QuizForm(FlaskForm):
    attempts = IntegerField(_l("Number of attempts"), [Optional(), NumberRange(1, MOST_ATTEMPTS)])
    minutes = IntegerField(_l("Time limit"), [Optional(), NumberRange(1, MOST_MINUTES)])
    pass_percent = IntegerField(_l("Passed from"), [needed(), NumberRange(0, 100)], default=60)
    answers_shown = SelectField(
        _l("Right answers are shown"),
        choices=[(one.value, text) for one, text in SHOWN.items()],
        coerce=one_of(AnswersShown),
    )
    shuffles = BooleanField(_l("Options stand in another order for everybody"), default=True)


@blueprint.route("/<int:course_id>/content/lessons/<int:lesson_id>/quiz", methods=["GET", "POST"])
@requires("courses.teach")
def quiz_settings(course_id: int, lesson_id: int) -> Answer:
    """Set what a quiz draws and its conditions, while its version is a draft."""
    get_quiz_lesson(course_id, lesson_id)
    quiz = find_quiz(lesson_id)
    form = QuizForm(obj=quiz)
    lines = _sent() if request.method == "POST" else _kept(quiz)
    if form.validate_on_submit() and "more" not in request.form:
        try:
            with acting() as actor:
                set_quiz(lesson_id, _facts(form, lines), actor=actor)
        except (Forbidden, NotFound):
            raise
        except DomainError as error:
            show_refusal(form, error)
        else:
            flash(_("The quiz is set."), "success")
            return redirect(
                url_for("courses.quiz_settings", course_id=course_id, lesson_id=lesson_id)
            )
    page = _page(course_id, lesson_id, form, lines)
    return (page, 422) if form.errors else page


def get_quiz_lesson(course_id: int, lesson_id: int) -> Lesson:
    """A quiz of the course, for who works on it. Raises NotFound."""
    found = get_lesson(lesson_id, actor=current_actor())
    if found.kind is not LessonKind.QUIZ or found.version.course_id != course_id:
        raise NotFound(_("There is no such quiz within your unit."))
    return found


def _page(course_id: int, lesson_id: int, form: QuizForm, lines: list[Line]) -> str:
    lesson = get_quiz_lesson(course_id, lesson_id)
    quiz = find_quiz(lesson_id)
    spare = MORE if "more" in request.form else SPARE
    return render_template(
        "courses/quiz/settings.html",
        lesson=lesson,
        course=lesson.version.course,
        quiz=quiz,
        form=form,
        lines=[*lines, *(Line() for _place in range(min(spare, MOST_LINES - len(lines))))],
        sources=_sources(current_actor(), quiz),
        draft=lesson.version.status is VersionStatus.DRAFT,
        shown=SHOWN,
    )


def _sources(actor: Actor, quiz: Quiz | None) -> list[tuple[str, list[tuple[str, str]]]]:
    """What can be drawn from, bank by bank: its whole, or one of its topics, each with how many there are."""
    banks = {bank.id: bank.title for bank in list_drawable_banks(actor)}
    if quiz is not None:
        banks |= {draw.bank_id: draw.bank.title for draw in quiz.draws}
    sizes = count_topics(list(banks))
    made = []
    for bank_id, title in banks.items():
        topics = {topic: count for (bank, topic), count in sizes.items() if bank == bank_id}
        whole = _("%(bank)s, any topic (%(count)s)", bank=title, count=sum(topics.values()))
        parts = [
            (f"{bank_id}:{topic}", f"{topic or _('without a topic')} ({count})")
            for topic, count in topics.items()
        ]
        made.append((title, [(str(bank_id), whole), *parts]))
    return made


def _kept(quiz: Quiz | None) -> list[Line]:
    if quiz is None:
        return []
    return [
        Line(
            str(draw.bank_id) if draw.topic is None else f"{draw.bank_id}:{draw.topic}",
            str(draw.count),
            f"{Decimal(draw.marks).normalize():f}",
        )
        for draw in quiz.draws
    ]


def _sent() -> list[Line]:
    fields = [request.form.getlist(name)[:MOST_LINES] for name in ("source", "count", "marks")]
    lines = [Line(*parts) for parts in zip(*fields, strict=False)]
    return [line for line in lines if not line.is_empty]


def _facts(form: QuizForm, lines: list[Line]) -> QuizFacts:
    return QuizFacts(
        draws=[_draw(line, number) for number, line in enumerate(lines, start=1)],
        attempts=form.attempts.data,
        minutes=form.minutes.data,
        pass_percent=form.pass_percent.data,
        answers_shown=form.answers_shown.data or AnswersShown.AFTER_ATTEMPT,
        shuffles=form.shuffles.data,
    )


def _draw(line: Line, number: int) -> Draw:
    bank, colon, topic = line.source.partition(":")
    count, marks = _whole(line.count), _marks(line.marks)
    if not _whole(bank) or not count or marks is None:
        raise InvalidInput(
            _(
                "Line %(number)s: choose a question bank, how many questions, and their marks.",
                number=number,
            ),
            "line_incomplete",
            "draws",
        )
    return Draw(_whole(bank), topic if colon else None, count, marks)


def _whole(text: str) -> int:
    text = text.strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


def _marks(text: str) -> Decimal | None:
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number) < 10_000 else None
