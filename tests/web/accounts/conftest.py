"""A county officer with a password, and a form that is sent like a browser's."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.core.db import atomic, db
from app.domain.accounts import passwords
from app.domain.accounts.models import Account
from app.domain.accounts.operations.accounts import set_email
from tests import factories as make

PASSWORD = "lantern river 77"


@pytest.fixture(scope="session")
def password_hash() -> str:
    return passwords.hash_password(PASSWORD)


@pytest.fixture
def officer(app: Flask, password_hash: str) -> int:
    """The account "wang" of 楚雄市, with a password and a mail address."""
    with app.app_context():
        account_id = make.make_account("county", make.CHUXIONG_CITY, "wang").id
        with atomic():
            account = db.session.get_one(Account, account_id)
            account.password_hash = password_hash
            set_email(account, "wang@example.cn")
        return account_id


@pytest.fixture
def enter(client: FlaskClient) -> Callable[..., TestResponse]:
    """Send the sign-in form."""

    def send(name: str = "wang", password: str = PASSWORD, **more: str) -> TestResponse:
        return client.post("/login", data={"username": name, "password": password, **more})

    return send
