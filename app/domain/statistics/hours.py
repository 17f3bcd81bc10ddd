"""Hours of single persons against what is asked: counted as the ledger counts them (DOMAIN.md §3)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from app.core.db import db
from app.domain.people.models import TrainingRecord
from app.domain.statistics.policies import read_policies
from app.domain.statistics.policy_rules import PolicyName
from app.domain.statistics.rules import cycle_start
from app.domain.statistics.sources.trainings import HOURS_SCALE, counts, credited_hours


@dataclass(frozen=True, slots=True)
class Asked:
    """Hours of a span (both years inclusive) and how many are asked; None where no policy asks."""

    first_year: int
    last_year: int
    hours: float
    asked: float | None

    @property
    def missing(self) -> float:
        return max((self.asked or 0) - self.hours, 0)

    @property
    def ratio(self) -> float:
        """How much of it is done, at most 1."""
        return min(self.hours / self.asked, 1) if self.asked else 1


@dataclass(frozen=True, slots=True)
class Training:
    """A training that gives hours; ``credited`` is what counts of them."""

    title: str
    level: str
    kind: str
    started_on: date | None
    ended_on: date
    hours: float | None
    credited: float
    result: str | None


@dataclass(frozen=True, slots=True)
class PersonHours:
    """A person's hours up to a day: of its year, of its cycle, and each training, the latest first."""

    year: Asked
    cycle: Asked | None
    trainings: tuple[Training, ...]

    def by_year(self) -> dict[int, list[Training]]:
        years: dict[int, list[Training]] = {}
        for training in self.trainings:
            years.setdefault(training.ended_on.year, []).append(training)
        return years


def read_hours(person_id: int, unit_path: str, day: date) -> PersonHours:
    """The hours of a person of a unit up to a day, against the policies in force on it."""
    trainings = _read_trainings(person_id, day)
    policies = read_policies(db.session(), day)
    yearly = policies.value(PolicyName.HOURS_YEAR, unit_path)
    cyclic = policies.value(PolicyName.HOURS_CYCLE, unit_path)
    year = Asked(
        day.year,
        day.year,
        _sum(trainings, day.year, day.year),
        float(yearly["hours"]) if yearly else None,
    )
    cycle = None
    if cyclic:
        years = int(cyclic["years"])
        first = cycle_start(day, int(cyclic["first_year"]), years).year
        last = first + years - 1
        cycle = Asked(first, last, _sum(trainings, first, last), float(cyclic["hours"]))
    return PersonHours(year, cycle, trainings)


def _sum(trainings: Collection[Training], first: int, last: int) -> float:
    inside = (t for t in trainings if first <= t.ended_on.year <= last)
    return round(sum(training.credited for training in inside), 1)


def _read_trainings(person_id: int, day: date) -> tuple[Training, ...]:
    table = TrainingRecord
    rows = db.session.execute(
        select(
            table.title,
            table.level,
            table.kind,
            table.started_on,
            table.ended_on,
            table.hours,
            table.result,
            credited_hours().label("tenths"),
        )
        .where(table.person_id == person_id, counts(), table.ended_on <= day)
        .order_by(table.ended_on.desc(), table.id.desc())
    )
    return tuple(
        Training(
            title=row.title,
            level=row.level.value,
            kind=row.kind.value,
            started_on=row.started_on,
            ended_on=row.ended_on,
            hours=float(row.hours) if row.hours is not None else None,
            credited=row.tenths / HOURS_SCALE,
            result=row.result,
        )
        for row in rows
    )


def count_hours(person_ids: Collection[int], since: date, until: date) -> dict[int, float]:
    """The hours of each of these people in trainings that ended between two days (both inclusive)."""
    rows = db.session.execute(
        select(TrainingRecord.person_id, func.sum(credited_hours()))
        .where(
            TrainingRecord.person_id.in_(person_ids),
            counts(),
            TrainingRecord.ended_on.between(since, until),
        )
        .group_by(TrainingRecord.person_id)
    )
    return {person_id: int(tenths) / HOURS_SCALE for person_id, tenths in rows}
