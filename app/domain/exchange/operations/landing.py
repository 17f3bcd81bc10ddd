"""Let a previewed import land: all of it or nothing, and nothing else than what was shown."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from app.core import clock, files
from app.core.db import db
from app.core.errors import DomainError
from app.core.i18n import gettext as _
from app.core.versions import COUNTED, DataVersion, counted_version
from app.domain.accounts.rules import Actor
from app.domain.audit.operations import record
from app.domain.courses.operations.reporting import complete_imported
from app.domain.exchange.collecting import no_collecting
from app.domain.exchange.models import Import, ImportKind, ImportState
from app.domain.exchange.operations.submitting import (
    Progress,
    Submission,
    keep_plan,
    keep_preview,
    lock_import,
    submit,
    think,
)
from app.domain.exchange.planning import Plan
from app.domain.exchange.staging import signature_of, store_rows
from app.domain.exchange.writing import write_all

Transaction = Callable[[], AbstractContextManager[Actor]]
ATTEMPTS = 4
IMPORT_LOCK = 7_205_301  # names the lock by which imports wait for each other on PostgreSQL


class DataChanged(DomainError):
    """What an import would do is no longer what its preview showed; the preview is made anew."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "The data have changed since the preview was made. Nothing was imported;"
                " look at the new preview and confirm again."
            ),
            "data_changed",
        )


class _Moved(Exception):
    """The data moved between planning and writing: plan again."""


def confirm(
    import_id: int,
    transaction: Transaction,
    *,
    actor: Actor,
    progress: Progress | None = None,
    conclude: Callable[[Import], None] | None = None,
) -> Import:
    """Let an import land as its preview showed it.

    Planned outside the write transaction; when the data moved meanwhile, planned again, at last inside it.
    Raises DataChanged when the plan is no longer the preview, DomainError ``import_settled`` when somebody else was
    first. ``conclude`` is told the import inside the transaction in which it landed, or in which its preview was
    made anew.
    """
    for attempt in range(1, ATTEMPTS + 1):
        is_last = attempt == ATTEMPTS
        plan = None if is_last else think(import_id, actor=actor, progress=progress)
        try:
            with transaction() as fresh:
                take_turn()
                batch = lock_import(import_id, fresh)
                _refuse_settled(batch)
                if plan is None:
                    plan = think(import_id, actor=fresh)
                elif counted_version() != plan.data_version:
                    raise _Moved
                has_landed = _land_or_show(batch, plan, fresh)
                if conclude is not None:
                    conclude(batch)
        except (_Moved, IntegrityError):
            if is_last:
                raise
            continue
        if not has_landed:
            raise DataChanged
        return batch
    raise DataChanged


def land_at_once(
    submission: Submission, plan: Plan, transaction: Transaction
) -> tuple[Import | None, Plan]:
    """Record a workbook and let its plan land in one act (command line): no preview in between.

    Returns the import, or None when a row is rejected: then nothing at all is recorded. Raises DataChanged when
    others wrote meanwhile; the caller plans again.
    """
    if plan.is_rejected:
        return None, plan
    file_key = files.store(submission.data)
    try:
        with no_collecting(), transaction() as actor:
            take_turn()
            if counted_version() != plan.data_version:
                raise DataChanged
            batch = submit(submission, file_key, actor=actor)
            keep_plan(batch, plan)
            land(batch, plan, actor)
    except BaseException:
        files.remove(file_key)
        raise
    return batch, plan


def take_turn() -> None:
    """Imports land one after the other (SQLite: BEGIN IMMEDIATE has seen to it already)."""
    if db.engine.dialect.name == "postgresql":
        db.session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": IMPORT_LOCK})


def refuse_moved(plan: Plan) -> None:
    """Others may have committed while we wrote: their version stands before ours, or we hold it until we commit."""
    if db.engine.dialect.name == "postgresql":
        statement = select(DataVersion.version).where(DataVersion.name == COUNTED).with_for_update()
        if db.session.scalar(statement) != plan.data_version:
            raise _Moved


def _refuse_settled(batch: Import) -> None:
    if batch.state in {ImportState.PREVIEW, ImportState.APPLYING}:
        return
    if batch.state is ImportState.LANDED:
        raise DomainError(_("Somebody else has let this import land already."), "import_settled")
    raise DomainError(
        _("This import cannot land: it was rejected, discarded or taken back."), "import_settled"
    )


def _land_or_show(batch: Import, plan: Plan, actor: Actor) -> bool:
    if plan.is_rejected or signature_of(plan) != batch.signature:
        keep_preview(batch, plan)
        return False
    store_rows(batch.id, plan)
    land(batch, plan, actor)
    return True


def land(batch: Import, plan: Plan, actor: Actor) -> None:
    """Write the plan and say so in the audit record, with counts and no personal value."""
    with no_collecting():
        write_all(plan.writes(), batch.id)
    if batch.kind is ImportKind.ONLINE:
        complete_imported(batch.id, actor=actor)
    batch.state = ImportState.LANDED
    batch.landed_at = clock.now()
    batch.counts = plan.counts()
    record(
        actor,
        "imports.land",
        object_type="import",
        object_id=batch.id,
        details={
            "kind": batch.kind.value,
            "unit": batch.unit.code,
            "speaks_of": plan.speaks_of.isoformat(),
            "complete": batch.complete,
            **batch.counts,
        },
        unit_path=batch.unit.path,
    )
    refuse_moved(plan)
