"""The county ledger and the rows behind its figures."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from marshmallow import fields, validate

from app.access.guards import current_actor, requires
from app.api.blueprint import ApiBlueprint, ApiSchema
from app.api.me import UnitInShort
from app.api.paging import ListArguments, decode_cursor, encode_cursor, list_schema
from app.core import clock
from app.core.errors import Forbidden
from app.domain.people.rules import TrainingLevel
from app.domain.statistics.definition import Figure
from app.domain.statistics.figures import FIGURES, LEVELS
from app.domain.statistics.ledger import read_ledger
from app.domain.statistics.rows import Stretch, Wanted, list_figure_rows
from app.domain.statistics.rules import FigureKind, Part
from app.domain.statistics.scope import View, read_view
from app.domain.statistics.shapes import figure_row_shape, ledger_shape, rows_shape

blueprint = ApiBlueprint("statistics", "Figures of a unit on a day, and the rows behind them.")
_DECIMALS = {"room_area", "credit_hours"}


class PeriodArguments(ApiSchema):
    unit = fields.String(
        load_default=None,
        metadata={"description": "Code of the unit; default: the token's own."},
    )
    as_of = fields.Date(
        load_default=None, metadata={"description": "The day of the figures; default: today."}
    )
    since = fields.Date(
        load_default=None,
        metadata={"description": "First day of flows; default: 1 January of the as-of year."},
    )
    part = fields.String(
        load_default=None,
        validate=validate.OneOf([part.value for part in Part]),
        metadata={"description": "Only the row without a code of the unit's ledger."},
    )


class RowArguments(PeriodArguments, ListArguments):
    level = fields.String(
        load_default=None, validate=validate.OneOf([level.value for level in TrainingLevel])
    )


def _field(figure: Figure) -> fields.Field:
    described = {"description": str(figure.label)}
    if figure.kind is FigureKind.LEVELS:
        levels = {level.value: fields.Integer(required=True) for level in LEVELS}
        return fields.Nested(type("PersonTimesByLevel", (ApiSchema,), levels), required=True)
    if figure.kind is FigureKind.RATIO:
        return fields.Float(required=True, allow_none=True, metadata=described)
    if figure.name in _DECIMALS:
        return fields.Raw(required=True, metadata={"type": "number", **described})
    return fields.Integer(required=True, metadata=described)


FiguresSchema: type[ApiSchema] = type(
    "Figures", (ApiSchema,), {name: _field(figure) for name, figure in FIGURES.items()}
)


class PartSchema(ApiSchema):
    code = fields.String(required=True, allow_none=True)
    name = fields.String(required=True)
    kind = fields.String(required=True)
    figures = fields.Nested(FiguresSchema, required=True)


class LedgerSchema(ApiSchema):
    unit = fields.Nested(UnitInShort, required=True)
    as_of = fields.String(required=True)
    since = fields.String(required=True)
    totals = fields.Nested(FiguresSchema, required=True)
    units = fields.List(fields.Nested(PartSchema), required=True)


class PlaceSchema(ApiSchema):
    code = fields.String(required=True)
    name = fields.String(required=True)


class FigureRowSchema(ApiSchema):
    value = fields.Raw(required=True, metadata={"type": "number"})
    label = fields.String(required=True)
    unit = fields.Nested(PlaceSchema, required=True)
    parent = fields.String(required=True, allow_none=True)
    person = fields.Integer(required=True, allow_none=True)
    date = fields.String(required=True, allow_none=True)
    details = fields.Dict(required=True)


FigureRowList = list_schema(
    FigureRowSchema,
    "FigureRowList",
    figure=fields.String(required=True),
    unit=fields.Nested(UnitInShort, required=True),
    as_of=fields.String(required=True),
    since=fields.String(required=True),
    count=fields.Raw(
        required=True,
        metadata={"type": "number", "description": "Sum of the values over all pages."},
    ),
)


@blueprint.get("/statistics")
@requires("ledger.read")
@blueprint.arguments(PeriodArguments, location="query")
@blueprint.response(200, LedgerSchema)
def show(arguments: dict[str, Any]) -> dict[str, Any]:
    """The county ledger: totals of a unit and a row for each of its parts"""
    view = _view(arguments)
    ledger = read_ledger(
        view.unit_id,
        as_of=arguments["as_of"] or clock.today(),
        since=arguments["since"],
        part=view.part,
    )
    return ledger_shape(ledger)


@blueprint.get("/statistics/<string:figure>/rows")
@requires("ledger.rows")
@blueprint.arguments(RowArguments, location="query")
@blueprint.response(200, FigureRowList)
def rows(arguments: dict[str, Any], figure: str) -> dict[str, Any]:
    """The rows behind a figure; `count` is the sum of their values over all pages"""
    view = _view(arguments)
    if not view.rows:
        raise Forbidden(_("Your role sees the figures, not the rows behind them."))
    after = decode_cursor(arguments["cursor"], [int])
    limit = arguments["limit"]
    wanted = Wanted(
        figure,
        arguments["as_of"] or clock.today(),
        arguments["since"],
        view.part,
        TrainingLevel(arguments["level"]) if arguments["level"] else None,
    )
    stretch = Stretch(limit + 1, after=after[0] if after else None, by_id=True)
    listing = list_figure_rows(view.unit_id, wanted, stretch)
    items = listing.items[:limit]
    more = len(listing.items) > limit
    return {
        **rows_shape(listing),
        "items": [figure_row_shape(row) for row in items],
        "next_cursor": encode_cursor([items[-1].row_id]) if more else None,
    }


def _view(arguments: dict[str, Any]) -> View:
    return read_view(current_actor(), arguments["unit"], arguments["part"])
