"""Write a plan in bulk, and keep what was written so that it can be taken back."""

from __future__ import annotations

import enum
import hashlib
import json
import zlib
from base64 import b64encode
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from sqlalchemy import Table, bindparam, func, insert, select, text, update

from app.core import crypto
from app.core.db import Base, db
from app.domain.exchange.bulk import insert_columns
from app.domain.exchange.models import ImportChange
from app.domain.exchange.planning import ChangedRow, NewRow, PathBelow
from app.domain.exchange.planning.plan import Write
from app.domain.exchange.planning.registry import chunks

# Parents before children; what is taken back goes the other way.
TABLES = (
    "units",
    "unit_versions",
    "unit_aliases",
    "facility_returns",
    "people",
    "postings",
    "credentials",
    "training_records",
    "hour_recognitions",
    "lead_teacher_designations",
    "placement_cohorts",
    "placements",
    "placement_stays",
    "studios",
    "studio_memberships",
)
CHANGES_PURPOSE = "import_changes"
INSERT_CHUNK = 1000
CHANGE_CHUNK = 500
IGNORED = frozenset({"id", "row_version", "import_id"})
_PLAIN = frozenset({str, int})
_SHOWN_PLAINLY = frozenset({str, int, date})


def table_named(name: str) -> Table:
    return Base.metadata.tables[name]


def write_all(writes: Iterable[Write], import_id: int) -> None:
    """Insert and update everything in a few statements a table, inside the caller's ``atomic()``.

    New rows get their ids first, so that they can refer to each other.
    """
    new, changed = _by_table(writes)
    for name in TABLES:
        _allocate(name, new[name])
    # What ends comes first: of many facts only one may be open.
    for name in TABLES:
        _update(name, changed[name])
    for name in TABLES:
        _insert(name, new[name], import_id)
    keep_changes(import_id, new, changed)


def _by_table(
    writes: Iterable[Write],
) -> tuple[dict[str, list[NewRow]], dict[str, list[ChangedRow]]]:
    new: dict[str, list[NewRow]] = defaultdict(list)
    changed: dict[str, list[ChangedRow]] = defaultdict(list)
    for write in writes:
        if isinstance(write, NewRow):
            new[write.table].append(write)
        else:
            changed[write.table].append(write)
    return new, changed


def _allocate(name: str, rows: Sequence[NewRow]) -> None:
    """Ids for the new rows: from the sequence, or after the last one while SQLite lets nobody else write."""
    if not rows:
        return
    if db.engine.dialect.name == "postgresql":
        statement = text(
            "SELECT nextval(pg_get_serial_sequence(:name, 'id')) FROM generate_series(1, :count)"
        )
        ids: Iterable[int] = db.session.scalars(statement, {"name": name, "count": len(rows)})
    else:
        last = _last_id(name)
        ids = range(last + 1, last + 1 + len(rows))
    for row, row_id in zip(rows, ids, strict=True):
        row.id = row_id


def _last_id(name: str) -> int:
    """The last id SQLite has given; in a table that never gives one twice also those that are gone again."""
    table = table_named(name)
    last = db.session.scalar(select(func.max(table.c.id))) or 0
    if table.kwargs.get("sqlite_autoincrement"):
        given = text("SELECT seq FROM sqlite_sequence WHERE name = :name")
        last = max(last, db.session.scalar(given, {"name": name}) or 0)
    return last


def _insert(name: str, rows: Sequence[NewRow], import_id: int) -> None:
    if not rows:
        return
    table = table_named(name)
    filled = set().union(*(row.values for row in rows))
    referring = _referring(table)
    for chunk in chunks(rows, INSERT_CHUNK):
        columns: dict[str, Sequence[Any]] = {"id": [row.id for row in chunk]}
        for column in filled:
            values = [row.values.get(column) for row in chunk]
            columns[column] = [settled(v) for v in values] if column in referring else values
        if "import_id" in table.c:
            columns["import_id"] = [import_id] * len(chunk)
        insert_columns(table, columns)
    db.session.info["counted_changed"] = True


