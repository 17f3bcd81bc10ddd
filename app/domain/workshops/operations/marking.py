"""Save marks: one cell as it is typed, a pasted column, a whole sheet. Nobody's mark is overwritten unseen."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, insert, select

from app.core import clock
from app.core.db import db
from app.core.errors import DomainError, InvalidInput, NotFound, StaleVersion
from app.core.i18n import gettext as _
from app.domain.accounts.rules import Actor
from app.domain.audit.models import AuditEntry
from app.domain.audit.operations import record
from app.domain.workshops.models import Enrolment, Mark, Workshop
from app.domain.workshops.operations.locking import over
from app.domain.workshops.operations.marking_desk import (
    Clash,
    Desk,
    Entry,
    Kept,
    Marking,
    clash_words,
)
from app.domain.workshops.queries.gradebook import load_book, marker_of
from app.domain.workshops.queries.workshops import may_run
from app.domain.workshops.rules import grading as rules
from app.domain.workshops.rules.words import WorkshopStatus

# One audit entry stands for what one marker types into one workshop in this time.
AUDIT_WINDOW = timedelta(minutes=10)


class MarkClash(StaleVersion):
    """Both values: theirs stands, yours was not saved."""

    def __init__(self, clash: Clash) -> None:
        super().__init__(clash_words(clash))
        self.clash = clash


def lock_for_marking(workshop_id: int, *, actor: Actor) -> Workshop:
    """The workshop for who marks in it, held against a change of its guide and against publishing.

    Several may mark at once: the lock is shared. Refused for a draft, a cancelled and a closed workshop.
    """
    workshop = db.session.scalars(
        select(Workshop)
        .where(Workshop.id == workshop_id)
        .with_for_update(of=Workshop, read=True, key_share=True)
        .execution_options(populate_existing=True)
    ).first()
    if workshop is None or not may_run(workshop, actor):
        raise NotFound(_("There is no such workshop within your unit."))
    if workshop.status in {WorkshopStatus.COMPLETED, WorkshopStatus.CANCELLED}:
        raise over(workshop.status)
    return workshop


def save_mark(workshop_id: int, entry: Entry, *, actor: Actor) -> Kept:
    """Save one mark. Raises MarkClash with both values, InvalidInput for what is no mark or may not change."""
    marking = save_marks(workshop_id, [entry], actor=actor)
    if marking.clashes:
        raise MarkClash(marking.clashes[0])
    if marking.refused:
        raise InvalidInput(marking.refused[0].message, marking.refused[0].code, "value")
    return marking.kept[0]


def save_marks(
    workshop_id: int,
    entries: Sequence[Entry],
    *,
    actor: Actor,
    agreed: bool = False,
    strict: bool = False,
) -> Marking:
    """Save what can be saved; clashes and refusals come back cell by cell.

    ``agreed``: these are marks agreed on after both markers were done. ``strict``: the first refusal ends it all
    (clashes still come back). An empty text takes a mark away.
    """
    workshop = lock_for_marking(workshop_id, actor=actor)
    marker = marker_of(workshop, actor)
    if agreed and marker != rules.FIRST:
        raise DomainError(_("The first marker enters the agreed mark."), "not_first_marker")
    ids = {entry.enrolment_id for entry in entries}
    lock_enrolments(workshop_id, ids)
    book = load_book(workshop, marker, enrolment_ids=ids)
    desk = Desk(book, agreed=agreed)
    for entry in {entry.key: entry for entry in entries}.values():
        desk.take(entry)
    if strict and desk.marking.refused:
        first = desk.marking.refused[0]
        raise InvalidInput(first.message, first.code, "value")
    desk.name_others()
    _write(desk, actor)
    _audit(workshop, desk, actor)
    return desk.marking


def lock_enrolments(workshop_id: int, ids: set[int]) -> None:
    """Whoever marks the same person waits; in the order of ids, so that two never wait for each other."""
    db.session.execute(
        select(Enrolment.id)
        .where(Enrolment.workshop_id == workshop_id, Enrolment.id.in_(ids))
        .order_by(Enrolment.id)
        .with_for_update(key_share=True)
    ).all()


def _write(desk: Desk, actor: Actor) -> None:
    """Three statements whatever the number of marks."""
    now = clock.now()
    new, changed = [], []
    gone: list[Any] = []
    for entry, marker, cell, value in desk.writes:
        place = {
            "enrolment_id": entry.enrolment_id,
            "criterion_id": entry.criterion_id,
            "marker": marker,
        }
        who = {"marked_by": actor.account_id, "marked_at": now}
        if value is None:
            gone.append(place)
        elif cell.version == 0:
            new.append({**place, **who, "value": value, "row_version": 1})
        else:
            place = {f"at_{name}": key for name, key in place.items()}
            changed.append({**place, **who, "value": value, "row_version": cell.version + 1})
    if new:
        db.session.execute(insert(Mark), new)
    connection = db.session.connection()
    if changed:
        connection.execute(_at(Mark.__table__.update()), changed)  # type: ignore[attr-defined]
    for place in gone:
        db.session.execute(delete(Mark).filter_by(**place))


def _at(statement: Any) -> Any:
    table = Mark.__table__
    for name in ("enrolment_id", "criterion_id", "marker"):
        statement = statement.where(table.c[name] == db.bindparam(f"at_{name}"))
    return statement


def _audit(workshop: Workshop, desk: Desk, actor: Actor) -> None:
    """One entry per marker, workshop and some minutes; a colleague's mark that was changed has one of its own."""
    if not desk.writes:
        return
    people = {row.enrolment_id: row.person_id for row in desk.book.rows}
    for entry, _marker, cell, value in desk.writes:
        if cell.marked_by not in {None, actor.account_id}:
            record(
                actor,
                "workshops.change_others_mark",
                object_type="enrolment",
                object_id=entry.enrolment_id,
                subject_id=people[entry.enrolment_id],
                details={"criterion": entry.criterion_id, "marked_by": cell.marked_by},
                personal={
                    "before": {"mark": rules.plain(cell.value)},
                    "after": {"mark": rules.plain(value)},
                },
                unit_path=workshop.organiser.path,
            )
    if len(desk.writes) > 1 or not noted(workshop.id, actor):
        record(
            actor,
            "workshops.mark",
            object_type="workshop",
            object_id=workshop.id,
            details={"marker": desk.book.marker, "marks": len(desk.writes)},
            unit_path=workshop.organiser.path,
        )


def noted(workshop_id: int, actor: Actor) -> bool:
    statement = (
        select(AuditEntry.id)
        .where(
            AuditEntry.object_type == "workshop",
            AuditEntry.object_id == str(workshop_id),
            AuditEntry.action == "workshops.mark",
            AuditEntry.actor_id == actor.account_id,
            AuditEntry.at > clock.now() - AUDIT_WINDOW,
        )
        .limit(1)
    )
    return db.session.scalar(statement) is not None
