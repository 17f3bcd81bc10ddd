"""Placements at base schools, as far as the token's account sees them in the pages."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate
from sqlalchemy import Row, select

from app.access.guards import current_actor, requires
from app.api.blueprint import ApiBlueprint, ApiSchema
from app.api.paging import ListArguments, Slice, list_schema, read_slice
from app.api.people import UnitName
from app.core.db import db
from app.domain.placements.models import Placement
from app.domain.placements.queries.placements import placements_statement
from app.domain.placements.queries.progress import read_measures
from app.domain.placements.queries.visibility import get_placement
from app.domain.placements.rules.progress import Measure
from app.domain.placements.rules.words import PlacementResult, PlacementStatus
from app.domain.units.models import Unit
from app.domain.units.queries import get_unit, in_subtree

blueprint = ApiBlueprint("placements", "Semesters at base schools (跟岗), from placed to passed.")


class PlacementArguments(ListArguments):
    cohort = fields.Integer(load_default=None, validate=validate.Range(1, 2**31 - 1))
    status = fields.String(
        load_default=None, validate=validate.OneOf([status.value for status in PlacementStatus])
    )
    unit = fields.String(
        load_default=None,
        validate=validate.Length(max=20),
        metadata={"description": "Code of a unit: nominated by it or a unit below it."},
    )


class CohortName(ApiSchema):
    id = fields.Integer(required=True)
    title = fields.String(required=True)


class TraineeName(ApiSchema):
    id = fields.Integer(required=True)
    name = fields.String(required=True)


class PlacementItem(ApiSchema):
    id = fields.Integer(required=True)
    person = fields.Nested(TraineeName, required=True)
    cohort = fields.Nested(CohortName, required=True)
    status = fields.String(
        required=True, validate=validate.OneOf([status.value for status in PlacementStatus])
    )
    result = fields.String(
        required=True,
        allow_none=True,
        validate=validate.OneOf([result.value for result in PlacementResult]),
    )
    starts_on = fields.Date(required=True)
    ends_on = fields.Date(required=True)
    nominating_unit = fields.Nested(UnitName, required=True)
    unit = fields.Nested(UnitName, required=True, metadata={"description": "Where they come from."})
    base_school = fields.Nested(UnitName, required=True, allow_none=True)
    mentor = fields.String(required=True, allow_none=True)


class MeasureSchema(ApiSchema):
    name = fields.String(
        required=True,
        metadata={
            "description": "hours, observations, lessons, group_sessions, case_sessions,"
            " attendance (per cent)"
        },
    )
    required = fields.Float(required=True)
    reached = fields.Float(required=True, allow_none=True)
    met = fields.Boolean(required=True)


class PlacementRecord(PlacementItem):
    progress = fields.List(fields.Nested(MeasureSchema), required=True)
    training_record = fields.Integer(required=True, allow_none=True)


PlacementList = list_schema(PlacementItem, "PlacementList")


@blueprint.get("/placements")
@requires("placements.see")
@blueprint.arguments(PlacementArguments, location="query")
@blueprint.response(200, PlacementList)
def list_placements(arguments: dict[str, Any]) -> Slice[dict[str, Any]]:
    """The placements the token's account sees"""
    actor = current_actor()
    statement = placements_statement(actor)
    if arguments["cohort"] is not None:
        statement = statement.where(Placement.cohort_id == arguments["cohort"])
    if arguments["status"]:
        statement = statement.where(Placement.status == PlacementStatus(arguments["status"]))
    if arguments["unit"]:
        path = get_unit(arguments["unit"], scope=actor.unit_path).path
        below = select(Unit.id).where(in_subtree(path))
        statement = statement.where(Placement.nominating_unit_id.in_(below))
    found = read_slice(statement, [Placement.id], arguments)
    return Slice([_item(row) for row in found.items], found.next_cursor)


@blueprint.get("/placements/<int:placement_id>")
@requires("placements.see")
@blueprint.response(200, PlacementRecord)
def show_placement(placement_id: int) -> dict[str, Any]:
    """One placement with what was reached of what the cohort asks for"""
    actor = current_actor()
    placement = get_placement(placement_id, actor=actor)
    row = db.session.execute(placements_statement(actor).where(Placement.id == placement_id)).one()
    measures = read_measures(placement.id, placement.cohort)
    return {
        **_item(row),
        "progress": [_measure(measure) for measure in measures],
        "training_record": placement.training_record_id,
    }


def _item(row: Row[Any]) -> dict[str, Any]:
    base = {"code": row.base_school_code, "name": row.base_school_name}
    return {
        "id": row.id,
        "person": {"id": row.person_id, "name": row.person_name},
        "cohort": {"id": row.cohort_id, "title": row.cohort_title},
        "status": row.status.value,
        "result": row.result.value if row.result else None,
        "starts_on": row.starts_on,
        "ends_on": row.ends_on,
        "nominating_unit": {"code": row.nominating_code, "name": row.nominating_name},
        "unit": {"code": row.unit_code, "name": row.unit_name},
        "base_school": base if row.base_school_code else None,
        "mentor": row.mentor_name,
    }


def _measure(measure: Measure) -> dict[str, Any]:
    return {
        "name": measure.name,
        "required": measure.required,
        "reached": measure.reached,
        "met": measure.met,
    }
