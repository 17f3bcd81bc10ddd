"""SQL that every source shares: what holds on a day, where units hung on it, days and tenths as whole numbers."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Integer,
    Select,
    Subquery,
    and_,
    cast,
    exists,
    func,
    not_,
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


def valid_on(table: Any, day: date) -> ColumnElement[bool]:
    """A dated fact holds on the day; both ends belong to it, a missing end is open."""
    return and_(
        or_(table.valid_from.is_(None), table.valid_from <= day),
        or_(table.valid_until.is_(None), table.valid_until >= day),
    )


def began_and_lasts(table: Any, day: date) -> ColumnElement[bool]:
    """The same for facts that always have a beginning; spares the database a condition."""
    return and_(table.valid_from <= day, or_(table.valid_until.is_(None), table.valid_until >= day))


def whole(value: Any, scale: int) -> ColumnElement[int]:
    """A decimal as a whole number of hundredths or tenths, so that sums are exact on both databases."""
    return cast(func.round(value * scale), Integer)


def places(day: date, path: str = "/", *, without: tuple[str, ...] = ()) -> Subquery:
    """Where units hung on the day, what they were called and which stage they had, within a subtree.

    Before its first version a unit is taken as it was first, after its last one as it was last, so that
    nobody who is posted there gets lost. ``without``: subtrees to leave out.
    """
    version = aliased(UnitVersion)
    other = aliased(UnitVersion)
    first = and_(
        version.valid_from > day,
        not_(
            exists().where(
                other.unit_id == version.unit_id,
                or_(other.valid_from.is_(None), other.valid_from < version.valid_from),
            )
        ),
    )
    last = and_(
        version.valid_until < day,
        not_(
            exists().where(
                other.unit_id == version.unit_id,
                or_(other.valid_until.is_(None), other.valid_until > version.valid_until),
            )
        ),
    )
    statement = select(
        version.unit_id, version.name, version.stage, version.parent_id, version.path
    ).where(or_(valid_on(version, day), first, last))
    if path != "/":
        statement = statement.where(version.path.like(f"{path}%"))
    for inner in without:
        statement = statement.where(version.path.not_like(f"{inner}%"))
    return statement.subquery()


def true_when(condition: ColumnElement[bool]) -> ColumnElement[int]:
    """A condition as 1 or 0, alike on both databases."""
    return cast(cast(condition, Boolean), Integer)
