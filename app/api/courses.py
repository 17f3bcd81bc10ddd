"""Online courses: plan, change, publish, read. Who learns in them: app/api/courses_learning.py."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from marshmallow import ValidationError, fields, validate
from sqlalchemy.orm import joinedload

from app.access.guards import acting, current_actor, requires
from app.api.blueprint import ApiBlueprint, ApiSchema
from app.api.paging import ListArguments, Slice, list_schema, read_slice
from app.core import clock
from app.domain.accounts.rules import Actor
from app.domain.courses.models import Course
from app.domain.courses.operations import planning, standing
from app.domain.courses.queries.courses import CourseFilter, get_planned_course, select_courses
from app.domain.courses.queries.visibility import get_course
from app.domain.courses.rules.planning import MOST_HOURS, MOST_PLACES
from app.domain.courses.rules.words import CourseKind, CourseStatus, EnrolmentWay
from app.domain.people.rules import Audience, TrainingLevel
from app.domain.units.queries import get_unit

blueprint = ApiBlueprint("courses", "Online courses: plan, publish, read.")
# Abroad is a level of trainings that people bring, not of courses planned here.
LEVELS = [level.value for level in TrainingLevel if level is not TrainingLevel.ABROAD]
FIRST_YEAR, LAST_YEAR = 2000, 2100


def values_of(words: Any) -> validate.OneOf:
    """One of an enumeration's values."""
    return validate.OneOf([word.value for word in words])


def in_our_time(day: date | None) -> None:
    """Refuse a day that no course has."""
    if day is not None and not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValidationError(_("A year from 2000 to 2100."))


class CourseChanges(ApiSchema):
    """What may be changed; what is left out stays."""

    title = fields.String(validate=validate.Length(1, 200))
    summary = fields.String(allow_none=True, validate=validate.Length(max=5000))
    kind = fields.String(
        validate=values_of(CourseKind),
        metadata={"description": "external: held on another platform, where it is finished."},
    )
    platform = fields.String(allow_none=True, validate=validate.Length(max=120))
    address = fields.String(
        allow_none=True,
        validate=validate.Length(max=500),
        metadata={"description": "Page of an external course, https://…"},
    )
    organiser = fields.String(
        validate=validate.Length(1, 20),
        metadata={"description": "Code of a unit of yours; default: your own unit."},
    )
    eligible_unit = fields.String(
        allow_none=True,
        validate=validate.Length(1, 20),
        metadata={"description": "Only people of that unit's subtree; null: of the organiser's."},
    )
    level = fields.String(validate=validate.OneOf(LEVELS))
    audiences = fields.List(
        fields.String(validate=values_of(Audience)), validate=validate.Length(max=len(Audience))
    )
    credit_hours = fields.Decimal(
        places=1,
        metadata={"description": "Of 45 minutes.", "minimum": 0, "maximum": int(MOST_HOURS)},
    )
    way = fields.String(validate=values_of(EnrolmentWay))
    opens_on = fields.Date(allow_none=True, validate=in_our_time)
    closes_on = fields.Date(allow_none=True, validate=in_our_time)
    capacity = fields.Integer(strict=True, allow_none=True, validate=validate.Range(1, MOST_PLACES))
    contact = fields.String(allow_none=True, validate=validate.Length(max=200))


class CourseBody(CourseChanges):
    title = fields.String(required=True, validate=validate.Length(1, 200))
    kind = fields.String(load_default=CourseKind.OWN.value, validate=values_of(CourseKind))
    level = fields.String(required=True, validate=validate.OneOf(LEVELS))


class CourseSchema(ApiSchema):
    id = fields.Integer(required=True)
    title = fields.String(required=True)
    summary = fields.String(required=True, allow_none=True)
    kind = fields.String(required=True, validate=values_of(CourseKind))
    platform = fields.String(required=True, allow_none=True)
    address = fields.String(required=True, allow_none=True)
    organiser = fields.String(required=True, metadata={"description": "Code of the unit."})
    eligible_unit = fields.String(required=True, allow_none=True)
    level = fields.String(required=True)
    audiences = fields.List(fields.String(), required=True)
    credit_hours = fields.Float(required=True)
    way = fields.String(required=True, validate=values_of(EnrolmentWay))
    opens_on = fields.Date(required=True, allow_none=True)
    closes_on = fields.Date(required=True, allow_none=True)
    capacity = fields.Integer(required=True, allow_none=True)
    places_left = fields.Integer(
        required=True, allow_none=True, metadata={"description": "null without a capacity."}
    )
    contact = fields.String(required=True, allow_none=True)
    status = fields.String(required=True, validate=values_of(CourseStatus))


