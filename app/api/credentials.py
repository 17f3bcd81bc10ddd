"""The certificates that the token's own teacher brought; those issued by the bureau: app/api/certificates.py."""

from __future__ import annotations

from typing import Any

from marshmallow import fields
from sqlalchemy import select

from app.access.guards import current_actor, requires
from app.api.blueprint import ApiBlueprint, ApiSchema
from app.api.paging import ListArguments, Slice, list_schema, read_slice
from app.core import clock
from app.domain.certificates.models import Credential, CredentialKind
from app.domain.certificates.rules import CredentialState
from app.domain.people.queries.record import find_person_of_account

blueprint = ApiBlueprint("credentials", "Certificates that people bring, and their verification.")


class CredentialSchema(ApiSchema):
    id = fields.Integer(required=True)
    kind = fields.String(required=True)
    number = fields.String(required=True, allow_none=True)
    issuer = fields.String(required=True, allow_none=True)
    issued_on = fields.Date(required=True, allow_none=True)
    expires_on = fields.Date(required=True, allow_none=True)
    revoked_on = fields.Date(required=True, allow_none=True)
    status = fields.String(
        required=True,
        metadata={"enum": [state.value for state in CredentialState]},
    )
    reason = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "Why it was sent back or rejected."},
    )
    renews = fields.Integer(
        required=True, allow_none=True, metadata={"description": "The id of the one it renews."}
    )
    in_force = fields.Boolean(
        required=True,
        metadata={"description": "Verified, and neither expired nor revoked today."},
    )


CredentialList = list_schema(CredentialSchema, "CredentialList")


@blueprint.get("/me/credentials")
@requires("certificates.hold")
@blueprint.arguments(ListArguments, location="query")
@blueprint.response(200, CredentialList)
def list_own_credentials(arguments: dict[str, Any]) -> Slice[dict[str, Any]]:
    """The certificates the token's own teacher brought, the oldest first"""
    account_id = current_actor().account_id
    own = find_person_of_account(account_id) if account_id is not None else None
    if own is None:
        return Slice([], None)
    statement: Any = (
        select(Credential, CredentialKind.name.label("kind_name"))
        .join(CredentialKind, CredentialKind.id == Credential.kind_id)
        .where(Credential.person_id == own.id)
    )
    part = read_slice(statement, [Credential.id], arguments)
    return Slice([_shown(row.Credential, row.kind_name) for row in part.items], part.next_cursor)


def _shown(credential: Credential, kind: str) -> dict[str, Any]:
    today = clock.today()
    return {
        "id": credential.id,
        "kind": kind,
        "number": credential.number,
        "issuer": credential.issuer,
        "issued_on": credential.issued_on,
        "expires_on": credential.expires_on,
        "revoked_on": credential.revoked_on,
        "status": credential.state.value,
        "reason": credential.decision_reason,
        "renews": credential.renews_id,
        "in_force": credential.state is CredentialState.VERIFIED
        and (credential.expires_on is None or credential.expires_on >= today)
        and (credential.revoked_on is None or credential.revoked_on > today),
    }
