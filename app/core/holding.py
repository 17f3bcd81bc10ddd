"""Hold a name that has no row yet, so that of two acts that would make one the second sees what the first made."""

from __future__ import annotations

from sqlalchemy import text

from app.core.db import db


def hold_name(name: str) -> None:
    """Until the transaction ends. What is read afterwards tells what the other made. SQLite's writers take turns."""
    session = db.session()
    if session.get_bind().dialect.name == "postgresql":
        session.execute(
            text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": name}
        )
