"""Bring a workbook: who may, for which unit and day; read it, think out what it would do, keep that as the preview."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from app.core import clock, files
from app.core.db import db
from app.core.errors import DomainError, Forbidden, InvalidInput
from app.core.i18n import gettext as _
from app.domain.accounts.rules import Actor
from app.domain.audit.operations import record
from app.domain.exchange.collecting import no_collecting
from app.domain.exchange.mappings import get_mapping, read_workbook, rules_of
from app.domain.exchange.models import Import, ImportKind, ImportState, PlatformMapping
from app.domain.exchange.planning import Order, Plan, plan_sheet
from app.domain.exchange.queries import get_import
from app.domain.exchange.reading import Problem, Sheet
from app.domain.exchange.staging import signature_of, store_rows
from app.domain.units.models import Unit, UnitKind

Progress = Callable[[int, int], None]
LONGEST_FILE_NAME = 200
MOST_COLUMNS_NAMED = 30


@dataclass(frozen=True)
class Submission:
    """A workbook and what is said of it: kind, unit, the day it speaks of (None: its own 填报时间, else today),
    whether it lists everyone of the unit, and with which mapping a platform's export is read.
    """

    kind: ImportKind
    unit_id: int
    file_name: str
    data: bytes
    date_given: date | None = None
    complete: bool = False
    mapping_id: int | None = None


def refuse_unless_allowed(actor: Actor, kind: ImportKind, unit: Unit) -> None:
    """Forbidden outside the actor's units; whoever only keeps the unit tree may bring lists of schools alone."""
    if not actor.reaches(unit.path):
        raise Forbidden(_("This unit is not within your unit."), "unit_out_of_scope")
    if actor.may("imports.use"):
        return
    if not (actor.may("imports.units") and kind is ImportKind.SCHOOLS):
        raise Forbidden(_("Your role does not import workbooks of this kind."))


def refuse_odd_orders(submission: Submission, unit: Unit) -> None:
    """Raises InvalidInput for a day to come, a complete list of anything but counselors, a unit without schools, a
    mapping for anything but an export of a platform.
    """
    if submission.mapping_id is not None and submission.kind is not ImportKind.ONLINE:
        raise InvalidInput(
            _("A mapping is only for the export of an online platform."),
            "mapping_needs_online",
            "mapping",
        )
    if unit.kind is UnitKind.SCHOOL:
        raise InvalidInput(
            _("A workbook is imported for a county or a prefecture, not for a school."),
            "wrong_unit",
            "unit",
        )
    if submission.date_given is not None and submission.date_given > clock.today():
        raise InvalidInput(_("The day is in the future."), "future_date", "date")
    if submission.complete and submission.kind is not ImportKind.COUNSELORS:
        raise InvalidInput(
            _("Only a roster of counselors can be marked complete."),
            "complete_needs_roster",
            "complete",
        )


def submit(submission: Submission, file_key: str, *, actor: Actor) -> Import:
    """Record the workbook, whose bytes are stored under ``file_key`` already; what it would do is not known yet."""
    unit = db.session.get_one(Unit, submission.unit_id)
    refuse_unless_allowed(actor, submission.kind, unit)
    refuse_odd_orders(submission, unit)
    mapping = _mapping_of(submission, actor)
    if mapping is not None and mapping.retired_at is not None:
        raise DomainError(
            _("This mapping has been replaced or retired meanwhile. Choose another."),
            "mapping_retired",
            "mapping",
        )
    batch = Import(
        kind=submission.kind,
        unit_id=unit.id,
        state=ImportState.UPLOADED,
        date_given=submission.date_given,
        complete=submission.complete,
        mapping_id=submission.mapping_id,
        file_name=submission.file_name[-LONGEST_FILE_NAME:] or "workbook.xlsx",
        file_key=file_key,
        file_digest=hashlib.sha256(submission.data).hexdigest(),
        created_by=actor.account_id,
        created_by_name=actor.username,
        created_at=clock.now(),
    )
    db.session.add(batch)
    db.session.flush()
    record(
        actor,
        "imports.upload",
        object_type="import",
        object_id=batch.id,
        details={
            "kind": batch.kind.value,
            "unit": unit.code,
            "complete": batch.complete,
            **({"mapping": mapping.name} if mapping is not None else {}),
        },
        unit_path=unit.path,
    )
    return batch


def _mapping_of(submission: Submission, actor: Actor) -> PlatformMapping | None:
    """The mapping an export is read with. Raises NotFound for one the actor does not see."""
    if submission.mapping_id is None:
        return None
    return get_mapping(submission.mapping_id, actor=actor)


def day_of(date_given: date | None, sheet: Sheet) -> date:
    """What day the workbook speaks of (DOMAIN.md §3)."""
    return date_given or sheet.filled_on or clock.today()


