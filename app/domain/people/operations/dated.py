"""What every act on a dated fact of a person asks first: who, a day that can be, a reason."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from app.core import clock
from app.core.db import db
from app.core.errors import DomainError, Forbidden, InvalidInput, NotFound
from app.core.i18n import gettext as _
from app.core.lengths import fitting
from app.domain.accounts.rules import Actor
from app.domain.people.models import Person
from app.domain.people.queries.visibility import is_visible
from app.domain.people.rules.facts import why_not_day
from app.domain.people.rules.periods import Days, why_not_period
from app.domain.units.models import Unit

REASON_LENGTH = 500


def lock_visible_person(person_id: int, actor: Actor) -> Person:
    """The person, locked, so that two acts on the same one take turns. NotFound outside the actor's scope."""
    person = db.session.scalar(
        select(Person)
        .where(Person.id == person_id, is_visible(actor.unit_path, today=clock.today()))
        .with_for_update(of=Person)
    )
    if person is None:
        raise NotFound(_("There is no such person within your unit."))
    return person


def required_reason(reason: str | None) -> str:
    """The reason of an act that needs one."""
    text = (reason or "").strip()
    if not text:
        raise InvalidInput(_("Give a reason."), "reason_missing", "reason")
    return fitting(text, REASON_LENGTH, "reason")


def optional_text(text: str | None) -> str | None:
    return (text or "").strip() or None


def refuse_day(day: date, field: str, *, born_on: date | None = None) -> None:
    """Refuse a day before 1900, before a birth, or more than a year ahead."""
    words = {
        "too_early": _("%(day)s is too long ago. Check the year.", day=day.isoformat()),
        "before_birth": _("%(day)s is before the person was born.", day=day.isoformat()),
        "too_late": _("%(day)s is more than a year ahead. Check the year.", day=day.isoformat()),
    }
    why = why_not_day(day, today=clock.today(), born_on=born_on)
    if why is not None:
        raise InvalidInput(words[why], why, field)


def refuse_period(days: Days, *, born_on: date | None = None) -> None:
    """Refuse a period whose ends cannot be."""
    refuse_day(days[0], "valid_from", born_on=born_on)
    if days[1] is not None:
        refuse_day(days[1], "valid_until")
    if why_not_period(days) is not None:
        raise InvalidInput(
            _("It cannot end before it began (%(day)s).", day=days[0].isoformat()),
            "ends_before_start",
            "valid_until",
        )


def refuse_end(days: Days, on: date, field: str = "on") -> None:
    """Refuse to end what has ended already, or before it began."""
    if days[1] is not None:
        raise DomainError(
            _("It ended on %(day)s already.", day=days[1].isoformat()), "already_ended", field
        )
    refuse_day(on, field)
    if on < days[0]:
        raise InvalidInput(
            _(
                "It began on %(day)s and cannot end before. If it never was, strike it out.",
                day=days[0].isoformat(),
            ),
            "ends_before_start",
            field,
        )


def refuse_unit(unit: Unit, actor: Actor, *, on: date, field: str) -> None:
    """Refuse a unit outside the actor's scope (403) or closed before the day."""
    if not actor.reaches(unit.path):
        raise Forbidden(_("This unit is not within your unit."), "unit_out_of_scope")
    if unit.closed_on is not None and unit.closed_on < on:
        raise DomainError(
            _(
                "“%(name)s” closed on %(day)s. Choose another unit or an earlier day.",
                name=unit.name,
                day=unit.closed_on.isoformat(),
            ),
            "unit_closed",
            field,
        )


def said_period(days: Days) -> str:
    """A period in a message: 2020-01-01 – 2021-12-31."""
    return f"{days[0].isoformat()} – {days[1].isoformat() if days[1] else _('today')}"
