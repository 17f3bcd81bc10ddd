"""Lead-teacher designations: designate, end, correct, strike out. One runs at a time for each person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from app.core.db import db
from app.core.errors import DomainError, NotFound, explain_constraint
from app.core.i18n import gettext as _
from app.domain.accounts.rules import Actor
from app.domain.audit.operations import record
from app.domain.people.models import LeadTeacherDesignation, Person
from app.domain.people.operations.dated import (
    lock_visible_person,
    optional_text,
    refuse_end,
    refuse_period,
    refuse_unit,
    required_reason,
    said_period,
)
from app.domain.people.rules.periods import Days, first_overlap
from app.domain.units.models import Unit
from app.domain.units.queries import in_subtree

explain_constraint(
    "uq_lead_teacher_designations_open",
    lambda: DomainError(
        _("This person is a lead teacher already. End or correct that designation first."),
        "already_designated",
        "person",
    ),
)


@dataclass(frozen=True)
class DesignationFacts:
    """What a designation says: by whom nominated, from when until when, on which document."""

    nominating_unit: Unit
    valid_from: date
    valid_until: date | None = None
    basis: str | None = None

    @property
    def days(self) -> Days:
        return self.valid_from, self.valid_until


def designate(person_id: int, facts: DesignationFacts, *, actor: Actor) -> LeadTeacherDesignation:
    """Make a person lead teacher (带头人) for the unit that nominated them.

    Raises NotFound (person out of scope), Forbidden (unit out of scope), ``already_designated``,
    ``overlaps``, ``unit_closed``, or a refusal of the days.
    """
    person = lock_visible_person(person_id, actor)
    _refuse(person, facts, actor)
    designation = LeadTeacherDesignation(
        person_id=person.id,
        nominating_unit_id=facts.nominating_unit.id,
        valid_from=facts.valid_from,
        valid_until=facts.valid_until,
        basis=optional_text(facts.basis),
    )
    db.session.add(designation)
    db.session.flush()
    _audit(actor, "add", designation, facts.nominating_unit)
    return designation


def end_designation(
    designation_id: int, *, on: date, reason: str, actor: Actor
) -> LeadTeacherDesignation:
    """End a designation on its last day, for a reason. Raises ``already_ended``, ``ends_before_start``."""
    designation = lock_designation(designation_id, actor)
    reason = required_reason(reason)
    refuse_end((designation.valid_from, designation.valid_until), on)
    designation.valid_until = on
    designation.end_reason = reason
    db.session.flush()
    _audit(actor, "end", designation, designation.nominating_unit, reason=reason)
    return designation


def correct_designation(
    designation_id: int, facts: DesignationFacts, *, reason: str, actor: Actor
) -> LeadTeacherDesignation:
    """Mend what was entered wrongly; without a last day it runs again. Raises as ``designate`` does."""
    designation = lock_designation(designation_id, actor)
    reason = required_reason(reason)
    person = lock_visible_person(designation.person_id, actor)
    _refuse(person, facts, actor, besides=designation.id)
    before = _facts(designation, designation.nominating_unit)
    designation.nominating_unit_id = facts.nominating_unit.id
    designation.valid_from = facts.valid_from
    designation.valid_until = facts.valid_until
    designation.basis = optional_text(facts.basis)
    if facts.valid_until is None:
        designation.end_reason = None
    db.session.flush()
    _audit(actor, "correct", designation, facts.nominating_unit, reason=reason, before=before)
    return designation


def strike_designation(designation_id: int, *, reason: str, actor: Actor) -> None:
    """Take out a designation that never was; the audit log keeps what it said."""
    designation = lock_designation(designation_id, actor)
    reason = required_reason(reason)
    _audit(actor, "strike", designation, designation.nominating_unit, reason=reason)
    db.session.delete(designation)
    db.session.flush()


def lock_designation(designation_id: int, actor: Actor) -> LeadTeacherDesignation:
    """The designation, locked; NotFound when its nominating unit is outside the actor's scope."""
    designation = db.session.scalar(
        select(LeadTeacherDesignation)
        .join(Unit, Unit.id == LeadTeacherDesignation.nominating_unit_id)
        .where(LeadTeacherDesignation.id == designation_id, in_subtree(actor.unit_path))
        .with_for_update(of=LeadTeacherDesignation)
    )
    if designation is None:
        raise NotFound(_("There is no such designation within your unit."))
    return designation


def _refuse(
    person: Person, facts: DesignationFacts, actor: Actor, *, besides: int | None = None
) -> None:
    refuse_unit(facts.nominating_unit, actor, on=facts.valid_from, field="unit")
    refuse_period(facts.days, born_on=person.born_on)
    known = db.session.execute(
        select(LeadTeacherDesignation.valid_from, LeadTeacherDesignation.valid_until)
        .where(
            LeadTeacherDesignation.person_id == person.id,
            LeadTeacherDesignation.id != (besides or 0),
        )
        .order_by(LeadTeacherDesignation.valid_from)
    )
    other = first_overlap(facts.days, [(row.valid_from, row.valid_until) for row in known])
    if other is not None:
        raise DomainError(
            _(
                "%(name)s is a lead teacher on some of these days already (%(period)s). End or "
                "correct that designation first.",
                name=person.name,
                period=said_period(other),
            ),
            "already_designated",
            "person",
        )


def _facts(designation: LeadTeacherDesignation, unit: Unit) -> dict[str, Any]:
    return {
        "unit": unit.code,
        "from": designation.valid_from.isoformat(),
        "until": designation.valid_until.isoformat() if designation.valid_until else None,
        "basis": designation.basis,
    }


def _audit(
    actor: Actor,
    act: str,
    designation: LeadTeacherDesignation,
    unit: Unit,
    *,
    reason: str | None = None,
    before: dict[str, Any] | None = None,
) -> None:
    details = _facts(designation, unit)
    record(
        actor,
        f"designations.{act}",
        object_type="designation",
        object_id=designation.id,
        subject_id=designation.person_id,
        details={"before": before, "after": details} if before else details,
        reason=reason,
        unit_path=unit.path,
    )
