"""Progress in the lessons of a course, for players outside: a report may come twice, late and out of order."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from marshmallow import ValidationError, fields, validate, validates_schema

from app.access.guards import acting, current_actor, requires
from app.access.reporting import report
from app.api.blueprint import ApiBlueprint, ApiSchema
from app.core import clock
from app.core.errors import Forbidden, InvalidInput, NotFound
from app.domain.accounts.rules import Actor
from app.domain.courses.operations import progressing
from app.domain.courses.operations.progressing import Reached
from app.domain.courses.queries.learning import find_held_enrolment_id
from app.domain.courses.queries.visibility import get_course, may_teach
from app.domain.courses.rules.progress import MOST_STRETCHES, Told
from app.domain.courses.rules.words import LearnerStatus, LessonStatus

LARGEST_ID = 2**31 - 1
LONGEST = 10**6  # seconds
blueprint = ApiBlueprint("courses_progress", "How far somebody is in the lessons of a course.")


class ProgressBody(ApiSchema):
    lesson = fields.Integer(required=True, strict=True, validate=validate.Range(1, LARGEST_ID))
    watched = fields.List(
        fields.List(
            fields.Float(validate=validate.Range(0, LONGEST)), validate=validate.Length(equal=2)
        ),
        load_default=list,
        validate=validate.Length(max=MOST_STRETCHES),
        metadata={
            "description": "Stretches of a video that were watched, [from, to] in seconds. Each counts once."
        },
    )
    position = fields.Float(
        validate=validate.Range(0, LONGEST),
        metadata={"description": "Where the player stands, in seconds: to go on from there."},
    )
    at = fields.AwareDateTime(
        metadata={
            "description": "When the player noted it; default: now. The newest one says where to go on."
        }
    )
    read = fields.Boolean(
        load_default=False,
        metadata={"description": "A text, PDF or link was read: its lesson is completed."},
    )
    person = fields.Integer(
        strict=True,
        validate=validate.Range(1, LARGEST_ID),
        metadata={
            "description": "Id of somebody who learns a course you teach; default: yourself."
        },
    )

    @validates_schema
    def _one_of_them(self, data: dict[str, Any], **_more: Any) -> None:
        if data.get("read") and data.get("watched"):
            raise ValidationError("A lesson is either read or watched.", "read")


class ReachedCourse(ApiSchema):
    status = fields.String(
        required=True, validate=validate.OneOf([status.value for status in LearnerStatus])
    )
    done = fields.Integer(required=True, metadata={"description": "Required lessons completed."})
    required = fields.Integer(required=True)


class ReachedSchema(ApiSchema):
    lesson = fields.Integer(required=True)
    status = fields.String(
        required=True, validate=validate.OneOf([status.value for status in LessonStatus])
    )
    percent = fields.Integer(required=True)
    watched_seconds = fields.Float(required=True)
    position = fields.Float(required=True)
    course = fields.Nested(ReachedCourse, required=True)


@blueprint.post("/courses/<int:course_id>/progress")
@requires("courses.read")
@blueprint.arguments(ProgressBody)
@blueprint.response(200, ReachedSchema)
def report_progress(body: dict[str, Any], course_id: int) -> dict[str, Any]:
    """Report progress

    What is new in a report must fit into the time that has passed (409 `too_fast` otherwise: send it again later).
    """
    actor = current_actor()
    enrolment_id, own = _whose(course_id, body.get("person"), actor)
    if body["read"]:
        with acting() as acts:
            reached = progressing.mark_read(
                enrolment_id, body["lesson"], actor=acts, now=clock.now()
            )
        return _answer(reached)
    told = Told(
        tuple((begin, end) for begin, end in body["watched"]), body.get("position"), body.get("at")
    )
    if own:
        return _answer(report(course_id, enrolment_id, body["lesson"], told))
    with acting() as acts:
        reached = progressing.report_progress(
            enrolment_id, body["lesson"], told, actor=acts, now=clock.now()
        )
    return _answer(reached)


def _whose(course_id: int, person_id: int | None, actor: Actor) -> tuple[int, bool]:
    """The enrolment that is meant, and whether it is the token's own."""
    if actor.may("courses.learn"):
        own = find_held_enrolment_id(course_id, account_id=actor.account_id)
        if person_id and find_held_enrolment_id(course_id, person_id=person_id) != own:
            raise Forbidden(_("You may report your own progress, not that of others."))
        if own is None:
            raise NotFound(_("You are not in this course. Take part in it first."))
        return own, True
    course = get_course(course_id, actor=actor)
    if not may_teach(course, actor):
        raise Forbidden(_("Only who teaches the course reports progress of its learners."))
    if person_id is None:
        raise InvalidInput(_("Say whose progress it is."), "person_missing", "person")
    found = find_held_enrolment_id(course_id, person_id=person_id)
    if found is None:
        raise NotFound(_("This person is not in the course."))
    return found, False


def _answer(reached: Reached) -> dict[str, Any]:
    return {
        "lesson": reached.lesson_id,
        "status": reached.status.value,
        "percent": reached.percent,
        "watched_seconds": reached.watched_seconds,
        "position": reached.position,
        "course": {
            "status": reached.course_status.value,
            "done": reached.done,
            "required": reached.required,
        },
    }
