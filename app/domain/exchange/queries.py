"""Reads of imports: the history, a preview page by page, what waits for an officer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import contains_eager

from app.core.db import db
from app.core.errors import NotFound
from app.core.i18n import gettext as _
from app.core.paging import PAGE_SIZE, Page
from app.domain.exchange.models import (
    Import,
    ImportKind,
    ImportRow,
    ImportState,
    RowState,
)
from app.domain.units.models import Unit, UnitKind
from app.domain.units.queries import in_subtree


@dataclass(frozen=True)
class ImportFilter:
    """What the history is narrowed to."""

    kind: ImportKind | None = None
    state: ImportState | None = None


@dataclass(frozen=True)
class RowFilter:
    """Which rows of an import are shown; ``warned``: those with a remark, whatever became of them."""

    state: RowState | None = None
    warned: bool = False


def get_import(import_id: int, *, scope: str, lock: bool = False) -> Import:
    """The import with its unit. Raises NotFound outside the scope, whether or not it exists."""
    statement = (
        select(Import)
        .join(Import.unit)
        .options(contains_eager(Import.unit))
        .where(Import.id == import_id, in_subtree(scope))
        .execution_options(populate_existing=True)
    )
    if lock:
        statement = statement.with_for_update(of=Import)
    batch = db.session.scalars(statement).one_or_none()
    if batch is None:
        raise NotFound(_("There is no such import within your unit."))
    return batch


def list_imports(
    wanted: ImportFilter, *, scope: str, kinds: Sequence[ImportKind], page: int = 1
) -> Page[Import]:
    """The history of the kinds a role may see, the newest first."""
    conditions: list[ColumnElement[bool]] = [in_subtree(scope), Import.kind.in_(kinds)]
    if wanted.kind is not None:
        conditions.append(Import.kind == wanted.kind)
    if wanted.state is not None:
        conditions.append(Import.state == wanted.state)
    total = db.session.scalar(
        select(func.count()).select_from(Import).join(Import.unit).where(*conditions)
    )
    statement = (
        select(Import)
        .join(Import.unit)
        .options(contains_eager(Import.unit))
        .where(*conditions)
        .order_by(Import.id.desc())
        .limit(PAGE_SIZE)
        .offset((page - 1) * PAGE_SIZE)
    )
    return Page(db.session.scalars(statement).all(), page, PAGE_SIZE, total or 0)


def list_rows(import_id: int, wanted: RowFilter, *, page: int = 1) -> Page[ImportRow]:
    """The rows of an import that somebody must see, in the order of the workbook, rejected ones first."""
    conditions: list[ColumnElement[bool]] = [ImportRow.import_id == import_id]
    if wanted.state is not None:
        conditions.append(ImportRow.state == wanted.state)
    if wanted.warned:
        conditions.append(ImportRow.warned.is_(True))
    total = db.session.scalar(select(func.count()).select_from(ImportRow).where(*conditions))
    statement = (
        select(ImportRow)
        .where(*conditions)
        .order_by(
            ImportRow.state != RowState.REJECTED,
            ImportRow.state != RowState.UNRESOLVED,
            ImportRow.position,
        )
        .limit(PAGE_SIZE)
        .offset((page - 1) * PAGE_SIZE)
    )
    return Page(db.session.scalars(statement).all(), page, PAGE_SIZE, total or 0)


def list_with_problems(import_id: int) -> Sequence[ImportRow]:
    """Every rejected or warned row of an import, for the marked workbook."""
    return db.session.scalars(
        select(ImportRow)
        .where(
            ImportRow.import_id == import_id,
            (ImportRow.state == RowState.REJECTED) | ImportRow.warned.is_(True),
        )
        .order_by(ImportRow.position)
    ).all()


def list_divisions(scope: str) -> Sequence[Unit]:
    """The prefectures and counties of a scope, for which a workbook may be imported."""
    return db.session.scalars(
        select(Unit)
        .where(in_subtree(scope), Unit.kind != UnitKind.SCHOOL, Unit.closed_on.is_(None))
        .order_by(Unit.path)
    ).all()


def waiting_rows(scope: str) -> Select[int]:
    """The count of rows of landed imports that wait for an officer."""
    return (
        select(func.count())
        .select_from(ImportRow)
        .join(Import, Import.id == ImportRow.import_id)
        .join(Unit, Unit.id == Import.unit_id)
        .where(*_waiting(scope))
    )


def count_waiting(*, scope: str) -> int:
    """How many rows of landed imports wait for an officer."""
    return db.session.scalar(waiting_rows(scope)) or 0


def previews(scope: str) -> Select[int]:
    """The count of imports that stand at their preview: somebody must confirm or discard them."""
    return (
        select(func.count())
        .select_from(Import)
        .join(Unit, Unit.id == Import.unit_id)
        .where(Import.state == ImportState.PREVIEW, in_subtree(scope))
    )


def list_waiting(*, scope: str, page: int = 1) -> Page[ImportRow]:
    """Rows of landed imports that wait for an officer, the oldest first, each with its import and unit."""
    statement = (
        _rows_with_import()
        .where(*_waiting(scope))
        .order_by(ImportRow.import_id, ImportRow.position)
    )
    rows = db.session.scalars(statement.limit(PAGE_SIZE).offset((page - 1) * PAGE_SIZE)).all()
    return Page(rows, page, PAGE_SIZE, count_waiting(scope=scope))


def get_row(row_id: int, *, scope: str, lock: bool = False) -> ImportRow:
    """A row that waits or waited, with its import. Raises NotFound outside the scope."""
    statement = (
        _rows_with_import()
        .where(ImportRow.id == row_id, in_subtree(scope))
        .execution_options(populate_existing=True)
    )
    if lock:
        statement = statement.with_for_update(of=ImportRow)
    row = db.session.scalars(statement).one_or_none()
    if row is None:
        raise NotFound(_("There is no such row within your unit."))
    return row


def _rows_with_import() -> Select[ImportRow]:
    return (
        select(ImportRow)
        .join(ImportRow.batch)
        .join(Import.unit)
        .options(contains_eager(ImportRow.batch).contains_eager(Import.unit))
    )


def _waiting(scope: str) -> list[ColumnElement[bool]]:
    return [
        ImportRow.state == RowState.UNRESOLVED,
        Import.state == ImportState.LANDED,
        in_subtree(scope),
    ]
