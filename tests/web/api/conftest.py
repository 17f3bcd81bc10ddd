"""Programs with tokens."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.core import clock, crypto
from app.domain.accounts.models import ApiToken
from tests import factories

Program = Callable[..., FlaskClient]


def make_token(account_id: int, text: str, **columns: Any) -> None:
    """A token of the account; call inside an application context."""
    factories.save(
        ApiToken(
            account_id=account_id,
            prefix=text[:8],
            token_hash=crypto.token_hash(text),
            created_at=clock.now(),
            **columns,
        )
    )


class ProgramClient(FlaskClient):
    """Sends its token with every request and keeps no cookie."""

    token = ""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        headers = dict(kwargs.pop("headers", None) or {})
        if self.token:
            headers.setdefault("Authorization", f"Bearer {self.token}")
        return super().open(*args, headers=headers, **kwargs)


@pytest.fixture
def program(app: Flask) -> Program:
    """A client with a token of a new account in this role on this unit."""

    def make(role: str, unit: str) -> FlaskClient:
        with app.app_context():
            account = factories.make_account(role, unit)
            text = f"token-of-{account.username}"
            make_token(account.id, text)
        client = ProgramClient(app, app.response_class, use_cookies=False)
        client.token = text
        return client

    return make


@pytest.fixture
def stranger(app: Flask) -> FlaskClient:
    """A client without a token."""
    return ProgramClient(app, app.response_class, use_cookies=False)
