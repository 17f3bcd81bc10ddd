"""Plan an online course: new, edit, publish, end, call off."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.access.guards import acting, current_actor, requires
from app.blueprints.courses.blueprint import blueprint
from app.blueprints.courses.forms import CourseForm, NewCourseForm
from app.blueprints.people.acts import Answer, form_page, seen_version
from app.blueprints.units.acts import find_named_unit
from app.blueprints.workshops.forms import ReasonForm
from app.blueprints.workshops.planning import level_of
from app.core import clock
from app.core.errors import DomainError, Forbidden, NotFound
from app.domain.accounts.rules import Actor
from app.domain.courses.models import Course
from app.domain.courses.operations import planning, standing
from app.domain.courses.queries.courses import get_planned_course
from app.domain.courses.queries.learners import count_learners
from app.domain.courses.rules.words import LearnerStatus


def planned(course_id: int) -> Course:
    return get_planned_course(course_id, actor=current_actor())


def address(course_id: int) -> str:
    return url_for("courses.show", course_id=course_id)


def _facts(form: CourseForm, actor: Actor) -> dict[str, Any]:
    facts = form.facts()
    text = (form.eligible_unit.data or "").strip()
    unit = find_named_unit(text, "eligible_unit", actor) if text else None
    facts["eligible_unit_id"] = unit.id if unit else None
    return facts


@blueprint.route("/new", methods=["GET", "POST"])
@requires("courses.edit")
def new() -> Answer:
    """Plan a course as a draft."""
    actor = current_actor()
    form = NewCourseForm(
        data={"organiser": f"{actor.unit_code} {actor.unit_name}", "level": level_of(actor)}
    )

    def act(actor: Actor) -> str:
        organiser = find_named_unit(form.organiser.data, "organiser", actor)
        return address(planning.create_course(organiser.id, _facts(form, actor), actor=actor).id)

    done = _("Saved as a draft. Write its lessons, name who teaches, then publish it.")
    return form_page(form, "courses/new.html", act, done, lambda: {"course": None})


@blueprint.route("/<int:course_id>/edit", methods=["GET", "POST"])
@requires("courses.edit")
def edit(course_id: int) -> Answer:
    """Change what a course says."""
    course = planned(course_id)
    form = CourseForm(obj=course)
    if request.method == "GET" and course.eligible_unit:
        form.eligible_unit.data = f"{course.eligible_unit.code} {course.eligible_unit.name}"

    def act(actor: Actor) -> str:
        planning.edit_course(
            course_id, _facts(form, actor), actor=actor, expected_version=seen_version(form)
        )
        return address(course_id)

    return form_page(
        form, "courses/edit.html", act, _("Saved."), lambda: {"course": planned(course_id)}
    )


@blueprint.post("/<int:course_id>/publish")
@requires("courses.edit")
def publish(course_id: int) -> Response:
    """Offer a draft to those it is for; what is missing is said on its page."""
    planned(course_id)
    try:
        with acting() as actor:
            standing.publish(course_id, actor=actor, now=clock.now())
    except (Forbidden, NotFound):
        raise
    except DomainError as error:
        flash(str(error.message), "danger")
    else:
        flash(_("Published. Assign it to a group now, or let people come."), "success")
    return redirect(address(course_id))


@blueprint.route("/<int:course_id>/end", methods=["GET", "POST"])
@requires("courses.edit")
def end(course_id: int) -> Answer:
    """The course is over: who is not done has not completed it."""
    return _finish(course_id, "courses/end.html", standing.end_course, _ended)


@blueprint.route("/<int:course_id>/cancel", methods=["GET", "POST"])
@requires("courses.edit")
def cancel(course_id: int) -> Answer:
    """Call a course off; everybody in it is told why."""
    return _finish(course_id, "courses/cancel.html", standing.cancel_course, _cancelled)


@blueprint.route("/<int:course_id>/reopen", methods=["GET", "POST"])
@requires("courses.edit")
def reopen(course_id: int) -> Answer:
    """An ended course goes on, for those too whom its end stopped."""
    return _finish(course_id, "courses/reopen.html", standing.reopen_course, _reopened)


def _reopened(number: int) -> str:
    return str(_("The course goes on. Learning again: %(number)s.", number=number))


def _ended(number: int) -> str:
    return str(_("The course has ended. Not completed: %(number)s.", number=number))


def _cancelled(number: int) -> str:
    return str(_("Called off. People told: %(number)s.", number=number))


def _finish(
    course_id: int, template: str, act_of: Callable[..., int], words: Callable[[int], str]
) -> Answer:
    planned(course_id)
    touched = 0

    def act(actor: Actor) -> str:
        nonlocal touched
        touched = act_of(course_id, actor=actor, now=clock.now(), reason=form.reason.data)
        return address(course_id)

    def context() -> dict[str, Any]:
        course = planned(course_id)
        counts = count_learners(course, actor=current_actor())
        return {
            "course": course,
            "learning": counts.get(LearnerStatus.ENROLLED, 0),
            "completed": counts.get(LearnerStatus.COMPLETED, 0),
            "stopped": counts.get(LearnerStatus.NOT_COMPLETED, 0),
        }

    form = ReasonForm()
    return form_page(form, template, act, lambda: words(touched), context)
