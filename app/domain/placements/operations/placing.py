"""Place approved nominees: all at once as the matching is confirmed, or one on a seat that became free.

Locks in this order: cohort, people, mentors. Either everybody is placed or nobody.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select, update
from sqlalchemy.orm import joinedload

from app.core import clock
from app.core.db import db
from app.core.errors import DomainError, InvalidInput, NotFound
from app.core.i18n import gettext as _
from app.domain.accounts.rules import Actor
from app.domain.audit.operations import record
from app.domain.people.operations.locking import hold_people
from app.domain.placements import refusals
from app.domain.placements.models import Cohort, Mentor, Nomination, Placement, Stay
from app.domain.placements.operations import loads
from app.domain.placements.operations.locking import lock_planned
from app.domain.placements.operations.telling_placed import tell_placed
from app.domain.placements.queries.nominees import list_clashes, read_nominees
from app.domain.placements.rules.nominating import why_not_eligible
from app.domain.placements.rules.words import CohortStatus, NominationStatus, PlacementStatus
from app.domain.placements.semester_words import refusal


@dataclass(frozen=True, slots=True)
class Choice:
    """A nominee gets a seat, with this mentor (None: the base school names one later)."""

    nomination_id: int
    seats_id: int
    mentor_id: int | None = None


def place_all(cohort_id: int, choices: Sequence[Choice], *, actor: Actor) -> list[Placement]:
    """Confirm the matching: every choice becomes a placement over the whole term, and the cohort is confirmed.

    Raises ``nobody_chosen``, ``not_open``, and for the first choice that cannot be: ``not_approved``,
    ``not_eligible``, ``over_capacity``, ``mentor_full``, ``mentor_elsewhere``, ``mentor_not_then``, ``own_mentor``,
    ``clash``.
    """
    cohort = lock_planned(cohort_id, actor=actor)
    if cohort.status is not CohortStatus.OPEN:
        raise DomainError(
            _("Only a published cohort whose matching is not confirmed yet can be confirmed."),
            "not_open",
        )
    placements = _place(cohort, choices, (cohort.starts_on, cohort.ends_on), actor)
    cohort.status, cohort.confirmed_at = CohortStatus.CONFIRMED, clock.now()
    db.session.flush()
    record(
        actor,
        "placements.confirm_cohort",
        object_type="cohort",
        object_id=cohort.id,
        details={"placements": len(placements)},
        unit_path=cohort.unit.path,
    )
    return placements


def place(
    cohort_id: int,
    choice: Choice,
    *,
    starts_on: date | None = None,
    ends_on: date | None = None,
    actor: Actor,
) -> Placement:
    """Place one more nominee in a confirmed cohort, over the whole term or a part of it.

    Raises as ``place_all``, and ``not_confirmed``, ``outside_term``.
    """
    cohort = lock_planned(cohort_id, actor=actor)
    if cohort.status is not CohortStatus.CONFIRMED:
        raise DomainError(
            _("Confirm the matching of this cohort first; then single people can be added."),
            "not_confirmed",
        )
    first, last = starts_on or cohort.starts_on, ends_on or cohort.ends_on
    if not cohort.starts_on <= first <= last <= cohort.ends_on:
        raise InvalidInput(
            _(
                "The placement lies within the term: %(first)s to %(last)s.",
                first=cohort.starts_on.isoformat(),
                last=cohort.ends_on.isoformat(),
            ),
            "outside_term",
            "starts_on",
        )
    [placement] = _place(cohort, [choice], (first, last), actor)
    return placement


def _place(
    cohort: Cohort, choices: Sequence[Choice], days: tuple[date, date], actor: Actor
) -> list[Placement]:
    if not choices:
        raise InvalidInput(
            _("Nobody has a seat yet, so there is nothing to confirm."), "nobody_chosen"
        )
    nominations = _approved(cohort, choices)
    hold_people([nomination.person_id for nomination in nominations])
    _refuse_own_mentors(choices, nominations)
    _refuse_ineligible(cohort, nominations)
    _refuse_clashes(nominations, days)
    school_of = _take_seats(cohort, choices, days)
    _take_mentors(cohort, choices, school_of, days)
    placements = _write(cohort, choices, nominations, school_of, days)
    for placement in placements:
        _audit(actor, placement)
    tell_placed(cohort, placements)
    return placements


def _approved(cohort: Cohort, choices: Sequence[Choice]) -> list[Nomination]:
    """The nominations in the order of the choices, each approved and chosen once."""
    wanted = [choice.nomination_id for choice in choices]
    found = {
        nomination.id: nomination
        for nomination in db.session.scalars(
            select(Nomination)
            .where(Nomination.id.in_(wanted), Nomination.cohort_id == cohort.id)
            .options(joinedload(Nomination.person))
            .execution_options(populate_existing=True)
        )
    }
    if len(found) != len(wanted):
        raise NotFound(_("A nomination is not of this cohort, or was chosen twice. Run it again."))
    for nomination in found.values():
        if nomination.status is not NominationStatus.APPROVED:
            raise DomainError(
                _("The nomination of %(name)s is not approved.", name=nomination.person.name),
                "not_approved",
            )
    return [found[nomination_id] for nomination_id in wanted]


def _refuse_own_mentors(choices: Sequence[Choice], nominations: Sequence[Nomination]) -> None:
    """Nobody signs their own log: who is a mentor of the base school too is guided by another one."""
    wanted = {choice.mentor_id for choice in choices if choice.mentor_id is not None}
    rows = db.session.execute(select(Mentor.id, Mentor.person_id).where(Mentor.id.in_(wanted)))
    guides = {row.id: row.person_id for row in rows}
    for choice, nomination in zip(choices, nominations, strict=True):
        if guides.get(choice.mentor_id or 0) == nomination.person_id:
            raise refusal("change", "own_mentor", "mentor")


def _refuse_ineligible(cohort: Cohort, nominations: Sequence[Nomination]) -> None:
    people = read_nominees([item.person_id for item in nominations], cohort.id, clock.today())
    for nomination in nominations:
        if reasons := why_not_eligible(people[nomination.person_id], nomination.unit.path):
            raise refusals.not_eligible(nomination.person.name, reasons)


def _refuse_clashes(nominations: Sequence[Nomination], days: tuple[date, date]) -> None:
    clashes = list_clashes([item.person_id for item in nominations], *days)
    for nomination in nominations:
        if clash := clashes.get(nomination.person_id):
            raise refusals.clash(
                nomination.person.name, clash.title, clash.starts_at, clash.ends_at
            )


def _take_seats(
    cohort: Cohort, choices: Sequence[Choice], days: tuple[date, date]
) -> dict[int, int]:
    """Count the seats; the base school of each of them, by the id of the seats."""
    wanted: dict[int, int] = defaultdict(int)
    for choice in choices:
        wanted[choice.seats_id] += 1
    school_of = {}
    for seats_id, count in sorted(wanted.items()):
        seats = loads.get_seats(cohort, seats_id)
        loads.take_seat(seats, [days] * count)
        school_of[seats.id] = seats.base_school_id
    return school_of


def _take_mentors(
    cohort: Cohort, choices: Sequence[Choice], school_of: dict[int, int], days: tuple[date, date]
) -> None:
    wanted: dict[tuple[int, int], int] = defaultdict(int)
    for choice in choices:
        if choice.mentor_id is not None:
            wanted[choice.mentor_id, school_of[choice.seats_id]] += 1
    for (mentor_id, school_id), count in sorted(wanted.items()):
        loads.take_mentor(cohort, mentor_id, school_id, [days] * count)


def _write(
    cohort: Cohort,
    choices: Sequence[Choice],
    nominations: Sequence[Nomination],
    school_of: dict[int, int],
    days: tuple[date, date],
) -> list[Placement]:
    now = clock.now()
    _detach_withdrawn([nomination.id for nomination in nominations])
    placements = [
        Placement(
            cohort_id=cohort.id,
            nomination_id=nomination.id,
            person_id=nomination.person_id,
            unit_id=nomination.school_id,
            nominating_unit_id=nomination.unit_id,
            starts_on=days[0],
            ends_on=days[1],
            status=PlacementStatus.ACTIVE,
            created_at=now,
        )
        for nomination in nominations
    ]
    for placement, choice in zip(placements, choices, strict=True):
        placement.stays.append(
            Stay(
                base_school_id=school_of[choice.seats_id],
                seats_id=choice.seats_id,
                mentor_id=choice.mentor_id,
                valid_from=days[0],
            )
        )
    db.session.add_all(placements)
    db.session.flush()
    for placement in placements:
        loads.bind(placement, commitment_title(cohort))
    return placements


def _detach_withdrawn(nomination_ids: Sequence[int]) -> None:
    """Who withdrew may be placed again by the same nomination; the withdrawn placement keeps everything else."""
    db.session.execute(
        update(Placement)
        .where(
            Placement.nomination_id.in_(nomination_ids),
            Placement.status == PlacementStatus.WITHDRAWN,
        )
        .values(nomination_id=None, row_version=Placement.row_version + 1)
        .execution_options(synchronize_session=False)
    )


def commitment_title(cohort: Cohort) -> str:
    """What a clash calls the placement."""
    return str(_("Placement: %(title)s", title=cohort.title))


def _audit(actor: Actor, placement: Placement) -> None:
    stay = placement.stays[0]
    record(
        actor,
        "placements.place",
        object_type="placement",
        object_id=placement.id,
        subject_id=placement.person_id,
        details={
            "cohort": placement.cohort_id,
            "nomination": placement.nomination_id,
            "base_school": stay.base_school_id,
            "mentor": stay.mentor_id,
            "from": placement.starts_on.isoformat(),
            "until": placement.ends_on.isoformat(),
        },
        unit_path=placement.nominating_unit.path,
    )
