"""A page says that its reader is still there: the idle time begins anew, and nobody is signed in by it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from flask import Flask
from flask.testing import FlaskClient

from app.core import clock
from tests import factories

SignIn = Callable[[int], FlaskClient]


def test_a_sign_of_life_ends_the_idle_time(app: Flask, sign_in: SignIn) -> None:
    with app.app_context():
        account_id = factories.make_account("teacher", factories.LINXIANG).id
    client, began = sign_in(account_id), clock.now()
    for minutes in (25, 50, 75):
        with clock.frozen(began + timedelta(minutes=minutes)):
            assert client.post("/account/stay").status_code == 204
    with clock.frozen(began + timedelta(minutes=106)):
        assert client.post("/account/stay").status_code == 302


def test_nobody_is_signed_in_by_it(app: Flask) -> None:
    assert app.test_client().post("/account/stay").status_code == 302
