"""The tree of units: what the token's unit contains, and one unit with its history."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate
from sqlalchemy import Row

from app.access.guards import current_actor, requires
from app.api.blueprint import ApiBlueprint, ApiSchema
from app.api.paging import ListArguments, Slice, list_schema, read_slice
from app.core import clock
from app.domain.units import queries
from app.domain.units.models import BaseSchoolPeriod, FacilityReturn, SchoolStage, Unit, UnitKind

blueprint = ApiBlueprint("units", "Province, prefectures, counties and schools.")


class UnitArguments(ListArguments):
    parent = fields.String(
        load_default=None,
        validate=validate.Length(max=20),
        metadata={"description": "Code of a unit: only what hangs directly under it."},
    )
    kind = fields.String(
        load_default=None, validate=validate.OneOf([kind.value for kind in UnitKind])
    )
    stage = fields.String(
        load_default=None, validate=validate.OneOf([stage.value for stage in SchoolStage])
    )
    as_of = fields.Date(
        load_default=None, metadata={"description": "Open on this day (default: today)."}
    )


class UnitItem(ApiSchema):
    code = fields.String(required=True)
    name = fields.String(required=True)
    kind = fields.String(required=True)
    stage = fields.String(required=True, allow_none=True)
    parent = fields.String(required=True, allow_none=True, metadata={"description": "Its code."})
    opened_on = fields.Date(required=True, allow_none=True)
    closed_on = fields.Date(required=True, allow_none=True)


class VersionSchema(ApiSchema):
    name = fields.String(required=True)
    stage = fields.String(required=True, allow_none=True)
    valid_from = fields.Date(required=True, allow_none=True)
    valid_until = fields.Date(required=True, allow_none=True)


class PeriodSchema(ApiSchema):
    valid_from = fields.Date(required=True)
    valid_until = fields.Date(required=True, allow_none=True)


class FacilitySchema(ApiSchema):
    returned_on = fields.Date(required=True)
    rooms = fields.Integer(required=True)
    room_area = fields.Float(required=True, allow_none=True)
    pupils = fields.Integer(required=True, allow_none=True)


class UnitRecord(UnitItem):
    aliases = fields.List(fields.String(), required=True)
    history = fields.List(fields.Nested(VersionSchema), required=True)
    base_school = fields.List(fields.Nested(PeriodSchema), required=True)
    facility_returns = fields.List(fields.Nested(FacilitySchema), required=True)


UnitList = list_schema(UnitItem, "UnitList")


@blueprint.get("/units")
@requires("units.read")
@blueprint.arguments(UnitArguments, location="query")
@blueprint.response(200, UnitList)
def list_units(arguments: dict[str, Any]) -> Slice[Row[Any]]:
    """Units of the token's subtree, in the order of their codes"""
    actor = current_actor()
    parent_id = None
    if arguments["parent"]:
        parent_id = queries.get_unit(arguments["parent"], scope=actor.unit_path).id
    statement = queries.units_statement(
        scope=actor.unit_path,
        on=arguments["as_of"] or clock.today(),
        parent_id=parent_id,
        kind=UnitKind(arguments["kind"]) if arguments["kind"] else None,
        stage=SchoolStage(arguments["stage"]) if arguments["stage"] else None,
    )
    return read_slice(statement, [Unit.code], arguments)


@blueprint.get("/units/<string:code>")
@requires("units.read")
@blueprint.response(200, UnitRecord)
def get_unit(code: str) -> dict[str, Any]:
    """One unit: what it is, was and reports"""
    unit = queries.get_record(code, scope=current_actor().unit_path)
    return {
        "code": unit.code,
        "name": unit.name,
        "kind": unit.kind,
        "stage": unit.stage,
        "parent": unit.parent.code if unit.parent else None,
        "opened_on": unit.opened_on,
        "closed_on": unit.closed_on,
        "aliases": [alias.alias for alias in unit.aliases],
        "history": unit.versions,
        **_school_facts(unit),
    }


def _school_facts(unit: Unit) -> dict[str, Any]:
    periods: list[BaseSchoolPeriod] = []
    returns: list[FacilityReturn] = []
    if unit.is_school:
        periods = list(queries.list_base_school_periods(unit.id))
        returns = list(queries.list_facility_returns(unit.id))
    return {"base_school": periods, "facility_returns": returns}
