"""What every act on a posting checks before it writes."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from app.core import clock
from app.core.db import db
from app.core.errors import InvalidInput
from app.core.i18n import gettext as _
from app.domain.people.models import Person, Posting
from app.domain.people.refusals import bad_day, posting_collides, unit_not_open
from app.domain.people.rules.facts import Period, PostingFacts, why_not_day, why_not_posting
from app.domain.units.models import Unit
from app.domain.units.rules import is_open

LONGEST = 40
LONGEST_NOTE = 500


def refuse_collision(period: Period, *, person_id: int, scope: str) -> None:
    """Raise when a posting overlaps another one of the person in a way the rules forbid."""
    existing = db.session.scalars(select(Posting).where(Posting.person_id == person_id))
    periods = [
        Period(other.id, other.unit_id, other.role, other.valid_from, other.valid_until)
        for other in existing
    ]
    found = why_not_posting(period, periods)
    if found is not None:
        code, other = found
        raise posting_collides(code, other.unit_id, scope=scope, since=other.valid_from)


def check_begin(person: Person, unit: Unit, day: date) -> None:
    """Raise unless a person can begin at a unit on a day: a sensible day, the unit open."""
    check_day(day, person, "valid_from")
    if not is_open(unit.opened_on, unit.closed_on, day):
        raise unit_not_open(unit, day, "valid_from")


def check_day(day: date, person: Person, field: str) -> None:
    """Raise unless a day is a sensible one for a person."""
    wrong = why_not_day(day, today=clock.today(), born_on=person.born_on)
    if wrong is not None:
        raise bad_day(wrong, day, field)


def check_facts(facts: PostingFacts, person: Person) -> None:
    """Raise unless a posting can say this."""
    for name in ("subject", "title"):
        if len(getattr(facts, name) or "") > LONGEST:
            raise InvalidInput(
                _("This is too long; at most %(count)s characters.", count=LONGEST),
                "too_long",
                name,
            )
    if facts.recruited_on is not None:
        check_day(facts.recruited_on, person, "recruited_on")


def tidy(value: str | None, *, longest: int | None = None) -> str | None:
    """Without blanks around and cut to a length; None when nothing is left."""
    return (value or "").strip()[:longest] or None
