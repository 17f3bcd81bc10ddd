"""Certificates that units issue: prepare and issue a batch, follow it, read one by its number, one's own."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import gettext as _
from marshmallow import fields, validate

from app.access.guards import acting, current_actor, requires, signed_in
from app.access.guesses import of_certificates
from app.api.blueprint import ApiBlueprint, ApiSchema
from app.api.paging import ListArguments, Slice, cut_slice, list_schema
from app.core import clock
from app.core.errors import NotFound
from app.domain.accounts.rules import Actor
from app.domain.certificates.models import Certificate, CertificateBatch
from app.domain.certificates.operations.batches import LONGEST_TITLE, BatchFacts, draft_batch
from app.domain.certificates.operations.issuing import issue_batch
from app.domain.certificates.operations.making import has_failed
from app.domain.certificates.queries.batches import (
    get_batch,
    list_usable_templates,
    read_progress,
)
from app.domain.certificates.queries.issued import (
    find_newest,
    get_certificate,
    list_certificates_of_person,
)
from app.domain.certificates.queries.verifying import find_public
from app.domain.certificates.rules.numbers import LONGEST_PREFIX
from app.domain.certificates.rules.verifying import Standing, standing_on
from app.domain.certificates.rules.words import BatchState, CertificateKind, SourceKind
from app.domain.people.queries.record import find_person_of_account
from app.domain.people.rules.trainings import MOST_HOURS

blueprint = ApiBlueprint(
    "certificates", "Certificates that units issue: numbered, signed, checkable by anyone."
)
MOST_PEOPLE = 2000
LARGEST_ID = 2**31 - 1
KINDS = [kind.value for kind in CertificateKind]


class CertificateSchema(ApiSchema):
    number = fields.String(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(KINDS))
    status = fields.String(required=True, validate=validate.OneOf([one.value for one in Standing]))
    holder = fields.String(required=True, metadata={"description": "Masked: 李＊＊."})
    title = fields.String(required=True)
    issuer = fields.String(required=True)
    hours = fields.String(required=True, metadata={"description": "Of 45 minutes; may be empty."})
    from_ = fields.String(required=True, data_key="from")
    until = fields.String(required=True)
    issued_on = fields.Date(required=True)
    valid_until = fields.Date(required=True, allow_none=True)
    ended_on = fields.Date(required=True, allow_none=True)


class OwnCertificateSchema(CertificateSchema):
    id = fields.Integer(required=True)


class CodeArguments(ApiSchema):
    code = fields.String(
        load_default=None,
        validate=validate.Length(max=40),
        metadata={"description": "From the QR code; needed outside one's own unit."},
    )


class BatchBody(ApiSchema):
    template = fields.Integer(
        required=True,
        validate=validate.Range(1, LARGEST_ID),
        metadata={"description": "Id; /certificate-templates lists them."},
    )
    title = fields.String(required=True, validate=validate.Length(1, LONGEST_TITLE))
    prefix = fields.String(required=True, validate=validate.Length(1, LONGEST_PREFIX))
    issued_on = fields.Date(load_default=None)
    valid_until = fields.Date(load_default=None, allow_none=True)
    source = fields.String(
        load_default=SourceKind.HAND.value,
        validate=validate.OneOf([one.value for one in SourceKind]),
    )
    training = fields.String(
        load_default="",
        validate=validate.Length(max=200),
        metadata={"description": "Key of the training, with source “training”."},
    )
    people = fields.List(
        fields.Integer(validate=validate.Range(1, LARGEST_ID)),
        load_default=None,
        validate=validate.Length(max=MOST_PEOPLE),
        metadata={"description": "Ids; left out: everybody who has fulfilled it."},
    )
    issuer = fields.String(load_default="", validate=validate.Length(max=80))
    cohort = fields.String(load_default="", validate=validate.Length(max=40))
    started_on = fields.Date(load_default=None, allow_none=True)
    ended_on = fields.Date(load_default=None, allow_none=True)
    hours = fields.Decimal(
        load_default=None,
        allow_none=True,
        places=1,
        metadata={"description": "Of 45 minutes.", "minimum": 0, "maximum": int(MOST_HOURS)},
    )
    draft = fields.Boolean(
        load_default=False, metadata={"description": "Only prepare it; nothing gets a number."}
    )


class BatchSchema(ApiSchema):
    id = fields.Integer(required=True)
    title = fields.String(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(KINDS))
    status = fields.String(
        required=True, validate=validate.OneOf([state.value for state in BatchState])
    )
    people = fields.Integer(required=True)
    issued = fields.Integer(required=True, metadata={"description": "Numbers given."})
    made = fields.Integer(required=True, metadata={"description": "Papers made."})


class TemplateSchema(ApiSchema):
    id = fields.Integer(required=True)
    title = fields.String(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(KINDS))
    unit = fields.String(
        required=True, allow_none=True, metadata={"description": "Code; null: ready-made."}
    )


TemplateList = list_schema(TemplateSchema, "TemplateList")
CertificateList = list_schema(OwnCertificateSchema, "CertificateList")


@blueprint.get("/me/certificates")
@requires("certificates.hold")
@blueprint.arguments(ListArguments, location="query")
@blueprint.response(200, CertificateList)
def list_own_certificates(arguments: dict[str, Any]) -> Slice[dict[str, Any]]:
    """The certificates issued to the token's own teacher, the latest first"""
    account_id = current_actor().account_id
    own = find_person_of_account(account_id) if account_id is not None else None
    found = list_certificates_of_person(own.id) if own is not None else []
    return cut_slice([{"id": one.id, **_shape(one)} for one in found], arguments)


