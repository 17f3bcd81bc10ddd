"""Take a landed import back exactly, unless later facts build on it."""

from __future__ import annotations

import json
import zlib
from base64 import b64decode
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Date, Enum, Numeric, Table, delete, or_, select, true, update

from app.core import clock, crypto
from app.core.db import Base, UTCDateTime, db
from app.core.errors import DomainError, InvalidInput
from app.core.i18n import gettext as _
from app.domain.accounts.rules import Actor
from app.domain.audit.operations import record
from app.domain.courses.operations.reporting import list_external_ids, reopen_imported
from app.domain.exchange.models import Import, ImportChange, ImportRow, ImportState
from app.domain.exchange.operations.landing import take_turn
from app.domain.exchange.operations.submitting import lock_import
from app.domain.exchange.planning.registry import chunks
from app.domain.exchange.queries import get_import
from app.domain.exchange.writing import (
    CHANGES_PURPOSE,
    TABLES,
    digest_of,
    plain,
    table_named,
    update_rows,
)
from app.domain.people.models import Person, Studio
from app.domain.placements.models import Cohort, Placement
from app.domain.units.models import Unit

MOST_NAMED = 50
OWN_TABLES = frozenset({"import_rows", "import_changes", "imports"})


@dataclass(frozen=True, slots=True)
class Blocker:
    """A fact that builds on the import: ``name`` of the person, school or studio, the table it is in, and how:
    ``changed`` since, or ``used`` by a row that came later.
    """

    name: str
    table: str
    how: str


@dataclass(slots=True)
class Written:
    """What an import wrote into one row: a digest if it made it, old and new values if it changed it."""

    digest: str | None
    before: dict[str, Any]
    after: dict[str, Any]


Footprint = dict[str, dict[int, Written]]


def list_blockers(import_id: int, *, scope: str) -> list[Blocker]:
    """What stands in the way of taking the import back; empty when nothing does."""
    get_import(import_id, scope=scope)
    return _blockers(_footprint(import_id))


def undo(import_id: int, reason: str, *, actor: Actor) -> Import:
    """Delete what the import made and restore what it changed, inside the caller's ``atomic()``.

    Raises InvalidInput without a reason, DomainError ``not_landed``, or ``built_upon`` naming the facts in the way.
    """
    if not reason.strip():
        raise InvalidInput(_("Say why."), "reason_missing", "reason")
    take_turn()
    batch = lock_import(import_id, actor)
    if batch.state is not ImportState.LANDED:
        raise DomainError(_("Only an import that has landed can be taken back."), "not_landed")
    reopen_imported(import_id, actor=actor)
    footprint = _footprint(import_id)
    blockers = _blockers(footprint)
    if blockers:
        raise DomainError(
            _(
                "This import cannot be taken back, because later facts build on it: %(names)s.",
                names="、".join(dict.fromkeys(blocker.name for blocker in blockers[:MOST_NAMED])),
            ),
            "built_upon",
        )
    _forget_people_of_rows(import_id)
    _remove(footprint)
    _restore(footprint)
    db.session.execute(delete(ImportChange).where(ImportChange.import_id == import_id))
    batch.state = ImportState.UNDONE
    batch.undone_at = clock.now()
    batch.undone_reason = reason.strip()
    record(
        actor,
        "imports.undo",
        object_type="import",
        object_id=batch.id,
        details={name: len(rows) for name, rows in footprint.items()},
        reason=batch.undone_reason,
        unit_path=batch.unit.path,
    )
    return batch


def _footprint(import_id: int) -> Footprint:
    """Everything the import wrote; of a row written twice the first old and the last new values."""
    footprint: Footprint = defaultdict(dict)
    stored = db.session.execute(
        select(ImportChange.table_name, ImportChange.sealed)
        .where(ImportChange.import_id == import_id)
        .order_by(ImportChange.id)
    )
    for table, sealed in stored:
        entries = json.loads(zlib.decompress(crypto.unseal_bytes(sealed, CHANGES_PURPOSE)))
        for row_id, before, after in entries:
            _note(footprint[table], row_id, before, after)
    _add_taken_over(footprint, import_id)
    return footprint


def _add_taken_over(footprint: Footprint, import_id: int) -> None:
    """Placements that were made of the import's training records when placements came: they go as they came.

    A cohort in which somebody else was placed too stays.
    """
    others = (
        select(Placement.id)
        .where(
            Placement.cohort_id == Cohort.id,
            or_(Placement.import_id.is_(None), Placement.import_id != import_id),
        )
        .exists()
    )
    for table, condition in (
        (table_named("placement_cohorts"), ~others),
        (table_named("placements"), true()),
        (table_named("placement_stays"), true()),
    ):
        rows = db.session.execute(select(table).where(table.c.import_id == import_id, condition))
        for row in rows:
            known = footprint[table.name]
            if row.id not in known:
                known[row.id] = Written(digest_of(dict(row._mapping)), {}, {})


def _note(rows: dict[int, Written], row_id: int, before: Any, after: Any) -> None:
    if before is None:
        rows[row_id] = Written(after, {}, {})
        return
    known = rows.setdefault(row_id, Written(None, {}, {}))
    known.before = {**before, **known.before}
    known.after.update(after)


