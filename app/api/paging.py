"""Lists: ``limit`` and an opaque ``cursor`` in, ``{"items": […], "next_cursor": …}`` out."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Generic, TypeVar

from flask_babel import gettext as _
from marshmallow import fields, validate
from sqlalchemy import Row, Select, tuple_

from app.api.blueprint import ApiSchema
from app.core.db import db
from app.core.errors import InvalidInput

MOST = 200
USUAL = 50
Item = TypeVar("Item")


class ListArguments(ApiSchema):
    """Query arguments of every list; a list with filters of its own derives from it."""

    limit = fields.Integer(
        load_default=USUAL,
        validate=validate.Range(1, MOST),
        metadata={"description": "How many items at most."},
    )
    cursor = fields.String(
        load_default=None,
        validate=validate.Length(max=500),
        metadata={"description": "next_cursor of the page before."},
    )


@dataclass(frozen=True)
class Slice(Generic[Item]):
    """A part of a list, and where it goes on (None: this was the last)."""

    items: Sequence[Item]
    next_cursor: str | None


def list_schema(item: type[ApiSchema], name: str, **more: fields.Field) -> type[ApiSchema]:
    """The schema of a list of ``item``; ``more`` are fields beside items and next_cursor."""
    members: dict[str, Any] = {
        "items": fields.List(fields.Nested(item), required=True),
        "next_cursor": fields.String(required=True, allow_none=True),
        **more,
    }
    schema: type[ApiSchema] = type(name, (ApiSchema,), members)
    return schema


def read_slice(
    statement: Select[Any], keys: Sequence[Any], arguments: dict[str, Any]
) -> Slice[Row[Any]]:
    """One part of a statement's rows in the order of ``keys`` (columns, ascending, never null, the last one unique).

    It goes on after the last row by its keys, not by counting, so it stays fast and right while rows come and
    go. Each row has what the statement selects, with the keys after it.
    """
    after = decode_cursor(arguments.get("cursor"), [key.type.python_type for key in keys])
    if after is not None:
        statement = statement.where(tuple_(*keys) > tuple_(*after))
    labelled = [key.label(f"key_{number}") for number, key in enumerate(keys)]
    limit = arguments["limit"]
    rows = db.session.execute(
        statement.add_columns(*labelled).order_by(None).order_by(*keys).limit(limit + 1)
    ).all()
    items = rows[:limit]
    more = len(rows) > limit
    return Slice(items, encode_cursor(items[-1][-len(keys) :]) if more else None)


def cut_slice(items: Sequence[Item], arguments: dict[str, Any]) -> Slice[Item]:
    """One part of a list that is in memory anyway; the cursor counts."""
    after = decode_cursor(arguments.get("cursor"), [int])
    start = after[0] if after else 0
    end = start + arguments["limit"]
    return Slice(items[start:end], encode_cursor([end]) if end < len(items) else None)


def encode_cursor(values: Sequence[Any]) -> str:
    """Opaque text for the key values of the last item."""
    plain = [value.isoformat() if isinstance(value, date) else value for value in values]
    text = json.dumps(plain, ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode_cursor(cursor: str | None, types: Sequence[type]) -> list[Any] | None:
    """The key values in a cursor; raises InvalidInput for anything we did not make."""
    if not cursor:
        return None
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        values = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        if not isinstance(values, list) or len(values) != len(types):
            raise ValueError
        return [_value(value, kind) for value, kind in zip(values, types, strict=True)]
    except (ValueError, TypeError, binascii.Error, RecursionError) as error:
        raise InvalidInput(
            _("The cursor is not one of ours. Take next_cursor of the page before, unchanged."),
            "invalid_cursor",
            "cursor",
        ) from error


def _value(value: Any, kind: type[Any]) -> Any:
    if kind is datetime:
        instant = datetime.fromisoformat(value)
        if instant.tzinfo is None:
            raise ValueError
        return instant
    if kind is date:
        return date.fromisoformat(value)
    if type(value) is not kind:
        raise ValueError
    text = str(value)
    text.encode()
    if "\0" in text or (kind is int and not 0 <= int(text) < 2**31):
        raise ValueError
    return value
