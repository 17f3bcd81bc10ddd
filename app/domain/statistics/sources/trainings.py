"""Trainings passed that ended in the period, and the hours they give. 1 hour = 45 minutes."""

from __future__ import annotations

from sqlalchemy import (
    ColumnElement,
    Integer,
    and_,
    case,
    exists,
    func,
    literal,
    select,
    tuple_,
)

from app.domain.people.models import TrainingRecord
from app.domain.people.rules import TrainingKind
from app.domain.statistics.expressions import DAY, SINCE, Selection, days_between, whole
from app.domain.statistics.frame import Rules
from app.domain.statistics.rules import FACE_TO_FACE_HOURS_A_DAY
from app.domain.statistics.sources.base import DayMeans, Detail, Source

HOURS_SCALE = 10


def counts() -> ColumnElement[bool]:
    return and_(TrainingRecord.passed.is_(True), TrainingRecord.withdrawn_at.is_(None))


def credited_hours() -> ColumnElement[int]:
    """Hours of a record in tenths: face to face at most 8 a day, online not capped by day.

    A record that does not know its first day cannot be capped.
    """
    tenths = func.coalesce(whole(TrainingRecord.hours, HOURS_SCALE), 0)
    most = (
        (days_between(TrainingRecord.started_on, TrainingRecord.ended_on) + 1)
        * FACE_TO_FACE_HOURS_A_DAY
        * HOURS_SCALE
    )
    return case(
        (TrainingRecord.kind == TrainingKind.ONLINE, tenths),
        (TrainingRecord.started_on.is_(None), tenths),
        (tenths > most, most),
        else_=tenths,
    )


def _trainings(rules: Rules) -> Selection:
    here = rules.here
    return (
        select(
            TrainingRecord.id.label("row_id"),
            TrainingRecord.unit_id.label("unit_id"),
            TrainingRecord.person_id.label("person_id"),
            TrainingRecord.ended_on.label("day"),
            literal(1, Integer).label("one"),
            TrainingRecord.title.label("title"),
            TrainingRecord.level.label("level"),
            TrainingRecord.started_on.label("started_on"),
            credited_hours().label("hours"),
        )
        .select_from(here)
        .join(TrainingRecord, TrainingRecord.unit_id == here.c.unit_id)
        .where(counts(), TrainingRecord.ended_on.between(SINCE, DAY))
    )


def _trained_people(rules: Rules) -> Selection:
    """Each person once, by the latest of those trainings."""
    mine = _trainings(rules).subquery()
    later = _trainings(rules).subquery()
    times = (
        select(func.count()).where(later.c.person_id == mine.c.person_id).correlate(mine)
    ).scalar_subquery()
    newer = exists().where(
        later.c.person_id == mine.c.person_id,
        tuple_(later.c.day, later.c.row_id) > tuple_(mine.c.day, mine.c.row_id),
    )
    return select(*mine.c, times.label("times")).where(~newer)


TRAININGS = Source(
    "trainings",
    _trainings,
    DayMeans.ENDED,
    (Detail.TITLE, Detail.LEVEL, Detail.STARTED_ON, Detail.HOURS),
)
TRAINED_PEOPLE = Source(
    "trained_people", _trained_people, DayMeans.ENDED, (Detail.TIMES, Detail.TITLE)
)
