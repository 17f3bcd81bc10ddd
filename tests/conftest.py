"""Fixtures that every test may use. Tests under tests/integration run on SQLite and on PostgreSQL."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from app.core import clock
from app.core.db import db
from tests.databases import Backend, PostgresqlBackend, SqliteBackend, postgresql_server

TODAY = datetime(2023, 8, 17, 2, 0, tzinfo=UTC)  # 10:00 in Shanghai


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "backend_name" in metafunc.fixturenames:
        both = "/integration/" in metafunc.definition.path.as_posix()
        names = ["sqlite", "postgresql"] if both else ["sqlite"]
        metafunc.parametrize("backend_name", names, scope="session")


@event.listens_for(Engine, "before_cursor_execute")
def _every_enrolment_tells_that_it_changed(
    _connection: Any, _cursor: Any, statement: str, *_rest: Any
) -> None:
    """Pages of a workshop are kept until the versions of its enrolments say otherwise (queries.stamps).

    When somebody was reminded shows nowhere; whose it is changes only with the people, who are counted.
    """
    silent = ("UPDATE enrolments SET reminded_at", "UPDATE enrolments SET person_id")
    if statement.startswith("UPDATE enrolments SET") and not statement.startswith(silent):
        assert "row_version" in statement, f"leaves the version as it is: {statement}"
    assert not statement.startswith("DELETE FROM enrolments "), "an enrolment is never deleted"


@pytest.fixture(autouse=True)
def _outside_the_browsers_loop(request: pytest.FixtureRequest) -> Iterator[None]:
    """A browser once opened leaves its event loop running in the worker; what starts a loop of its own
    (signing a PDF) refuses inside another one."""
    if "browser" in request.fixturenames:
        yield
        return
    loop = asyncio._get_running_loop()
    asyncio._set_running_loop(None)
    yield
    asyncio._set_running_loop(loop)


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A folder that all workers of this run share."""
    base = tmp_path_factory.getbasetemp()
    folder = (base if worker_id == "master" else base.parent) / "shared"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def own_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("instance")


@pytest.fixture(scope="session")
def sqlite_backend(shared_folder: Path, own_folder: Path) -> SqliteBackend:
    return SqliteBackend(shared_folder, own_folder)


@pytest.fixture(scope="session")
def postgresql_backend(
    shared_folder: Path, own_folder: Path, worker_id: str
) -> Iterator[PostgresqlBackend]:
    with postgresql_server(shared_folder) as url:
        backend = PostgresqlBackend(url, shared_folder, own_folder, worker_id)
        yield backend
        with backend.app.app_context():
            db.engine.dispose()


@pytest.fixture
def backend(backend_name: str, request: pytest.FixtureRequest) -> Backend:
    """The database of this test, freshly migrated."""
    chosen: Backend = request.getfixturevalue(f"{backend_name}_backend")
    chosen.reset()
    return chosen


@pytest.fixture
def app(backend: Backend) -> Iterator[Flask]:
    """The application on a fresh database; the clock stands at 2023-08-17 10:00 in Shanghai."""
    with clock.frozen(TODAY):
        yield backend.app


@pytest.fixture
def session(app: Flask) -> Iterator[Session]:
    """A session inside an application context, for operations and queries. Uncommitted work fails the test."""
    with app.app_context():
        yield db.session()
        assert not db.session.new, "the test left objects that were never committed"
        db.session.rollback()
