"""Merge two records of one person: field by field, with everything that points to the second one."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.core import clock, crypto
from app.core.db import Base, db
from app.core.errors import DomainError
from app.core.i18n import gettext as _
from app.domain.accounts.rules import Actor
from app.domain.audit.operations import record
from app.domain.people.models import Person, PostingChange
from app.domain.people.operations.facts import facts_of
from app.domain.people.operations.locking import required_reason
from app.domain.people.queries.record import get_person
from app.domain.personal_data.journal import Journal, digest
from app.domain.personal_data.models import PersonMerge
from app.domain.personal_data.operations.course_duplicates import hold_places, recount_places
from app.domain.personal_data.operations.duplicates import resolve_duplicates
from app.domain.personal_data.references import ids_of, references_to_people
from app.domain.personal_data.rules import FIELD_COLUMNS
from app.domain.personal_data.words import FACTS

MOVES = "person_merges.moves"


def merge_people(
    kept_id: int, merged_id: int, *, take: Collection[str], actor: Actor, reason: str
) -> PersonMerge:
    """Merge one record into another; both must be within the actor's scope.

    ``take`` names the fields (keys of ``FIELD_COLUMNS``) whose value comes from the merged record. Every row of
    every table that points to the merged record moves; what both say is kept once. The merged record stays, out
    of sight, so that ``undo_merge`` can set all of it back.
    """
    why = required_reason(reason)
    if kept_id == merged_id:
        raise DomainError(_("Choose two different records."), "same_record")
    unknown = set(take) - set(FIELD_COLUMNS)
    if unknown:
        raise ValueError(f"no fields of a person: {sorted(unknown)}")
    courses = hold_places((kept_id, merged_id))
    kept, merged = _lock(kept_id, merged_id, actor)
    before = _opened(kept)
    journal = Journal()
    resolve_duplicates(journal, kept_id=kept_id, merged_id=merged_id, now=clock.now())
    _move_rows(journal, kept_id, merged_id)
    _join_records(journal, kept, merged, take)
    db.session.expire_all()
    recount_places(courses)
    merge = PersonMerge(
        kept_id=kept_id,
        merged_id=merged_id,
        moves=crypto.seal(json.dumps(_state(journal, kept_id), ensure_ascii=False), MOVES),
        reason=why,
        merged_by=actor.account_id,
        merged_at=clock.now(),
    )
    db.session.add(merge)
    db.session.flush()
    _audit(merge, journal, before, take, actor)
    return merge


def _lock(kept_id: int, merged_id: int, actor: Actor) -> tuple[Person, Person]:
    """Proposals first, as who decides one does; then both people, the lower id first."""
    pair = sorted((kept_id, merged_id))
    changes = select(PostingChange.id).where(PostingChange.person_id.in_(pair))
    db.session.execute(changes.order_by(PostingChange.id).with_for_update())
    locked = select(Person.id).where(Person.id.in_(pair)).order_by(Person.id).with_for_update()
    db.session.execute(locked)
    db.session.expire_all()
    scope = actor.unit_path
    return get_person(kept_id, scope=scope), get_person(merged_id, scope=scope)


def _move_rows(journal: Journal, kept_id: int, merged_id: int) -> None:
    for table, column in references_to_people():
        for row_id in ids_of(table, column, merged_id):
            try:
                journal.change(table, row_id, {column.name: kept_id})
            except IntegrityError as error:
                raise DomainError(
                    _(
                        "Both records have the same %(what)s. Take one of them back first, then merge.",
                        what=FACTS.get(table.name, table.name),
                    ),
                    "both_have",
                ) from error


def _join_records(journal: Journal, kept: Person, merged: Person, take: Collection[str]) -> None:
    """The merged record steps back first, so that no number stands twice at any moment."""
    people = Base.metadata.tables[Person.__tablename__]
    columns = [column for name in FIELD_COLUMNS if name in take for column in FIELD_COLUMNS[name]]
    values: dict[str, Any] = {name: getattr(merged, name) for name in columns}
    values["row_version"] = kept.row_version + 1  # a form opened before the merge is outdated
    stepping_back: dict[str, Any] = {"merged_into_id": kept.id}
    if merged.account_id is not None and kept.account_id is None:
        values["account_id"] = merged.account_id
        stepping_back["account_id"] = None
    kept_id, merged_id = kept.id, merged.id
    journal.change(people, merged_id, stepping_back)
    journal.change(people, kept_id, values)


def _state(journal: Journal, kept_id: int) -> dict[str, Any]:
    """What undoing needs: the journal, how the rows stand now, and which rows the kept record has now."""
    tables = Base.metadata.tables
    digests = [
        [name, row_id, digest(tables[name], row_id)]
        for (name, row_id), there in journal.touched().items()
        if there
    ]
    rows = {
        f"{table.name}.{column.name}": ids_of(table, column, kept_id)
        for table, column in references_to_people()
    }
    return {"entries": journal.entries, "digests": digests, "rows": rows}


def _opened(person: Person) -> dict[str, Any]:
    facts = facts_of(person)
    return {name: value for name, value in vars(facts).items() if value is not None}


def _audit(
    merge: PersonMerge,
    journal: Journal,
    before: dict[str, Any],
    take: Collection[str],
    actor: Actor,
) -> None:
    kept = db.session.get_one(Person, merge.kept_id)
    after = _opened(kept)
    changed = {name for name in {*before, *after} if before.get(name) != after.get(name)}
    counts: dict[str, int] = {}
    for name, _row_id in journal.touched():
        counts[name] = counts.get(name, 0) + 1
    details = {
        "merge": merge.id,
        "kept": merge.kept_id,
        "merged": merge.merged_id,
        "taken": sorted(take),
        "rows": counts,
    }
    record(
        actor,
        "people.merge",
        object_type="person",
        object_id=merge.kept_id,
        subject_id=merge.kept_id,
        details=details,
        personal={
            "before": {name: before.get(name) for name in changed},
            "after": {name: after.get(name) for name in changed},
        },
        reason=merge.reason,
    )
    record(
        actor,
        "people.merged_away",
        object_type="person",
        object_id=merge.merged_id,
        subject_id=merge.merged_id,
        details=details,
        reason=merge.reason,
    )
