"""The proposal of a cohort as its page shows it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import aliased

from app.core.db import db
from app.core.paging import Page
from app.domain.people.models import Person
from app.domain.placements.models import (
    CohortSeats,
    MatchingRun,
    Mentor,
    Nomination,
    ProposalLine,
)
from app.domain.placements.queries.matching_problem import read_choices, takes_part
from app.domain.units.models import Unit

LINES_A_PAGE = 50


@dataclass(frozen=True, slots=True)
class Standing:
    """How far the matching of a cohort is. ``cost``: of all lines, ``seat_cost``: of those with a seat;
    ``missing``: approved nominees who are not in the proposal yet."""

    placed: int
    unplaced: int
    locked: int
    by_hand: int
    cost: float
    seat_cost: float
    missing: int

    @property
    def lines(self) -> int:
        return self.placed + self.unplaced


def read_standing(cohort_id: int) -> Standing:
    """The sums of the proposal, over the nominees who still take part."""
    row = db.session.execute(
        select(
            func.count(ProposalLine.seats_id),
            func.count(ProposalLine.id),
            func.count().filter(ProposalLine.locked.is_(True)),
            func.count().filter(ProposalLine.by_hand.is_(True)),
            func.coalesce(func.sum(ProposalLine.cost), 0.0),
            func.coalesce(
                func.sum(ProposalLine.cost).filter(ProposalLine.seats_id.is_not(None)), 0.0
            ),
            func.count(Nomination.id),
        )
        .select_from(Nomination)
        .outerjoin(ProposalLine, ProposalLine.nomination_id == Nomination.id)
        .where(takes_part(cohort_id))
    ).one()
    placed, lines, locked, by_hand, cost, seat_cost, nominees = row
    return Standing(placed, lines - placed, locked, by_hand, cost, seat_cost, nominees - lines)


def find_last_run(cohort_id: int) -> MatchingRun | None:
    return db.session.scalars(
        select(MatchingRun)
        .where(MatchingRun.cohort_id == cohort_id)
        .order_by(MatchingRun.id.desc())
        .limit(1)
    ).first()


def list_lines(cohort_id: int, *, page: int) -> Page[Any]:
    """The proposal, whoever has no seat first, then by unit and rank.

    Columns: ``nomination_id, person_id, name, unit, school, rank, base_school, mentor, stage, subject, locked,
    by_hand, cost, reasons, row_version, seats_id``.
    """
    total = db.session.scalar(_lines(cohort_id, func.count())) or 0
    home, base, guide = aliased(Unit), aliased(Unit), aliased(Person)
    unit = aliased(Unit)
    rows = db.session.execute(
        _lines(
            cohort_id,
            ProposalLine.nomination_id,
            ProposalLine.seats_id,
            ProposalLine.locked,
            ProposalLine.by_hand,
            ProposalLine.cost,
            ProposalLine.reasons,
            ProposalLine.row_version,
            Nomination.rank,
            Person.id.label("person_id"),
            Person.name,
            unit.name.label("unit"),
            home.name.label("school"),
            base.name.label("base_school"),
            CohortSeats.stage,
            CohortSeats.subject,
            guide.name.label("mentor"),
        )
        .join(Person, Person.id == Nomination.person_id)
        .join(unit, unit.id == Nomination.unit_id)
        .join(home, home.id == Nomination.school_id)
        .outerjoin(CohortSeats, CohortSeats.id == ProposalLine.seats_id)
        .outerjoin(base, base.id == CohortSeats.base_school_id)
        .outerjoin(Mentor, Mentor.id == ProposalLine.mentor_id)
        .outerjoin(guide, guide.id == Mentor.person_id)
        .order_by(ProposalLine.seats_id.is_not(None), unit.code, Nomination.rank, Nomination.id)
        .limit(LINES_A_PAGE)
        .offset((page - 1) * LINES_A_PAGE)
    ).all()
    return Page(rows, page, LINES_A_PAGE, total)


def _lines(cohort_id: int, *columns: Any) -> Select[Any]:
    return (
        select(*columns)
        .select_from(ProposalLine)
        .join(Nomination, Nomination.id == ProposalLine.nomination_id)
        .where(takes_part(cohort_id))
    )


def seen_digest(cohort_id: int) -> str:
    """A fingerprint of the proposal as it stands: what is confirmed must be what was looked at."""
    choices = read_choices(cohort_id)
    return hashlib.sha256(repr(sorted(choices.items())).encode()).hexdigest()[:16]
