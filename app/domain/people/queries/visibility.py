"""Whose record a scope (a path prefix of the unit tree) may see.

- ``current``: a posting in the subtree that has not ended,
- ``former``: postings in the subtree, and none anywhere that has not ended,
- ``external``: never posted, and registered by a unit of the subtree.

A record that was merged into another one is never seen.
"""

from __future__ import annotations

import enum
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import aliased

from app.domain.people.models import Person, Posting
from app.domain.people.rules import PostingRole
from app.domain.units.models import Unit
from app.domain.units.queries import in_subtree


class Status(enum.StrEnum):
    CURRENT = "current"
    FORMER = "former"
    EXTERNAL = "external"


def not_ended(today: date) -> ColumnElement[bool]:
    """A posting that runs today or later."""
    return or_(Posting.valid_until.is_(None), Posting.valid_until >= today)


def _posted_in(path: str, *conditions: ColumnElement[bool]) -> Select[Any]:
    return (
        select(Posting.person_id)
        .join(Unit, Unit.id == Posting.unit_id)
        .where(in_subtree(path), *conditions)
    )


def has_status(
    status: Status, path: str, *, today: date, role: PostingRole | None = None
) -> list[ColumnElement[bool]]:
    """The conditions on ``Person`` for one status within a subtree; ``role`` of the posting that gives it."""
    roles = [] if role is None else [Posting.role == role]
    posted_anywhere = aliased(Posting)
    if status is Status.CURRENT:
        shown = [Person.id.in_(_posted_in(path, not_ended(today), *roles))]
    elif status is Status.FORMER:
        running = select(posted_anywhere.person_id).where(
            or_(posted_anywhere.valid_until.is_(None), posted_anywhere.valid_until >= today)
        )
        shown = [Person.id.in_(_posted_in(path, *roles)), Person.id.not_in(running)]
    else:
        units = select(Unit.id).where(in_subtree(path))
        shown = [
            Person.registered_unit_id.in_(units),
            Person.id.not_in(select(posted_anywhere.person_id)),
        ]
    return [Person.merged_into_id.is_(None), *shown]


def is_visible(path: str, *, today: date) -> ColumnElement[bool]:
    """The condition that one given person may be seen from a scope; for look-ups of few people."""
    here, running, ever = aliased(Posting), aliased(Posting), aliased(Posting)
    runs_somewhere = (
        select(running.id)
        .where(running.person_id == Person.id)
        .where(or_(running.valid_until.is_(None), running.valid_until >= today))
        .exists()
    )
    posted_here = (
        select(here.id)
        .join(Unit, Unit.id == here.unit_id)
        .where(here.person_id == Person.id, in_subtree(path))
    )
    runs_here = posted_here.where(
        or_(here.valid_until.is_(None), here.valid_until >= today)
    ).exists()
    registered_here = Person.registered_unit_id.in_(select(Unit.id).where(in_subtree(path)))
    never_posted = ~select(ever.id).where(ever.person_id == Person.id).exists()
    return Person.merged_into_id.is_(None) & or_(
        runs_here, posted_here.exists() & ~runs_somewhere, never_posted & registered_here
    )
