"""What a request that only reads need not ask of PostgreSQL: whether its connection still lives, and a transaction.

Every message to the server costs as much as a small query. Reading, each statement sees the newest commit with or
without a transaction around them (READ COMMITTED), so nothing is lost by leaving its beginning and end out.
"""

from __future__ import annotations

import time
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.orm import ORMExecuteState, Session

from app.core.db import READING, db, refuse_to_write

RESTED_SECONDS = 1.0


def begin_reading() -> None:
    """Say that this session only reads, before its first statement; ``atomic()`` may still be opened later."""
    session = db.session()
    session.info[READING] = True
    if session.get_bind().dialect.name == "postgresql":
        session.connection(execution_options={"isolation_level": "AUTOCOMMIT"})


def install_reading_events(session_class: type[Session]) -> None:
    """What is written outside ``atomic()`` while reading would be neither one act nor taken back: it is an error."""

    @event.listens_for(session_class, "before_flush")
    def _flush(session: Session, _context: Any, _instances: Any) -> None:
        if not session.info.get(READING):
            return
        if session.new or session.deleted or any(map(session.is_modified, session.dirty)):
            refuse_to_write(session)

    @event.listens_for(session_class, "do_orm_execute")
    def _execute(state: ORMExecuteState) -> None:
        if state.is_insert or state.is_update or state.is_delete:
            refuse_to_write(state.session)


def ask_rested_connections(engine: Engine) -> None:
    """Ask a connection of the pool whether it still lives only when it has not been used just now."""
    if engine.dialect.name != "postgresql":
        return

    @event.listens_for(engine, "checkin")
    def _rests(_connection: Any, record: Any) -> None:
        record.info["rests_since"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def _ask(connection: Any, record: Any, _proxy: Any) -> None:
        since = record.info.get("rests_since")
        if since is None or time.monotonic() - since < RESTED_SECONDS:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            raise DisconnectionError from error
