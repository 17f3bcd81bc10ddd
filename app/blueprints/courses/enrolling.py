"""Come into a course and leave it: one button each on the course's page."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.access.guards import acting, current_actor, requires
from app.blueprints.courses.blueprint import blueprint
from app.core import clock
from app.core.errors import DomainError, Forbidden, NotFound
from app.domain.courses.operations.enrolling import enrol_self
from app.domain.courses.operations.withdrawing import withdraw
from app.domain.courses.queries.visibility import find_own_enrolment, get_course

LONGEST_REASON = 500


@blueprint.post("/<int:course_id>/enrol")
@requires("courses.learn")
def enrol_me(course_id: int) -> ResponseReturnValue:
    """Come in. Pressed twice it is still one enrolment."""
    get_course(course_id, actor=current_actor())
    try:
        with acting() as actor:
            outcome = enrol_self(course_id, actor=actor, now=clock.now())
    except (Forbidden, NotFound):
        raise
    except DomainError as error:
        flash(str(error.message), "warning")
    else:
        new = bool(outcome.created)
        words = _("You are in the course.") if new else _("You were in the course already.")
        flash(words, "success" if new else "info")
    return redirect(url_for("courses.show", course_id=course_id))


@blueprint.post("/<int:course_id>/withdraw")
@requires("courses.learn")
def withdraw_me(course_id: int) -> ResponseReturnValue:
    """Leave the course; once something was begun, with a reason."""
    get_course(course_id, actor=current_actor())
    reason = request.form.get("reason", "").strip()[:LONGEST_REASON]
    try:
        with acting() as actor:
            own = find_own_enrolment(course_id, actor)
            if own is None:
                raise DomainError(_("You are not in this course."), "not_enrolled")
            withdraw(own.id, actor=actor, now=clock.now(), reason=reason)
    except (Forbidden, NotFound):
        raise
    except DomainError as error:
        flash(str(error.message), "warning")
    else:
        flash(_("You have left the course. What you learnt is kept if you come back."), "success")
    return redirect(url_for("courses.show", course_id=course_id))