class CourseArguments(ListArguments):
    q = fields.String(
        load_default="",
        validate=validate.Length(max=100),
        metadata={"description": "Part of the title."},
    )
    status = fields.String(load_default=None, validate=values_of(CourseStatus))
    kind = fields.String(load_default=None, validate=values_of(CourseKind))
    level = fields.String(load_default=None, validate=validate.OneOf(LEVELS))
    audience = fields.String(load_default=None, validate=values_of(Audience))
    unit = fields.String(
        load_default=None,
        validate=validate.Length(max=20),
        metadata={"description": "Code of a unit: organised by it or a unit below it."},
    )


CourseList = list_schema(CourseSchema, "CourseList")


@blueprint.get("/courses")
@requires("courses.read")
@blueprint.arguments(CourseArguments, location="query")
@blueprint.response(200, CourseList)
def list_courses(arguments: dict[str, Any]) -> Slice[dict[str, Any]]:
    """Courses the token sees, the oldest first"""
    actor = current_actor()
    unit = arguments["unit"] and get_unit(arguments["unit"], scope=actor.unit_path)
    wanted = CourseFilter(
        q=arguments["q"].strip(),
        status=_chosen(CourseStatus, arguments["status"]),
        kind=_chosen(CourseKind, arguments["kind"]),
        level=_chosen(TrainingLevel, arguments["level"]),
        audience=_chosen(Audience, arguments["audience"]),
        unit_path=unit.path if unit else None,
    )
    statement = select_courses(actor, wanted).options(
        joinedload(Course.organiser), joinedload(Course.eligible_unit)
    )
    part = read_slice(statement, [Course.id], arguments)
    return Slice([_answer(row[0]) for row in part.items], part.next_cursor)


def _chosen(words: Callable[[str], Any], value: str | None) -> Any:
    return words(value) if value else None


@blueprint.post("/courses")
@requires("courses.edit")
@blueprint.arguments(CourseBody)
@blueprint.response(201, CourseSchema)
def create_course(body: dict[str, Any]) -> tuple[dict[str, Any], int, dict[str, str]]:
    """Plan a course (a draft)"""
    with acting() as actor:
        organiser = get_unit(body.pop("organiser", actor.unit_code), scope=actor.unit_path)
        course = planning.create_course(organiser.id, _facts(body, actor), actor=actor)
        answer = _answer(course)
    return answer, 201, {"Location": url_for("api_courses.show_course", course_id=answer["id"])}


@blueprint.get("/courses/<int:course_id>")
@requires("courses.read")
@blueprint.response(200, CourseSchema)
def show_course(course_id: int) -> dict[str, Any]:
    """One course"""
    return _answer(get_course(course_id, actor=current_actor()))


@blueprint.patch("/courses/<int:course_id>")
@requires("courses.edit")
@blueprint.arguments(CourseChanges)
@blueprint.response(200, CourseSchema)
def change_course(body: dict[str, Any], course_id: int) -> dict[str, Any]:
    """Change what a course says; lists are sent whole"""
    get_planned_course(course_id, actor=current_actor())
    with acting() as actor:
        organiser = body.pop("organiser", None)
        changes = _facts(body, actor)
        if organiser is not None:
            changes["organiser_id"] = get_unit(organiser, scope=actor.unit_path).id
        return _answer(planning.edit_course(course_id, changes, actor=actor))


@blueprint.post("/courses/<int:course_id>/publish")
@requires("courses.edit")
@blueprint.response(200, CourseSchema)
def publish_course(course_id: int) -> dict[str, Any]:
    """Offer a draft to those it is for

    A course that is learnt here needs a published version of its lessons, which is written in the pages.
    """
    get_planned_course(course_id, actor=current_actor())
    with acting() as actor:
        return _answer(standing.publish(course_id, actor=actor, now=clock.now()))


_ENUMS = {"kind": CourseKind, "level": TrainingLevel, "way": EnrolmentWay}


def _facts(body: dict[str, Any], actor: Actor) -> dict[str, Any]:
    facts = dict(body)
    for name, words in _ENUMS.items():
        if name in facts:
            facts[name] = words(facts[name])
    if "audiences" in facts:
        facts["audiences"] = [one.value for one in Audience if one.value in facts["audiences"]]
    if "eligible_unit" in facts:
        code = facts.pop("eligible_unit")
        unit = None if code is None else get_unit(code, scope=actor.unit_path)
        facts["eligible_unit_id"] = None if unit is None else unit.id
    return facts


def _answer(course: Course) -> dict[str, Any]:
    taken = {"capacity": course.capacity, "places_left": None}
    if course.capacity is not None:
        taken["places_left"] = max(0, course.capacity - course.taken)
    return {
        "id": course.id,
        "title": course.title,
        "summary": course.summary,
        "kind": course.kind.value,
        "platform": course.platform,
        "address": course.address,
        "organiser": course.organiser.code,
        "eligible_unit": course.eligible_unit.code if course.eligible_unit else None,
        "level": course.level.value,
        "audiences": course.audiences,
        "credit_hours": course.credit_hours,
        "way": course.way.value,
        "opens_on": course.opens_on,
        "closes_on": course.closes_on,
        "contact": course.contact,
        "status": course.status.value,
        **taken,
    }
