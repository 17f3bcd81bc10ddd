"""Limits hold where a view declares one, and nowhere else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from app.core.db import db
from app.extensions import limiter

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
