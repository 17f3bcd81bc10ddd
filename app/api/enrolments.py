"""Enrolments: take part, nominate, see who is in, withdraw."""

from __future__ import annotations

from typing import Any

from flask import jsonify, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from marshmallow import fields, validate
from sqlalchemy import Select, select

from app.access.enrolling import enrol_holder, enrol_with_others
from app.access.guards import acting, current_actor, requires
from app.api.authentication import asked_first
from app.api.blueprint import ApiBlueprint, ApiSchema
from app.api.once import HEADER
from app.api.paging import ListArguments, Slice, list_schema, read_slice
from app.api.people import UnitName
from app.core import clock
from app.core.errors import DomainError, Forbidden, InvalidInput
from app.domain.accounts.rules import Actor
from app.domain.people.models import Person
from app.domain.people.queries.record import get_person
from app.domain.units.models import Unit
from app.domain.workshops.models import Enrolment, Workshop
from app.domain.workshops.operations.enrolling import Outcome, enrol, withdraw
from app.domain.workshops.queries.candidates import (
    Application,
    find_own_application,
    read_application,
)
from app.domain.workshops.queries.enrolments import (
    find_own_person_id,
    get_enrolment,
    in_roster,
    list_positions,
    may_end,
)
from app.domain.workshops.queries.workshops import get_workshop
from app.domain.workshops.rules.words import EnrolmentStatus

LARGEST_ID = 2**31 - 1
_NOTHING = {b"", b"{}"}  # bodies that ask for nothing but to take part
_LONGEST_NOTHING = max(map(len, _NOTHING))
blueprint = ApiBlueprint("enrolments", "Who takes part in a workshop, or waits for a seat.")


class EnrolBody(ApiSchema):
    person = fields.Integer(
        strict=True,
        validate=validate.Range(1, LARGEST_ID),
        metadata={"description": "Id of a person of your unit, to nominate; default: yourself."},
    )


class EnrolmentSchema(ApiSchema):
    id = fields.Integer(required=True)
    status = fields.String(
        required=True, validate=validate.OneOf([status.value for status in EnrolmentStatus])
    )
    position = fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": "Place in the whole line, from 1; null when not waiting."},
    )


class PersonName(ApiSchema):
    id = fields.Integer(required=True)
    name = fields.String(required=True)


class EnrolmentItem(EnrolmentSchema):
    person = fields.Nested(PersonName, required=True)
    unit = fields.Nested(UnitName, required=True)
    applied_at = fields.AwareDateTime(format="iso", required=True)


class WorkshopName(ApiSchema):
    id = fields.Integer(required=True)
    title = fields.String(required=True)
    status = fields.String(required=True)


class OwnEnrolment(EnrolmentSchema):
    workshop = fields.Nested(WorkshopName, required=True)
    applied_at = fields.AwareDateTime(format="iso", required=True)


class WithdrawArguments(ApiSchema):
    reason = fields.String(
        load_default="",
        validate=validate.Length(max=500),
        metadata={"description": "Needed after the deadline for withdrawing."},
    )


class WithdrawBody(ApiSchema):
    """The reason may come in the body as well: an address stands in every log on its way."""

    reason = fields.String(
        load_default=None,
        validate=validate.Length(max=500),
        metadata={"description": "Instead of the one in the query."},
    )


EnrolmentList = list_schema(EnrolmentItem, "EnrolmentList")
OwnEnrolmentList = list_schema(OwnEnrolment, "OwnEnrolmentList")


def _enrol_at_once(token_hash: str) -> ResponseReturnValue | None:
    """Whoever just takes part is enrolled with everybody who comes in this moment, before anything else is read."""
    if HEADER in request.headers or "Transfer-Encoding" in request.headers:
        return None
    if (request.content_length or 0) > _LONGEST_NOTHING or request.get_data() not in _NOTHING:
        return None
    outcome = enrol_holder((request.view_args or {})["workshop_id"], token_hash)
    return None if outcome is None else (jsonify(_answer(outcome)), 201)


@blueprint.post("/workshops/<int:workshop_id>/enrolments")
@asked_first(_enrol_at_once)
@requires("workshops.read")
@blueprint.arguments(EnrolBody, required=False)
@blueprint.response(201, EnrolmentSchema)
@blueprint.alt_response(200, schema=EnrolmentSchema, description="Enrolled already")
def create_enrolment(body: dict[str, Any], workshop_id: int) -> tuple[dict[str, Any], int]:
    """Enrol, or nominate somebody"""
    person_id = (body or {}).get("person")
    outcome = enrol_with_others(workshop_id) if person_id is None else None
    if outcome is None:
        application, nominated_by = _applies(workshop_id, person_id)
        with acting() as actor:
            outcome = enrol(application, actor=actor, nominated_by=nominated_by)
    return _answer(outcome), 201 if outcome.created else 200


