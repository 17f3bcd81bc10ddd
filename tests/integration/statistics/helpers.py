"""Short ways to ask for figures."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import event, inspect

from app.core.db import Base, atomic, db
from app.domain.statistics.ledger import Ledger, read_ledger
from app.domain.statistics.rows import FigureRows, Wanted, list_figure_rows
from app.domain.statistics.rules import Part
from app.domain.units.models import Unit
from tests.factories import CHUXIONG, get_unit

DAY = date(2023, 8, 17)


def ledger(
    code: str = CHUXIONG, as_of: date = DAY, since: date | None = None, part: Part | None = None
) -> Ledger:
    return read_ledger(get_unit(code).id, as_of=as_of, since=since, part=part)


def total(figure: str, as_of: date = DAY, since: date | None = None, code: str = CHUXIONG) -> Any:
    return ledger(code, as_of, since).totals[figure]


def rows(
    figure: str, as_of: date = DAY, code: str = CHUXIONG, since: date | None = None, **wanted: Any
) -> FigureRows:
    return list_figure_rows(get_unit(code).id, Wanted(figure, as_of, since, **wanted))


def labels(listing: FigureRows) -> list[str]:
    return [row.label for row in listing.items]


def row_of(found: Ledger, unit: Unit | str | None) -> dict[str, Any]:
    """The figures of the row of a unit; None: the null row."""
    code = unit.code if isinstance(unit, Unit) else unit
    return next(row.figures for row in found.rows if row.code == code)


def change(row: Base, **values: Any) -> None:
    """Set columns of a stored row in a transaction of its own."""
    identity = inspect(row).identity
    with atomic():
        stored = db.session.get_one(type(row), identity)
        for name, value in values.items():
            setattr(stored, name, value)


class count_queries:  # noqa: N801
    """The statements sent while it is open."""

    def __enter__(self) -> list[str]:
        self._statements: list[str] = []
        event.listen(db.engine, "before_cursor_execute", self._note)
        return self._statements

    def __exit__(self, *_error: object) -> None:
        event.remove(db.engine, "before_cursor_execute", self._note)

    def _note(self, _connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(("BEGIN", "ROLLBACK")):
            self._statements.append(statement)
