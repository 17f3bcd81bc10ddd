"""Who may be chosen for an act: people within the scope, external experts among them, told apart by unit and number."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, select

from app.core import clock
from app.core.db import db
from app.core.errors import NotFound
from app.core.i18n import gettext as _
from app.domain.people.models import Person
from app.domain.people.queries.places import main_unit_name
from app.domain.people.queries.search import matching
from app.domain.people.queries.visibility import is_visible
from app.domain.people.sealed import masked_identity_number

MOST = 30


@dataclass(frozen=True, slots=True)
class Candidate:
    """A person to be chosen; ``unit_name`` is None for one without a posting today."""

    id: int
    name: str
    unit_name: str | None
    id_number: str


def search_candidates(text: str, *, scope: str, limit: int = MOST) -> list[Candidate]:
    """People who fit what was typed (name, initials, identity number, phone), in the order of their pinyin."""
    searched = matching(text)
    return [] if searched is None else _load(scope, searched, limit)


def get_candidates(ids: Iterable[int], *, scope: str) -> list[Candidate]:
    """These people, in the order of their pinyin. NotFound when one is not within the scope."""
    wanted = set(ids)
    found = _load(scope, Person.id.in_(wanted), len(wanted)) if wanted else []
    if len(found) != len(wanted):
        raise NotFound(_("There is no such person within your unit."))
    return found


def _load(scope: str, condition: ColumnElement[bool], limit: int) -> list[Candidate]:
    today = clock.today()
    rows = db.session.execute(
        select(Person.id, Person.name, Person.id_number_sealed, main_unit_name(today))
        .where(condition, is_visible(scope, today=today))
        .order_by(Person.sort_key, Person.id)
        .limit(limit)
    )
    return [
        Candidate(person_id, name, unit_name, masked_identity_number(sealed))
        for person_id, name, sealed, unit_name in rows
    ]
