"""Who the token is."""

from __future__ import annotations

from typing import Any

from flask import g
from marshmallow import fields

from app.access.guards import current_actor, signed_in
from app.api.blueprint import ApiBlueprint, ApiSchema
from app.domain.accounts.rules import HeldGrant

blueprint = ApiBlueprint("me", "The account that the token belongs to.")


class UnitInShort(ApiSchema):
    code = fields.String(required=True)
    name = fields.String(required=True)
    kind = fields.String(required=True)


class GrantSchema(ApiSchema):
    role = fields.String(required=True)
    unit = fields.Nested(UnitInShort, required=True)


class MeSchema(ApiSchema):
    username = fields.String(required=True)
    display_name = fields.String(required=True)
    language = fields.String(required=True)
    role = fields.String(required=True, metadata={"description": "The role the token acts in."})
    unit = fields.Nested(UnitInShort, required=True)
    permissions = fields.List(fields.String(), required=True)
    grants = fields.List(
        fields.Nested(GrantSchema), required=True, metadata={"description": "All roles held today."}
    )
    unread = fields.Integer(required=True, metadata={"description": "Unread notices."})


@blueprint.get("/me")
@signed_in
@blueprint.response(200, MeSchema)
def me() -> dict[str, Any]:
    """The account, its roles and what this token may do"""
    actor = current_actor()
    return {
        "username": actor.username,
        "display_name": g.user.display_name,
        "language": g.user.language,
        "role": actor.role,
        "unit": {"code": actor.unit_code, "name": actor.unit_name, "kind": actor.unit_kind},
        "permissions": sorted(actor.permissions),
        "grants": [_grant(grant) for grant in actor.grants],
        "unread": actor.unread,
    }


def _grant(grant: HeldGrant) -> dict[str, Any]:
    unit = {"code": grant.unit_code, "name": grant.unit_name, "kind": grant.unit_kind}
    return {"role": grant.role.value, "unit": unit}