def _referring(table: Table) -> set[str]:
    """The columns whose planned value may stand for a row that was still to be made."""
    return {column.name for column in table.c if column.foreign_keys or column.name == "path"}


def settled(value: Any) -> Any:
    """A planned value as it is stored: references to new rows become ids."""
    if isinstance(value, NewRow):
        return value.id
    if isinstance(value, PathBelow):
        return f"{value.parent_path}{value.unit.id}/"
    return value


def _update(name: str, rows: Sequence[ChangedRow]) -> None:
    grouped: dict[tuple[str, ...], list[ChangedRow]] = defaultdict(list)
    for row in rows:
        grouped[tuple(sorted(row.after))].append(row)
    for columns, group in grouped.items():
        update_rows(name, columns, [(row.id, row.after) for row in group])


def update_rows(
    name: str, columns: Sequence[str], rows: Sequence[tuple[int, dict[str, Any]]]
) -> None:
    """Set the same columns of many rows of a table, raising their version where they have one."""
    table = table_named(name)
    values: dict[str, Any] = {column: bindparam(f"new_{column}") for column in columns}
    if "row_version" in table.c:
        values["row_version"] = table.c.row_version + 1
    statement = update(table).where(table.c.id == bindparam("this_id")).values(values)
    for chunk in chunks(rows, INSERT_CHUNK):
        parameters = [
            {"this_id": row_id, **{f"new_{column}": settled(after[column]) for column in columns}}
            for row_id, after in chunk
        ]
        db.session.connection().execute(statement, parameters)
        db.session.info["counted_changed"] = True


def keep_changes(
    import_id: int, new: dict[str, list[NewRow]], changed: dict[str, list[ChangedRow]]
) -> None:
    """Remember what was written, some hundred rows in each stored row."""
    kept = []
    for name in TABLES:
        entries: Iterator[list[Any]] = ([row.id, None, digest_of(row.values)] for row in new[name])
        kept += [_sealed(import_id, name, chunk) for chunk in chunks(entries, CHANGE_CHUNK)]
    for name in TABLES:
        entries = ([row.id, plain(row.before), plain(row.after)] for row in changed[name])
        kept += [_sealed(import_id, name, chunk) for chunk in chunks(entries, CHANGE_CHUNK)]
    if kept:
        db.session.execute(insert(ImportChange), kept)


def _sealed(import_id: int, name: str, entries: list[Any]) -> dict[str, Any]:
    data = zlib.compress(json.dumps(entries, ensure_ascii=False).encode())
    return {
        "import_id": import_id,
        "table_name": name,
        "rows": len(entries),
        "sealed": crypto.seal_bytes(data, CHANGES_PURPOSE),
    }


def plain(values: dict[str, Any]) -> dict[str, Any]:
    """Column values as JSON can carry them, the same whether planned or read from either database."""
    return {name: _plain(value) for name, value in values.items()}


def _plain(value: Any) -> Any:
    if value is None or value.__class__ in _PLAIN:
        return value
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, (NewRow, PathBelow)):
        return settled(value)
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if isinstance(value, datetime):
        return _instant(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        return {"bytes": b64encode(value).decode()}
    return value


def digest_of(values: dict[str, Any]) -> str:
    """A digest of a row's filled columns, by which a later change of any of them is noticed."""
    told = [
        f"{name}={value if value.__class__ in _SHOWN_PLAINLY else _plain(value)}"
        for name in _told_columns(tuple(values))
        if (value := values[name]) is not None and value.__class__ is not bytes
    ]
    return hashlib.blake2b("\x1f".join(told).encode(), digest_size=8).hexdigest()


@lru_cache(maxsize=100)
def _instant(value: datetime) -> str:
    aware = value if value.tzinfo is not None else value.replace(tzinfo=UTC)
    return aware.astimezone(UTC).isoformat()


@lru_cache(maxsize=200)
def _told_columns(names: tuple[str, ...]) -> list[str]:
    return sorted(set(names) - IGNORED)
