"""What the accounts' tests share: a password that is hashed once, and threads with contexts of their own."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from app.core.db import atomic, db
from app.domain.accounts import passwords
from app.domain.accounts.models import Account

PASSWORD = "lantern river 77"


@pytest.fixture(scope="session")
def password_hash() -> str:
    return passwords.hash_password(PASSWORD)


@pytest.fixture
def at_once(app: Flask) -> Callable[..., list[Any]]:
    """Run a function so many times at once, each in a context of its own; what each returned or raised."""

    def run(times: int, act: Callable[[], Any]) -> list[Any]:
        def one(_number: int) -> Any:
            with app.app_context():
                try:
                    return act()
                except Exception as error:
                    return error
                finally:
                    db.session.remove()

        with ThreadPoolExecutor(times) as pool:
            return list(pool.map(one, range(times)))

    return run


@pytest.fixture
def give_password(password_hash: str) -> Callable[[int], None]:
    def give(account_id: int) -> None:
        with atomic():
            db.session.get_one(Account, account_id).password_hash = password_hash

    return give


@pytest.fixture
def count_queries(app: Flask) -> Callable[[Callable[[], Any]], int]:
    """How many statements a function sends."""

    def count(act: Callable[[], Any]) -> int:
        sent: list[str] = []

        def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            sent.append(statement)

        event.listen(db.engine, "before_cursor_execute", note)
        try:
            act()
        finally:
            event.remove(db.engine, "before_cursor_execute", note)
        return len(sent)

    return count
