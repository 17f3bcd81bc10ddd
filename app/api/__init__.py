"""The JSON API (CONTRACT.md, JSON API). A topic is registered by its line in ``TOPICS``; how-to: docs/api.md."""

from __future__ import annotations

from http import HTTPStatus
from importlib import import_module
from typing import Any

from flask import Flask
from flask_smorest import Api
from marshmallow import Schema, fields

from app.api import docs
from app.api.authentication import authenticate
from app.api.blueprint import ApiBlueprint
from app.api.problems import CONTENT_TYPE, register_problems
from app.extensions import csrf

ADDRESS = "/api/v1"
TOPICS: tuple[str, ...] = (
    "me",
    "units",
    "statistics",
    "people",
    "workshops",
    "enrolments",
    "placements",
    "courses",
    "courses_learning",
    "courses_lessons",
    "courses_completions",
    "courses_progress",
    "credentials",
    "certificates",
)


class FieldProblem(Schema):
    field = fields.String(required=True)
    message = fields.String(required=True)


class Problem(Schema):
    """RFC 9457; ``code`` is stable, ``detail`` is for people."""

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    code = fields.String(required=True)
    detail = fields.String(required=True)
    errors = fields.List(fields.Nested(FieldProblem))


class DescribedApi(Api):
    """flask-smorest with our error format, headings and no error handlers or pages of its own."""

    def _register_responses(self) -> None:
        named = {status.name: status.phrase for status in HTTPStatus}
        for name, phrase in {**named, "DEFAULT_ERROR": "Error"}.items():
            content = {CONTENT_TYPE: {"schema": Problem}}
            response = {"description": phrase, "content": content}
            self.spec.components.response(name, response, lazy=True)

    def _register_error_handlers(self) -> None:
        """Problems are answered by app.api.problems, pages keep theirs."""

    def register_topic(self, blueprint: ApiBlueprint) -> None:
        """Put one file of routes on the application and into the description."""
        self._app.extensions["flask-smorest"]["blp_name_to_api"][blueprint.name] = self
        self._app.register_blueprint(blueprint, url_prefix=ADDRESS)
        blueprint.register_views_in_doc(
            self, self._app, self.spec, name=blueprint.name, parameters=None
        )
        self.spec.tag({"name": blueprint.topic, "description": blueprint.description})


def register_api(app: Flask) -> None:
    """Put /api/v1 on the application."""
    app.config.update(API_TITLE="Xinyu 心育", API_VERSION="v1", OPENAPI_VERSION="3.0.3")
    app.before_request(authenticate)
    register_problems(app)
    api = DescribedApi(app, spec_kwargs=_about())
    app.register_blueprint(docs.blueprint, url_prefix=ADDRESS)
    for topic in TOPICS:
        blueprint = import_module(f"app.api.{topic}").blueprint
        csrf.exempt(blueprint)
        api.register_topic(blueprint)


def _about() -> dict[str, Any]:
    scheme = {"type": "http", "scheme": "bearer", "description": "An API token of an account."}
    return {
        "info": {
            "description": "A token sees exactly what its account sees in the pages. Errors are"
            " RFC 9457 problems with a stable code. A POST may carry an Idempotency-Key."
        },
        "components": {"securitySchemes": {"bearer": scheme}},
        "security": [{"bearer": []}],
    }
