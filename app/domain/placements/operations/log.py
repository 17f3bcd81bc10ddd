"""The trainee's log: begun for a day or a week, saved while it is written, handed in, thrown away as a draft."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm.attributes import flag_modified

from app.core import clock
from app.core.db import db
from app.core.errors import DomainError, explain_constraint
from app.domain.accounts.rules import Actor
from app.domain.audit.operations import record
from app.domain.people.rules.personal_text import why_looks_personal
from app.domain.placements.models import Activity, LogEntry, Placement, PlacementFile
from app.domain.placements.operations.entry_facts import EntryFacts, facts_of, refuse_facts
from app.domain.placements.operations.locking import lock_placement
from app.domain.placements.queries.log import interruptions, list_periods, no_entry
from app.domain.placements.queries.visibility import Part, parts_of
from app.domain.placements.refusals import refuse_stale
from app.domain.placements.rules import log as rules
from app.domain.placements.rules.spans import free_around, period_of
from app.domain.placements.rules.words import EntryStatus
from app.domain.placements.semester_words import (
    looks_personal,
    refusal,
)

explain_constraint(
    "uq_placement_log_entries_placement_id",
    lambda: refusal("log", "overlap", "day"),
)


def start_entry(placement_id: int, day: date, *, actor: Actor) -> LogEntry:
    """Begin a draft for the day, or for its week, as the cohort asks.

    Raises ``not_trainee``, ``placement_over``, ``before_start``, ``after_end``, ``future``, ``interrupted``,
    ``overlap``.
    """
    placement = _lock_own(placement_id, actor)
    if placement.status not in rules.KEEPS_LOG:
        raise refusal("log", "placement_over")
    written = list_periods(placement.id)
    begins_on, ends_on = day, day
    if placement.starts_on <= day <= placement.ends_on:
        rhythm = placement.cohort.log_rhythm
        period = period_of(rhythm, day, placement.starts_on, placement.ends_on)
        begins_on, ends_on = free_around(day, period, written)
    why = rules.why_no_entry(
        begins_on,
        ends_on,
        starts_on=placement.starts_on,
        placement_ends_on=placement.ends_on,
        interruptions=interruptions(placement.id),
        written=written,
        today=clock.today(),
    )
    if why is not None:
        raise refusal("log", why, "day")
    entry = LogEntry(
        placement_id=placement.id, begins_on=begins_on, ends_on=ends_on, created_at=clock.now()
    )
    db.session.add(entry)
    db.session.flush()
    audit_entry(actor, "start_entry", entry, placement)
    return entry


def save_entry(
    entry_id: int,
    facts: EntryFacts,
    *,
    placement_id: int,
    actor: Actor,
    expected_version: int | None = None,
    accept_warning: bool = False,
) -> LogEntry:
    """Keep what is written so far. One that waits for the mentor stays handed in, so it must stay whole.

    Raises StaleVersion when it was changed since, ``signed``, ``placement_over``, ``personal_number``, what is wrong
    with hours or an activity, and for one handed in also what ``hand_in`` raises.
    """
    placement, entry = _lock_entry(placement_id, entry_id, actor)
    why = rules.why_not_edit(entry.status, placement.status)
    if why is not None:
        raise refusal("log", why)
    refuse_stale(entry.row_version, expected_version)
    refuse_facts(entry, facts, interruptions(placement.id))
    if not _apply(entry, facts):
        return entry
    if entry.status is EntryStatus.HANDED_IN:
        _refuse_incomplete(EntryStatus.DRAFT, placement, entry)
        entry.warned = _warned(facts.texts, accept=accept_warning)
        audit_entry(actor, "correct_entry", entry, placement)
    db.session.flush()
    return entry


def hand_in_entry(
    entry_id: int,
    *,
    placement_id: int,
    actor: Actor,
    expected_version: int | None = None,
    accept_warning: bool = False,
) -> LogEntry:
    """Give the entry to the mentor. Late is what is first handed in after the days of grace.

    Raises ``looks_personal`` while a text looks as if it named a pupil, unless the warning was accepted;
    ``content_missing``, ``hours_missing``, ``handed_in``, ``signed``, ``placement_over``, StaleVersion.
    """
    placement, entry = _lock_entry(placement_id, entry_id, actor)
    _refuse_incomplete(entry.status, placement, entry)
    refuse_stale(entry.row_version, expected_version)
    facts = facts_of(entry)
    refuse_facts(entry, facts, interruptions(placement.id))
    entry.warned = _warned(facts.texts, accept=accept_warning)
    if entry.handed_in_at is None:
        grace = placement.cohort.log_grace_days
        entry.late = rules.is_late(entry.ends_on, grace, clock.today())
    entry.status, entry.handed_in_at = EntryStatus.HANDED_IN, clock.now()
    db.session.flush()
    audit_entry(actor, "hand_in_entry", entry, placement)
    return entry


def discard_entry(entry_id: int, *, placement_id: int, actor: Actor) -> None:
    """Throw away a draft that was never handed in (``not_draft`` otherwise); its files stay with the placement."""
    placement, entry = _lock_entry(placement_id, entry_id, actor)
    if entry.status is not EntryStatus.DRAFT:
        raise refusal("log", "not_draft")
    for file in db.session.scalars(select(PlacementFile).where(PlacementFile.entry_id == entry.id)):
        file.entry_id, file.removed_at = None, file.removed_at or clock.now()
    audit_entry(actor, "discard_entry", entry, placement)
    db.session.delete(entry)
    db.session.flush()


def lock_entry(placement: Placement, entry_id: int) -> LogEntry:
    """An entry of a placement that is locked already. Raises NotFound."""
    entry = db.session.scalars(
        select(LogEntry)
        .where(LogEntry.id == entry_id, LogEntry.placement_id == placement.id)
        .with_for_update(of=LogEntry)
        .execution_options(populate_existing=True)
    ).first()
    if entry is None:
        raise no_entry()
    return entry


def audit_entry(
    actor: Actor, verb: str, entry: LogEntry, placement: Placement, *, reason: str | None = None
) -> None:
    record(
        actor,
        f"placements.{verb}",
        object_type="placement",
        object_id=placement.id,
        subject_id=placement.person_id,
        details={
            "entry": entry.id,
            "from": entry.begins_on.isoformat(),
            "until": entry.ends_on.isoformat(),
            "hours": str(entry.hours),
        },
        reason=reason,
        unit_path=placement.unit.path,
    )


def _lock_own(placement_id: int, actor: Actor) -> Placement:
    placement = lock_placement(placement_id, actor=actor)
    if Part.TRAINEE not in parts_of(placement, actor):
        raise refusal("presence", "not_trainee")
    return placement


def _lock_entry(placement_id: int, entry_id: int, actor: Actor) -> tuple[Placement, LogEntry]:
    placement = _lock_own(placement_id, actor)
    return placement, lock_entry(placement, entry_id)


def _refuse_incomplete(status: EntryStatus, placement: Placement, entry: LogEntry) -> None:
    why = rules.why_not_hand_in(status, placement.status, entry.content, entry.hours)
    if why is not None:
        raise refusal("log", why, {"hours_missing": "hours"}.get(why, "content"))


def _warned(texts: Sequence[str], *, accept: bool) -> bool:
    """Whether a text looks as if it named a pupil; a refusal until the trainee has seen that."""
    findings = why_looks_personal(*texts)
    if findings and not accept:
        raise looks_personal(findings)
    return bool(findings)


def _apply(entry: LogEntry, facts: EntryFacts) -> bool:
    """Write what differs; whether anything did. The version rises also when only an activity changed."""
    before = facts_of(entry)
    if _plain(before) == _plain(facts):
        return False
    entry.content, entry.reflection = facts.content.strip(), facts.reflection.strip()
    entry.hours = facts.hours
    if _activities(before) != _activities(facts):
        entry.activities = [
            Activity(
                kind=one.kind,
                held_on=one.held_on,
                count=one.count,
                topic=one.topic.strip(),
                remarks=one.remarks.strip(),
            )
            for one in facts.activities
        ]
    flag_modified(entry, "content")
    return True


def _plain(facts: EntryFacts) -> tuple[object, ...]:
    return facts.content.strip(), facts.reflection.strip(), facts.hours, _activities(facts)


def _activities(facts: EntryFacts) -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = [
        (one.held_on, one.kind.value, one.count, one.topic.strip(), one.remarks.strip())
        for one in facts.activities
    ]
    return sorted(rows, key=str)


def why_no_new_entry(placement: Placement, actor: Actor) -> DomainError | None:
    """Why the actor can begin no entry at all here; None when they can."""
    if Part.TRAINEE not in parts_of(placement, actor):
        return refusal("presence", "not_trainee")
    if placement.status not in rules.KEEPS_LOG:
        return refusal("log", "placement_over")
    if clock.today() < placement.starts_on:
        return refusal("log", "before_start")
    return None
