"""The database: base model, constraint names, column types, and the one way to write: ``atomic()``."""

from __future__ import annotations

import enum
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast
from weakref import WeakKeyDictionary

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    Connection,
    CursorResult,
    DateTime,
    Dialect,
    Engine,
    Enum,
    Executable,
    MetaData,
    Table,
    UniqueConstraint,
    event,
)
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

from app.core.errors import error_for_constraint
from app.core.turns import Busy, Line

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Every table's base. A class that figures count says ``__counted__ = True``."""

    metadata = MetaData(naming_convention=NAMING)
    __counted__ = False


db = SQLAlchemy(model_class=Base, disable_autonaming=True)


class UTCDateTime(TypeDecorator[datetime]):
    """An aware instant; SQLite keeps it as naive UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def enum_column(kind: type[enum.StrEnum], name: str, length: int = 40) -> Enum:
    """A string column held to an enum's values by a named check constraint."""
    return Enum(
        kind,
        name=name,
        native_enum=False,
        create_constraint=True,
        length=length,
        values_callable=lambda members: [member.value for member in members],
    )


def _prepare_soon(connection: Any, _record: Any) -> None:
    """PostgreSQL keeps a statement ready from its second use: making it out costs it more than running it."""
    connection.prepare_threshold = 1


def prepare_engine(engine: Engine) -> None:
    """SQLite: WAL, foreign keys, our own BEGIN so that a write locks at its start, and a line for who writes."""
    if engine.dialect.name != "sqlite":
        event.listen(engine, "connect", _prepare_soon)
        return
    _lines[engine] = Line(_file_of(engine))

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=NORMAL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute("PRAGMA busy_timeout=15000")
        cursor.execute("PRAGMA cache_size=-32000")
        cursor.execute("PRAGMA temp_store=MEMORY")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        if connection.get_execution_options().get("xinyu_write"):
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            # Locks nothing, so nothing goes wrong; every page pays for it, and by the driver it costs little.
            connection.connection.driver_connection.execute("BEGIN")


_CONNECTION = (
    "connection_of_the_act"  # asking the session for it each time costs a fifth of a statement
)
READING = "reading"
_lines: WeakKeyDictionary[Engine, Line] = WeakKeyDictionary()


def _file_of(engine: Engine) -> Path | None:
    """Where an SQLite database lies; None for one in memory."""
    name = engine.url.database
    return None if name in {None, "", ":memory:"} else Path(str(name)).resolve()


@contextmanager
def _turn() -> Iterator[None]:
    """One's turn to write, where only one can."""
    line = _lines.get(db.engine)
    if line is None:
        yield
        return
    with line.turn():
        try:
            yield
        except OperationalError as error:
            if getattr(error.orig, "sqlite_errorname", "") == "SQLITE_BUSY":
                raise Busy from error
            raise


@contextmanager
def atomic() -> Iterator[Session]:
    """One act: everything inside lands together, or nothing does.

    Ends the read transaction of the request first (loaded objects expire and are read anew), and on SQLite
    waits for its turn (core.turns; raises Busy) and takes the write lock at once. Inside another ``atomic()`` it
    joins that one. A violated constraint becomes the refusal that ``errors.explain_constraint`` names for it.
    """
    session = db.session()
    if session.info.get("in_atomic"):
        yield session
        return
    session.rollback()
    with _turn():
        session.info["in_atomic"] = True
        try:
            session.info[_CONNECTION] = session.connection(execution_options={"xinyu_write": True})
            yield session
            session.commit()
        except IntegrityError as error:
            session.rollback()
            refusal = error_for_constraint(violated_constraint(error))
            if refusal is None:
                raise
            raise refusal from error
        except BaseException:
            session.rollback()
            raise
        finally:
            session.info.pop("in_atomic", None)
            session.info.pop(_CONNECTION, None)


def refuse_to_write(session: Session) -> None:
    """While only reading (core.reading) what is written outside ``atomic()`` would be no act: an error."""
    if session.info.get(READING) and not session.info.get("in_atomic"):
        raise RuntimeError("a request that reads may write only inside atomic()")


def in_atomic() -> bool:
    return bool(db.session().info.get("in_atomic"))


def execute(
    statement: Executable, values: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None
) -> CursorResult[Any]:
    """Run a statement in the session's transaction past the ORM: plain rows, at half the cost.

    For statements that were built once. Nothing is flushed before, and no counted table may be written
    (core.versions would not see it).
    """
    session = db.session()
    connection: Connection | None = session.info.get(_CONNECTION)
    if connection is None:
        if statement.is_dml:
            refuse_to_write(session)
        connection = session.connection()
    return connection.execute(statement, values)


def table_of(model: type[Base]) -> Table:
    """The table of a model, for statements that go past the ORM."""
    return cast(Table, model.__table__)


_SQLITE_UNIQUE = re.compile(r"UNIQUE constraint failed: (?:index '(?P<index>\w+)'|(?P<columns>.+))")
_SQLITE_CHECK = re.compile(r"CHECK constraint failed: (\w+)")


def violated_constraint(error: IntegrityError) -> str:
    """The name of the constraint or unique index that was violated, on both databases ('' if unknown)."""
    diagnostic = getattr(error.orig, "diag", None)
    if diagnostic is not None:
        return diagnostic.constraint_name or ""
    text = str(error.orig)
    if check := _SQLITE_CHECK.search(text):
        return check.group(1)
    unique = _SQLITE_UNIQUE.search(text)
    if unique is None:
        return ""
    if unique.group("index"):
        return unique.group("index")
    parts = [part.strip().split(".") for part in unique.group("columns").split(",")]
    table = Base.metadata.tables.get(parts[0][0])
    return "" if table is None else _unique_name(table, [part[-1] for part in parts])


def _unique_name(table: Table, columns: list[str]) -> str:
    for constraint in table.constraints:
        if (
            isinstance(constraint, UniqueConstraint)
            and [column.name for column in constraint.columns] == columns
        ):
            return str(constraint.name)
    for index in table.indexes:
        if (
            index.unique
            and [getattr(column, "name", "") for column in index.expressions] == columns
        ):
            return str(index.name)
    return ""
