"""Who fits which workshop, for many at once: the facts of everybody are read in a handful of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, or_, select

from app.core import clock
from app.core.db import db
from app.domain.people.models import Commitment, Person, Posting, TrainingRecord
from app.domain.people.rules.facts import main_posting_order
from app.domain.units.models import Unit
from app.domain.workshops.models import Enrolment, Workshop, WorkshopSession
from app.domain.workshops.queries.candidates import conditions_of
from app.domain.workshops.rules.enrolling import Candidate, Period, clashes, why_not_eligible
from app.domain.workshops.rules.words import COMMITMENT_SOURCE


@dataclass(frozen=True, slots=True)
class Facts:
    """A person by the main posting of today; ``unit_path`` is empty without one."""

    person_id: int
    name: str
    unit_id: int
    unit_path: str = ""
    unit_name: str | None = None
    role: str | None = None
    stage: str | None = None
    title: str | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """Why somebody does not fit a workshop: the rules' reasons, and what stands at the same time."""

    reasons: tuple[str, ...] = ()
    clashing: tuple[Period, ...] = ()

    @property
    def fits(self) -> bool:
        return not self.reasons and not self.clashing


def read_facts(person_ids: Iterable[int]) -> dict[int, Facts]:
    """The main postings of today, by person; who was merged away is missing."""
    today = clock.today()
    rows = db.session.execute(
        select(
            Person.id,
            Person.name,
            Person.registered_unit_id,
            Posting.id.label("posting_id"),
            Posting.role,
            Posting.valid_from,
            Posting.title,
            Posting.unit_id,
            Unit.path,
            Unit.stage,
            Unit.name.label("unit_name"),
        )
        .outerjoin(
            Posting,
            (Posting.person_id == Person.id)
            & (Posting.valid_from <= today)
            & or_(Posting.valid_until.is_(None), Posting.valid_until >= today),
        )
        .outerjoin(Unit, Unit.id == Posting.unit_id)
        .where(Person.id.in_(set(person_ids)), Person.merged_into_id.is_(None))
    ).all()
    posted = [row for row in rows if row.posting_id is not None]
    posted.sort(key=lambda row: main_posting_order(row.role, row.valid_from, row.posting_id))
    found = {row.id: Facts(row.id, row.name, row.registered_unit_id) for row in rows}
    seen: set[int] = set()
    for row in posted:
        if row.id not in seen:
            seen.add(row.id)
            found[row.id] = Facts(
                person_id=row.id,
                name=row.name,
                unit_id=row.unit_id,
                unit_path=row.path,
                unit_name=row.unit_name,
                role=row.role.value,
                stage=row.stage.value if row.stage else None,
                title=row.title,
            )
    return found


class Eligibility:
    """Answers for every pair of these workshops and people; reads everything when it is made."""

    def __init__(self, workshops: Sequence[Workshop], person_ids: Iterable[int]) -> None:
        people = set(person_ids)
        self.facts = read_facts(people)
        self._wanted = {workshop.id: conditions_of(workshop) for workshop in workshops}
        wanted = self._wanted.values()
        self._levels = _read_levels(people) if any(w.required_level for w in wanted) else {}
        asked = {w.title for w in workshops if w.not_trained_since is not None}
        self._last = _read_last_trainings(people, asked) if asked else {}
        self._titles = {workshop.id: workshop.title for workshop in workshops}
        self.periods = _read_periods(list(self._wanted))
        self._bound = _read_commitments(people, self.periods)

    def why_not(self, workshop_id: int, person_id: int) -> Verdict:
        """Why this person does not fit this workshop."""
        facts = self.facts[person_id]
        candidate = Candidate(
            posting_role=facts.role,
            stage=facts.stage,
            unit_path=facts.unit_path,
            trained_levels=frozenset(self._levels.get(person_id, ())),
            last_same_training=self._last.get((person_id, self._titles[workshop_id])),
        )
        reasons = why_not_eligible(candidate, self._wanted[workshop_id])
        planned = self.periods.get(workshop_id, [])
        bound = [
            period for source, period in self._bound.get(person_id, []) if source != workshop_id
        ]
        return Verdict(tuple(reasons), tuple(clashes(planned, bound)))


def _passed() -> Any:
    return TrainingRecord.passed.is_(True) & TrainingRecord.withdrawn_at.is_(None)


def _read_levels(people: set[int]) -> dict[int, set[str]]:
    found: dict[int, set[str]] = defaultdict(set)
    statement = select(TrainingRecord.person_id, TrainingRecord.level).distinct()
    for person_id, level in db.session.execute(
        statement.where(TrainingRecord.person_id.in_(people), _passed())
    ):
        found[person_id].add(level.value)
    return found


def _read_last_trainings(people: set[int], titles: set[str]) -> dict[tuple[int, str], date]:
    rows = db.session.execute(
        select(TrainingRecord.person_id, TrainingRecord.title, func.max(TrainingRecord.ended_on))
        .where(TrainingRecord.person_id.in_(people), TrainingRecord.title.in_(titles), _passed())
        .group_by(TrainingRecord.person_id, TrainingRecord.title)
    )
    return {(person_id, title): day for person_id, title, day in rows}


def _read_periods(workshop_ids: Sequence[int]) -> dict[int, list[Period]]:
    """When the sessions of each workshop are; make-up sessions and cancelled ones bind nobody."""
    found: dict[int, list[Period]] = defaultdict(list)
    for row in db.session.execute(
        select(WorkshopSession.workshop_id, WorkshopSession.starts_at, WorkshopSession.ends_at)
        .where(
            WorkshopSession.workshop_id.in_(workshop_ids),
            WorkshopSession.cancelled_at.is_(None),
            WorkshopSession.makes_up_for_id.is_(None),
        )
        .order_by(WorkshopSession.starts_at, WorkshopSession.id)
    ):
        found[row.workshop_id].append(Period(row.starts_at, row.ends_at))
    return found


def _read_commitments(
    people: set[int], periods: dict[int, list[Period]]
) -> dict[int, list[tuple[int | None, Period]]]:
    """What binds people in the span of the periods: the workshop it is for (None: something else), and when."""
    every = [period for planned in periods.values() for period in planned]
    found: dict[int, list[tuple[int | None, Period]]] = defaultdict(list)
    if not every:
        return found
    rows = db.session.execute(
        select(
            Commitment.person_id,
            Commitment.starts_at,
            Commitment.ends_at,
            Commitment.title,
            Enrolment.workshop_id,
        )
        .outerjoin(
            Enrolment,
            (Commitment.source == COMMITMENT_SOURCE) & (Enrolment.id == Commitment.source_id),
        )
        .where(
            Commitment.person_id.in_(people),
            Commitment.ends_at > min(period.starts_at for period in every),
            Commitment.starts_at < max(period.ends_at for period in every),
        )
        .order_by(Commitment.starts_at)
    )
    for row in rows:
        period = Period(row.starts_at, row.ends_at, row.title)
        found[row.person_id].append((row.workshop_id, period))
    return found
