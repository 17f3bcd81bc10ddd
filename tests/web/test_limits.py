"""Limits hold where a view declares one, and nowhere else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from app.core.db import db
from app.extensions import DeclaredLimiter, limiter

FEED = "/calendar/nobody-has-this-address.ics"


@pytest.fixture
def limited(app: Flask) -> Iterator[FlaskClient]:
    """The application as it serves, on the database of the test."""
    before = limiter.enabled
    served = create_app(replace(app.extensions["settings"], environment="single"))
    limiter.reset()
    yield served.test_client()
    limiter.enabled = before
    with served.app_context():
        db.engine.dispose()


def test_a_declared_limit_holds(limited: FlaskClient) -> None:
    answers = [limited.get(FEED).status_code for _ in range(62)]
    assert answers[:60] == [404] * 60
    assert answers[60:] == [429, 429]


def test_a_limit_of_failures_counts_only_failures(limited: FlaskClient) -> None:
    page = limited.get("/login")
    token = page.text.partition('name="csrf-token" content="')[2].partition('"')[0]
    sent = {"username": "nobody", "password": "wrong", "csrf_token": token}
    answers = {limited.post("/login", data=sent).status_code for _ in range(65)}
    assert 429 in answers
    assert limited.get("/login").status_code == 200


def test_other_pages_have_none(limited: FlaskClient) -> None:
    assert {limited.get("/healthz").status_code for _ in range(150)} == {200}


def test_a_form_without_its_token_is_refused(limited: FlaskClient) -> None:
    """The hooks that limits do without stand beside those that guard the forms."""
    assert limited.post("/login", data={"username": "nobody", "password": "x"}).status_code == 400


def test_leaves_the_hooks_of_others_alone() -> None:
    app = Flask(__name__)
    app.before_request(_nothing)
    app.teardown_request(_nothing)
    limits = DeclaredLimiter(key_func=str, storage_uri="memory://")
    for _ in range(2):
        limits.init_app(app)
        assert app.before_request_funcs[None] == [_nothing]
        assert _nothing in app.teardown_request_funcs[None]


def _nothing(_error: BaseException | None = None) -> None:
    pass
