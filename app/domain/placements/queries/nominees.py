"""What the rules ask of people who are, or may be, nominated: read for many at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import func, or_, select

from app.core import clock
from app.core.db import db
from app.domain.people.models import Commitment, LeadTeacherDesignation, Posting, TrainingRecord
from app.domain.people.rules import TrainingKind
from app.domain.people.rules.facts import main_posting_order
from app.domain.placements.models import Cohort, CohortQuota, Nomination, Placement
from app.domain.placements.rules.nominating import STANDING, Call, Nominee
from app.domain.placements.rules.words import (
    COMMITMENT_SOURCE,
    PlacementResult,
    PlacementStatus,
    SeatPolicy,
)
from app.domain.units.models import SchoolStage, Unit

RUNNING = (PlacementStatus.ACTIVE, PlacementStatus.INTERRUPTED)
GOOD = (PlacementResult.EXCELLENT, PlacementResult.PASSED)


@dataclass(frozen=True, slots=True)
class Post:
    """Where somebody is posted on a day."""

    unit_id: int
    path: str
    unit_name: str
    stage: SchoolStage | None
    subject: str | None


@dataclass(frozen=True, slots=True)
class Clash:
    """What binds somebody at a time, and from when until when."""

    title: str
    starts_at: datetime
    ends_at: datetime


def read_posts(person_ids: Collection[int], day: date) -> dict[int, list[Post]]:
    """The postings of a day, by person, the main one first."""
    rows = db.session.execute(
        select(
            Posting.id,
            Posting.person_id,
            Posting.role,
            Posting.valid_from,
            Posting.subject,
            Unit.id.label("unit_id"),
            Unit.path,
            Unit.name,
            Unit.stage,
        )
        .join(Unit, Unit.id == Posting.unit_id)
        .where(
            Posting.person_id.in_(person_ids),
            Posting.valid_from <= day,
            or_(Posting.valid_until.is_(None), Posting.valid_until >= day),
        )
    ).all()
    found: dict[int, list[Post]] = defaultdict(list)
    for row in sorted(rows, key=lambda r: main_posting_order(r.role, r.valid_from, r.id)):
        found[row.person_id].append(Post(row.unit_id, row.path, row.name, row.stage, row.subject))
    return found


def read_nominees(person_ids: Collection[int], cohort_id: int, day: date) -> dict[int, Nominee]:
    """These people as the rules see them on a day; five queries for any number."""
    posts = read_posts(person_ids, day)
    leads = _people(
        select(LeadTeacherDesignation.person_id).where(
            LeadTeacherDesignation.person_id.in_(person_ids),
            or_(
                LeadTeacherDesignation.valid_until.is_(None),
                LeadTeacherDesignation.valid_until >= day,
            ),
        )
    )
    recorded = _people(
        select(TrainingRecord.person_id).where(
            TrainingRecord.person_id.in_(person_ids),
            TrainingRecord.kind == TrainingKind.PLACEMENT,
            TrainingRecord.passed.is_(True),
            TrainingRecord.withdrawn_at.is_(None),
        )
    )
    passed, placed = set[int](), set[int]()
    for person_id, status, result in db.session.execute(
        select(Placement.person_id, Placement.status, Placement.result).where(
            Placement.person_id.in_(person_ids)
        )
    ):
        if status in RUNNING:
            placed.add(person_id)
        elif result in GOOD:
            passed.add(person_id)
    nominated = _people(
        select(Nomination.person_id).where(
            Nomination.person_id.in_(person_ids),
            Nomination.cohort_id == cohort_id,
            Nomination.status.in_(STANDING),
        )
    )
    return {
        person_id: Nominee(
            posting_paths=tuple(post.path for post in posts.get(person_id, ())),
            is_lead_teacher=person_id in leads,
            was_placed=person_id in recorded | passed,
            is_placed=person_id in placed,
            is_nominated=person_id in nominated,
        )
        for person_id in person_ids
    }


def _people(statement: Any) -> set[int]:
    return set(db.session.scalars(statement))


def read_call(cohort: Cohort, unit_id: int) -> Call:
    """What the cohort asks of a nominating unit now; quotas only where the cohort distributes its seats so."""
    nominated = db.session.scalar(
        select(func.count()).where(
            Nomination.cohort_id == cohort.id,
            Nomination.unit_id == unit_id,
            Nomination.status.in_(STANDING),
        )
    )
    quota = None
    if cohort.seat_policy is SeatPolicy.QUOTAS:
        quota = (
            db.session.scalar(
                select(CohortQuota.seats).where(
                    CohortQuota.cohort_id == cohort.id, CohortQuota.unit_id == unit_id
                )
            )
            or 0
        )
    return Call(
        cohort.status,
        cohort.nominations_open_on,
        cohort.nominations_close_on,
        quota,
        nominated or 0,
    )


def whole_days(first: date, last: date) -> tuple[datetime, datetime]:
    """From the beginning of the first day to the end of the last one, in the configured zone."""
    return (
        datetime.combine(first, time(), tzinfo=clock.zone()),
        datetime.combine(last + timedelta(days=1), time(), tzinfo=clock.zone()),
    )


def list_clashes(
    person_ids: Iterable[int], first: date, last: date, *, besides: int | None = None
) -> dict[int, Clash]:
    """What binds these people on a day of the period, by person, the earliest; ``besides``: a placement of theirs.

    Only what is certain then is told while the people are held (``people.operations.locking.hold_people``).
    """
    starts_at, ends_at = whole_days(first, last)
    found: dict[int, Clash] = {}
    for row in db.session.execute(
        select(
            Commitment.person_id,
            Commitment.source,
            Commitment.source_id,
            Commitment.title,
            Commitment.starts_at,
            Commitment.ends_at,
        )
        .where(
            Commitment.person_id.in_(set(person_ids)),
            Commitment.ends_at > starts_at,
            Commitment.starts_at < ends_at,
        )
        .order_by(Commitment.starts_at, Commitment.id)
    ):
        own = row.source == COMMITMENT_SOURCE and row.source_id == besides
        if not own:
            found.setdefault(row.person_id, Clash(row.title, row.starts_at, row.ends_at))
    return found
