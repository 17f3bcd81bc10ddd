"""Rows as a merge changes them: each with what it was before, so that all of it can be set back exactly."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Table, delete, insert, select, update

from app.core.db import Base, db
from app.domain.exchange.operations.undoing import stored
from app.domain.exchange.writing import digest_of, plain


def find_row(table: Table, row_id: int) -> dict[str, Any] | None:
    """A row's columns, or None when it is gone."""
    row = db.session.execute(select(table).where(table.c.id == row_id)).mappings().first()
    return dict(row) if row is not None else None


def digest(table: Table, row_id: int) -> str | None:
    """By which a later change of a row is noticed; None when it is gone."""
    row = find_row(table, row_id)
    return digest_of(row) if row is not None else None


@dataclass
class Journal:
    """Writes rows and keeps what they were, as JSON can carry it."""

    entries: list[dict[str, Any]] = field(default_factory=list)

    def change(self, table: Table, row_id: int, values: Mapping[str, Any]) -> None:
        """Change columns of a row."""
        before = find_row(table, row_id)
        if before is None:
            raise LookupError(f"{table.name} {row_id}")
        self.entries.append(
            {
                "table": table.name,
                "id": row_id,
                "before": plain({name: before[name] for name in values}),
            }
        )
        db.session.execute(update(table).where(table.c.id == row_id).values(**values))

    def remove(self, table: Table, row_id: int) -> None:
        """Take a row away; the whole row is kept here."""
        row = find_row(table, row_id)
        if row is None:
            raise LookupError(f"{table.name} {row_id}")
        self.entries.append({"table": table.name, "id": row_id, "row": plain(row)})
        db.session.execute(delete(table).where(table.c.id == row_id))

    def touched(self) -> dict[tuple[str, int], bool]:
        """Each row written here; whether it is still there."""
        return {(entry["table"], entry["id"]): "row" not in entry for entry in self.entries}


def set_back(entries: list[dict[str, Any]]) -> None:
    """Undo journal entries, the last one first."""
    for entry in reversed(entries):
        table = Base.metadata.tables[entry["table"]]
        values = entry.get("row") or entry["before"]
        columns = {name: stored(table, name, value) for name, value in values.items()}
        if "row" in entry:
            db.session.execute(insert(table).values(**columns))
        else:
            db.session.execute(update(table).where(table.c.id == entry["id"]).values(**columns))
