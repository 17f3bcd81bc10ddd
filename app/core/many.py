"""Many values and many rows in one statement whose text is the same however many there are.

``IN (:a, :b, …)`` and ``VALUES (…), (…), …`` are another statement for each length: PostgreSQL parses and plans each
anew, and its driver cuts a long one into pieces every time, which for twenty-five rows costs more than all else that
an enrolment takes. Here the values travel as one parameter, and the statement stays prepared.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import (
    ARRAY,
    JSON,
    BindParameter,
    Boolean,
    CursorResult,
    Dialect,
    Insert,
    Integer,
    String,
    Table,
    Text,
    TypeDecorator,
    bindparam,
    cast,
    column,
    func,
    insert,
    select,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeEngine

from app.core.db import db, execute


class _Values(TypeDecorator[Sequence[Any]]):
    """A list as one parameter: an array, or its JSON where there are none."""

    impl = Text
    cache_ok = True

    def __init__(self, of: type[Integer | String]) -> None:
        super().__init__()
        self.of = of

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(ARRAY(self.of()) if dialect.name == "postgresql" else Text())

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        return list(value) if dialect.name == "postgresql" else json.dumps(list(value))


def values_of(name: str, of: type[Integer | String] = Integer) -> BindParameter[Sequence[Any]]:
    """A parameter that takes any collection of ids (or texts), for ``among``."""
    return bindparam(name, type_=_Values(of))


class among(FunctionElement[bool]):  # noqa: N801  reads as a word of the statement
    """Whether a column is one of the values of a parameter (``values_of``)."""

    type = Boolean()
    inherit_cache = True

    def __init__(self, of: Any, values: BindParameter[Sequence[Any]]) -> None:
        super().__init__(of, values)

    def self_group(self, against: Any = None) -> among:
        """As it is: ``… = 1``, which SQLite would be given, hides the index from it."""
        return self


@compiles(among, "postgresql")
def _any_of(element: among, compiler: SQLCompiler, **options: Any) -> str:
    of, values = (compiler.process(clause, **options) for clause in element.clauses)
    return f"{of} = ANY ({values})"


@compiles(among, "sqlite")
def _each_of(element: among, compiler: SQLCompiler, **options: Any) -> str:
    of, values = (compiler.process(clause, **options) for clause in element.clauses)
    return f"{of} IN (SELECT value FROM json_each({values}))"  # noqa: S608  parts of the statement itself


def insert_rows(
    table: Table, rows: Sequence[Mapping[str, Any]], *, returning: tuple[str, ...] = ()
) -> CursorResult[Any]:
    """Put rows that name the same columns (at least one row) into a table, in their order; columns that no row names
    get their defaults.
    """
    if db.engine.dialect.name != "postgresql":
        return execute(_row_by_row(table, returning), rows)
    statement = _as_one(table, tuple(rows[0]), returning)
    return execute(statement, {"rows": json.dumps(rows, default=_plain)})


@cache
def _row_by_row(table: Table, returning: tuple[str, ...]) -> Insert:
    statement = insert(table)
    return statement.returning(*(table.c[name] for name in returning)) if returning else statement


@cache
def _as_one(table: Table, names: tuple[str, ...], returning: tuple[str, ...]) -> Insert:
    """Built once for each set of columns: the rows are unfolded by the server."""
    rows = (
        func.json_to_recordset(cast(bindparam("rows", type_=Text()), JSON))
        .table_valued(*(column(name, table.c[name].type) for name in names))
        .render_derived(name="given", with_types=True)
    )
    statement = insert(table).from_select(names, select(*(rows.c[name] for name in names)))
    return statement.returning(*(table.c[name] for name in returning)) if returning else statement


def _plain(value: Any) -> str:
    """What JSON has no word for, as PostgreSQL reads it."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        return f"\\x{value.hex()}"
    raise TypeError(f"{type(value).__name__} goes into no row of JSON")
