"""The completion of one learner: what it came to and what became of it; revoke it, correct it, let it count again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import abort, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, HiddenField, TextAreaField
from wtforms.validators import Length

from app.access.guards import current_actor, requires
from app.blueprints.courses import words
from app.blueprints.courses.blueprint import blueprint
from app.blueprints.courses.learners import course_with_learners
from app.blueprints.decimals import PlainDecimalField
from app.blueprints.people.acts import Answer, form_page, seen_version
from app.blueprints.people.forms import needed
from app.core import clock
from app.domain.accounts.rules import Actor
from app.domain.courses.models import CourseEnrolment
from app.domain.courses.operations.completions import (
    Correction,
    correct_completion,
    restore_completion,
    revoke_completion,
)
from app.domain.courses.queries.completions import list_acts, list_valid_certificates
from app.domain.courses.queries.visibility import get_enrolment, may_plan
from app.domain.courses.rules.words import CourseKind, LearnerStatus

TITLES = {
    "courses.complete": (_l("Course completed"), "success", "circle-check"),
    "courses.revoke_completion": (_l("Completion revoked"), "danger", "circle-minus"),
    "courses.correct_completion": (_l("Completion corrected"), "warning", "edit"),
    "courses.restore_completion": (_l("Counts again"), "success", "circle-check"),
}


class DecisionForm(FlaskForm):
    """Why; and which state of the learning was looked at."""

    reason = TextAreaField(_l("Reason"), [needed(), Length(max=500)])
    row_version = HiddenField()


class CorrectionForm(DecisionForm):
    credit_hours = PlainDecimalField(_l("Credit hours"), [needed()])
    completed_on = DateField(_l("Completed on"), [needed()])


def _learner(course_id: int, learner_id: int) -> CourseEnrolment:
    """The learner, for who sees the learners of the course."""
    course_with_learners(course_id)
    enrolment = get_enrolment(learner_id, actor=current_actor())
    if enrolment.course_id != course_id or enrolment.completed_at is None:
        abort(404)
    return enrolment


def _planned(course_id: int, learner_id: int) -> CourseEnrolment:
    """The learner, for who decides."""
    enrolment = _learner(course_id, learner_id)
    if not _may_decide(enrolment, current_actor()):
        abort(404)
    return enrolment


def _may_decide(enrolment: CourseEnrolment, actor: Actor) -> bool:
    return enrolment.course.kind is CourseKind.OWN and may_plan(enrolment.course, actor)


@blueprint.get("/<int:course_id>/learners/<int:learner_id>/completion")
@requires("courses.read")
def completion(course_id: int, learner_id: int) -> str:
    """What the completion came to, every change of it with its reason, and the certificates that stand on it."""
    enrolment = _learner(course_id, learner_id)
    return render_template(
        "courses/completion.html",
        enrolment=enrolment,
        course=enrolment.course,
        counts=enrolment.status is LearnerStatus.COMPLETED,
        acts=list_acts(enrolment.id),
        titles=TITLES,
        certificates=list_valid_certificates(enrolment),
        may_decide=_may_decide(enrolment, current_actor()),
        words=words,
    )


@blueprint.route(
    "/<int:course_id>/learners/<int:learner_id>/completion/revoke", methods=["GET", "POST"]
)
@requires("courses.edit")
def revoke_completion_of(course_id: int, learner_id: int) -> Answer:
    """Somebody has not completed the course after all."""

    def act(form: DecisionForm, actor: Actor) -> None:
        revoke_completion(
            learner_id,
            reason=form.reason.data or "",
            actor=actor,
            now=clock.now(),
            seen=seen_version(form),
        )

    return _decide(course_id, learner_id, DecisionForm, "revoke", act, _("Completion revoked."))


@blueprint.route(
    "/<int:course_id>/learners/<int:learner_id>/completion/correct", methods=["GET", "POST"]
)
@requires("courses.edit")
def correct_completion_of(course_id: int, learner_id: int) -> Answer:
    """Other hours, or another day."""

    def act(form: CorrectionForm, actor: Actor) -> None:
        right = Correction(form.credit_hours.data, form.completed_on.data)
        correct_completion(
            learner_id,
            right,
            reason=form.reason.data or "",
            actor=actor,
            seen=seen_version(form),
        )

    return _decide(course_id, learner_id, CorrectionForm, "correct", act, _("Corrected."))


@blueprint.route(
    "/<int:course_id>/learners/<int:learner_id>/completion/restore", methods=["GET", "POST"]
)
@requires("courses.edit")
def restore_completion_of(course_id: int, learner_id: int) -> Answer:
    """A completion that was revoked counts again."""

    def act(form: DecisionForm, actor: Actor) -> None:
        restore_completion(
            learner_id, reason=form.reason.data or "", actor=actor, seen=seen_version(form)
        )

    return _decide(course_id, learner_id, DecisionForm, "restore", act, _("It counts again."))


def _decide(
    course_id: int,
    learner_id: int,
    kind: type[DecisionForm],
    verb: str,
    act: Callable[[Any, Actor], None],
    done: str,
) -> Answer:
    enrolment = _planned(course_id, learner_id)
    form = kind(
        data={
            "row_version": str(enrolment.stamp),
            "credit_hours": enrolment.credit_hours,
            "completed_on": enrolment.completed_on,
        }
    )

    def decide(actor: Actor) -> str:
        act(form, actor)
        return url_for("courses.completion", course_id=course_id, learner_id=learner_id)

    def context() -> dict[str, Any]:
        found = _planned(course_id, learner_id)
        return {
            "enrolment": found,
            "course": found.course,
            "verb": verb,
            "certificates": list_valid_certificates(found),
        }

    return form_page(form, "courses/decide_completion.html", decide, done, context)
