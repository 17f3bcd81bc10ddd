"""A version of the data that figures count, raised in the transaction that changes it.

Caches are keyed by it, so they never show a stale figure: whoever reads version *n* reads data at least as new.
The stamp is drawn anew with every version, so that a database put in the place of another one (a restored backup)
never answers to what was computed from the other.
"""

from __future__ import annotations

import secrets
from functools import cache
from typing import Any

from sqlalchemy import Integer, ScalarSelect, String, event, insert, select, update
from sqlalchemy.orm import Mapped, ORMExecuteState, Session, mapped_column

from app.core.db import Base, db

COUNTED = "counted"


class DataVersion(Base):
    __tablename__ = "data_versions"

    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    version: Mapped[int] = mapped_column(Integer, default=0)
    stamp: Mapped[str] = mapped_column(String(32), default="", server_default="")


def counted_version(session: Session | None = None) -> int:
    """The version of everything the figures count, as the current transaction sees it."""
    statement = select(DataVersion.version).where(DataVersion.name == COUNTED)
    return (session or db.session()).execute(statement).scalar_one_or_none() or 0


_VERSION_AND_STAMP = select(DataVersion.version, DataVersion.stamp).where(
    DataVersion.name == COUNTED
)


def counted_stamp(session: Session | None = None) -> tuple[int, str]:
    """Version and stamp together: what a cache of computed figures is keyed by."""
    row = (session or db.session()).execute(_VERSION_AND_STAMP).first()
    return (row.version, row.stamp) if row is not None else (0, "")


def counted_stamp_now() -> ScalarSelect[str]:
    """The stamp as a column of another statement, which then tells both as of one moment."""
    return select(DataVersion.stamp).where(DataVersion.name == COUNTED).scalar_subquery()


@cache
def _counted_tables() -> frozenset[str]:
    """Known once every model is; the first statement that changes rows comes later."""
    return frozenset(
        str(mapper.class_.__tablename__)
        for mapper in Base.registry.mappers
        if getattr(mapper.class_, "__counted__", False)
    )


def install_version_events(session_class: type[Session]) -> None:
    """Raise the version once per transaction that touches a counted table, by ORM or by Core statement."""

    @event.listens_for(session_class, "after_flush")
    def _after_flush(session: Session, _context: Any) -> None:
        changed = [*session.new, *session.dirty, *session.deleted]
        if any(getattr(type(item), "__counted__", False) for item in changed):
            session.info["counted_changed"] = True

    @event.listens_for(session_class, "do_orm_execute")
    def _execute(state: ORMExecuteState) -> None:
        if not (state.is_insert or state.is_update or state.is_delete):
            return
        table = getattr(state.statement, "table", None)
        if table is not None and table.name in _counted_tables():
            state.session.info["counted_changed"] = True

    @event.listens_for(session_class, "before_commit")
    def _before_commit(session: Session) -> None:
        session.flush()
        if session.info.pop("counted_changed", False):
            raise_version(session)

    @event.listens_for(session_class, "after_rollback")
    def _after_rollback(session: Session) -> None:
        session.info.pop("counted_changed", None)


def raise_version(session: Session) -> None:
    """Raise the counted version now; writers queue here until the first commits."""
    changed = session.connection().execute(
        update(DataVersion)
        .where(DataVersion.name == COUNTED)
        .values(version=DataVersion.version + 1, stamp=secrets.token_hex(16))
    )
    if changed.rowcount == 0:
        session.connection().execute(
            insert(DataVersion).values(name=COUNTED, version=1, stamp=secrets.token_hex(16))
        )