@blueprint.get("/certificates/<string:number>")
@signed_in
@blueprint.arguments(CodeArguments, location="query")
@blueprint.response(200, CertificateSchema)
def show_certificate(arguments: dict[str, Any], number: str) -> dict[str, Any]:
    """What anyone who verifies is told of a number; within one's unit also without the code"""
    found = _found(number, arguments["code"], current_actor())
    if found is None:
        raise NotFound(_("There is no such certificate, or the code is another one."))
    return found


def _found(number: str, code: str | None, actor: Actor) -> dict[str, Any] | None:
    if code is None:
        if not actor.may("certificates.read"):
            return None
        certificate = find_newest(number, scope=actor.unit_path)
        return None if certificate is None else _shape(certificate)
    of_certificates.stop_if_spent()
    public = find_public(number, code)
    if public is None:
        of_certificates.miss()
        return None
    return _shape(get_certificate(public.certificate_id, scope="/"))


def _shape(one: Certificate) -> dict[str, Any]:
    public = one.public
    return {
        "number": one.number,
        "kind": one.kind.value,
        "status": standing_on(one.state, one.valid_until, clock.today()).value,
        "holder": public["holder"],
        "title": one.title,
        "issuer": public["issuer"],
        "hours": public["hours"],
        "from_": public["from"],
        "until": public["until"],
        "issued_on": one.issued_on,
        "valid_until": one.valid_until,
        "ended_on": one.ended_on,
    }


@blueprint.get("/certificate-templates")
@requires("certificates.issue")
@blueprint.arguments(ListArguments, location="query")
@blueprint.response(200, TemplateList)
def list_templates(arguments: dict[str, Any]) -> Slice[dict[str, Any]]:
    """The templates that the token's unit may issue with"""
    found = list_usable_templates(current_actor().unit_path)
    shown = [
        {
            "id": one.id,
            "title": one.title,
            "kind": one.kind.value,
            "unit": one.unit.code if one.unit is not None else None,
        }
        for one in found
    ]
    return cut_slice(shown, arguments)


@blueprint.post("/certificate-batches")
@requires("certificates.issue")
@blueprint.arguments(BatchBody)
@blueprint.response(201, BatchSchema)
def create_batch(body: dict[str, Any]) -> tuple[dict[str, Any], int, dict[str, str]]:
    """Issue certificates; the papers are made in the background"""
    with acting() as actor:
        batch = draft_batch(_facts(body), actor=actor, person_ids=body["people"])
        if not body["draft"]:
            issue_batch(batch.id, actor=actor)
        answer = _batch_shape(batch)
    address = url_for("api_certificates.show_batch", batch_id=answer["id"])
    return answer, 201, {"Location": address}


@blueprint.get("/certificate-batches/<int:batch_id>")
@requires("certificates.issue")
@blueprint.response(200, BatchSchema)
def show_batch(batch_id: int) -> dict[str, Any]:
    """How far a batch is"""
    return _batch_shape(get_batch(batch_id, scope=current_actor().unit_path))


@blueprint.post("/certificate-batches/<int:batch_id>/issue")
@requires("certificates.issue")
@blueprint.response(200, BatchSchema)
def issue_prepared_batch(batch_id: int) -> dict[str, Any]:
    """Issue a batch that was only prepared"""
    with acting() as actor:
        return _batch_shape(issue_batch(batch_id, actor=actor))


def _facts(body: dict[str, Any]) -> BatchFacts:
    return BatchFacts(
        template_id=body["template"],
        title=body["title"],
        prefix=body["prefix"],
        issued_on=body["issued_on"] or clock.today(),
        source=SourceKind(body["source"]),
        source_key=body["training"],
        valid_until=body["valid_until"],
        started_on=body["started_on"],
        ended_on=body["ended_on"],
        hours=body["hours"],
        cohort=body["cohort"],
        issuer=body["issuer"],
    )


def _batch_shape(batch: CertificateBatch) -> dict[str, Any]:
    progress = read_progress(batch.id)
    return {
        "id": batch.id,
        "title": batch.title,
        "kind": batch.kind.value,
        "status": (BatchState.FAILED if has_failed(batch) else batch.state).value,
        "people": progress.chosen,
        "issued": progress.issued,
        "made": progress.made,
    }