def _answer(outcome: Outcome) -> dict[str, Any]:
    return {
        "id": outcome.enrolment_id,
        "status": outcome.status.value,
        "position": outcome.position,
    }


def _applies(workshop_id: int, person_id: int | None) -> tuple[Application, str | None]:
    """Who applies, and the role that nominates them (None: they apply themselves)."""
    actor = current_actor()
    own = find_own_application(workshop_id, actor=actor) if person_id is None else None
    if own is not None:
        return own, None
    workshop = get_workshop(workshop_id, actor=actor)
    person_id, nominated_by = _whom(actor, person_id)
    return read_application(workshop, person_id), nominated_by


def _whom(actor: Actor, person_id: int | None) -> tuple[int, str | None]:
    """Who is meant, and the role that nominates them (None: they apply themselves)."""
    own = find_own_person_id(actor.account_id) if actor.may("workshops.enrol") else None
    if own is not None and person_id in {None, own}:
        return own, None
    if person_id is None and actor.may("workshops.enrol"):
        raise DomainError(
            _("This account belongs to nobody in the registry. Ask your school to link it."),
            "not_eligible",
        )
    if not actor.may("workshops.nominate"):
        raise Forbidden(_("You may enrol yourself, not others."))
    if person_id is None:
        raise InvalidInput(_("Say whom you nominate."), "person_missing", "person")
    return get_person(person_id, scope=actor.unit_path).id, actor.role


@blueprint.get("/workshops/<int:workshop_id>/enrolments")
@requires("workshops.read")
@blueprint.arguments(ListArguments, location="query")
@blueprint.response(200, EnrolmentList)
def list_enrolments(arguments: dict[str, Any], workshop_id: int) -> Slice[dict[str, Any]]:
    """Who is or was in a workshop, in order of arrival: all for who runs it, else those of your unit, or your own"""
    actor = current_actor()
    workshop = get_workshop(workshop_id, actor=actor)
    columns: tuple[Any, ...] = (
        Enrolment,
        Person.id.label("person_id"),
        Person.name,
        Unit.code.label("unit_code"),
        Unit.name.label("unit_name"),
    )
    statement: Select[Any] = (
        select(*columns)
        .join(Person, Person.id == Enrolment.person_id)
        .join(Unit, Unit.id == Enrolment.unit_id)
        .where(Enrolment.workshop_id == workshop.id, in_roster(workshop, actor))
    )
    part = read_slice(statement, [Enrolment.number], arguments)
    places = list_positions(workshop.id)
    items = [
        {
            **_short(row.Enrolment, places),
            "person": {"id": row.person_id, "name": row.name},
            "unit": {"code": row.unit_code, "name": row.unit_name},
        }
        for row in part.items
    ]
    return Slice(items, part.next_cursor)


def _short(enrolment: Enrolment, places: dict[int, int]) -> dict[str, Any]:
    return {
        "id": enrolment.id,
        "status": enrolment.status.value,
        "position": places.get(enrolment.id),
        "applied_at": clock.local(enrolment.applied_at),
    }


@blueprint.get("/me/enrolments")
@requires("workshops.enrol")
@blueprint.arguments(ListArguments, location="query")
@blueprint.response(200, OwnEnrolmentList)
def list_own(arguments: dict[str, Any]) -> Slice[dict[str, Any]]:
    """The token's own teacher's enrolments, the oldest first"""
    own = find_own_person_id(current_actor().account_id)
    columns: tuple[Any, ...] = (
        Enrolment,
        Workshop.title,
        Workshop.status.label("workshop_status"),
    )
    statement: Select[Any] = (
        select(*columns)
        .join(Workshop, Workshop.id == Enrolment.workshop_id)
        .where(Enrolment.person_id == own)
    )
    part = read_slice(statement, [Enrolment.id], arguments)
    places = list_positions(*{row.Enrolment.workshop_id for row in part.items})
    items = [
        {
            **_short(row.Enrolment, places),
            "workshop": {
                "id": row.Enrolment.workshop_id,
                "title": row.title,
                "status": row.workshop_status.value,
            },
        }
        for row in part.items
    ]
    return Slice(items, part.next_cursor)


@blueprint.delete("/enrolments/<int:enrolment_id>")
@requires("workshops.read")
@blueprint.arguments(WithdrawArguments, location="query")
@blueprint.arguments(WithdrawBody, location="json", required=False)
@blueprint.response(204)
def delete_enrolment(arguments: dict[str, Any], body: dict[str, Any], enrolment_id: int) -> None:
    """Withdraw; the seat goes on at once"""
    enrolment = get_enrolment(enrolment_id, actor=current_actor())
    if not may_end(enrolment, current_actor()):
        raise Forbidden(_("Only the person, who nominates for their unit, or the organiser may."))
    with acting() as actor:
        withdraw(enrolment_id, actor=actor, reason=body["reason"] or arguments["reason"])
