"""People of the token's unit: masked, as the pages show them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from marshmallow import fields, validate

from app.access.guards import current_actor, requires
from app.api.blueprint import ApiBlueprint, ApiSchema
from app.api.paging import ListArguments, Slice, decode_cursor, encode_cursor, list_schema
from app.domain.people.models import Person, Posting
from app.domain.people.queries.record import (
    find_main_posting,
    get_person,
    get_registry_facts,
    list_postings,
)
from app.domain.people.queries.registry import ListedPerson, PeopleFilter, list_people_after
from app.domain.people.queries.visibility import Status
from app.domain.people.rules import PostingRole
from app.domain.people.sealed import masked_identity_number, masked_phone
from app.domain.units import queries as units

blueprint = ApiBlueprint("people", "Counselors and external experts; numbers are masked.")


class PeopleArguments(ListArguments):
    unit = fields.String(
        load_default=None,
        validate=validate.Length(max=20),
        metadata={"description": "Code of a unit: only its subtree."},
    )
    q = fields.String(
        load_default="",
        validate=validate.Length(max=80),
        metadata={
            "description": "Name, pinyin or initials, or a whole identity number or phone number."
        },
    )
    role = fields.String(
        load_default=None, validate=validate.OneOf([role.value for role in PostingRole])
    )
    status = fields.String(
        load_default=Status.CURRENT.value,
        validate=validate.OneOf([status.value for status in Status]),
    )


class UnitName(ApiSchema):
    code = fields.String(required=True)
    name = fields.String(required=True)


class PersonItem(ApiSchema):
    id = fields.Integer(required=True)
    name = fields.String(required=True)
    sex = fields.String(required=True, allow_none=True)
    id_number = fields.String(
        required=True, allow_none=True, metadata={"description": "Masked: 530998********0070."}
    )
    phone = fields.String(
        required=True, allow_none=True, metadata={"description": "Masked: 133****3134."}
    )
    unit = fields.Nested(
        UnitName,
        required=True,
        metadata={"description": "Of the main posting, else who registered them."},
    )
    role = fields.String(required=True, allow_none=True)
    title = fields.String(required=True, allow_none=True)


class PostingSchema(ApiSchema):
    unit = fields.Nested(UnitName, required=True)
    role = fields.String(required=True)
    subject = fields.String(required=True, allow_none=True)
    title = fields.String(required=True, allow_none=True)
    recruited_on = fields.Date(required=True, allow_none=True)
    valid_from = fields.Date(required=True)
    valid_until = fields.Date(required=True, allow_none=True)


class DesignationSchema(ApiSchema):
    nominating_unit = fields.Nested(UnitName, required=True)
    valid_from = fields.Date(required=True)
    valid_until = fields.Date(required=True, allow_none=True)


class TrainingSchema(ApiSchema):
    title = fields.String(required=True)
    kind = fields.String(required=True)
    level = fields.String(required=True)
    started_on = fields.Date(required=True, allow_none=True)
    ended_on = fields.Date(required=True)
    hours = fields.Float(required=True, allow_none=True)
    passed = fields.Boolean(required=True)


class PersonRecord(PersonItem):
    ethnicity = fields.String(required=True, allow_none=True)
    born_on = fields.Date(required=True, allow_none=True)
    education = fields.String(required=True, allow_none=True)
    major = fields.String(required=True, allow_none=True)
    postings = fields.List(fields.Nested(PostingSchema), required=True)
    designations = fields.List(fields.Nested(DesignationSchema), required=True)
    trainings = fields.List(fields.Nested(TrainingSchema), required=True)


PeopleList = list_schema(PersonItem, "PeopleList")


@blueprint.get("/people")
@requires("people.read")
@blueprint.arguments(PeopleArguments, location="query")
@blueprint.response(200, PeopleList)
def list_people(arguments: dict[str, Any]) -> Slice[dict[str, Any]]:
    """People of the token's subtree, in the order of their pinyin"""
    path = current_actor().unit_path
    if arguments["unit"]:
        path = units.get_unit(arguments["unit"], scope=path).path
    role = PostingRole(arguments["role"]) if arguments["role"] else None
    wanted = PeopleFilter(arguments["q"].strip(), Status(arguments["status"]), role)
    after = decode_cursor(arguments["cursor"], [int])
    people, next_id = list_people_after(
        path, wanted, after_id=after[0] if after else None, limit=arguments["limit"]
    )
    cursor = encode_cursor([next_id]) if next_id is not None else None
    return Slice([_item(person) for person in people], cursor)


def _item(person: ListedPerson) -> dict[str, Any]:
    return {
        "id": person.id,
        "name": person.name,
        "sex": person.sex,
        "id_number": person.id_number or None,
        "phone": person.phone or None,
        "unit": {"code": person.unit_code, "name": person.unit_name},
        "role": person.role,
        "title": person.title,
    }


@blueprint.get("/people/<int:person_id>")
@requires("people.read")
@blueprint.response(200, PersonRecord)
def show_person(person_id: int) -> dict[str, Any]:
    """One person with postings, designations and trainings"""
    person = get_person(person_id, scope=current_actor().unit_path)
    facts = get_registry_facts(person.id)
    return {
        **_record(person, list_postings(person.id)),
        "designations": facts.designations,
        "trainings": [record for record in facts.trainings if record.withdrawn_at is None],
    }


def _record(person: Person, postings: Sequence[Posting]) -> dict[str, Any]:
    main = find_main_posting(postings)
    return {
        "id": person.id,
        "name": person.name,
        "sex": person.sex,
        "id_number": masked_identity_number(person.id_number_sealed) or None,
        "phone": masked_phone(person.phone_sealed) or None,
        "unit": main.unit if main is not None else person.registered_unit,
        "role": main.role if main is not None else None,
        "title": main.title if main is not None else None,
        "ethnicity": person.ethnicity,
        "born_on": person.born_on,
        "education": person.education,
        "major": person.major,
        "postings": postings,
    }
