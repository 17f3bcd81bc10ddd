"""Training records: lists of who took part in which training, and exports of online platforms."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from app.core.db import db
from app.domain.exchange.mappings import Rules
from app.domain.exchange.planning import recognitions
from app.domain.exchange.planning.context import Context
from app.domain.exchange.planning.people import load_people, person_of
from app.domain.exchange.planning.plan import Outcome, RowId
from app.domain.exchange.planning.registry import KnownPerson, chunks
from app.domain.exchange.reading import Row
from app.domain.people.models import TrainingRecord
from app.domain.people.rules import TrainingKind, TrainingLevel
from app.domain.people.rules.trainings import (
    names_its_year,
    online_event_key,
    training_event_key,
)

TRAINING_RECORDS = "training_records"
COMPARED = (
    "unit_id",
    "title",
    "level",
    "organiser",
    "place",
    "started_on",
    "ended_on",
    "hours",
    "result",
    "passed",
    "base_school_id",
    "nominating_unit_id",
)
TOLD = ("title", "level", "started_on", "ended_on", "hours", "result")


@dataclass(slots=True)
class KnownRecord:
    id: int
    columns: dict[str, Any]


def prepare(context: Context, rows: list[Row]) -> None:
    load_people(context, rows)
    if context.kind == "online":
        _date_undated(context, rows)
    keys = [key_of(context, row) for row in rows if not row.has_errors]
    load_records(context, keys)
    if context.kind == "online":
        recognitions.load_decided(context)
    if _waits_for_recognition(context):
        recognitions.load_recognitions(context, keys)


def _date_undated(context: Context, rows: list[Row]) -> None:
    """A platform that does not say when somebody finished: the day its export speaks of.

    Only where the training's name has its year, so that next year's export does not count it again.
    """
    if context.extra["mapping"] is None or "completed_at" in context.sheet.columns:
        return
    for row in rows:
        if not row.has_errors and _has_passed(row) and names_its_year(row.values["title"]):
            row.values["completed_at"] = context.speaks_of


def load_records(context: Context, keys: Iterable[str]) -> None:
    """The records that known people have of these trainings, and which were withdrawn with a reason."""
    wanted = set(keys)
    records: dict[tuple[int, str], KnownRecord] = {}
    withdrawn: set[tuple[int, str]] = set()
    columns = [getattr(TrainingRecord, name) for name in COMPARED]
    for chunk in chunks(sorted(context.registry.by_id)):
        statement = select(
            TrainingRecord.person_id,
            TrainingRecord.event_key,
            TrainingRecord.withdrawn_at,
            TrainingRecord.id,
            *columns,
        ).where(TrainingRecord.person_id.in_(chunk))
        for row in db.session.execute(statement):
            if row.event_key not in wanted:
                continue
            if row.withdrawn_at is not None:
                withdrawn.add((row.person_id, row.event_key))
                continue
            known = KnownRecord(row.id, dict(zip(COMPARED, row[4:], strict=True)))
            records[row.person_id, row.event_key] = known
    context.extra.update(records=records, withdrawn=withdrawn)


def key_of(context: Context, row: Row) -> str:
    """The event key of a row that has no errors."""
    if context.kind == "online":
        return online_event_key(row.values["title"], row.values.get("completed_at"))
    return training_event_key(row.values["title"], row.values["period"].ends_on)


def plan_training(context: Context, row: Row) -> Outcome:
    """One person at one training, counted for the unit the row states."""
    outcome = context.outcome(row)
    if outcome.is_rejected():
        return outcome
    period = row.values["period"]
    values = {
        "kind": TrainingKind.TRAINING,
        "level": row.values["level"],
        "organiser": row.values.get("organiser"),
        "place": row.values.get("place"),
        "started_on": period.starts_on,
        "ended_on": period.ends_on,
    }
    return _plan(context, row, outcome, values)


def plan_online(context: Context, row: Row) -> Outcome:
    """One person at one online training. Who has not finished is not recorded yet; the next export will say."""
    outcome = context.outcome(row)
    if outcome.is_rejected():
        return outcome
    completed: date | None = row.values.get("completed_at")
    mapping: Rules | None = context.extra["mapping"]
    if completed is None and mapping is not None and _is_undated(context, row):
        outcome.problem(row, "title", "online_undated")
        return outcome
    waits = mapping is not None and not mapping.recognised
    if completed is None or (waits and not _has_passed(row)):
        outcome.warn(row, "completed_at", "online_not_finished")
        return outcome
    usual = TrainingLevel.NATIONAL if mapping is None else mapping.level
    values = {
        "kind": TrainingKind.ONLINE,
        "level": row.values.get("level") or usual,
        "ended_on": completed,
    }
    return _plan(context, row, outcome, values)


def _is_undated(context: Context, row: Row) -> bool:
    return "completed_at" not in context.sheet.columns and _has_passed(row)


def _waits_for_recognition(context: Context) -> bool:
    mapping: Rules | None = context.extra.get("mapping")
    return mapping is not None and not mapping.recognised


def _plan(context: Context, row: Row, outcome: Outcome, values: dict[str, Any]) -> Outcome:
    unit = context.stated_unit(row, outcome, day=values["ended_on"])
    if unit is None:
        return outcome
    found = person_of(context, row, outcome, unit, roster=False)
    if found is None:
        return outcome
    key = key_of(context, row)
    values |= {"title": row.values["title"], "hours": hours_of(row)}
    if _waits_for_recognition(context):
        recognitions.ask_recognition(context, row, outcome, (found[0], unit), key, values)
        return outcome
    values |= {
        "unit_id": unit.id,
        "result": row.values.get("result"),
        "passed": _has_passed(row),
    }
    record_training(context, row, outcome, found[0], key, values)
    return outcome


def _has_passed(row: Row) -> bool:
    passed: bool | None = row.values.get("passed")
    return passed if passed is not None else _finished(row)


def hours_of(row: Row) -> Decimal | None:
    """Hours to one decimal, as they are stored."""
    hours: Decimal | None = row.values.get("hours")
    return None if hours is None else hours.quantize(Decimal("0.1"))


def _finished(row: Row) -> bool:
    """Without a result: a platform says how far one got; a list of trainings names who took part."""
    progress: Decimal | None = row.values.get("progress")
    return progress is None or progress >= 100


def record_training(
    context: Context,
    row: Row,
    outcome: Outcome,
    person: KnownPerson,
    key: str,
    values: dict[str, Any],
) -> RowId | None:
    """Make the record, or compare it with the one that is there; its id, None when the row is a duplicate.

    A record that somebody withdrew with a reason is not made anew: None, and a warning.
    """
    if not context.first_time(row, outcome, (id(person), key), "name", "training_twice"):
        return None
    known: KnownRecord | None = (
        context.extra["records"].get((person.id, key)) if isinstance(person.id, int) else None
    )
    if known is None and (person.id, key) in context.extra["withdrawn"]:
        outcome.warn(row, "name", "training_withdrawn")
        return None
    if known is None:
        made = outcome.add(TRAINING_RECORDS, person_id=person.id, event_key=key, **values)
        outcome.told("training", None, values["title"])
        outcome.settle(created=True)
        return made
    after = {
        name: value
        for name, value in values.items()
        if name in COMPARED and value is not None and value != known.columns[name]
    }
    if after and known.id in context.extra.get("decided", ()):
        outcome.warn(row, "hours", "decided_here")
        return known.id
    for name in TOLD:
        if name in after:
            outcome.told(name, known.columns[name], after[name])
    outcome.alter(TRAINING_RECORDS, known.id, known.columns, after)
    outcome.settle(created=False)
    return known.id
