"""Who finished a course; and reports of platforms and offices that somebody finished an external one."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from marshmallow import fields, validate

from app.access.guards import acting, current_actor, requires
from app.api.blueprint import ApiBlueprint, ApiSchema
from app.api.courses import in_our_time, values_of
from app.api.courses_learning import LARGEST_ID, LearnerName, select_learners, whose
from app.api.paging import ListArguments, Slice, list_schema, read_slice
from app.api.people import UnitName
from app.core.errors import InvalidInput
from app.domain.courses.models import CourseEnrolment
from app.domain.courses.operations.reporting_one import Finished, Reported, report_finished
from app.domain.courses.queries.visibility import get_course
from app.domain.courses.rules.planning import MOST_HOURS
from app.domain.courses.rules.words import LearnerStatus, RecognitionStatus

blueprint = ApiBlueprint("courses_completions", "Who finished an online course, here or elsewhere.")


class CompletionArguments(ListArguments):
    since = fields.Date(
        load_default=None,
        validate=in_our_time,
        metadata={"description": "Completed on this day or later."},
    )
    until = fields.Date(
        load_default=None,
        validate=in_our_time,
        metadata={"description": "Completed on this day or earlier."},
    )


class CompletionItem(ApiSchema):
    id = fields.Integer(required=True, metadata={"description": "Of the enrolment."})
    person = fields.Nested(LearnerName, required=True)
    unit = fields.Nested(UnitName, required=True)
    completed_on = fields.Date(required=True, allow_none=True)
    credit_hours = fields.Float(required=True, allow_none=True)
    score = fields.Float(required=True, allow_none=True)
    training_record = fields.Integer(required=True, allow_none=True)


class CompletionBody(ApiSchema):
    person = fields.Integer(
        required=True,
        strict=True,
        validate=validate.Range(1, LARGEST_ID),
        metadata={"description": "Id of a person of your unit."},
    )
    completed_on = fields.Date(required=True, validate=in_our_time)
    started_on = fields.Date(load_default=None, allow_none=True, validate=in_our_time)
    credit_hours = fields.Decimal(
        load_default=None,
        allow_none=True,
        places=1,
        metadata={
            "description": "Default: those of the course. Fewer need a reason.",
            "minimum": 0,
            "maximum": int(MOST_HOURS),
        },
    )
    reason = fields.String(load_default="", validate=validate.Length(max=500))


class CompletionReport(ApiSchema):
    person = fields.Integer(required=True)
    status = fields.String(
        required=True,
        validate=values_of(RecognitionStatus),
        metadata={"description": "recognised: the hours count; checked, submitted: they wait."},
    )
    recognition = fields.Integer(required=True, allow_none=True)
    enrolment = fields.Integer(required=True, allow_none=True)
    training_record = fields.Integer(required=True, allow_none=True)
    credit_hours = fields.Float(required=True, allow_none=True)


CompletionList = list_schema(CompletionItem, "CompletionList")


@blueprint.get("/courses/<int:course_id>/completions")
@requires("courses.read")
@blueprint.arguments(CompletionArguments, location="query")
@blueprint.response(200, CompletionList)
def list_completions(arguments: dict[str, Any], course_id: int) -> Slice[dict[str, Any]]:
    """Who completed a course and when, as far as the token sees them"""
    actor = current_actor()
    since, until = arguments["since"], arguments["until"]
    if since is not None and until is not None and until < since:
        raise InvalidInput(_("The last day lies before the first."), "invalid_input", "until")
    statement = select_learners(get_course(course_id, actor=actor), actor).where(
        CourseEnrolment.status == LearnerStatus.COMPLETED
    )
    if since is not None:
        statement = statement.where(CourseEnrolment.completed_on >= since)
    if until is not None:
        statement = statement.where(CourseEnrolment.completed_on <= until)
    part = read_slice(statement, [CourseEnrolment.id], arguments)
    items = [
        {
            "id": row.CourseEnrolment.id,
            **whose(row),
            "completed_on": row.CourseEnrolment.completed_on,
            "credit_hours": row.CourseEnrolment.credit_hours,
            "score": row.CourseEnrolment.score,
            "training_record": row.CourseEnrolment.training_record_id,
        }
        for row in part.items
    ]
    return Slice(items, part.next_cursor)


@blueprint.post("/courses/<int:course_id>/completions")
@requires("courses.read")
@blueprint.arguments(CompletionBody)
@blueprint.response(201, CompletionReport)
@blueprint.alt_response(200, schema=CompletionReport, description="Known already")
def report_completion(body: dict[str, Any], course_id: int) -> tuple[dict[str, Any], int]:
    """Report that somebody finished an external course

    Of a county or bureau the hours count at once; of a school they are checked and wait for the county or bureau.
    """
    get_course(course_id, actor=current_actor())
    told = Finished(
        person_id=body["person"],
        completed_on=body["completed_on"],
        started_on=body["started_on"],
        hours=body["credit_hours"],
        reason=body["reason"],
    )
    with acting() as actor:
        reported = report_finished(course_id, told, actor=actor)
        answer = _answer(reported)
    return answer, 201 if reported.new else 200


def _answer(reported: Reported) -> dict[str, Any]:
    asked, record = reported.recognition, reported.record
    status = RecognitionStatus.RECOGNISED
    if record is None and asked is not None:
        status = asked.status
    return {
        "person": reported.person_id,
        "status": status.value,
        "recognition": None if asked is None else asked.id,
        "enrolment": reported.enrolment_id,
        "training_record": None if record is None else record.id,
        "credit_hours": None if record is None else record.hours,
    }
