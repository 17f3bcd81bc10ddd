"""Training records: add for one or several people, correct one or a whole training, withdraw. Never deleted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import select

from app.core import clock
from app.core.db import db
from app.core.errors import DomainError, Forbidden, InvalidInput, NotFound, explain_constraint
from app.core.i18n import gettext as _
from app.domain.accounts.rules import Actor
from app.domain.audit.operations import record as audit
from app.domain.people.models import Person, TrainingRecord
from app.domain.people.operations.dated import lock_visible_person, required_reason
from app.domain.people.operations.training_facts import (
    TrainingFacts,
    TrainingOutcome,
    corrected_key,
    facts_of,
    key_of,
    plain_facts,
    refuse_facts,
    write_facts,
)
from app.domain.people.queries.places import find_unit_on
from app.domain.people.rules import TrainingKind
from app.domain.units.models import Unit
from app.domain.units.queries import in_subtree


def recorded_already() -> DomainError:
    """The refusal of a second record of a training."""
    return DomainError(
        _("This person has a record of this training already (same title, same last day)."),
        "already_recorded",
        "title",
    )


explain_constraint("uq_training_records_event", recorded_already)


def add_trainings(
    person_ids: Sequence[int],
    facts: TrainingFacts,
    outcome: TrainingOutcome,
    *,
    unit: Unit | None,
    actor: Actor,
) -> list[TrainingRecord]:
    """Record a training that people took part in, for all or none.

    ``unit``: the unit it counts for; None: for each person the main posting on the last day. Raises NotFound,
    Forbidden, ``nobody``, ``already_recorded``, ``unit_unknown``, or a refusal of the facts.
    """
    if not person_ids:
        raise InvalidInput(_("Choose at least one person."), "nobody", "person")
    if facts.kind is TrainingKind.PLACEMENT:
        raise InvalidInput(_("Placements are recorded by cohort."), "placement", "kind")
    refuse_facts(facts)
    key = key_of(facts)
    records = []
    for person_id in sorted(set(person_ids)):
        person = lock_visible_person(person_id, actor)
        where = unit or _unit_then(person, facts.ended_on, actor)
        _refuse_unit(where, actor)
        _refuse_twice(person, key)
        made = TrainingRecord(person_id=person.id, unit_id=where.id, event_key=key)
        write_facts(made, facts, outcome)
        db.session.add(made)
        db.session.flush()
        audit_training(actor, "add", made, where)
        records.append(made)
    return records


def correct_training(
    record_id: int,
    facts: TrainingFacts,
    outcome: TrainingOutcome,
    *,
    unit: Unit,
    reason: str,
    actor: Actor,
) -> TrainingRecord:
    """Mend one person's record. A placement stays one, under its cohort. Raises as ``add_trainings`` does."""
    made = lock_record(record_id, actor)
    reason = required_reason(reason)
    _refuse_withdrawn(made)
    refuse_facts(facts)
    _refuse_unit(unit, actor)
    before = plain_facts(made)
    key = corrected_key(made, facts)
    if key != made.event_key:
        _refuse_twice(made.person, key)
    made.event_key = key
    made.unit_id = unit.id
    write_facts(made, facts, outcome)
    db.session.flush()
    audit_training(actor, "correct", made, unit, reason=reason, before=before)
    return made


def correct_event(event_key: str, changes: Mapping[str, Any], *, reason: str, actor: Actor) -> str:
    """Mend in all records of a training within the actor's scope what is named; everything else stays.

    ``changes``: fields of ``TrainingFacts`` with their new values. Returns the key of the first record then.
    Raises NotFound without such records, ``already_recorded`` where somebody has a record under the new title,
    ``nothing_changed``.
    """
    reason = required_reason(reason)
    if not changes:
        raise InvalidInput(_("Nothing was changed."), "nothing_changed")
    records = db.session.scalars(
        select(TrainingRecord)
        .join(Unit, Unit.id == TrainingRecord.unit_id)
        .where(
            TrainingRecord.event_key == event_key,
            TrainingRecord.withdrawn_at.is_(None),
            in_subtree(actor.unit_path),
        )
        .order_by(TrainingRecord.id)
        .with_for_update(of=TrainingRecord)
    ).all()
    if not records:
        raise NotFound(_("There is no such training within your unit."))
    before = plain_facts(records[0])
    for made in records:
        facts = replace(facts_of(made), **changes)
        refuse_facts(facts)
        made.event_key = corrected_key(made, facts)
        write_facts(made, facts, TrainingOutcome(made.passed, made.result, made.note))
    db.session.flush()
    audit(
        actor,
        "trainings.correct_event",
        object_type="training",
        object_id=records[0].id,
        details={"before": before, "after": plain_facts(records[0]), "records": len(records)},
        reason=reason,
    )
    return records[0].event_key


