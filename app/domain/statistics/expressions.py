"""SQL that every source shares: what holds on a day, where units hung on it, days and tenths as whole numbers."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Integer,
    Select,
    String,
    Subquery,
    and_,
    bindparam,
    case,
    cast,
    exists,
    func,
    not_,
    null,
    or_,
    select,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import aliased
from sqlalchemy.sql.functions import FunctionElement

from app.domain.units.models import UnitVersion

Selection = Select[*tuple[Any, ...]]


class days_between(FunctionElement[int]):  # noqa: N801  named as SQL functions are
    """Days from the first date to the second; 0 for the same day."""

    type = Integer()
    inherit_cache = True
    name = "days_between"


@compiles(days_between)
def _days(element: Any, compiler: Any, **options: Any) -> str:
    start, end = (compiler.process(clause, **options) for clause in element.clauses)
    return f"({end} - {start})"


@compiles(days_between, "sqlite")
def _days_sqlite(element: Any, compiler: Any, **options: Any) -> str:
    start, end = (compiler.process(clause, **options) for clause in element.clauses)
    return f"CAST(julianday({end}) - julianday({start}) AS INTEGER)"


# What every statement asks is bound when it runs, so that a statement is built once and used for every day and unit.
DAY = bindparam("day", type_=Date)
SINCE = bindparam("since", type_=Date)
SUBTREE = bindparam("subtree", type_=String)
Day = date | ColumnElement[date]
NOBODY = cast(null(), Integer)


def valid_on(table: Any, day: Day) -> ColumnElement[bool]:
    """A dated fact holds on the day; both ends belong to it, a missing end is open."""
    return and_(
        or_(table.valid_from.is_(None), table.valid_from <= day),
        or_(table.valid_until.is_(None), table.valid_until >= day),
    )


def on_the_day(table: Any) -> ColumnElement[bool]:
    """The same on DAY for facts that always have a beginning; spares the database a condition."""
    return and_(table.valid_from <= DAY, or_(table.valid_until.is_(None), table.valid_until >= DAY))


def whole(value: Any, scale: int) -> ColumnElement[int]:
    """A decimal as a whole number of hundredths or tenths, so that sums are exact on both databases."""
    return cast(func.round(value * scale), Integer)


def true_when(condition: ColumnElement[bool]) -> ColumnElement[int]:
    """A condition as 1 or 0, alike on both databases."""
    return case((condition, 1), else_=0)


@lru_cache(maxsize=16)
def places(*, without: int = 0) -> Subquery:
    """Where units within SUBTREE hung on DAY, what they were called and which stage they had.

    Before its first version a unit is taken as it was first, after its last one as it was last, so that
    nobody who is posted there gets lost. ``without``: how many subtrees (``without_0`` …) are left out.
    """
    version = aliased(UnitVersion)
    statement = select(
        version.unit_id, version.name, version.stage, version.parent_id, version.path
    ).where(_placed(version), version.path.like(SUBTREE))
    for index in range(without):
        inner = bindparam(f"without_{index}", type_=String)
        statement = statement.where(version.path.not_like(inner))
    return statement.subquery()


@lru_cache(maxsize=1)
def all_places() -> Subquery:
    """The same for units anywhere; take an alias where a statement needs it more than once."""
    version = aliased(UnitVersion)
    return (
        select(version.unit_id, version.name, version.stage, version.parent_id, version.path)
        .where(_placed(version))
        .subquery()
    )


def _placed(version: type[UnitVersion]) -> ColumnElement[bool]:
    other = aliased(UnitVersion)
    first = and_(
        version.valid_from > DAY,
        not_(
            exists().where(
                other.unit_id == version.unit_id,
                or_(other.valid_from.is_(None), other.valid_from < version.valid_from),
            )
        ),
    )
    last = and_(
        version.valid_until < DAY,
        not_(
            exists().where(
                other.unit_id == version.unit_id,
                or_(other.valid_until.is_(None), other.valid_until > version.valid_until),
            )
        ),
    )
    return or_(valid_on(version, DAY), first, last)


def place_parameters(
    day: date, path: str = "/", without: tuple[str, ...] = ()
) -> dict[str, date | str]:
    """The values that ``places`` asks for."""
    left_out = {f"without_{index}": f"{inner}%" for index, inner in enumerate(without)}
    return {"day": day, "subtree": f"{path}%", **left_out}
