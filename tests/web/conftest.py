"""A client that signs in without a password and checks every page it gets (tests/web/pages.py)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from app.access.session import session_id
from app.core.db import db
from app.domain.accounts.models import Account
from tests.web.pages import CheckedClient


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """An anonymous client; every HTML page it gets is checked."""
    app.test_client_class = CheckedClient
    return app.test_client()


@pytest.fixture
def sign_in(app: Flask) -> Callable[[int], FlaskClient]:
    """A client signed in as the account with this id."""

    def enter(account_id: int) -> FlaskClient:
        app.test_client_class = CheckedClient
        client = app.test_client()
        with app.app_context():
            account = db.session.get_one(Account, account_id)
            identifier = session_id(account.id, account.session_epoch)
        with client.session_transaction() as cookie:
            cookie["_user_id"] = identifier
            cookie["_fresh"] = True
        return client

    return enter


@pytest.fixture
def count_queries(app: Flask) -> Callable[[Callable[[], Any]], int]:
    """How many statements an act sends to the database."""
    with app.app_context():
        engine = db.engine

    def count(act: Callable[[], Any]) -> int:
        seen: list[str] = []

        def note(_conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            seen.append(statement)

        event.listen(engine, "before_cursor_execute", note)
        try:
            act()
        finally:
            event.remove(engine, "before_cursor_execute", note)
        return len(seen)

    return count
