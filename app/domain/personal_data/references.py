"""Everything that points to a person (or to any row), found in the tables themselves so that nothing is forgotten."""

from __future__ import annotations

from sqlalchemy import Column, Table, select

from app.core.db import Base, db
from app.domain.people.models import Person
from app.domain.personal_data.models import PersonMerge

# What is not a fact about the person: the record itself, and the merges.
_NOT_MOVED = {Person.__tablename__, PersonMerge.__tablename__}


def references_to(name: str) -> list[tuple[Table, Column[int]]]:
    """Every column of every table that refers to the ids of a table, in a stable order."""
    found = [
        (table, column)
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if any(
            key.column.table.name == name and key.column.name == "id" for key in column.foreign_keys
        )
    ]
    return sorted(found, key=lambda pair: (pair[0].name, pair[1].name))


def references_to_people() -> list[tuple[Table, Column[int]]]:
    """The columns by which facts of any area belong to a person."""
    return [pair for pair in references_to(Person.__tablename__) if pair[0].name not in _NOT_MOVED]


def ids_of(table: Table, column: Column[int], person_id: int) -> list[int]:
    """The rows of a table that belong to a person."""
    return list(
        db.session.scalars(select(table.c.id).where(column == person_id).order_by(table.c.id))
    )