def preview(
    submission: Submission,
    unit: Unit,
    *,
    actor: Actor,
    import_id: int | None = None,
    progress: Progress | None = None,
) -> Plan:
    """What the workbook would do, without recording anything. Raises WorkbookRefused when it cannot be read."""
    refuse_unless_allowed(actor, submission.kind, unit)
    refuse_odd_orders(submission, unit)
    mapping = _mapping_of(submission, actor)
    with no_collecting():
        sheet = read_workbook(
            submission.kind,
            submission.data,
            submission.file_name,
            mapping=mapping,
            today=clock.today(),
            progress=progress,
        )
        order = Order(
            kind=submission.kind,
            unit=unit,
            speaks_of=day_of(submission.date_given, sheet),
            complete=submission.complete,
            verifies=actor.may("credentials.verify"),
            file_name=submission.file_name,
            account_id=actor.account_id,
            import_id=import_id,
            scope=actor.unit_path,
            mapping=rules_of(mapping),
        )
        return plan_sheet(sheet, order, progress=progress)


def submission_of(batch: Import) -> Submission:
    """The workbook of an import as it was brought."""
    return Submission(
        kind=batch.kind,
        unit_id=batch.unit_id,
        file_name=batch.file_name,
        data=files.load(batch.file_key),
        date_given=batch.date_given,
        complete=batch.complete,
        mapping_id=batch.mapping_id,
    )


def think(import_id: int, *, actor: Actor, progress: Progress | None = None) -> Plan:
    """Plan an import's workbook anew against the data as they are now; reads only, outside any write transaction."""
    batch = get_import(import_id, scope=actor.unit_path)
    return preview(
        submission_of(batch), batch.unit, actor=actor, import_id=batch.id, progress=progress
    )


def check(import_id: int, plan: Plan, *, actor: Actor) -> Import:
    """Keep a plan as the preview of its import: to be confirmed, or rejected with its reasons."""
    batch = lock_import(import_id, actor)
    if batch.state not in {ImportState.UPLOADED, ImportState.CHECKING, ImportState.PREVIEW}:
        raise DomainError(_("This import is settled already."), "import_settled")
    keep_preview(batch, plan)
    return batch


def keep_preview(batch: Import, plan: Plan) -> None:
    """Keep what a plan shows, signed, so that nothing else lands than what was shown."""
    keep_plan(batch, plan)
    batch.signature = signature_of(plan)


def keep_plan(batch: Import, plan: Plan) -> None:
    """Keep what a plan shows of its rows, and what it says of the workbook."""
    store_rows(batch.id, plan)
    batch.state = ImportState.REJECTED if plan.is_rejected else ImportState.PREVIEW
    batch.speaks_of = plan.speaks_of
    batch.title = (plan.sheet.title or "")[:200] or None
    batch.counts = plan.counts()
    batch.notes = [
        {
            "row": problem.row,
            "column": problem.column,
            "value": problem.value,
            "code": problem.code,
            "params": problem.params,
            "severity": problem.severity,
            "field": problem.field,
        }
        for problem in [*plan.sheet.problems, *_not_read(plan.sheet)]
    ]
    batch.error = None


def _not_read(sheet: Sheet) -> list[Problem]:
    """The columns of which nothing is known, named in one remark."""
    names = [name for name in sheet.unknown_columns if name.strip()]
    if not names:
        return []
    params = {"names": "、".join(dict.fromkeys(names[:MOST_COLUMNS_NAMED]))}
    return [Problem(None, "", "", "columns_unknown", params, "warning")]


def lock_import(import_id: int, actor: Actor) -> Import:
    """The import, locked for this act, within the actor's units."""
    batch = get_import(import_id, scope=actor.unit_path, lock=True)
    refuse_unless_allowed(actor, batch.kind, batch.unit)
    return batch


def discard(import_id: int, *, actor: Actor) -> Import:
    """Give up an import that has not landed. It stays in the history, with its file, as every other."""
    batch = lock_import(import_id, actor)
    if batch.state in {ImportState.LANDED, ImportState.UNDONE, ImportState.APPLYING}:
        raise DomainError(
            _("It has landed already; what landed can be taken back."), "import_landed"
        )
    batch.state = ImportState.DISCARDED
    record(
        actor,
        "imports.discard",
        object_type="import",
        object_id=batch.id,
        unit_path=batch.unit.path,
    )
    return batch


def open_file(import_id: int, *, actor: Actor, purpose: str) -> tuple[Import, bytes]:
    """The workbook as it was brought; that somebody took it is recorded (it holds whole identity numbers)."""
    batch = get_import(import_id, scope=actor.unit_path)
    refuse_unless_allowed(actor, batch.kind, batch.unit)
    record(
        actor,
        "imports.download",
        object_type="import",
        object_id=batch.id,
        details={"purpose": purpose},
        unit_path=batch.unit.path,
    )
    return batch, files.load(batch.file_key)