def withdraw_training(record_id: int, *, reason: str, actor: Actor) -> TrainingRecord:
    """Take a wrong record out of every figure; it stays to be seen with the reason."""
    made = lock_record(record_id, actor)
    reason = required_reason(reason)
    _refuse_withdrawn(made)
    made.withdrawn_at = clock.now()
    made.withdrawn_reason = reason
    db.session.flush()
    audit_training(actor, "withdraw", made, made.unit, reason=reason)
    return made


def restore_training(record_id: int, *, reason: str, actor: Actor) -> TrainingRecord:
    """Let a withdrawn record count again. Raises ``not_withdrawn``, ``already_recorded``."""
    made = lock_record(record_id, actor)
    reason = required_reason(reason)
    if made.withdrawn_at is None:
        raise DomainError(_("This record is not withdrawn."), "not_withdrawn")
    _refuse_twice(made.person, made.event_key)
    made.withdrawn_at = None
    made.withdrawn_reason = None
    db.session.flush()
    audit_training(actor, "restore", made, made.unit, reason=reason)
    return made


def lock_record(record_id: int, actor: Actor) -> TrainingRecord:
    """The record, locked; NotFound when its unit is outside the actor's scope."""
    made = db.session.scalar(
        select(TrainingRecord)
        .join(Unit, Unit.id == TrainingRecord.unit_id)
        .where(TrainingRecord.id == record_id, in_subtree(actor.unit_path))
        .with_for_update(of=TrainingRecord)
    )
    if made is None:
        raise NotFound(_("There is no such training record within your unit."))
    return made


def _unit_then(person: Person, day: date, actor: Actor) -> Unit:
    unit = find_unit_on(person, day)
    if not actor.reaches(unit.path):
        raise DomainError(
            _(
                "On %(day)s %(name)s was posted outside your unit. Name the unit it counts for.",
                day=day.isoformat(),
                name=person.name,
            ),
            "unit_unknown",
            "unit",
        )
    return unit


def _refuse_unit(unit: Unit, actor: Actor) -> None:
    if not actor.reaches(unit.path):
        raise Forbidden(_("This unit is not within your unit."), "unit_out_of_scope")


def _refuse_twice(person: Person, key: str) -> None:
    known = db.session.scalar(
        select(TrainingRecord.id).where(
            TrainingRecord.person_id == person.id,
            TrainingRecord.event_key == key,
            TrainingRecord.withdrawn_at.is_(None),
        )
    )
    if known is not None:
        raise DomainError(
            _(
                "%(name)s has a record of this training already (same title, same last day).",
                name=person.name,
            ),
            "already_recorded",
            "title",
        )


def _refuse_withdrawn(made: TrainingRecord) -> None:
    if made.withdrawn_at is not None:
        raise DomainError(_("This record was withdrawn. Restore it first."), "withdrawn")


def audit_training(
    actor: Actor,
    act: str,
    made: TrainingRecord,
    unit: Unit,
    *,
    reason: str | None = None,
    before: dict[str, Any] | None = None,
) -> None:
    """One audit entry about a record, in the scope of the unit it counts for."""
    details: dict[str, Any] = {"unit": unit.code, **plain_facts(made)}
    audit(
        actor,
        f"trainings.{act}",
        object_type="training_record",
        object_id=made.id,
        subject_id=made.person_id,
        details={"before": before, "after": details} if before else details,
        reason=reason,
        unit_path=unit.path,
    )
