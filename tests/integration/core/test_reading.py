"""A request that only reads leaves the transaction out on PostgreSQL, and can still open an act."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import NullPool, Update, create_engine, select, text, update
from sqlalchemy.orm import Session

from app.core import reading
from app.core.db import atomic, db, execute
from app.core.reading import begin_reading
from app.domain.units.models import Unit
from tests.factories import CHUXIONG, get_unit, make_school


def _name() -> str:
    return db.session.execute(select(Unit.name).where(Unit.code == CHUXIONG)).scalar_one()


def _rename(app: Flask, name: str) -> None:
    with app.app_context(), atomic():
        get_unit(CHUXIONG).name = name


def _fail_halfway() -> None:
    with atomic() as session:
        get_unit(CHUXIONG).name = "半途"
        session.flush()
        raise RuntimeError


def test_sees_what_was_committed_before_it_began(app: Flask) -> None:
    _rename(app, "新名称")
    with app.app_context():
        begin_reading()
        assert _name() == "新名称"


def test_an_act_inside_lands_whole_or_not_at_all(app: Flask) -> None:
    with app.app_context():
        begin_reading()
        before = _name()
        with pytest.raises(RuntimeError):
            _fail_halfway()
        assert _name() == before
        with atomic():
            get_unit(CHUXIONG).name = "落定"
        assert _name() == "落定"
    with app.app_context():
        assert _name() == "落定"


def test_refuses_to_write_without_an_act(app: Flask) -> None:
    with app.app_context():
        before = _name()
    with app.app_context():
        begin_reading()
        get_unit(CHUXIONG).name = "顺手"
        with pytest.raises(RuntimeError, match="only inside atomic"):
            db.session.flush()
        db.session.rollback()
    with app.app_context():
        assert _name() == before


@pytest.mark.parametrize("write", [lambda s: db.session.execute(s), execute], ids=["orm", "plain"])
def test_refuses_a_statement_that_writes_without_an_act(
    app: Flask, write: Callable[[Update], object]
) -> None:
    statement = update(Unit).where(Unit.code == CHUXIONG).values(name="顺手")
    with app.app_context():
        before = _name()
    with app.app_context():
        begin_reading()
        with pytest.raises(RuntimeError, match="only inside atomic"):
            write(statement)
    with app.app_context():
        assert _name() == before
    with app.app_context():
        begin_reading()
        with atomic():
            write(statement)
        assert _name() == "顺手"


def test_the_next_user_of_the_connection_has_transactions_again(app: Flask) -> None:
    with app.app_context():
        begin_reading()
        _name()
    with app.app_context():
        make_school()
        with pytest.raises(RuntimeError):
            _fail_halfway()
        assert _name() != "半途"


def test_a_connection_that_died_while_it_rested_is_replaced(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    if db.engine.dialect.name != "postgresql":
        return  # no server, no connection that could die
    monkeypatch.setattr(reading, "RESTED_SECONDS", 0.05)
    resting = session.execute(text("SELECT pg_backend_pid()")).scalar_one()
    session.rollback()
    elsewhere = create_engine(db.engine.url, poolclass=NullPool)
    with elsewhere.connect() as connection:
        connection.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": resting})
    time.sleep(0.1)
    for _ in range(3):
        assert session.execute(text("SELECT 1")).scalar_one() == 1
        session.rollback()


def test_a_connection_in_use_is_not_asked(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    monkeypatch.setattr(db.engine.dialect, "do_ping", lambda connection: asked.append(connection))
    for _ in range(3):
        session.execute(text("SELECT 1"))
        session.rollback()
    assert asked == []
