"""The page of a lesson: what is learnt, beside it the whole course with ticks; where to go on; "I have read it"."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.access.guards import acting, current_actor, requires
from app.blueprints.courses.blueprint import blueprint
from app.blueprints.courses.lesson_kinds import KIND_ICONS, KINDS
from app.blueprints.courses.lesson_views import LESSON_VIEWS, LessonContext
from app.blueprints.kept_pages import kept_page
from app.core import clock
from app.core.errors import NotFound
from app.domain.accounts.rules import Actor
from app.domain.courses.learning_refusals import lesson_closed
from app.domain.courses.models import Course
from app.domain.courses.operations import progressing
from app.domain.courses.queries.learning import (
    find_lesson_stamp,
    get_own_learning,
    get_own_lesson,
    read_outline,
)
from app.domain.courses.queries.visibility import get_lesson
from app.domain.courses.rules.order import why_not_learn
from app.domain.courses.rules.words import LearnerStatus


@blueprint.get("/<int:course_id>/lessons/<int:lesson_id>")
@requires("courses.read")
def lesson(course_id: int, lesson_id: int) -> Response | str:
    """A lesson of one's own course, or its preview for who works on the course."""
    actor = current_actor()
    stamp = find_lesson_stamp(course_id, lesson_id, actor)
    if stamp is None:
        return lesson_page(course_id, lesson_id, actor)
    return kept_page(stamp, lambda: lesson_page(course_id, lesson_id, actor))


def lesson_page(course_id: int, lesson_id: int, actor: Actor, **instead: Any) -> str:
    """The page; ``instead``: values to show in the place of those of its kind, a form with errors say."""
    if not actor.may("courses.learn"):
        return _preview(course_id, lesson_id, actor)
    enrolment = get_own_learning(course_id, actor)
    found = get_own_lesson(enrolment, lesson_id)
    outline = read_outline(found.version_id, enrolment)
    if not outline.lessons[lesson_id].open:
        raise lesson_closed()
    course = enrolment.course
    dates = course.opens_on, course.closes_on
    code = why_not_learn(enrolment.status, course.status, *dates, clock.today())
    context = LessonContext(found, enrolment, actor)
    return _render(context, course, instead, outline=outline, over=code is not None)


def _preview(course_id: int, lesson_id: int, actor: Actor) -> str:
    found = get_lesson(lesson_id, actor=actor)
    if found.version.course_id != course_id:
        raise NotFound(_("There is no such lesson in this course."))
    context = LessonContext(found, None, actor)
    outline = read_outline(found.version_id)
    return _render(context, found.version.course, {}, outline=outline, over=False)


def _render(context: LessonContext, course: Course, instead: dict[str, Any], **values: Any) -> str:
    found, outline = context.lesson, values["outline"]
    before, after = outline.around(found.id)
    view = LESSON_VIEWS.get(found.kind)
    return render_template(
        "courses/lesson.html",
        course=course,
        lesson=found,
        enrolment=context.enrolment,
        entry=outline.lessons[found.id],
        number=list(outline.lessons).index(found.id) + 1,
        before=before,
        after=after,
        kinds=KINDS,
        kind_icons=KIND_ICONS,
        readable=progressing.may_be_marked(found),
        **values,
        **((view(context) if view is not None else {}) | instead),
    )


@blueprint.get("/<int:course_id>/continue")
@requires("courses.learn")
def go_on(course_id: int) -> ResponseReturnValue:
    """To the lesson where one stopped, on whatever device that was."""
    enrolment = get_own_learning(course_id, current_actor())
    assert enrolment.version_id is not None
    lesson_id = read_outline(enrolment.version_id, enrolment).go_on
    if lesson_id is None:
        raise NotFound(_("This course has no lessons yet."))
    return redirect(url_for("courses.lesson", course_id=course_id, lesson_id=lesson_id))


@blueprint.post("/<int:course_id>/lessons/<int:lesson_id>/read")
@requires("courses.learn")
def mark_read(course_id: int, lesson_id: int) -> ResponseReturnValue:
    """ "I have read it": the lesson is completed, if the server says so too."""
    with acting() as actor:
        enrolment = get_own_learning(course_id, actor)
        before = enrolment.status
        reached = progressing.mark_read(enrolment.id, lesson_id, actor=actor, now=clock.now())
    if reached.course_status is LearnerStatus.COMPLETED and before is LearnerStatus.ENROLLED:
        flash(_("You have completed the course. Its hours are in your record."), "success")
    return redirect(url_for("courses.lesson", course_id=course_id, lesson_id=lesson_id))
