"""Duties at a school (班主任, 德育干部 …): begun and ended on a day. Groups stand on them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from app.core.db import db
from app.core.errors import DomainError, InvalidInput, NotFound, explain_constraint
from app.core.i18n import gettext as _
from app.domain.accounts.rules import Actor
from app.domain.audit.operations import record
from app.domain.people.models import Person, PersonDuty
from app.domain.people.operations.dated import (
    lock_visible_person,
    refuse_day,
    refuse_end,
    refuse_unit,
    required_reason,
)
from app.domain.people.operations.people import register_person
from app.domain.people.queries.record import find_by_identity_number
from app.domain.people.rules import Duty
from app.domain.people.rules.facts import PersonFacts
from app.domain.units.models import Unit
from app.domain.units.queries import get_unit_by_id, in_subtree

MOST_AT_ONCE = 500


def _held_already() -> DomainError:
    return DomainError(
        _("This person has that duty at this unit already. End the old one first."),
        "duty_held",
        "duty",
    )


explain_constraint("uq_person_duties_open", _held_already)


@dataclass(frozen=True, slots=True)
class NewDuty:
    """Who has a duty where, from when. ``person_id``: of somebody registered; without one ``facts`` are entered."""

    unit_id: int
    duty: Duty
    valid_from: date
    person_id: int | None = None
    facts: PersonFacts | None = None


def begin_duty(
    person_id: int, unit: Unit, duty: Duty, *, valid_from: date, actor: Actor
) -> PersonDuty:
    """Somebody takes a duty at a unit. Raises Forbidden, ``unit_closed``, ``duty_held``, ``too_early``."""
    person = lock_visible_person(person_id, actor)
    refuse_unit(unit, actor, on=valid_from, field="unit")
    refuse_day(valid_from, "valid_from", born_on=person.born_on)
    if _find_open(person_id, unit.id, duty) is not None:
        raise _held_already()
    made = PersonDuty(person_id=person_id, unit_id=unit.id, duty=duty, valid_from=valid_from)
    db.session.add(made)
    db.session.flush()
    _audit(actor, "begin", made, unit)
    return made


def end_duty(duty_id: int, *, on: date, reason: str | None, actor: Actor) -> PersonDuty:
    """The duty ends with its last day. Raises NotFound, ``already_ended``, ``ends_before_start``."""
    made = _lock(duty_id, actor)
    why = required_reason(reason)
    refuse_end((made.valid_from, made.valid_until), on)
    made.valid_until, made.end_note = on, why
    db.session.flush()
    _audit(actor, "end", made, made.unit, reason=why)
    return made


def end_duties(duty_ids: Collection[int], *, on: date, reason: str | None, actor: Actor) -> int:
    """End several at once, all or none; how many."""
    if not duty_ids:
        raise InvalidInput(_("Choose at least one person."), "nobody_chosen")
    for duty_id in sorted(set(duty_ids)):
        end_duty(duty_id, on=on, reason=reason, actor=actor)
    return len(set(duty_ids))


def enter_duties(rows: Sequence[NewDuty], *, actor: Actor) -> tuple[int, int]:
    """Take over a checked list; how many duties began and how many were there already.

    Whoever is not registered yet is, at the unit of the row and without a posting.
    """
    if len(rows) > MOST_AT_ONCE:
        raise InvalidInput(
            _("At most %(most)s people at once. Split the list.", most=MOST_AT_ONCE),
            "too_many",
        )
    begun = held = 0
    for row in rows:
        unit = get_unit_by_id(row.unit_id, scope=actor.unit_path)
        person_id = row.person_id or _registered(row, actor)
        if _find_open(person_id, unit.id, row.duty) is not None:
            held += 1
            continue
        begin_duty(person_id, unit, row.duty, valid_from=row.valid_from, actor=actor)
        begun += 1
    return begun, held


def _registered(row: NewDuty, actor: Actor) -> int:
    """The person of a row that names nobody known: found by the number meanwhile, else entered now."""
    if row.facts is None:
        raise NotFound(_("There is no such person within your unit."))
    known = find_by_identity_number(row.facts.id_number) if row.facts.id_number else None
    if known is not None:
        return known.id
    person: Person = register_person(row.facts, unit_id=row.unit_id, actor=actor)
    return person.id


def _find_open(person_id: int, unit_id: int, duty: Duty) -> PersonDuty | None:
    return db.session.scalar(
        select(PersonDuty).where(
            PersonDuty.person_id == person_id,
            PersonDuty.unit_id == unit_id,
            PersonDuty.duty == duty,
            PersonDuty.valid_until.is_(None),
        )
    )


def _lock(duty_id: int, actor: Actor) -> PersonDuty:
    found = db.session.scalar(
        select(PersonDuty)
        .join(Unit, Unit.id == PersonDuty.unit_id)
        .where(PersonDuty.id == duty_id, in_subtree(actor.unit_path))
        .with_for_update(of=PersonDuty)
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound(_("There is no such duty within your unit."))
    return found


def _audit(
    actor: Actor, action: str, made: PersonDuty, unit: Unit, *, reason: str | None = None
) -> None:
    record(
        actor,
        f"duties.{action}",
        object_type="duty",
        object_id=made.id,
        subject_id=made.person_id,
        details={
            "duty": made.duty.value,
            "unit": unit.code,
            "from": made.valid_from.isoformat(),
            "until": made.valid_until.isoformat() if made.valid_until else None,
        },
        reason=reason,
        unit_path=unit.path,
    )
