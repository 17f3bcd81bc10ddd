"""`audit verify` and `audit head`."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from app.core import clock
from app.core.db import atomic, db
from app.domain.accounts.rules import system_actor
from app.domain.audit.heads import FILE, keep_head
from app.domain.audit.operations import record
from app.domain.audit.rules import Head
from app.domain.audit.sealing import read_head


@pytest.fixture(autouse=True)
def no_heads(app: Flask) -> None:
    (Path(app.instance_path) / FILE).unlink(missing_ok=True)


def write(app: Flask, number: int) -> None:
    with app.app_context(), atomic():
        for _ in range(number):
            record(system_actor("test"), "audit.export")


def drop_triggers() -> None:
    if db.engine.dialect.name == "sqlite":
        statement = "DROP TRIGGER audit_entries_no_update"
    else:
        statement = "ALTER TABLE audit_entries DISABLE TRIGGER ALL"
    with db.engine.begin() as connection:
        connection.execute(text(statement))


def test_prints_the_head_of_an_intact_record(app: Flask) -> None:
    write(app, 3)
    result = app.test_cli_runner().invoke(args=["audit", "verify"])
    with app.app_context():
        head = read_head()
    assert result.exit_code == 0
    assert result.output == f"Intact: 3 entries.\nHead: 3 {head.chain}\n"


def test_says_where_the_record_is_broken(app: Flask) -> None:
    write(app, 3)
    with app.app_context():
        drop_triggers()
        with db.engine.begin() as connection:
            connection.execute(
                text(
                    "UPDATE audit_entries SET actor_name = 'x'"
                    " WHERE id = (SELECT min(id) + 1 FROM audit_entries)"
                )
            )
    result = app.test_cli_runner().invoke(args=["audit", "verify"])
    assert result.exit_code == 1
    assert "Broken after 1 intact entries: entry 2 (link 2) was changed" in result.output


def test_knows_the_heads_that_were_kept(app: Flask) -> None:
    write(app, 1)
    with app.app_context():
        keep_head(Path(app.instance_path), Head(5, "a" * 64), clock.now())
    result = app.test_cli_runner().invoke(args=["audit", "verify"])
    assert result.exit_code == 1
    assert "once reached link 5" in result.output


def test_prints_the_head_to_keep_it_elsewhere(app: Flask) -> None:
    write(app, 2)
    result = app.test_cli_runner().invoke(args=["audit", "head"])
    with app.app_context():
        assert result.output == f"2 {read_head().chain}\n"
