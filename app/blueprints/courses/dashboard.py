"""A course in figures: each opens into the learners it counts; the whole as a workbook."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import Response, render_template
from flask_babel import gettext as _

from app.access.guards import current_actor, requires
from app.blueprints.certificates.trainings import issue_address
from app.blueprints.courses import words
from app.blueprints.courses.blueprint import blueprint
from app.blueprints.courses.learners import course_with_learners
from app.blueprints.courses.lesson_kinds import KINDS
from app.blueprints.courses.quiz_words import QUESTION_KINDS, VERDICT_TONES, VERDICTS
from app.blueprints.downloads import workbook
from app.core import clock
from app.core.spreadsheet import Column, Table, write_tables
from app.domain.accounts.rules import Actor
from app.domain.courses.models import Course
from app.domain.courses.queries.dashboard import QuizLesson, read_dashboard, read_quizzes
from app.domain.courses.queries.learners import iterate_learners
from app.domain.courses.queries.lesson_figures import LessonFigures, read_lessons
from app.domain.courses.queries.records import records_of
from app.domain.courses.queries.visibility import may_teach
from app.domain.courses.rules.words import CourseKind

DATE, SHARE = "yyyy-mm-dd", "0%"


@blueprint.get("/<int:course_id>/dashboard")
@requires("courses.read")
def dashboard(course_id: int) -> str:
    """How a course goes; a school or county sees its own people's figures."""
    actor = current_actor()
    course = course_with_learners(course_id)
    figures = read_dashboard(course, actor=actor, now=clock.now())
    return render_template(
        "courses/dashboard.html",
        course=course,
        figures=figures,
        most=max(max(week.enrolled, week.finished) for week in figures.weeks) or 1,
        whole=may_teach(course, actor),
        unit_name=actor.unit_name,
        reaches=actor.reaches,
        kinds=KINDS,
        question_kinds=QUESTION_KINDS,
        verdicts=VERDICTS,
        tones=VERDICT_TONES,
        explanation=explain_items(),
        issue=issue_address(records_of(course.id), course.title, actor=actor),
    )


@blueprint.get("/<int:course_id>/dashboard/export")
@requires("courses.read")
def export_dashboard(course_id: int) -> Response:
    """Learners with their progress, lessons, and the questions of the quizzes, a sheet each."""
    actor = current_actor()
    course = course_with_learners(course_id)
    tables = [_learners_table(course, actor)]
    if course.kind is CourseKind.OWN:
        lessons = read_lessons(course, actor=actor, now=clock.now())
        tables.append(_lessons_table(course, lessons))
        if may_teach(course, actor):
            tables.append(_items_table(course, read_quizzes(course, lessons, actor=actor)))
    return workbook(write_tables(tables), f"{course.title} {clock.today().isoformat()}.xlsx")


def _learners_table(course: Course, actor: Actor) -> Table:
    columns = [
        Column(_("No."), 6),
        Column(_("Full name"), 14),
        Column(_("Unit"), 30),
        Column(_("Status"), 12),
        Column(_("Came by"), 14),
        Column(_("Enrolled on"), 12, DATE),
        Column(_("Begun on"), 12, DATE),
        Column(_("Last active"), 18),
        Column(_("Lessons done"), 12),
        Column(_("Required lessons"), 12),
        Column(_("Finished on"), 12, DATE),
        Column(_("Score"), 8),
        Column(_("Credit hours"), 8),
    ]
    return Table(course.title, columns, _learner_rows(course, actor), sheet_name=_("Learners"))


def _learner_rows(course: Course, actor: Actor) -> Iterator[tuple[Any, ...]]:
    for number, row in enumerate(iterate_learners(course, actor=actor, today=clock.today()), 1):
        yield (
            number,
            row.name,
            row.unit_name,
            str(words.LEARNERS[row.status]),
            str(words.SOURCES[row.source]),
            clock.local(row.enrolled_at).date(),
            clock.local(row.started_at).date() if row.started_at else None,
            clock.local(row.last_active_at) if row.last_active_at else None,
            row.done,
            row.required,
            row.completed_on,
            row.score,
            row.credit_hours,
        )


def _lessons_table(course: Course, lessons: tuple[LessonFigures, ...]) -> Table:
    columns = [
        Column(_("Section"), 24),
        Column(_("Lesson"), 30),
        Column(_("Kind"), 12),
        Column(_("Required"), 8),
        Column(_("Began"), 8),
        Column(_("Finished"), 8),
        Column(_("Began and did not finish"), 12, SHARE),
        Column(_("Stuck here"), 10),
    ]
    rows = (
        (
            one.section,
            one.title if one.current else _("%(title)s (earlier version)", title=one.title),
            str(KINDS[one.kind]),
            _("Yes") if one.required else _("No"),
            one.begun,
            one.finished,
            one.unfinished,
            one.stuck,
        )
        for one in lessons
    )
    note = _("Stuck: the last lesson of those who have not been back for 14 days and are not done.")
    return Table(course.title, columns, rows, sheet_name=_("Lessons"), notes=[note])


def _items_table(course: Course, quizzes: tuple[QuizLesson, ...]) -> Table:
    columns = [
        Column(_("Quiz"), 24),
        Column(_("Code"), 12),
        Column(_("Topic"), 16),
        Column(_("Kind"), 12),
        Column(_("Question"), 48),
        Column(_("Asked"), 8),
        Column(_("Difficulty"), 10, "0.00"),
        Column(_("Discrimination"), 10, "0.00"),
        Column(_("What the figures say"), 30),
    ]
    rows = (
        (
            quiz.title,
            item.code,
            item.topic,
            str(QUESTION_KINDS[item.kind]),
            item.stem,
            item.asked,
            item.difficulty,
            item.discrimination,
            str(VERDICTS[item.verdict]),
        )
        for quiz in quizzes
        for item in quiz.figures.items
    )
    return Table(course.title, columns, rows, sheet_name=_("Questions"), notes=explain_items())


def explain_items() -> list[str]:
    """What the two numbers of a question mean, in words."""
    return [
        _(
            "Difficulty: the share of the marks that was earned at the first attempt;"
            " 1.00 means everybody had it right."
        ),
        _(
            "Discrimination: difficulty among the best 27 per cent minus that among the weakest"
            " 27 per cent; 0.40 and more tells them apart well, below 0.20 hardly."
        ),
    ]
