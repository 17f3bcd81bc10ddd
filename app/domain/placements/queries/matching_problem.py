"""What the matching of a cohort knows: nominees, offers, mentors, distances, quotas and locks."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import aliased

from app.core import clock
from app.core.db import db
from app.domain.people.models import LeadTeacherDesignation, Posting
from app.domain.placements.models import (
    Cohort,
    CohortQuota,
    CohortSeats,
    Mentor,
    Nomination,
    Placement,
    ProposalLine,
    Stay,
)
from app.domain.placements.queries.nominees import RUNNING
from app.domain.placements.rules import matching_inputs as rules
from app.domain.placements.rules.base_schools import most_at_once
from app.domain.placements.rules.distances import kilometres, place_of
from app.domain.placements.rules.words import NominationStatus, SeatPolicy
from app.domain.units.models import Unit, UnitKind, UnitLocation


def read_problem(cohort: Cohort, weights: rules.Weights | None = None) -> rules.Problem:
    """Everything the matching of a cohort knows now; nine queries for any number of nominees.

    Nominees are the approved ones. A mentor counts when they are one for the whole term and no nominee themselves,
    with as many places as their trainees of all cohorts leave at every moment of it. Gap counties are those without
    a lead teacher today.
    """
    offers = _offers(cohort.id)
    mentors = _mentors(cohort, {offer.base_school_id for offer in offers})
    nominations = db.session.execute(
        select(
            Nomination.id,
            Nomination.unit_id,
            Nomination.rank,
            Nomination.stage,
            Nomination.subject,
            Nomination.preferences,
            Unit.path,
            Unit.kind,
        )
        .join(Unit, Unit.id == Nomination.unit_id)
        .where(takes_part(cohort.id))
        .order_by(Nomination.id)
    ).all()
    paths = {row.unit_id: row.path for row in nominations}
    served = _units_with_lead_teacher(clock.today())
    nominees = [
        rules.Nominee(
            row.id,
            row.unit_id,
            row.rank,
            row.stage,
            row.subject,
            tuple(row.preferences),
            row.kind is UnitKind.COUNTY and not any(path.startswith(row.path) for path in served),
        )
        for row in nominations
    ]
    return rules.Problem(
        nominees,
        offers,
        mentors,
        _distances(paths, {offer.base_school_id for offer in offers}),
        _quotas(cohort),
        read_locks(cohort.id),
        weights or rules.Weights(),
    )


def digest(problem: rules.Problem) -> str:
    """A fingerprint of all that the matching knows: the same for the same input in any order."""
    parts = (
        sorted(problem.nominees, key=lambda item: item.id),
        sorted(problem.offers, key=lambda item: item.id),
        sorted(problem.mentors, key=lambda item: item.id),
        sorted(problem.distances.items()),
        None if problem.quotas is None else sorted(problem.quotas.items()),
        sorted(problem.locks.items()),
        problem.weights,
    )
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def read_locks(cohort_id: int) -> dict[int, rules.Choice]:
    """What officers have fixed, by nomination; only of nominees who still take part."""
    return _choices(cohort_id, ProposalLine.locked.is_(True))


def read_choices(cohort_id: int) -> dict[int, rules.Choice]:
    """Where the proposal places everybody who still takes part, by nomination."""
    return _choices(cohort_id)


def _choices(cohort_id: int, *conditions: Any) -> dict[int, rules.Choice]:
    rows = db.session.execute(
        select(ProposalLine.nomination_id, ProposalLine.seats_id, ProposalLine.mentor_id)
        .join(Nomination, Nomination.id == ProposalLine.nomination_id)
        .where(takes_part(cohort_id), *conditions)
    )
    return {row[0]: rules.Choice(row[1], row[2]) for row in rows}


def takes_part(cohort_id: int) -> ColumnElement[bool]:
    """The condition that a nomination of the cohort is approved."""
    return (Nomination.cohort_id == cohort_id) & (Nomination.status == NominationStatus.APPROVED)


def _offers(cohort_id: int) -> list[rules.Offer]:
    rows = db.session.scalars(
        select(CohortSeats)
        .where(CohortSeats.cohort_id == cohort_id, CohortSeats.seats > 0)
        .order_by(CohortSeats.id)
    )
    return [
        rules.Offer(row.id, row.base_school_id, row.seats - row.taken, row.stage, row.subject)
        for row in rows
    ]


def _mentors(cohort: Cohort, base_school_ids: Collection[int]) -> list[rules.Mentor]:
    mentors = db.session.scalars(
        select(Mentor)
        .where(
            Mentor.unit_id.in_(base_school_ids),
            Mentor.valid_from <= cohort.starts_on,
            or_(Mentor.valid_until.is_(None), Mentor.valid_until >= cohort.ends_on),
            Mentor.person_id.not_in(select(Nomination.person_id).where(takes_part(cohort.id))),
        )
        .order_by(Mentor.id)
    ).all()
    loads = _loads(cohort, [mentor.id for mentor in mentors])
    return [
        rules.Mentor(
            mentor.id,
            mentor.unit_id,
            max(0, mentor.trainee_limit - loads.get(mentor.id, 0)),
            loads.get(mentor.id, 0),
            mentor.stage,
            mentor.subject,
        )
        for mentor in mentors
    ]


def _loads(cohort: Cohort, mentor_ids: Collection[int]) -> dict[int, int]:
    """How many trainees each mentor guides at most on a day of the term, whatever cohort they are of."""
    until = func.coalesce(Stay.valid_until, Placement.ends_on)
    rows = db.session.execute(
        select(Stay.mentor_id, Stay.valid_from, until)
        .join(Placement, Placement.id == Stay.placement_id)
        .where(
            Stay.mentor_id.in_(mentor_ids),
            Placement.status.in_(RUNNING),
            Stay.valid_from <= cohort.ends_on,
            until >= cohort.starts_on,
        )
    )
    periods: dict[int, list[tuple[date, date]]] = defaultdict(list)
    for mentor_id, first, last in rows:
        periods[mentor_id or 0].append((max(first, cohort.starts_on), min(last, cohort.ends_on)))
    return {mentor_id: most_at_once(days) for mentor_id, days in periods.items()}


def _units_with_lead_teacher(day: date) -> set[str]:
    """The paths of units that nominated a lead teacher who is posted within them on the day."""
    home = aliased(Unit)
    return set(
        db.session.scalars(
            select(Unit.path)
            .join(LeadTeacherDesignation, LeadTeacherDesignation.nominating_unit_id == Unit.id)
            .join(Posting, Posting.person_id == LeadTeacherDesignation.person_id)
            .join(home, home.id == Posting.unit_id)
            .where(
                *_holds(LeadTeacherDesignation, day),
                *_holds(Posting, day),
                home.path.startswith(Unit.path),
            )
        )
    )


def _holds(table: Any, day: date) -> tuple[Any, Any]:
    return table.valid_from <= day, or_(table.valid_until.is_(None), table.valid_until >= day)


def _distances(
    paths: dict[int, str], base_school_ids: Collection[int]
) -> dict[tuple[int, int], float | None]:
    places = {
        row[0]: (row[1], row[2])
        for row in db.session.execute(
            select(UnitLocation.unit_id, UnitLocation.latitude, UnitLocation.longitude)
        )
    }
    schools = {
        row[0]: place_of(row[1], places)
        for row in db.session.execute(
            select(Unit.id, Unit.path).where(Unit.id.in_(base_school_ids))
        )
    }
    found: dict[tuple[int, int], float | None] = {}
    for unit_id, path in paths.items():
        here = place_of(path, places)
        for school_id, there in schools.items():
            known = here is not None and there is not None
            found[unit_id, school_id] = kilometres(here, there) if known else None  # type: ignore[arg-type]
    return found


def _quotas(cohort: Cohort) -> dict[int, int] | None:
    if cohort.seat_policy is not SeatPolicy.QUOTAS:
        return None
    rows = db.session.execute(
        select(CohortQuota.unit_id, CohortQuota.seats).where(CohortQuota.cohort_id == cohort.id)
    )
    return {row[0]: row[1] for row in rows}
