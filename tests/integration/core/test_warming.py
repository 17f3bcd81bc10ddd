"""Warming helps the first reader and never keeps a worker from starting."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import text

from app.core.db import atomic, db
from app.warming import warm


def test_warms_without_leaving_a_transaction(app: Flask) -> None:
    warm(app)
    with app.app_context():
        assert not db.session().in_transaction()


def test_starts_although_the_tables_are_missing(app: Flask) -> None:
    with app.app_context():
        with atomic() as session:
            session.execute(text("ALTER TABLE units RENAME TO units_elsewhere"))
        db.session.remove()
    warm(app)
