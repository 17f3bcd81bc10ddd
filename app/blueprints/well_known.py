"""What stands at fixed addresses of every site: here the document behind the issuer's name in credentials."""

from __future__ import annotations

from flask import Blueprint, Response

from app.access.guards import public
from app.blueprints.open_documents import open_json
from app.core import addresses
from app.core.reading import begin_reading
from app.domain.certificates.queries.published import list_public_keys
from app.domain.certificates.rules.badges import did_document

blueprint = Blueprint("well_known", __name__)


@blueprint.get("/.well-known/did.json")
@public
def did() -> Response:
    """The keys of the issuer of verifiable credentials (did:web)."""
    begin_reading()
    keys = [(key.name, key.public_key) for key in list_public_keys()]
    return open_json(did_document(addresses.base_url(), keys), "application/did+json")
