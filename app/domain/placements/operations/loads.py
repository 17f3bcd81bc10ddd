"""Seats and mentors are counted here and nowhere else; call inside ``atomic()``, after the cohort is locked.

The check constraints of the tables are the backstop: no counter can leave its bounds.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import ColumnElement, and_, delete, func, insert, or_, select, update

from app.core import clock
from app.core.db import db
from app.core.errors import DomainError, NotFound
from app.core.i18n import gettext as _
from app.domain.people.models import Commitment
from app.domain.placements import refusals
from app.domain.placements.models import (
    Cohort,
    CohortSeats,
    Mentor,
    MentorLoad,
    Placement,
    Stay,
)
from app.domain.placements.queries.nominees import RUNNING, whole_days
from app.domain.placements.rules.base_schools import most_at_once
from app.domain.placements.rules.words import COMMITMENT_SOURCE, PlacementStatus


def get_seats(cohort: Cohort, seats_id: int) -> CohortSeats:
    """Seats of this cohort. Raises NotFound."""
    seats = db.session.get(CohortSeats, seats_id)
    if seats is None or seats.cohort_id != cohort.id:
        raise NotFound(_("This cohort has no such seats."))
    return seats


def take_seat(seats: CohortSeats, periods: list[tuple[date, date]]) -> None:
    """Count seats as taken, one for each period; to be called before their stays are written.

    Raises ``over_capacity``, also while somebody who leaves on a later day still has the seat.
    """
    db.session.flush()
    db.session.refresh(seats)
    most = most_at_once([*seated_periods(seats.id), *periods])
    if max(most, seats.taken + len(periods)) > seats.seats:
        raise refusals.over_capacity(seats.base_school.name)
    seats.taken += len(periods)
    db.session.flush()


def free_seat(seats_id: int | None) -> None:
    """Count a seat as free again; None: the stay had no seat (from a workbook)."""
    if seats_id is None:
        return
    db.session.flush()
    db.session.execute(
        update(CohortSeats).where(CohortSeats.id == seats_id).values(taken=CohortSeats.taken - 1)
    )


def lock_mentor(mentor_id: int) -> Mentor:
    """The mentor, locked, because cohorts that overlap share them. Raises NotFound."""
    mentor = db.session.scalars(
        select(Mentor)
        .where(Mentor.id == mentor_id)
        .with_for_update(of=Mentor)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if mentor is None:
        raise NotFound(_("There is no such mentor."))
    return mentor


def take_mentor(
    cohort: Cohort, mentor_id: int, base_school_id: int, periods: list[tuple[date, date]]
) -> Mentor:
    """Count trainees for a mentor, one for each period of theirs; to be called before their stays are written.

    Raises NotFound, ``mentor_elsewhere``, ``mentor_not_then``, ``mentor_full`` (also by another cohort's trainees).
    """
    db.session.flush()
    mentor = lock_mentor(mentor_id)
    if mentor.unit_id != base_school_id:
        raise DomainError(
            _("%(mentor)s is a mentor of another base school.", mentor=mentor.person.name),
            "mentor_elsewhere",
            "mentor",
        )
    first, last = min(start for start, _end in periods), max(end for _start, end in periods)
    refuse_mentor_not_then(mentor, first, last)
    if most_at_once([*guided_periods(mentor.id), *periods]) > mentor.trainee_limit:
        raise refusals.mentor_full(mentor.person.name)
    load = _load(cohort.id, mentor)
    load.trainee_limit = mentor.trainee_limit
    load.trainees += len(periods)
    db.session.flush()
    return mentor


def refuse_mentor_not_then(mentor: Mentor, first: date, last: date) -> None:
    """Raises ``mentor_not_then`` unless they are a mentor on every one of these days."""
    if mentor.valid_from > first or (mentor.valid_until is not None and mentor.valid_until < last):
        raise DomainError(
            _(
                "%(mentor)s is not a mentor from %(first)s to %(last)s. Choose another one.",
                mentor=mentor.person.name,
                first=first.isoformat(),
                last=last.isoformat(),
            ),
            "mentor_not_then",
            "mentor",
        )


def _load(cohort_id: int, mentor: Mentor) -> MentorLoad:
    load = db.session.scalars(
        select(MentorLoad)
        .where(MentorLoad.cohort_id == cohort_id, MentorLoad.mentor_id == mentor.id)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if load is None:
        load = MentorLoad(
            cohort_id=cohort_id,
            mentor_id=mentor.id,
            trainee_limit=mentor.trainee_limit,
            trainees=0,
        )
        db.session.add(load)
    return load


def free_mentor(cohort_id: int, mentor_id: int | None) -> None:
    """A mentor guides one trainee less in the cohort; None: the stay had no mentor."""
    if mentor_id is None:
        return
    db.session.flush()
    db.session.execute(
        update(MentorLoad)
        .where(MentorLoad.cohort_id == cohort_id, MentorLoad.mentor_id == mentor_id)
        .values(trainees=MentorLoad.trainees - 1)
    )


def guided_periods(mentor_id: int) -> list[tuple[date, date]]:
    """When the mentor guides trainees of placements that run or are to come, in all cohorts."""
    return _held_periods(Stay.mentor_id == mentor_id)


def seated_periods(seats_id: int) -> list[tuple[date, date]]:
    """When somebody has one of the seats, also until they leave or move on a later day."""
    return _held_periods(Stay.seats_id == seats_id)


def _held_periods(stayed: ColumnElement[bool]) -> list[tuple[date, date]]:
    """The stays that hold a seat or a mentor: not those that are over, nor of who never came."""
    today, until = clock.today(), func.coalesce(Stay.valid_until, Placement.ends_on)
    leaves_later = and_(Placement.status == PlacementStatus.WITHDRAWN, until > Stay.valid_from)
    rows = db.session.execute(
        select(Stay.valid_from, until)
        .join(Placement, Placement.id == Stay.placement_id)
        .where(
            stayed,
            or_(Stay.valid_until.is_(None), Stay.valid_until >= today),
            or_(Placement.status.in_(RUNNING), leaves_later),
        )
    )
    return [(start, end) for start, end in rows]


def bind(
    placement: Placement, title: str, spans: Sequence[tuple[date, date]] | None = None
) -> None:
    """Write when the person is bound: from the first to the last day of the placement, or on these spans of it, when it
    rests in between. Replaces what was written.
    """
    unbind(placement.id)
    if spans is None:
        spans = [(placement.starts_on, placement.ends_on)]
    for part_id, (first, last) in enumerate(spans):
        starts_at, ends_at = whole_days(first, last)
        db.session.execute(
            insert(Commitment).values(
                person_id=placement.person_id,
                source=COMMITMENT_SOURCE,
                source_id=placement.id,
                part_id=part_id,
                title=title,
                starts_at=starts_at,
                ends_at=ends_at,
            )
        )


def unbind(placement_id: int) -> None:
    """The placement binds nobody any more."""
    db.session.execute(
        delete(Commitment).where(
            Commitment.source == COMMITMENT_SOURCE, Commitment.source_id == placement_id
        )
    )
