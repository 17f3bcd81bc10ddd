"""Who learns in a course: come in, nominate, withdraw, how far everybody is; one's own courses."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from marshmallow import fields, validate
from sqlalchemy import Row, Select, select

from app.access.guards import acting, current_actor, requires
from app.api.blueprint import ApiBlueprint, ApiSchema
from app.api.courses import values_of
from app.api.paging import ListArguments, Slice, list_schema, read_slice
from app.api.people import UnitName
from app.core import clock
from app.core.db import db
from app.core.errors import Forbidden, InvalidInput, NotFound
from app.domain.accounts.rules import Actor
from app.domain.courses.models import Course, CourseEnrolment
from app.domain.courses.operations.enrolling import Enrolled, enrol_people, enrol_self
from app.domain.courses.operations.withdrawing import withdraw
from app.domain.courses.queries.assigned import due_on_of
from app.domain.courses.queries.visibility import (
    enrolments_visible_to,
    get_course,
    get_enrolment,
)
from app.domain.courses.refusals import refusal_of
from app.domain.courses.rules.words import (
    CourseKind,
    CourseStatus,
    EnrolmentSource,
    LearnerStatus,
)
from app.domain.people.models import Person
from app.domain.people.queries.record import find_person_of_account
from app.domain.units.models import Unit

LARGEST_ID = 2**31 - 1
blueprint = ApiBlueprint(
    "courses_learning", "Who learns in an online course, and how far they are."
)


class CourseEnrolBody(ApiSchema):
    person = fields.Integer(
        strict=True,
        validate=validate.Range(1, LARGEST_ID),
        metadata={"description": "Id of a person of your unit, to nominate; default: yourself."},
    )


class CourseEnrolmentSchema(ApiSchema):
    id = fields.Integer(required=True)
    status = fields.String(required=True, validate=values_of(LearnerStatus))


class LearnerName(ApiSchema):
    id = fields.Integer(required=True)
    name = fields.String(required=True)


class ReachedFields(CourseEnrolmentSchema):
    source = fields.String(required=True, validate=values_of(EnrolmentSource))
    enrolled_at = fields.AwareDateTime(format="iso", required=True)
    started_at = fields.AwareDateTime(format="iso", required=True, allow_none=True)
    done = fields.Integer(required=True, metadata={"description": "Required lessons completed."})
    required = fields.Integer(required=True)
    completed_on = fields.Date(required=True, allow_none=True)
    credit_hours = fields.Float(
        required=True, allow_none=True, metadata={"description": "Given at completion."}
    )
    score = fields.Float(required=True, allow_none=True)


class LearnerItem(ReachedFields):
    person = fields.Nested(LearnerName, required=True)
    unit = fields.Nested(UnitName, required=True)


class CourseName(ApiSchema):
    id = fields.Integer(required=True)
    title = fields.String(required=True)
    kind = fields.String(required=True, validate=values_of(CourseKind))
    status = fields.String(required=True, validate=values_of(CourseStatus))


class OwnCourseItem(ReachedFields):
    course = fields.Nested(CourseName, required=True)
    due_on = fields.Date(
        required=True,
        allow_none=True,
        metadata={"description": "Assigned to the person until that day."},
    )


class LearnerArguments(ListArguments):
    status = fields.String(load_default=None, validate=values_of(LearnerStatus))


class LeaveArguments(ApiSchema):
    reason = fields.String(
        load_default="",
        validate=validate.Length(max=500),
        metadata={"description": "Needed once something was begun, and to take out others."},
    )


class LeaveBody(ApiSchema):
    """The reason may come in the body as well: an address stands in every log on its way."""

    reason = fields.String(
        load_default=None,
        validate=validate.Length(max=500),
        metadata={"description": "Instead of the one in the query."},
    )


LearnerList = list_schema(LearnerItem, "LearnerList")
OwnCourseList = list_schema(OwnCourseItem, "OwnCourseList")


@blueprint.post("/courses/<int:course_id>/enrolments")
@requires("courses.read")
@blueprint.arguments(CourseEnrolBody, required=False)
@blueprint.response(201, CourseEnrolmentSchema)
@blueprint.alt_response(200, schema=CourseEnrolmentSchema, description="In the course already")
def create_course_enrolment(body: dict[str, Any], course_id: int) -> tuple[dict[str, Any], int]:
    """Come into a course, or nominate somebody"""
    get_course(course_id, actor=current_actor())
    person_id = _nominee(current_actor(), (body or {}).get("person"))
    with acting() as actor:
        outcome = _enrol(course_id, person_id, actor)
        (enrolment_id,) = (outcome.created | outcome.existing).values()
        made = db.session.get_one(CourseEnrolment, enrolment_id)
        answer = {"id": made.id, "status": made.status.value}
    return answer, 201 if outcome.created else 200


def _nominee(actor: Actor, person_id: int | None) -> int | None:
    """Whom the token nominates; None: it comes itself."""
    if actor.may("courses.learn"):
        own = find_person_of_account(actor.account_id) if actor.account_id is not None else None
        if person_id is None or (own is not None and own.id == person_id):
            return None
    if not actor.may("courses.nominate"):
        raise Forbidden(_("You may enrol yourself, not others."))
    if person_id is None:
        raise InvalidInput(_("Say whom you nominate."), "person_missing", "person")
    return person_id


def _enrol(course_id: int, person_id: int | None, actor: Actor) -> Enrolled:
    if person_id is None:
        return enrol_self(course_id, actor=actor, now=clock.now())
    outcome = enrol_people(
        course_id, [person_id], source=EnrolmentSource.NOMINATED, actor=actor, now=clock.now()
    )
    for reason in outcome.refused.values():
        if reason == "unknown":
            raise NotFound(_("There is no such person within your unit."))
        raise refusal_of(reason)
    return outcome


@blueprint.get("/courses/<int:course_id>/enrolments")
@requires("courses.read")
@blueprint.arguments(LearnerArguments, location="query")
@blueprint.response(200, LearnerList)
def list_course_enrolments(arguments: dict[str, Any], course_id: int) -> Slice[dict[str, Any]]:
    """Who is or was in a course, in order of arrival

    Everybody for who plans or teaches it, else those of your unit, or your own enrolments.
    """
    actor = current_actor()
    course = get_course(course_id, actor=actor)
    statement = select_learners(course, actor)
    if arguments["status"]:
        statement = statement.where(CourseEnrolment.status == LearnerStatus(arguments["status"]))
    part = read_slice(statement, [CourseEnrolment.id], arguments)
    items = [_reached(row.CourseEnrolment) | whose(row) for row in part.items]
    return Slice(items, part.next_cursor)


def select_learners(course: Course, actor: Actor) -> Select[Any]:
    """The enrolments of a course that the actor sees, each with its person and unit (see ``whose``)."""
    columns: tuple[Any, ...] = (
        CourseEnrolment,
        Person.name,
        Unit.code.label("unit_code"),
        Unit.name.label("unit_name"),
    )
    statement: Select[Any] = select(*columns)
    return (
        statement.join(Course, Course.id == CourseEnrolment.course_id)
        .join(Person, Person.id == CourseEnrolment.person_id)
        .join(Unit, Unit.id == CourseEnrolment.unit_id)
        .where(CourseEnrolment.course_id == course.id, enrolments_visible_to(actor))
    )


def whose(row: Row[Any]) -> dict[str, Any]:
    """Person and unit of a row of ``select_learners``."""
    return {
        "person": {"id": row.CourseEnrolment.person_id, "name": row.name},
        "unit": {"code": row.unit_code, "name": row.unit_name},
    }


def _reached(enrolment: CourseEnrolment) -> dict[str, Any]:
    started = enrolment.started_at
    return {
        "id": enrolment.id,
        "status": enrolment.status.value,
        "source": enrolment.source.value,
        "enrolled_at": clock.local(enrolment.enrolled_at),
        "started_at": None if started is None else clock.local(started),
        "done": enrolment.done,
        "required": enrolment.required,
        "completed_on": enrolment.completed_on,
        "credit_hours": enrolment.credit_hours,
        "score": enrolment.score,
    }


@blueprint.get("/me/courses")
@requires("courses.learn")
@blueprint.arguments(LearnerArguments, location="query")
@blueprint.response(200, OwnCourseList)
def list_own_courses(arguments: dict[str, Any]) -> Slice[dict[str, Any]]:
    """The courses the token's own teacher is or was in, the oldest first"""
    account_id = current_actor().account_id
    own = find_person_of_account(account_id) if account_id is not None else None
    if own is None:
        return Slice([], None)
    columns: tuple[Any, ...] = (
        CourseEnrolment,
        Course.title,
        Course.kind,
        Course.status.label("course_status"),
        due_on_of(own.id, clock.today()).label("due_on"),
    )
    statement: Select[Any] = (
        select(*columns)
        .join(Course, Course.id == CourseEnrolment.course_id)
        .where(CourseEnrolment.person_id == own.id)
    )
    if arguments["status"]:
        statement = statement.where(CourseEnrolment.status == LearnerStatus(arguments["status"]))
    part = read_slice(statement, [CourseEnrolment.id], arguments)
    items = [
        {
            **_reached(row.CourseEnrolment),
            "due_on": row.due_on,
            "course": {
                "id": row.CourseEnrolment.course_id,
                "title": row.title,
                "kind": row.kind.value,
                "status": row.course_status.value,
            },
        }
        for row in part.items
    ]
    return Slice(items, part.next_cursor)


@blueprint.delete("/course-enrolments/<int:enrolment_id>")
@requires("courses.read")
@blueprint.arguments(LeaveArguments, location="query")
@blueprint.arguments(LeaveBody, location="json", required=False)
@blueprint.response(204)
def delete_course_enrolment(
    arguments: dict[str, Any], body: dict[str, Any], enrolment_id: int
) -> None:
    """Leave a course, or take somebody out; what was learnt is kept for coming back"""
    get_enrolment(enrolment_id, actor=current_actor())
    with acting() as actor:
        withdraw(
            enrolment_id,
            actor=actor,
            now=clock.now(),
            reason=body["reason"] or arguments["reason"],
        )
