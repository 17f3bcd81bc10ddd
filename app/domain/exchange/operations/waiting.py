"""Settle a row that waits for an officer: it is this person, a new one, or nobody."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy.exc import IntegrityError

from app.core import clock, files
from app.core.db import db
from app.core.errors import DomainError, InvalidInput
from app.core.i18n import gettext as _
from app.core.versions import counted_version
from app.domain.accounts.rules import Actor
from app.domain.audit.operations import record
from app.domain.courses.operations.reporting import complete_imported
from app.domain.exchange.mappings import read_workbook, rules_of
from app.domain.exchange.models import ImportKind, ImportRow, ImportState, RowState
from app.domain.exchange.operations.landing import Transaction, take_turn
from app.domain.exchange.operations.submitting import refuse_unless_allowed
from app.domain.exchange.planning import NewRow, Order, Outcome, Plan, plan_sheet
from app.domain.exchange.queries import get_row
from app.domain.exchange.reading import message_of
from app.domain.exchange.staging import seal_outcome
from app.domain.exchange.writing import write_all
from app.domain.people.queries.candidates import get_candidates

ATTEMPTS = 3


def resolve(
    row_id: int, person_id: int | None, transaction: Transaction, *, actor: Actor
) -> ImportRow:
    """Apply a waiting row to the person an officer picked, or (None) to a new one, as part of the same import.

    Raises NotFound for a person outside the actor's units, DomainError ``row_settled`` when somebody else was first,
    ``row_refused`` when the row cannot be applied to this person.
    """
    for _attempt in range(ATTEMPTS):
        plan = _plan_row(row_id, person_id, actor)
        try:
            with transaction() as fresh:
                take_turn()
                row = _lock_waiting(row_id, fresh)
                if counted_version() != plan.data_version:
                    continue
                _apply(row, plan.outcomes[0], fresh)
                return row
        except IntegrityError:
            continue
    raise DomainError(
        _("Somebody else is changing the same data right now. Try again."), "data_changed"
    )


def _plan_row(row_id: int, person_id: int | None, actor: Actor) -> Plan:
    """Plan the one row with its person given. The workbook is read again: it is the truth of what the row says."""
    row = get_row(row_id, scope=actor.unit_path)
    if person_id is not None:
        get_candidates([person_id], scope=actor.unit_path)
    batch = row.batch
    sheet = read_workbook(
        batch.kind,
        files.load(batch.file_key),
        batch.file_name,
        mapping=batch.mapping,
        today=clock.today(),
    )
    number = row.row_number or 0
    alone = replace(sheet, rows=[one for one in sheet.rows if one.number == number])
    order = Order(
        kind=batch.kind,
        unit=batch.unit,
        speaks_of=batch.speaks_of or clock.today(),
        verifies=actor.may("credentials.verify"),
        file_name=batch.file_name,
        account_id=actor.account_id,
        import_id=batch.id,
        scope=actor.unit_path,
        chosen={number: person_id},
        mapping=rules_of(batch.mapping),
    )
    plan = plan_sheet(alone, order)
    if plan.is_rejected or not plan.outcomes:
        reasons = " ".join(message_of(p) for p in plan.problems() if p.severity == "error")
        raise DomainError(reasons or _("The row is no longer in the workbook."), "row_refused")
    return plan


def _lock_waiting(row_id: int, actor: Actor) -> ImportRow:
    row = get_row(row_id, scope=actor.unit_path, lock=True)
    refuse_unless_allowed(actor, row.batch.kind, row.batch.unit)
    if row.state is not RowState.UNRESOLVED or row.batch.state is not ImportState.LANDED:
        raise DomainError(_("Somebody else has settled this row already."), "row_settled")
    return row


def _apply(row: ImportRow, outcome: Outcome, actor: Actor) -> None:
    write_all(outcome.writes, row.import_id)
    if row.batch.kind is ImportKind.ONLINE:
        complete_imported(row.import_id, actor=actor)
    person = outcome.person
    person_id = person.id if isinstance(person, NewRow) else person
    row.state = RowState.RESOLVED
    row.resolved_person_id = person_id
    row.resolved_by = actor.account_id
    row.resolved_at = clock.now()
    outcome.state = RowState.RESOLVED
    row.sealed = seal_outcome(outcome)
    record(
        actor,
        "imports.resolve",
        object_type="import",
        object_id=row.import_id,
        subject_id=person_id,
        details={"row": row.row_number, "is_new": isinstance(person, NewRow)},
        unit_path=row.batch.unit.path,
    )


def dismiss(row_id: int, reason: str, *, actor: Actor) -> ImportRow:
    """Leave a waiting row out for good, with a reason; the same row in a later file is not asked about again."""
    if not reason.strip():
        raise InvalidInput(_("Say why."), "reason_missing", "reason")
    row = _lock_waiting(row_id, actor)
    row.state = RowState.DISMISSED
    row.reason = reason.strip()
    row.resolved_by = actor.account_id
    row.resolved_at = clock.now()
    record(
        actor,
        "imports.dismiss",
        object_type="import",
        object_id=row.import_id,
        details={"row": row.row_number},
        reason=row.reason,
        unit_path=row.batch.unit.path,
    )
    db.session.flush()
    return row
