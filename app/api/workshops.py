"""Workshops: plan, change, publish, read. Enrolments: app/api/enrolments.py."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from marshmallow import ValidationError, fields, validate

from app.access.guards import acting, current_actor, requires
from app.api.blueprint import ApiBlueprint, ApiSchema
from app.api.paging import ListArguments, Slice, list_schema, read_slice
from app.core.errors import InvalidInput
from app.domain.accounts.rules import Actor
from app.domain.people.rules import TrainingLevel
from app.domain.units.queries import get_unit
from app.domain.workshops.models import Workshop
from app.domain.workshops.operations import standing
from app.domain.workshops.operations.programmes import FIRST_YEAR, LAST_YEAR
from app.domain.workshops.operations.sessions import SessionFacts
from app.domain.workshops.operations.whole import Whole, change_whole, create_whole
from app.domain.workshops.queries.shapes import read_shapes
from app.domain.workshops.queries.workshops import (
    WorkshopFilter,
    get_planned_workshop,
    get_workshop,
    select_workshops,
)
from app.domain.workshops.rules.planning import MOST_HOURS, GuideItem
from app.domain.workshops.rules.words import Approval, WorkshopKind, WorkshopStatus

blueprint = ApiBlueprint("workshops", "Workshops: plan, publish, read.")
# Abroad is a level of trainings that people bring, not of workshops planned here.
LEVELS = [level.value for level in TrainingLevel if level is not TrainingLevel.ABROAD]
MOST_SEATS = 100_000


def _in_our_time(moment: datetime | None) -> None:
    """Refuse what has no place in the calendar of some zone, at either end of time."""
    if moment is not None and not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise ValidationError(_("A year from 2000 to 2100."))


class QuotaSchema(ApiSchema):
    unit = fields.String(required=True, validate=validate.Length(1, 20))
    seats = fields.Integer(required=True, strict=True, validate=validate.Range(0, MOST_SEATS))


class SessionSchema(ApiSchema):
    starts_at = fields.AwareDateTime(format="iso", required=True, validate=_in_our_time)
    ends_at = fields.AwareDateTime(format="iso", required=True, validate=_in_our_time)
    place = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=200))


class CriterionSchema(ApiSchema):
    title = fields.String(required=True, validate=validate.Length(1, 120))
    weight = fields.Decimal(
        required=True, places=2, metadata={"description": "In percent; all come to 100."}
    )
    maximum = fields.Decimal(required=True, places=2, metadata={"description": "Most points."})


class WorkshopChanges(ApiSchema):
    """What may be changed; what is left out stays."""

    title = fields.String(validate=validate.Length(1, 200))
    kind = fields.String(validate=validate.OneOf([kind.value for kind in WorkshopKind]))
    organiser = fields.String(
        validate=validate.Length(1, 20),
        metadata={"description": "Code of a unit of yours; default: your own unit."},
    )
    level = fields.String(validate=validate.OneOf(LEVELS))
    capacity = fields.Integer(strict=True, validate=validate.Range(1, MOST_SEATS))
    quotas = fields.List(
        fields.Nested(QuotaSchema),
        validate=validate.Length(max=500),
        metadata={"description": "Seats reserved for a unit's subtree; the rest are open."},
    )
    approval = fields.String(validate=validate.OneOf([chain.value for chain in Approval]))
    enrolment_opens_at = fields.AwareDateTime(format="iso", allow_none=True, validate=_in_our_time)
    enrolment_closes_at = fields.AwareDateTime(format="iso", allow_none=True, validate=_in_our_time)
    sessions = fields.List(fields.Nested(SessionSchema), validate=validate.Length(max=500))
    credit_hours = fields.Decimal(
        places=1,
        metadata={
            "description": "Of 45 minutes; at most 8 a day, checked against the sessions.",
            "minimum": 0,
            "maximum": MOST_HOURS,
        },
    )
    marking_guide = fields.List(fields.Nested(CriterionSchema), validate=validate.Length(max=30))


class WorkshopBody(WorkshopChanges):
    title = fields.String(required=True, validate=validate.Length(1, 200))
    kind = fields.String(
        load_default=WorkshopKind.WORKSHOP.value,
        validate=validate.OneOf([kind.value for kind in WorkshopKind]),
    )
    level = fields.String(required=True, validate=validate.OneOf(LEVELS))
    capacity = fields.Integer(required=True, strict=True, validate=validate.Range(1, MOST_SEATS))


class CriterionItem(ApiSchema):
    title = fields.String(required=True)
    weight = fields.Float(required=True)
    maximum = fields.Float(required=True)


class WorkshopSchema(ApiSchema):
    id = fields.Integer(required=True)
    title = fields.String(required=True)
    kind = fields.String(required=True)
    organiser = fields.String(required=True, metadata={"description": "Code of the unit."})
    level = fields.String(required=True)
    capacity = fields.Integer(required=True)
    quotas = fields.List(fields.Nested(QuotaSchema), required=True)
    approval = fields.String(required=True)
    enrolment_opens_at = fields.AwareDateTime(format="iso", required=True, allow_none=True)
    enrolment_closes_at = fields.AwareDateTime(format="iso", required=True, allow_none=True)
    sessions = fields.List(fields.Nested(SessionSchema), required=True)
    credit_hours = fields.Float(required=True)
    marking_guide = fields.List(fields.Nested(CriterionItem), required=True)
    status = fields.String(
        required=True, validate=validate.OneOf([status.value for status in WorkshopStatus])
    )
    seats_taken = fields.Integer(required=True)
    waitlisted = fields.Integer(
        required=True, metadata={"description": "How many stand in line, pending ones among them."}
    )


class WorkshopArguments(ListArguments):
    status = fields.String(
        load_default=None, validate=validate.OneOf([status.value for status in WorkshopStatus])
    )


WorkshopList = list_schema(WorkshopSchema, "WorkshopList")


@blueprint.get("/workshops")
@requires("workshops.read")
@blueprint.arguments(WorkshopArguments, location="query")
@blueprint.response(200, WorkshopList)
def list_workshops(arguments: dict[str, Any]) -> Slice[dict[str, Any]]:
    """Workshops the token sees, the oldest first"""
    status = WorkshopStatus(arguments["status"]) if arguments["status"] else None
    statement = select_workshops(current_actor(), WorkshopFilter(status=status))
    part = read_slice(statement, [Workshop.id], arguments)
    return Slice(read_shapes([row[0] for row in part.items]), part.next_cursor)


@blueprint.post("/workshops")
@requires("workshops.plan")
@blueprint.arguments(WorkshopBody)
@blueprint.response(201, WorkshopSchema)
def create_workshop(body: dict[str, Any]) -> tuple[dict[str, Any], int, dict[str, str]]:
    """Plan a workshop (a draft)"""
    with acting() as actor:
        organiser = get_unit(body.pop("organiser", actor.unit_code), scope=actor.unit_path)
        workshop = create_whole(organiser.id, _whole(body, actor), actor=actor)
        answer = read_shapes([workshop])[0]
    address = url_for("api_workshops.show_workshop", workshop_id=answer["id"])
    return answer, 201, {"Location": address}


@blueprint.get("/workshops/<int:workshop_id>")
@requires("workshops.read")
@blueprint.response(200, WorkshopSchema)
def show_workshop(workshop_id: int) -> dict[str, Any]:
    """One workshop"""
    return read_shapes([get_workshop(workshop_id, actor=current_actor())])[0]


@blueprint.patch("/workshops/<int:workshop_id>")
@requires("workshops.plan")
@blueprint.arguments(WorkshopChanges)
@blueprint.response(200, WorkshopSchema)
def change_workshop(body: dict[str, Any], workshop_id: int) -> dict[str, Any]:
    """Change a workshop; lists are sent whole"""
    get_planned_workshop(workshop_id, actor=current_actor())
    with acting() as actor:
        organiser = body.pop("organiser", None)
        if organiser is not None:
            body["organiser_id"] = get_unit(organiser, scope=actor.unit_path).id
        workshop = change_whole(workshop_id, _whole(body, actor), actor=actor)
        return read_shapes([workshop])[0]


@blueprint.post("/workshops/<int:workshop_id>/publish")
@requires("workshops.plan")
@blueprint.response(200, WorkshopSchema)
def publish_workshop(workshop_id: int) -> dict[str, Any]:
    """Show a draft to those it is for"""
    get_planned_workshop(workshop_id, actor=current_actor())
    with acting() as actor:
        return read_shapes([standing.publish(workshop_id, actor=actor)])[0]


_ENUMS = {"kind": WorkshopKind, "level": TrainingLevel, "approval": Approval}


def _whole(body: dict[str, Any], actor: Actor) -> Whole:
    facts = dict(body)
    quotas, sessions = facts.pop("quotas", None), facts.pop("sessions", None)
    guide, capacity = facts.pop("marking_guide", None), facts.pop("capacity", None)
    for name, kind in _ENUMS.items():
        if name in facts:
            facts[name] = kind(facts[name])
    return Whole(
        facts=facts,
        capacity=capacity,
        quotas=None if quotas is None else _quotas(quotas, actor),
        sessions=None if sessions is None else [SessionFacts(**item) for item in sessions],
        guide=None if guide is None else [GuideItem(**item) for item in guide],
    )


def _quotas(items: list[dict[str, Any]], actor: Actor) -> dict[int, int]:
    quotas: dict[int, int] = {}
    for item in items:
        unit = get_unit(item["unit"], scope=actor.unit_path)
        if unit.id in quotas:
            raise InvalidInput(
                _("%(unit)s has two quotas. Give one.", unit=unit.name), "unit_twice", "quotas"
            )
        quotas[unit.id] = item["seats"]
    return quotas
