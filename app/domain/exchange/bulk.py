"""Insert thousands of rows as the driver takes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Column, Dialect, LargeBinary, Table

from app.core.db import db


def insert_columns(table: Table, columns: Mapping[str, Sequence[Any]]) -> None:
    """Insert rows given column by column, all of one length, in the caller's transaction.

    What the columns' types and defaults ask for is done once a column instead of once a row, which costs as much as the
    database itself. Whether a counted table changed is for the caller to say.
    """
    connection = db.session.connection()
    dialect = connection.dialect
    count = len(next(iter(columns.values())))
    stored = {name: _as_stored(table.c[name], values, dialect) for name, values in columns.items()}
    for column in table.c:
        if column.default is not None and column.name not in stored:
            stored[column.name] = [column.default.arg] * count  # type: ignore[attr-defined]
    connection.exec_driver_sql(
        _statement(table, list(stored), dialect), list(zip(*stored.values(), strict=True))
    )


def _as_stored(column: Column[Any], values: Sequence[Any], dialect: Dialect) -> Sequence[Any]:
    """The values as the driver wants them: days and words of a column are few and repeat."""
    if isinstance(column.type, LargeBinary):
        return values
    convert = column.type.dialect_impl(dialect).bind_processor(dialect)
    if convert is None:
        return values
    known = {value: convert(value) for value in set(values)}
    return [known[value] for value in values]


def _statement(table: Table, names: Sequence[str], dialect: Dialect) -> str:
    mark = "?" if dialect.paramstyle == "qmark" else "%s"
    quote = dialect.identifier_preparer.quote
    listed = ", ".join(quote(name) for name in names)
    return (
        f"INSERT INTO {quote(table.name)} ({listed})"  # noqa: S608  names of our own columns
        f" VALUES ({', '.join([mark] * len(names))})"
    )
