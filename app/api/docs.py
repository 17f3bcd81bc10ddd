"""The API's own description: /api/v1/openapi.json and, readable, /api/v1/docs."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, current_app, render_template
from flask.json import dumps
from flask_smorest import Api

from app.access.guards import public

blueprint = Blueprint("api_docs", __name__)


@blueprint.get("/openapi.json")
@public
def openapi() -> Response:
    """The OpenAPI 3 document, made from the schemas that check the requests."""
    return Response(dumps(description()), content_type="application/json")


@blueprint.get("/docs")
@public
def docs() -> str:
    """The same to read and try, with Swagger UI from this server."""
    return render_template("api/docs.html")


def description() -> dict[str, Any]:
    """The OpenAPI document of this application."""
    api: Api = current_app.extensions["flask-smorest"]["apis"][""]["ext_obj"]
    document: dict[str, Any] = api.spec.to_dict()
    return document
