"""What every file of API routes is made of: a blueprint that authenticates, refuses unknown fields and acts once."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from flask import Request
from flask_smorest import Blueprint
from marshmallow import RAISE, Schema, ValidationError
from webargs.flaskparser import FlaskParser

from app.api.once import HEADER, LONGEST, once

IDEMPOTENCY_KEY = {
    "in": "header",
    "name": HEADER,
    "required": False,
    "description": "The same key and body give the same answer and act once.",
    "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST, "pattern": "^[!-~]+$"},
}


class ApiSchema(Schema):
    """Base of every schema: unknown fields are refused."""

    class Meta:
        unknown = RAISE


class StrictParser(FlaskParser):
    """Leaves unknown fields to the schema, which refuses them, and refuses text that no database keeps."""

    DEFAULT_UNKNOWN_BY_LOCATION: dict[str, str | None] = {"json": None, "query": None}

    def load_json(self, req: Request, schema: Schema) -> Any:
        data = super().load_json(req, schema)
        if isinstance(data, dict | list | str):
            _refuse_unstorable(json.dumps(data, ensure_ascii=False))
        return data


def _refuse_unstorable(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise ValidationError("Not valid Unicode text.") from error
    if "\\u0000" in text:
        raise ValidationError("Text may not contain the character U+0000.")


class ApiBlueprint(Blueprint):
    """Routes of one topic under /api/v1; the topic is their heading in the documentation."""

    ARGUMENTS_PARSER = StrictParser()

    def __init__(self, topic: str, description: str) -> None:
        super().__init__(f"api_{topic}", __name__, description=description)
        self.topic = topic

    def add_url_rule(
        self,
        rule: str,
        endpoint: str | None = None,
        view_func: Callable[..., Any] | None = None,
        provide_automatic_options: bool | None = None,
        **options: Any,
    ) -> None:
        options["tags"] = options.get("tags") or [self.topic]
        if view_func is not None and "POST" in (options.get("methods") or ()):
            view_func = once(view_func)
            options["parameters"] = [*(options.get("parameters") or ()), IDEMPOTENCY_KEY]
        super().add_url_rule(rule, endpoint, view_func, provide_automatic_options, **options)
