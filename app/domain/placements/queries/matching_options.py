"""Where a nominee could be moved by hand, and what each way would cost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.core.db import db
from app.core.errors import NotFound
from app.core.i18n import gettext as _
from app.domain.people.models import Person
from app.domain.placements.models import Cohort, CohortSeats, Mentor, Nomination, ProposalLine
from app.domain.placements.queries.matching_problem import read_choices, read_problem
from app.domain.placements.rules.matching import Matching
from app.domain.placements.rules.matching_inputs import (
    NOWHERE,
    Choice,
    Nominee,
    Reason,
    Refusal,
    Weights,
)
from app.domain.units.models import Unit


@dataclass(frozen=True, slots=True)
class Way:
    """One offer: how many of its seats are left, and what moving there costs, or the code of why it cannot be."""

    seats: CohortSeats
    free: int
    cost: int | None
    refusal: str | None
    reasons: tuple[Reason, ...]
    current: bool


@dataclass(frozen=True, slots=True)
class Guide:
    """A mentor of the cohort's base schools; ``free`` counts this proposal's trainees too."""

    id: int
    base_school_id: int
    name: str
    free: int
    load: int


@dataclass(frozen=True, slots=True)
class Swap:
    """Somebody to change places with."""

    nomination_id: int
    name: str
    unit: str
    seats_id: int | None
    cost: int


@dataclass(frozen=True, slots=True)
class Options:
    """All that the page of one line shows. ``out_cost``: what leaving the nominee without a seat costs."""

    line: ProposalLine
    ways: tuple[Way, ...]
    guides: tuple[Guide, ...]
    swaps: tuple[Swap, ...]
    out_cost: int | None


def read_options(cohort: Cohort, nomination_id: int, weights: Weights) -> Options:
    """The ways of one nominee of the proposal; the same number of queries whatever their number. Raises NotFound."""
    matching = Matching(read_problem(cohort, weights))
    choices = read_choices(cohort.id)
    nominee = matching.nominees.get(nomination_id)
    if nominee is None or nomination_id not in choices:
        raise NotFound(_("There is no such nominee in the proposal. Run the matching again."))
    line = db.session.scalars(
        select(ProposalLine)
        .where(ProposalLine.nomination_id == nomination_id)
        .options(
            joinedload(ProposalLine.nomination).joinedload(Nomination.person),
            joinedload(ProposalLine.nomination).joinedload(Nomination.unit),
            joinedload(ProposalLine.nomination).joinedload(Nomination.school),
            joinedload(ProposalLine.mentor).joinedload(Mentor.person),
        )
    ).one()
    out = matching.cost_of(choices, {nomination_id: NOWHERE})
    return Options(
        line,
        _ways(matching, choices, nominee),
        _guides(matching, choices),
        _swaps(cohort.id, matching, choices, nominee),
        None if isinstance(out, Refusal) or line.seats_id is None else out,
    )


def _ways(matching: Matching, choices: Mapping[int, Choice], nominee: Nominee) -> tuple[Way, ...]:
    taken = Counter(choice.offer_id for choice in choices.values())
    now = choices[nominee.id].offer_id
    seats = db.session.scalars(
        select(CohortSeats)
        .join(Unit, Unit.id == CohortSeats.base_school_id)
        .where(CohortSeats.id.in_(matching.offers))
        .options(joinedload(CohortSeats.base_school))
        .order_by(Unit.code, CohortSeats.id)
    )
    found = []
    for line in seats:
        answer = matching.cost_of(choices, {nominee.id: Choice(line.id)}) if line.id != now else 0
        found.append(
            Way(
                line,
                matching.offers[line.id].seats - taken[line.id],
                None if isinstance(answer, Refusal) else answer,
                answer.code if isinstance(answer, Refusal) else None,
                tuple(matching.costs.seat_reasons(nominee, matching.offers[line.id])),
                line.id == now,
            )
        )
    return tuple(found)


def _guides(matching: Matching, choices: Mapping[int, Choice]) -> tuple[Guide, ...]:
    taken = Counter(choice.mentor_id for choice in choices.values())
    names = db.session.execute(
        select(Mentor.id, Person.name)
        .join(Person, Person.id == Mentor.person_id)
        .where(Mentor.id.in_(matching.mentors))
        .order_by(Mentor.unit_id, Mentor.id)
    )
    return tuple(
        Guide(
            mentor_id,
            matching.mentors[mentor_id].base_school_id,
            name,
            matching.mentors[mentor_id].free - taken[mentor_id],
            matching.mentors[mentor_id].load + taken[mentor_id],
        )
        for mentor_id, name in names
    )


def _swaps(
    cohort_id: int, matching: Matching, choices: Mapping[int, Choice], nominee: Nominee
) -> tuple[Swap, ...]:
    """The cheapest first; who is on the same seats, or nowhere like the nominee, is none to change with."""
    people = db.session.execute(
        select(ProposalLine.nomination_id, Person.name, Unit.name, ProposalLine.seats_id)
        .join(Nomination, Nomination.id == ProposalLine.nomination_id)
        .join(Person, Person.id == Nomination.person_id)
        .join(Unit, Unit.id == Nomination.unit_id)
        .where(ProposalLine.cohort_id == cohort_id)
    ).all()
    own = choices[nominee.id]
    found = []
    for nomination_id, name, unit, seats_id in people:
        theirs = choices.get(nomination_id)
        if theirs is None or theirs.offer_id == own.offer_id:
            continue
        cost = matching.cost_of(choices, {nominee.id: theirs, nomination_id: own})
        if not isinstance(cost, Refusal):
            found.append(Swap(nomination_id, name, unit, seats_id, cost))
    return tuple(sorted(found, key=lambda swap: (swap.cost, swap.nomination_id)))
