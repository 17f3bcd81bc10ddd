"""Read the audit record: by scope, filtered, the newest first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Row, Select, func, select

from app.core import clock
from app.core.db import db
from app.core.errors import NotFound
from app.core.paging import PAGE_SIZE
from app.core.text import like_pattern
from app.domain.audit.models import AuditEntry, AuditSeal

Rows = Select[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class EntryFilter:
    """What a reader looks for; empty means all. ``action`` is an action or an area; days are inclusive."""

    who: str = ""
    action: str = ""
    role: str = ""
    object_type: str = ""
    object_id: str = ""
    subject_id: int | None = None
    since: date | None = None
    until: date | None = None


COLUMNS = (
    AuditEntry.id,
    AuditEntry.at,
    AuditEntry.actor_id,
    AuditEntry.actor_name,
    AuditEntry.role,
    AuditEntry.origin,
    AuditEntry.channel,
    AuditEntry.action,
    AuditEntry.object_type,
    AuditEntry.object_id,
    AuditEntry.subject_id,
    AuditEntry.reason,
)


@dataclass(frozen=True, slots=True)
class Entries:
    """Some entries, and the id before which the list goes on (None: nothing older)."""

    items: list[Row[Any]]
    older_than: int | None


def list_entries(
    wanted: EntryFilter, *, scope: str, before: int | None = None, size: int = PAGE_SIZE
) -> Entries:
    """The newest entries of a subtree that fit, older than the entry ``before``."""
    statement = _matching(select(*COLUMNS), wanted, scope)
    if before is not None:
        statement = statement.where(AuditEntry.id < before)
    ordered = statement.order_by(AuditEntry.id.desc()).limit(size + 1)
    rows: list[Row[Any]] = list(db.session.execute(ordered).all())
    items = rows[:size]
    return Entries(items, items[-1].id if len(rows) > size else None)


def iterate_entries(wanted: EntryFilter, *, scope: str, most: int) -> Iterator[Row[Any]]:
    """The newest ``most`` entries that fit, with their details, read some at a time."""
    before: int | None = None
    left = most
    while left > 0:
        statement = _matching(select(*COLUMNS, AuditEntry.details), wanted, scope)
        if before is not None:
            statement = statement.where(AuditEntry.id < before)
        size = min(left, 2_000)
        rows = db.session.execute(statement.order_by(AuditEntry.id.desc()).limit(size)).all()
        yield from rows
        if len(rows) < size:
            return
        before = rows[-1].id
        left -= size


def latest_acts(object_type: str, object_ids: Iterable[int]) -> dict[int, datetime]:
    """When somebody last acted on each of some objects; whom nobody ever acted on is not in it."""
    wanted = [str(object_id) for object_id in object_ids]
    rows = db.session.execute(
        select(AuditEntry.object_id, func.max(AuditEntry.at))
        .where(AuditEntry.object_type == object_type, AuditEntry.object_id.in_(wanted))
        .group_by(AuditEntry.object_id)
    )
    return {int(object_id): at for object_id, at in rows}


def get_entry(entry_id: int, *, scope: str) -> AuditEntry:
    """One entry of the subtree; NotFound for any other."""
    entry = db.session.get(AuditEntry, entry_id)
    if entry is None or not entry.unit_path.startswith(scope):
        raise NotFound
    return entry


def find_seal(entry_id: int) -> AuditSeal | None:
    return db.session.execute(
        select(AuditSeal).where(AuditSeal.entry_id == entry_id)
    ).scalar_one_or_none()


def _matching(statement: Rows, wanted: EntryFilter, scope: str) -> Rows:
    if scope != "/":
        pattern = like_pattern(scope, prefix=True)
        statement = statement.where(AuditEntry.unit_path.like(pattern, escape="\\"))
    if wanted.who:
        pattern = like_pattern(wanted.who)
        statement = statement.where(AuditEntry.actor_name.ilike(pattern, escape="\\"))
    statement = _by_action(statement, wanted.action)
    for column, value in (
        (AuditEntry.role, wanted.role),
        (AuditEntry.object_type, wanted.object_type),
        (AuditEntry.object_id, wanted.object_id),
        (AuditEntry.subject_id, wanted.subject_id),
    ):
        if value:
            statement = statement.where(column == value)
    if wanted.since:
        statement = statement.where(AuditEntry.at >= _begin(wanted.since))
    if wanted.until:
        statement = statement.where(AuditEntry.at < _begin(wanted.until + timedelta(days=1)))
    return statement


def _by_action(statement: Rows, action: str) -> Rows:
    if not action:
        return statement
    if "." in action:
        return statement.where(AuditEntry.action == action)
    pattern = like_pattern(f"{action}.", prefix=True)
    return statement.where(AuditEntry.action.like(pattern, escape="\\"))


def _begin(day: date) -> datetime:
    return datetime.combine(day, time(), clock.zone())
