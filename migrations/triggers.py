"""Triggers that keep the audit record append-only, also against plain SQL; installed after every migration."""

from __future__ import annotations

from sqlalchemy import Connection, inspect, text

GUARDED = ("audit_entries", "audit_seals")
MESSAGE = "the audit record is append-only"


def install_triggers(connection: Connection) -> None:
    """(Re)create the guards on every guarded table that exists."""
    present = set(inspect(connection).get_table_names())
    for table in GUARDED:
        if table in present:
            install = (
                _install_sqlite if connection.dialect.name == "sqlite" else _install_postgresql
            )
            install(connection, table)


def _install_sqlite(connection: Connection, table: str) -> None:
    for event in ("UPDATE", "DELETE"):
        name = f"{table}_no_{event.lower()}"
        connection.execute(text(f"DROP TRIGGER IF EXISTS {name}"))
        connection.execute(
            text(
                f"CREATE TRIGGER {name} BEFORE {event} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
            )
        )


def _install_postgresql(connection: Connection, table: str) -> None:
    connection.execute(
        text(
            "CREATE OR REPLACE FUNCTION refuse_audit_change() RETURNS trigger AS $$ "
            f"BEGIN RAISE EXCEPTION '{MESSAGE}'; END $$ LANGUAGE plpgsql"
        )
    )
    connection.execute(text(f"DROP TRIGGER IF EXISTS {table}_append_only ON {table}"))
    connection.execute(
        text(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change()"
        )
    )
