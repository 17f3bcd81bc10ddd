"""The lessons of a course, with the token's own progress."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from app.access.guards import current_actor, requires
from app.api.blueprint import ApiBlueprint, ApiSchema
from app.api.courses import values_of
from app.api.paging import ListArguments, Slice, cut_slice, list_schema
from app.core import clock
from app.domain.courses.queries.learning import read_outline
from app.domain.courses.queries.plans import find_published_version_id
from app.domain.courses.queries.visibility import find_own_enrolment, get_course
from app.domain.courses.rules.enrolling import HELD
from app.domain.courses.rules.words import LessonKind, LessonStatus

blueprint = ApiBlueprint("courses_lessons", "The lessons of an online course.")


class SectionName(ApiSchema):
    id = fields.Integer(required=True)
    title = fields.String(required=True)


class LessonItem(ApiSchema):
    id = fields.Integer(required=True)
    title = fields.String(required=True)
    kind = fields.String(required=True, validate=values_of(LessonKind))
    section = fields.Nested(SectionName, required=True)
    required = fields.Boolean(required=True)
    minutes = fields.Integer(required=True, allow_none=True)
    status = fields.String(
        required=True,
        allow_none=True,
        validate=values_of(LessonStatus),
        metadata={"description": "null: not begun, or not in the course."},
    )
    percent = fields.Integer(required=True)
    open = fields.Boolean(
        required=True, metadata={"description": "false: another lesson comes before it."}
    )
    completed_at = fields.AwareDateTime(format="iso", required=True, allow_none=True)


LessonList = list_schema(LessonItem, "LessonList")


@blueprint.get("/courses/<int:course_id>/lessons")
@requires("courses.read")
@blueprint.arguments(ListArguments, location="query")
@blueprint.response(200, LessonList)
def list_lessons(arguments: dict[str, Any], course_id: int) -> Slice[dict[str, Any]]:
    """The lessons of a course in order, with the token's own progress

    Who is in the course sees the version they began; everybody else the published one.
    """
    actor = current_actor()
    course = get_course(course_id, actor=actor)
    own = find_own_enrolment(course.id, actor) if actor.may("courses.learn") else None
    if own is not None and own.status not in HELD:
        own = None
    version_id = find_published_version_id(course.id) if own is None else own.version_id
    outline = read_outline(version_id, own) if version_id is not None else None
    items = [
        {
            "id": lesson.id,
            "title": lesson.title,
            "kind": lesson.kind.value,
            "section": {"id": section.id, "title": section.title},
            "required": lesson.required,
            "minutes": lesson.minutes,
            "status": lesson.status.value if lesson.status else None,
            "percent": lesson.percent,
            "open": lesson.open,
            "completed_at": clock.local(lesson.completed_at) if lesson.completed_at else None,
        }
        for section in (outline.sections if outline else ())
        for lesson in section.lessons
    ]
    return cut_slice(items, arguments)
