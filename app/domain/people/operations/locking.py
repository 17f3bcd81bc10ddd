"""Take hold of what an act changes: read under a lock, so that two officers never both win."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select

from app.core.db import db
from app.domain.accounts.rules import Actor
from app.domain.people.models import Person, Posting
from app.domain.people.queries.record import get_person, get_posting
from app.domain.people.refusals import changed_meanwhile, reason_needed


def lock_person(person_id: int, *, actor: Actor) -> Person:
    """The person, locked until the act ends; NotFound outside the actor's scope. All acts on a person queue here."""
    _lock(person_id)
    return get_person(person_id, scope=actor.unit_path)


def lock_posting(posting_id: int, *, actor: Actor, row_version: int | None = None) -> Posting:
    """A posting within the actor's scope, its person locked. StaleVersion when it is no longer the version seen."""
    posting = get_posting(posting_id, scope=actor.unit_path)
    _lock(posting.person_id)
    db.session.refresh(posting)
    if row_version is not None and posting.row_version != row_version:
        raise changed_meanwhile()
    return posting


def _lock(person_id: int) -> None:
    """SQLite ignores FOR UPDATE and needs none: its writers take turns from their first statement on.

    The row is fetched: only then is a person read before the lock read anew.
    """
    db.session.scalars(
        select(Person)
        .where(Person.id == person_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()


def hold_people(person_ids: Collection[int]) -> None:
    """Hold people, in the order of their ids, against being bound elsewhere in this moment: as enrolment holds them.

    Whoever is about to write a commitment comes through here, then reads what binds them. SQLite needs no hold.
    """
    db.session.execute(
        select(Person.id)
        .where(Person.id.in_(person_ids))
        .order_by(Person.id)
        .with_for_update(of=Person, key_share=True)
    )


def keep_people(person_ids: Collection[int]) -> None:
    """Keep people, in the order of their ids, from being merged away until the act ends; others may act on them too.

    For acts that write rows of a person while they hold other rows of theirs: merging holds the person first.
    """
    db.session.execute(
        select(Person.id)
        .where(Person.id.in_(person_ids))
        .order_by(Person.id)
        .with_for_update(of=Person, read=True, key_share=True)
    )


def required_reason(reason: str | None) -> str:
    """The reason without blanks around; InvalidInput when nothing is left."""
    text = (reason or "").strip()
    if not text:
        raise reason_needed()
    return text
