"""What both records say of the same thing: it is kept once, so that no figure counts it twice."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, Table, select

from app.core.db import db
from app.domain.people.models import (
    LeadTeacherDesignation,
    PersonDuty,
    Posting,
    PostingChange,
    StudioMembership,
    TrainingRecord,
)
from app.domain.people.rules import ChangeState
from app.domain.people.rules.periods import overlap
from app.domain.personal_data.journal import Journal
from app.domain.personal_data.operations.certificate_duplicates import resolve_certificates
from app.domain.personal_data.operations.course_duplicates import resolve_learning
from app.domain.personal_data.references import references_to
from app.domain.personal_data.rules import union

DUPLICATE = "merged: the same fact stands in the other record"


def resolve_duplicates(journal: Journal, *, kept_id: int, merged_id: int, now: datetime) -> None:
    """Before the rows move: unite overlapping periods, withdraw the second of two equal records."""
    for model, same in (
        (Posting, ("unit_id",)),
        (LeadTeacherDesignation, ()),
        (StudioMembership, ("studio_id",)),
        (PersonDuty, ("unit_id", "duty")),
    ):
        _unite(journal, _table(model), same, kept_id, merged_id)
    _withdraw_trainings(journal, kept_id, merged_id, now)
    resolve_certificates(journal, kept_id=kept_id, merged_id=merged_id, reason=DUPLICATE)
    resolve_learning(journal, kept_id=kept_id, merged_id=merged_id, reason=DUPLICATE, now=now)


def _table(model: Any) -> Table:
    table: Table = model.__table__
    return table


def _rows(table: Table, person_id: int) -> Sequence[RowMapping]:
    return (
        db.session.execute(select(table).where(table.c.person_id == person_id).order_by(table.c.id))
        .mappings()
        .all()
    )


def _unite(
    journal: Journal, table: Table, same: tuple[str, ...], kept_id: int, merged_id: int
) -> None:
    """A period of the merged record that overlaps one of the kept record at the same place becomes one with it."""
    for other in _rows(table, merged_id):
        days = (other["valid_from"], other["valid_until"])
        candidates = [
            row
            for row in _rows(table, kept_id)
            if all(row[name] == other[name] for name in same)
            and overlap((row["valid_from"], row["valid_until"]), days)
        ]
        if candidates:
            # The one that runs on, else the last: an open period must stay the only open one.
            row = max(
                candidates, key=lambda r: (r["valid_until"] is None, r["valid_from"], r["id"])
            )
            _absorb(journal, table, row, other)


def _absorb(journal: Journal, table: Table, row: RowMapping, other: RowMapping) -> None:
    begin, until = union(
        (row["valid_from"], row["valid_until"]), (other["valid_from"], other["valid_until"])
    )
    values: dict[str, Any] = {"valid_from": begin, "valid_until": until}
    for name in table.c.keys():  # noqa: SIM118  (a column collection iterates over columns)
        if name in ("end_reason", "end_note"):
            ends_last = row if row["valid_until"] == until else other
            values[name] = ends_last[name]
        elif row[name] is None and name not in values:
            values[name] = other[name]
    changed = {name: value for name, value in values.items() if value != row[name]}
    _point_elsewhere(journal, table, other["id"], row["id"])
    journal.remove(table, other["id"])
    if changed:
        journal.change(table, row["id"], changed)


def _point_elsewhere(journal: Journal, target: Table, old_id: int, new_id: int) -> None:
    """What pointed to the row that goes points to the one that stays."""
    if target.name == Posting.__tablename__:
        _withdraw_second_proposal(journal, old_id, new_id)
    for table, column in references_to(target.name):
        ids = db.session.scalars(select(table.c.id).where(column == old_id)).all()
        for row_id in ids:
            journal.change(table, row_id, {column.name: new_id})


def _withdraw_second_proposal(journal: Journal, old_id: int, new_id: int) -> None:
    """Of two proposals about one posting only one may wait."""
    table = _table(PostingChange)
    waiting = select(table.c.id).where(table.c.state == ChangeState.PROPOSED)
    if db.session.scalar(waiting.where(table.c.posting_id == new_id)) is None:
        return
    for row_id in db.session.scalars(waiting.where(table.c.posting_id == old_id)).all():
        values = {"state": ChangeState.WITHDRAWN, "decision_reason": DUPLICATE}
        journal.change(table, row_id, values)


def _withdraw_trainings(journal: Journal, kept_id: int, merged_id: int, now: datetime) -> None:
    """Of two records of one training the passed one stays, else the kept record's."""
    table = _table(TrainingRecord)
    kept = {row["event_key"]: row for row in _rows(table, kept_id) if row["withdrawn_at"] is None}
    for other in _rows(table, merged_id):
        row = kept.get(other["event_key"])
        if row is None or other["withdrawn_at"] is not None:
            continue
        loser = row if other["passed"] and not row["passed"] else other
        journal.change(table, loser["id"], {"withdrawn_at": now, "withdrawn_reason": DUPLICATE})
