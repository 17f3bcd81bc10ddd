"""Runs migrations. On SQLite, foreign keys are off while tables are copied, checked after, and triggers reinstalled."""

from __future__ import annotations

from alembic import context
from flask import current_app
from sqlalchemy import Connection, text

from app.core.db import Base
from migrations.triggers import install_triggers

config = context.config
target_metadata = Base.metadata


class ForeignKeysBroken(Exception):
    """A migration left rows that point nowhere."""


def run_offline() -> None:
    context.configure(
        url=current_app.config["SQLALCHEMY_DATABASE_URI"],
        target_metadata=target_metadata,
        literal_binds=True,
        render_as_batch=True,
    )
    with context.begin_transaction():
        context.run_migrations()


def run_online() -> None:
    engine = current_app.extensions["migrate"].db.engine
    with engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            _run_on_sqlite(connection)
        else:
            _run(connection)
            connection.commit()


def _run_on_sqlite(connection: Connection) -> None:
    # PRAGMA foreign_keys is a no-op inside a transaction: go through the driver, before BEGIN.
    driver = connection.connection.driver_connection
    assert driver is not None
    driver.execute("PRAGMA foreign_keys=OFF")
    try:
        _run(connection)
        broken = connection.execute(text("PRAGMA foreign_key_check")).all()
        if broken:
            connection.rollback()
            raise ForeignKeysBroken(f"{len(broken)} rows, the first in {broken[0][0]}")
        connection.commit()
    finally:
        driver.execute("PRAGMA foreign_keys=ON")


def _run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=target_metadata,
        render_as_batch=True,
        compare_type=True,
        transaction_per_migration=False,
    )
    with context.begin_transaction():
        context.run_migrations()
    install_triggers(connection)


if context.is_offline_mode():
    run_offline()
else:
    run_online()
