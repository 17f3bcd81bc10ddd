"""For programs of anyone: the public keys, and which certificates ended before their time."""

from __future__ import annotations

from typing import Any

from flask import Response

from app.access.guards import public
from app.blueprints.open_documents import open_json
from app.blueprints.verify.blueprint import LISTS, blueprint
from app.core import addresses, clock
from app.core.reading import begin_reading
from app.domain.certificates.queries.published import list_ended, list_public_keys
from app.domain.certificates.rules.badges import did_of, jwk_of
from app.extensions import limiter

ADDRESS = "/verify/revocations.json"


@blueprint.get("/keys.json")
@public
def keys() -> Response:
    """The keys that sign certificates, as JSON Web Key Set; retired ones still prove what they signed."""
    begin_reading()
    return open_json({"keys": [jwk_of(key.name, key.public_key) for key in list_public_keys()]})


@blueprint.get("/revocations.json")
@public
@limiter.limit(LISTS)
def revocations() -> Response:
    """What was revoked or replaced, by the id of its verifiable credential (1EdTech Revocation List)."""
    begin_reading()
    address = f"{addresses.base_url()}{ADDRESS}"  # as credentials name it, whatever host was asked
    listed: dict[str, Any] = {
        "id": address,
        "issuer": did_of(addresses.base_url()),
        "asOf": clock.now().isoformat(timespec="seconds"),
        "revokedCredential": [
            {"id": one.name, "revoked": True, "revocationReason": one.state.value}
            for one in list_ended()
        ],
    }
    return open_json(listed)
