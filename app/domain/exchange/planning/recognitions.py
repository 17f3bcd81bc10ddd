"""Completions from platforms whose hours do not count by themselves: they wait to be recognised (学时认定)."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from sqlalchemy import select, union_all

from app.core.db import db
from app.domain.courses.models import Course, CourseEnrolment, Recognition
from app.domain.courses.rules.words import CourseKind, RecognitionStatus
from app.domain.exchange.mappings import Rules
from app.domain.exchange.planning.context import Context
from app.domain.exchange.planning.directory import UnitInfo
from app.domain.exchange.planning.plan import Outcome
from app.domain.exchange.planning.registry import KnownPerson, chunks
from app.domain.exchange.reading import Row

RECOGNITIONS = "hour_recognitions"
_SETTLED = frozenset({RecognitionStatus.SENT_BACK, RecognitionStatus.WITHDRAWN})


def load_recognitions(context: Context, keys: Iterable[str]) -> None:
    """What known people have asked to have recognised of these trainings: whether it stands."""
    wanted = set(keys)
    stands: dict[tuple[int, str], bool] = {}
    for chunk in chunks(sorted(context.registry.by_id)):
        statement = select(Recognition.person_id, Recognition.event_key, Recognition.status).where(
            Recognition.person_id.in_(chunk)
        )
        for person_id, key, status in db.session.execute(statement):
            if key in wanted:
                standing = status not in _SETTLED
                stands[person_id, key] = standing or stands.get((person_id, key), False)
    context.extra["recognitions"] = stands


def load_decided(context: Context) -> None:
    """The records that stand on a decision here (recognised hours, courses completed here): no export changes them."""
    decided: set[int] = set()
    for chunk in chunks(sorted(context.registry.by_id)):
        recognised = select(Recognition.training_record_id).where(
            Recognition.person_id.in_(chunk), Recognition.training_record_id.is_not(None)
        )
        completed = (
            select(CourseEnrolment.training_record_id)
            .join(Course, Course.id == CourseEnrolment.course_id)
            .where(
                CourseEnrolment.person_id.in_(chunk),
                CourseEnrolment.training_record_id.is_not(None),
                Course.kind == CourseKind.OWN,
            )
        )
        decided.update(db.session.scalars(union_all(recognised, completed)))
    context.extra["decided"] = decided


def ask_recognition(
    context: Context,
    row: Row,
    outcome: Outcome,
    whose: tuple[KnownPerson, UnitInfo],
    key: str,
    values: dict[str, Any],
) -> None:
    """A request for the hours of a row's training, unless they count or wait already.

    ``whose``: the person, and the unit the row states. ``values``: title, hours, level, ``ended_on``.
    """
    person, unit = whose
    hours: Decimal | None = values["hours"]
    if not hours:
        outcome.problem(row, "hours", "hours_missing")
        return
    if not context.first_time(row, outcome, (id(person), key), "name", "training_twice"):
        return
    told = _why_nothing_to_ask(context, person, key)
    if told is not None:
        outcome.warn(row, "name", told)
        return
    rules: Rules = context.extra["mapping"]
    outcome.add(
        RECOGNITIONS,
        person_id=person.id,
        unit_id=unit.id,
        unit_path=unit.path,
        title=values["title"],
        event_key=key,
        platform=rules.platform,
        level=values["level"],
        finished_on=values["ended_on"],
        hours_claimed=hours,
        status=RecognitionStatus.SUBMITTED,
        submitted_by=context.extra["account_id"],
        submitted_at=context.now,
    )
    outcome.told("recognition", None, values["title"])
    outcome.settle(created=True)


def _why_nothing_to_ask(context: Context, person: KnownPerson, key: str) -> str | None:
    if not isinstance(person.id, int):
        return None
    record = context.extra["records"].get((person.id, key))
    if record is not None and record.columns["passed"]:
        return "recorded_already"
    if (person.id, key) in context.extra["withdrawn"]:
        return "training_withdrawn"
    stands = context.extra["recognitions"].get((person.id, key))
    if stands is None:
        return None
    return "recognition_stands" if stands else "recognition_settled"
