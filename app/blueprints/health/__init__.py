"""Whether the system can answer, for whoever watches it."""

from __future__ import annotations

from flask import Blueprint, Response
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from app.access.guards import public
from app.core.db import db

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
@public
def healthz() -> tuple[Response, int]:
    """200 while the database answers, else 503."""
    try:
        db.session.execute(text("SELECT 1"))
    except SQLAlchemyError:
        return Response("database unavailable\n", mimetype="text/plain"), 503
    return Response("ok\n", mimetype="text/plain"), 200
