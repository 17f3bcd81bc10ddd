"""Training records: add for one or several people, correct one or a whole training, withdraw. Never deleted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from app.core import clock
from app.core.db import db
from app.core.errors import DomainError, Forbidden, InvalidInput, NotFound, explain_constraint
from app.core.i18n import gettext as _
from app.domain.accounts.rules import Actor
from app.domain.audit.operations import record as audit
from app.domain.people.models import Person, TrainingRecord
from app.domain.people.operations.dated import lock_visible_person, optional_text, required_reason
from app.domain.people.queries.places import find_unit_on
from app.domain.people.rules import TrainingKind, TrainingLevel
from app.domain.people.rules.trainings import training_event_key, why_not_hours, why_not_period
from app.domain.units.models import Unit
from app.domain.units.queries import in_subtree

TITLE_LENGTH = 200


def _recorded_already() -> DomainError:
    return DomainError(
        _("This person has a record of this training already (same title, same last day)."),
        "already_recorded",
        "title",
    )


explain_constraint("uq_training_records_event", _recorded_already)


@dataclass(frozen=True)
class TrainingFacts:
    """What a record says of a training. ``hours`` are of 45 minutes."""

    title: str
    level: TrainingLevel
    ended_on: date
    started_on: date | None = None
    kind: TrainingKind = TrainingKind.TRAINING
    organiser: str | None = None
    place: str | None = None
    hours: Decimal | None = None


@dataclass(frozen=True)
class TrainingOutcome:
    """What a record says of the person's part in it."""

    passed: bool = True
    result: str | None = None
    note: str | None = None


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
    _refuse(facts)
    key = training_event_key(facts.title, facts.ended_on)
    records = []
    for person_id in sorted(set(person_ids)):
        person = lock_visible_person(person_id, actor)
        where = unit or _unit_then(person, facts.ended_on, actor)
        _refuse_unit(where, actor)
        _refuse_twice(person, key)
        made = TrainingRecord(person_id=person.id, unit_id=where.id, event_key=key)
        _write(made, facts, outcome)
        db.session.add(made)
        db.session.flush()
        _audit(actor, "add", made, where)
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
    _refuse(facts)
    _refuse_unit(unit, actor)
    before = _plain(made)
    key = _corrected_key(made, facts)
    if key != made.event_key:
        _refuse_twice(made.person, key)
    made.event_key = key
    made.unit_id = unit.id
    _write(made, facts, outcome)
    db.session.flush()
    _audit(actor, "correct", made, unit, reason=reason, before=before)
    return made


def correct_event(event_key: str, facts: TrainingFacts, *, reason: str, actor: Actor) -> str:
    """Mend what all records of a training within the actor's scope share; results stay. Returns the new key.

    Raises NotFound without such records, ``already_recorded`` where somebody has a record under the new title.
    """
    reason = required_reason(reason)
    _refuse(facts)
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
    before = _plain(records[0])
    new_key = _corrected_key(records[0], facts)
    for made in records:
        kept = TrainingOutcome(made.passed, made.result, made.note)
        made.event_key = new_key
        _write(made, facts, kept)
    db.session.flush()
    audit(
        actor,
        "trainings.correct_event",
        object_type="training",
        object_id=records[0].id,
        details={"before": before, "after": _plain(records[0]), "records": len(records)},
        reason=reason,
    )
    return new_key


def withdraw_training(record_id: int, *, reason: str, actor: Actor) -> TrainingRecord:
    """Take a wrong record out of every figure; it stays to be seen with the reason."""
    made = lock_record(record_id, actor)
    reason = required_reason(reason)
    _refuse_withdrawn(made)
    made.withdrawn_at = clock.now()
    made.withdrawn_reason = reason
    db.session.flush()
    _audit(actor, "withdraw", made, made.unit, reason=reason)
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
    _audit(actor, "restore", made, made.unit, reason=reason)
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


def _corrected_key(made: TrainingRecord, facts: TrainingFacts) -> str:
    if made.kind is TrainingKind.PLACEMENT:
        return made.event_key
    return training_event_key(facts.title, facts.ended_on)


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


def _refuse(facts: TrainingFacts) -> None:
    if not 2 <= len(facts.title.strip()) <= TITLE_LENGTH:
        raise InvalidInput(_("A title has 2 to 200 characters."), "bad_title", "title")
    periods = {
        "ends_before_start": (_("It cannot end before it began."), "ended_on"),
        "not_ended": (_("It is not over yet. A record is made of what has ended."), "ended_on"),
        "too_early": (_("That is too long ago. Check the year."), "started_on"),
        "too_long": (_("No training lasts over three years. Check the years."), "started_on"),
    }
    why = why_not_period(facts.started_on, facts.ended_on, today=clock.today())
    if why is not None:
        raise InvalidInput(periods[why][0], why, periods[why][1])
    hours = {
        "negative": _("Hours cannot be less than nothing."),
        "too_many": _("More than 2000 hours cannot be. Check the number."),
        "not_half": _("Give whole or half hours of 45 minutes."),
    }
    why = why_not_hours(facts.hours)
    if why is not None:
        raise InvalidInput(hours[why], why, "hours")


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


def _write(made: TrainingRecord, facts: TrainingFacts, outcome: TrainingOutcome) -> None:
    if made.kind is not TrainingKind.PLACEMENT:
        made.kind = facts.kind
    made.title = " ".join(facts.title.split())
    made.level = facts.level
    made.organiser = optional_text(facts.organiser)
    made.place = optional_text(facts.place)
    made.started_on, made.ended_on = facts.started_on, facts.ended_on
    made.hours = facts.hours
    made.passed = outcome.passed
    made.result = optional_text(outcome.result)
    made.note = optional_text(outcome.note)


def _plain(made: TrainingRecord) -> dict[str, Any]:
    return {
        "title": made.title,
        "level": made.level.value,
        "from": made.started_on.isoformat() if made.started_on else None,
        "until": made.ended_on.isoformat(),
        "hours": str(made.hours) if made.hours is not None else None,
        "passed": made.passed,
    }


def _audit(
    actor: Actor,
    act: str,
    made: TrainingRecord,
    unit: Unit,
    *,
    reason: str | None = None,
    before: dict[str, Any] | None = None,
) -> None:
    details: dict[str, Any] = {"unit": unit.code, **_plain(made)}
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