def _blockers(footprint: Footprint) -> list[Blocker]:
    found = [*_changed_since(footprint), *_used_since(footprint)]
    return list(dict.fromkeys(found))[:MOST_NAMED]


def _changed_since(footprint: Footprint) -> list[Blocker]:
    blockers = []
    for name, rows in footprint.items():
        table = table_named(name)
        for chunk in chunks(sorted(rows)):
            for current in db.session.execute(select(table).where(table.c.id.in_(chunk))):
                values = dict(current._mapping)
                if not _is_as_written(values, rows[values["id"]]):
                    blockers.append((name, values))
    return _named(blockers, "changed")


def _is_as_written(current: dict[str, Any], written: Written) -> bool:
    if written.digest is not None and not written.after:
        return digest_of(current) == written.digest
    now = plain({name: current[name] for name in written.after})
    return all(
        now[name] == value for name, value in written.after.items() if not isinstance(value, dict)
    )


def _used_since(footprint: Footprint) -> list[Blocker]:
    """Rows that others made and that refer to rows this import made."""
    users: list[tuple[str, dict[str, Any]]] = []
    made = {
        name: [row_id for row_id, written in rows.items() if written.digest is not None]
        for name, rows in footprint.items()
    }
    for table in Base.metadata.tables.values():
        if table.name in OWN_TABLES:
            continue
        for key in table.foreign_keys:
            ids = made.get(key.column.table.name)
            if ids and "id" in table.c:
                users += _referring(table, key.parent.name, ids, footprint)
    return _named(users, "used")


def _referring(
    table: Table, column: str, ids: list[int], footprint: Footprint
) -> list[tuple[str, dict[str, Any]]]:
    own = footprint.get(table.name, {})
    found = []
    reopening = list_external_ids() if table.name == "course_enrolments" else set()
    for chunk in chunks(ids):
        rows = db.session.execute(select(table).where(table.c[column].in_(chunk)))
        for row in rows:
            if reopening and row.course_id in reopening:
                continue
            is_own = row.id in own and own[row.id].digest is not None
            is_itself = table.name == "unit_versions" and row.unit_id in footprint["units"]
            if not is_own and not is_itself:
                found.append((table.name, dict(row._mapping)))
    return found


def _named(found: list[tuple[str, dict[str, Any]]], how: str) -> list[Blocker]:
    """The rows with the name of whom or what they are about."""
    some = found[:MOST_NAMED]
    people = _names(
        Person, (_id_of(table, values, "people", "person_id") for table, values in some)
    )
    units = _names(Unit, (_id_of(table, values, "units", "unit_id") for table, values in some))
    studios = _names(Studio, (values["id"] for table, values in some if table == "studios"))
    blockers = []
    for table, values in some:
        name = (
            people.get(_id_of(table, values, "people", "person_id") or 0)
            or studios.get(values["id"] if table == "studios" else 0)
            or units.get(_id_of(table, values, "units", "unit_id") or 0)
            or table
        )
        blockers.append(Blocker(name, table, how))
    return blockers


def _id_of(table: str, values: dict[str, Any], own: str, column: str) -> int | None:
    found: int | None = values["id"] if table == own else values.get(column)
    return found


def _names(model: Any, ids: Iterable[int | None]) -> dict[int, str]:
    wanted = {row_id for row_id in ids if row_id is not None}
    rows = db.session.execute(select(model.id, model.name).where(model.id.in_(wanted)))
    return {row.id: row.name for row in rows}


def _forget_people_of_rows(import_id: int) -> None:
    db.session.execute(
        update(ImportRow)
        .where(ImportRow.import_id == import_id, ImportRow.resolved_person_id.is_not(None))
        .values(resolved_person_id=None)
    )


def _remove(footprint: Footprint) -> None:
    for name in reversed(TABLES):
        ids = [row_id for row_id, w in footprint.get(name, {}).items() if w.digest is not None]
        table = table_named(name)
        for chunk in chunks(sorted(ids, reverse=True)):
            db.session.execute(delete(table).where(table.c.id.in_(chunk)))


def _restore(footprint: Footprint) -> None:
    for name in TABLES:
        table = table_named(name)
        grouped: dict[tuple[str, ...], list[tuple[int, dict[str, Any]]]] = defaultdict(list)
        for row_id, written in footprint.get(name, {}).items():
            if written.digest is None:
                before = {c: stored(table, c, v) for c, v in written.before.items()}
                grouped[tuple(sorted(before))].append((row_id, before))
        for columns, rows in grouped.items():
            update_rows(name, columns, rows)


def stored(table: Table, column: str, value: Any) -> Any:
    """A value of the kept JSON as its column takes it."""
    kind = table.c[column].type
    if value is None:
        return None
    if isinstance(value, dict):
        return b64decode(value["bytes"])
    if isinstance(kind, UTCDateTime):
        return datetime.fromisoformat(value)
    if isinstance(kind, Date):
        return date.fromisoformat(value)
    if isinstance(kind, Numeric):
        return Decimal(value)
    if isinstance(kind, Enum) and kind.enum_class is not None:
        return kind.enum_class(value)
    return value
