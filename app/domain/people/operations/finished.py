"""Training records of what this system itself held: written when it is closed, withdrawn when that is taken back.

Whom it is written for is decided by who closes it, so nobody's scope is asked: people of other units take part too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from app.core import clock
from app.core.db import db
from app.domain.accounts.rules import Actor
from app.domain.people.models import TrainingRecord
from app.domain.people.operations.training_facts import (
    TrainingFacts,
    TrainingOutcome,
    corrected_key,
    key_of,
    plain_facts,
    write_facts,
)
from app.domain.people.operations.trainings import audit_training, recorded_already
from app.domain.units.models import Unit


def record_finished(
    outcomes: Mapping[int, tuple[Unit, TrainingOutcome]], facts: TrainingFacts, *, actor: Actor
) -> dict[int, TrainingRecord]:
    """One record per person of a training that was held, at the unit each came from; by person id.

    Who has a record of it already (same title, same last day: from a workbook, say) keeps that one, corrected to
    these facts: a person and a training are one record.
    """
    key = key_of(facts)
    known = _known(key, list(outcomes))
    records = {}
    for person_id, (unit, outcome) in sorted(outcomes.items()):
        made = known.get(person_id)
        before = None if made is None else plain_facts(made)
        if made is None:
            made = TrainingRecord(person_id=person_id, event_key=key)
            db.session.add(made)
        made.unit_id = unit.id
        write_facts(made, facts, outcome)
        records[person_id] = made
        db.session.flush()
        audit_training(actor, "add" if before is None else "correct", made, unit, before=before)
    return records


@dataclass(frozen=True, slots=True)
class PlacementPlace:
    """What the record of a placement says beside a training's facts: which cohort, where, nominated by whom."""

    cohort: str
    event_key: str
    base_school_id: int
    nominating_unit_id: int


def record_placement(
    person_id: int,
    unit: Unit,
    facts: TrainingFacts,
    outcome: TrainingOutcome,
    place: PlacementPlace,
    *,
    actor: Actor,
) -> TrainingRecord:
    """The record of a placement that was completed; its key is person + cohort (DOMAIN.md §3).

    A standing record of the cohort (from a workbook, say) is corrected to these facts.
    """
    made = _known(place.event_key, [person_id]).get(person_id)
    before = None if made is None else plain_facts(made)
    if made is None:
        made = TrainingRecord(person_id=person_id, event_key=place.event_key)
        db.session.add(made)
    made.unit_id, made.cohort = unit.id, place.cohort[:40]
    made.base_school_id = place.base_school_id
    made.nominating_unit_id = place.nominating_unit_id
    write_facts(made, facts, outcome)
    db.session.flush()
    audit_training(actor, "add" if before is None else "correct", made, unit, before=before)
    return made


def _known(key: str, person_ids: Sequence[int]) -> dict[int, TrainingRecord]:
    rows = db.session.scalars(
        select(TrainingRecord)
        .where(
            TrainingRecord.event_key == key,
            TrainingRecord.person_id.in_(person_ids),
            TrainingRecord.withdrawn_at.is_(None),
        )
        .order_by(TrainingRecord.id)
        .with_for_update(of=TrainingRecord)
    )
    return {row.person_id: row for row in rows}


def withdraw_finished(record_ids: Sequence[int], *, reason: str, actor: Actor) -> int:
    """Take the records of a training out of every figure, because its end is settled anew; how many."""
    rows = db.session.scalars(
        select(TrainingRecord)
        .where(TrainingRecord.id.in_(record_ids), TrainingRecord.withdrawn_at.is_(None))
        .order_by(TrainingRecord.id)
        .with_for_update(of=TrainingRecord)
    ).all()
    for made in rows:
        made.withdrawn_at, made.withdrawn_reason = clock.now(), reason
    db.session.flush()
    for made in rows:
        audit_training(actor, "withdraw", made, made.unit, reason=reason)
    return len(rows)


def replace_finished(
    record_id: int, facts: TrainingFacts, *, reason: str, actor: Actor
) -> TrainingRecord:
    """A record of these facts in the place of one that was wrong, which is withdrawn with the reason and stays.

    Raises ``already_recorded`` when the person has another record of such a training.
    """
    withdraw_finished([record_id], reason=reason, actor=actor)
    old = db.session.get_one(TrainingRecord, record_id)
    key = corrected_key(old, facts)
    if _known(key, [old.person_id]):
        raise recorded_already()
    made = TrainingRecord(person_id=old.person_id, event_key=key)
    made.unit_id = old.unit_id
    write_facts(made, facts, TrainingOutcome(old.passed, old.result, old.note))
    db.session.add(made)
    db.session.flush()
    audit_training(actor, "add", made, made.unit, reason=reason)
    return made
