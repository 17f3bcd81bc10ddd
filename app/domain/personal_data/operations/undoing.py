"""Take a merge back: every row returns to where and what it was, unless later facts build on it."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from sqlalchemy import select

from app.core import clock, crypto
from app.core.db import Base, db
from app.core.errors import DomainError, NotFound
from app.core.i18n import gettext as _
from app.domain.accounts.rules import Actor
from app.domain.audit.operations import record
from app.domain.people.models import Person
from app.domain.people.operations.locking import required_reason
from app.domain.people.queries.record import find_person
from app.domain.personal_data.journal import digest, set_back
from app.domain.personal_data.models import PersonMerge
from app.domain.personal_data.operations.course_duplicates import hold_places, recount_places
from app.domain.personal_data.operations.merging import MOVES
from app.domain.personal_data.references import ids_of, references_to_people
from app.domain.personal_data.words import FACTS


def get_merge(merge_id: int, *, scope: str) -> PersonMerge:
    """A merge whose kept record the scope may see; NotFound otherwise."""
    merge = db.session.get(PersonMerge, merge_id)
    if merge is None or find_person(merge.kept_id, scope=scope) is None:
        raise NotFound(_("There is no such merge within your unit."))
    return merge


def undo_merge(merge_id: int, *, actor: Actor, reason: str) -> PersonMerge:
    """Set everything back as it was before the merge.

    Refuses (``merge_undone``) what was undone already, and (``built_upon``, naming what) when a moved row has
    changed since or the kept record has got new ones: nobody could say whose they are.
    """
    why = required_reason(reason)
    merge = get_merge(merge_id, scope=actor.unit_path)
    pair = sorted((merge.kept_id, merge.merged_id))
    courses = hold_places(pair)
    locked = select(Person.id).where(Person.id.in_(pair)).order_by(Person.id).with_for_update()
    db.session.execute(locked)
    db.session.refresh(merge)
    if merge.undone_at is not None:
        raise DomainError(_("This merge has already been undone."), "merge_undone")
    state = json.loads(crypto.unseal(merge.moves, MOVES))
    _refuse_later_facts(state, merge.kept_id)
    set_back(state["entries"])
    db.session.expire_all()
    recount_places(courses)
    merge.undone_by = actor.account_id
    merge.undone_at = clock.now()
    db.session.flush()
    for person_id in (merge.kept_id, merge.merged_id):
        record(
            actor,
            "people.undo_merge",
            object_type="person",
            object_id=person_id,
            subject_id=person_id,
            details={"merge": merge.id, "kept": merge.kept_id, "merged": merge.merged_id},
            reason=why,
        )
    return merge


def _refuse_later_facts(state: dict[str, Any], kept_id: int) -> None:
    tables = Base.metadata.tables
    later: Counter[str] = Counter()
    for name, row_id, then in state["digests"]:
        if digest(tables[name], row_id) != then:
            later[name] += 1
    for table, column in references_to_people():
        known = set(state["rows"].get(f"{table.name}.{column.name}", []))
        later[table.name] += len(set(ids_of(table, column, kept_id)) - known)
    named = [f"{FACTS.get(name, name)} ({count})" for name, count in sorted(later.items()) if count]
    if named:
        raise DomainError(
            _(
                "Since the merge something was added or changed: %(what)s. Undo that first.",
                what=", ".join(named),
            ),
            "built_upon",
        )
