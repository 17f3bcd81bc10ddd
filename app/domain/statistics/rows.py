"""The rows behind a figure: the same select the figure is summed over, ordered, filtered, in pages."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Row, Subquery, false, func, or_, select
from sqlalchemy.orm import Session

from app.core import clock
from app.core.db import db
from app.core.errors import InvalidInput, NotFound
from app.core.i18n import gettext as _
from app.core.text import like_pattern, name_key
from app.domain.people.models import Person
from app.domain.people.queries.visibility import is_visible
from app.domain.people.rules import TrainingLevel
from app.domain.statistics.definition import Figure
from app.domain.statistics.expressions import Selection
from app.domain.statistics.figures import get_figure
from app.domain.statistics.frame import Frame, read_frame
from app.domain.statistics.ledger import check_period
from app.domain.statistics.places import Place, divide, get_place
from app.domain.statistics.rules import Part, default_since, scaled
from app.domain.statistics.sources.base import Detail
from app.domain.statistics.sources.schools import AREA_SCALE, SCHOOLS
from app.domain.statistics.sources.trainings import HOURS_SCALE, TRAININGS
from app.domain.units.models import Unit

_DETAIL_SCALES = {Detail.ROOM_AREA: AREA_SCALE, Detail.HOURS: HOURS_SCALE}


class RowOrder(enum.StrEnum):
    """What a list may be ordered by; ties by name, then id."""

    LABEL = "label"
    UNIT = "unit"
    DAY = "day"
    VALUE = "value"


class Lacking(enum.StrEnum):
    """Schools that lack something, out of the list of schools."""

    COUNSELOR = "counselor"
    ROOM = "room"


@dataclass(frozen=True)
class Wanted:
    """Which rows of which figure: of a unit or its null row, on a day, since a day, of one training level.

    ``q`` filters by the name of person or unit, ``lacking`` the schools; ``descending`` turns the order round.
    """

    figure: str
    as_of: date
    since: date | None = None
    part: Part | None = None
    level: TrainingLevel | None = None
    q: str = ""
    lacking: Lacking | None = None
    order: RowOrder | None = None
    descending: bool = False


@dataclass(frozen=True)
class FigureRow:
    """One row behind a figure; ``unit`` is where it counts, ``parent_name`` what that hung under on the day.

    ``is_visible``: the person's record may be opened in the scope that was asked for.
    """

    row_id: int
    value: int | Decimal
    label: str
    unit_code: str
    unit_name: str
    parent_name: str | None
    person_id: int | None
    day: date | None
    details: Mapping[Detail, Any]
    is_visible: bool = False


@dataclass(frozen=True)
class FigureRows:
    """A stretch of the rows; ``count`` is the sum of their values over all pages, ``total`` how many there are."""

    figure: Figure
    unit: Place
    part: Part | None
    as_of: date
    since: date
    count: int | Decimal
    total: int
    items: Sequence[FigureRow]


@dataclass(frozen=True)
class Stretch:
    """Which of the rows: so many after an offset, or after the row with an id (a cursor, in the order of ids)."""

    limit: int | None = None
    offset: int = 0
    after: int | None = None
    by_id: bool = False


EVERYTHING = Stretch()


def list_figure_rows(
    unit_id: int, wanted: Wanted, stretch: Stretch = EVERYTHING, *, scope: str | None = None
) -> FigureRows:
    """The rows of a figure for a unit; ``scope``: whose people's records may be opened (FigureRow.is_visible).

    Without ``q`` and ``lacking``, ``count`` is the figure itself. Raises NotFound for an unknown figure or part,
    InvalidInput for a ratio (its numerator and denominator have rows), a level where there are none, or a period
    that ends before it begins.
    """
    figure = _figure_with_rows(wanted)
    since = wanted.since or default_since(wanted.as_of)
    check_period(since, wanted.as_of)
    session = db.session()
    unit, without = _subtree(session, unit_id, wanted)
    frame = read_frame(session, as_of=wanted.as_of, since=since, path=unit.path, without=without)
    listing = _listing(frame, figure, wanted, scope)
    whole = listing.statement.subquery()
    total, count = session.execute(
        select(func.count(), func.coalesce(func.sum(whole.c.value), 0)).select_from(whole),
        frame.parameters,
    ).one()
    statement = listing.statement.limit(stretch.limit).offset(stretch.offset)
    if stretch.by_id:
        statement = statement.where(listing.row_id > (stretch.after or 0))
        statement = statement.order_by(listing.row_id)
    else:
        statement = statement.order_by(*_order(listing, wanted))
    items = [_row(figure, row) for row in session.execute(statement, frame.parameters)]
    number = scaled(int(count), figure.scale)
    return FigureRows(figure, unit, wanted.part, wanted.as_of, since, number, total, items)


def _figure_with_rows(wanted: Wanted) -> Figure:
    figure = get_figure(wanted.figure)
    if figure.parts is not None:
        raise InvalidInput(
            _(
                "A ratio has no rows of its own: open “%(part)s” or “%(whole)s”.",
                part=figure.parts[0],
                whole=figure.parts[1],
            ),
            "ratio_without_rows",
        )
    if wanted.level is not None and figure.source is not TRAININGS:
        raise InvalidInput(
            _("Only trainings have a level; leave the level out."), "level_not_applicable", "level"
        )
    return figure


def _subtree(session: Session, unit_id: int, wanted: Wanted) -> tuple[Place, tuple[str, ...]]:
    if wanted.part is None:
        return get_place(session, unit_id, wanted.as_of), ()
    division = divide(session, unit_id, wanted.as_of, wanted.part)
    return division.unit, division.without


@dataclass(frozen=True)
class _Listing:
    """The statement of a list, with what it may be ordered by."""

    statement: Selection
    row_id: ColumnElement[int]
    orders: Mapping[RowOrder, Any]


def _listing(frame: Frame, figure: Figure, wanted: Wanted, scope: str | None) -> _Listing:
    source = figure.source
    if source is None:
        raise NotFound(_("This figure has no rows."), "no_rows")
    rows = source.select(frame.rules).subquery()
    place, above = frame.rules.anywhere(), frame.rules.anywhere()
    value = figure.value(rows.c)
    label = rows.c[source.label] if source.label else func.coalesce(Person.name, place.c.name)
    seen = is_visible(scope, today=clock.today()) if scope is not None else false()
    statement = (
        select(
            rows.c.row_id,
            value.label("value"),
            label.label("label"),
            Unit.code.label("unit_code"),
            place.c.name.label("unit_name"),
            above.c.name.label("parent_name"),
            rows.c.person_id,
            rows.c.day,
            seen.label("is_visible"),
            *(rows.c[detail.value].label(detail.value) for detail in source.details),
        )
        .select_from(rows)
        .join(place, place.c.unit_id == rows.c.unit_id)
        .join(Unit, Unit.id == rows.c.unit_id)
        .outerjoin(above, above.c.unit_id == place.c.parent_id)
        .outerjoin(Person, Person.id == rows.c.person_id)
        .where(*_conditions(figure, rows, place, wanted))
    )
    orders: dict[RowOrder, Any] = {
        RowOrder.LABEL: func.coalesce(Person.sort_key, label),
        RowOrder.UNIT: Unit.code,
        RowOrder.DAY: rows.c.day,
        RowOrder.VALUE: value,
    }
    return _Listing(statement, rows.c.row_id, orders)


def _conditions(
    figure: Figure, rows: Subquery, place: FromClause, wanted: Wanted
) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if figure.where is not None:
        conditions.append(figure.where(rows.c))
    if wanted.level is not None:
        conditions.append(rows.c.level == wanted.level)
    if wanted.lacking is not None and figure.source is SCHOOLS:
        column = {Lacking.COUNSELOR: "has_counselor", Lacking.ROOM: "rooms"}[wanted.lacking]
        conditions.append(rows.c[column] == 0)
    if key := name_key(wanted.q):
        pattern = like_pattern(key)
        names = [Person.name_key, place.c.name, Person.initials]
        if figure.source is not None and figure.source.label:
            names.append(rows.c[figure.source.label])
        conditions.append(or_(*(name.like(pattern, escape="\\") for name in names)))
    return conditions


def _order(listing: _Listing, wanted: Wanted) -> list[ColumnElement[Any]]:
    usual = [listing.orders[RowOrder.UNIT], listing.orders[RowOrder.LABEL], listing.row_id]
    if wanted.order is None:
        return usual
    first = listing.orders[wanted.order]
    return [first.desc().nulls_last() if wanted.descending else first.nulls_last(), *usual]


def _row(figure: Figure, row: Row[Any]) -> FigureRow:
    details = {
        detail: getattr(row, detail.value)
        for detail in (figure.source.details if figure.source else ())
    }
    for detail, scale in _DETAIL_SCALES.items():
        if detail in details:
            details[detail] = scaled(int(details[detail]), scale)
    return FigureRow(
        row.row_id,
        scaled(int(row.value), figure.scale),
        row.label,
        row.unit_code,
        row.unit_name,
        row.parent_name,
        row.person_id,
        row.day,
        details,
        bool(row.is_visible),
    )
