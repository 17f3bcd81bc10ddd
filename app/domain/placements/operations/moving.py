"""Another mentor, or another base school: the present stay ends the day before, a new one begins."""

from __future__ import annotations

from datetime import date

from app.core.db import db
from app.domain.accounts.rules import Actor
from app.domain.placements.models import Cohort, Placement, PlacementChange, Stay
from app.domain.placements.operations import loads
from app.domain.placements.operations.change_writing import (
    checked_reason,
    course_of,
    last_stay,
    lock_for_change,
    tell_change,
    write_change,
)
from app.domain.placements.queries.visibility import Part, parts_of
from app.domain.placements.rules import changes as rules
from app.domain.placements.rules.spans import DAY
from app.domain.placements.rules.words import ChangeKind
from app.domain.placements.semester_words import refusal


def change_mentor(
    placement_id: int,
    mentor_id: int,
    on: date,
    reason: str,
    *,
    actor: Actor,
    expected_version: int | None = None,
) -> PlacementChange:
    """Give the trainee another mentor of the base school from a day on; a base school may name the first one itself.

    Raises ``same_mentor``, ``own_mentor``, ``mentor_elsewhere``, ``mentor_not_then``, ``mentor_full``,
    ``before_start``, ``after_end``, ``before_last_change``, ``placement_over``.
    """
    reason = checked_reason(reason)
    cohort, placement = lock_for_change(
        placement_id,
        actor=actor,
        expected_version=expected_version,
        also=frozenset({Part.BASE_SCHOOL}),
    )
    _refuse_day(placement, on)
    stay = last_stay(placement)
    before = stay.mentor
    if before is not None and Part.BUREAU not in parts_of(placement, actor):
        raise refusal("change", "not_bureau")
    if stay.mentor_id == mentor_id:
        raise refusal("change", "same_mentor", "mentor")
    made = _begin(placement, stay, on)
    _assign(cohort, placement, made, mentor_id, on)
    loads.free_mentor(cohort.id, None if before is None else before.id)
    db.session.flush()
    change = write_change(
        placement,
        ChangeKind.MENTOR,
        on,
        reason,
        old=None if before is None else before.person.name,
        new=None if made.mentor is None else made.mentor.person.name,
        actor=actor,
    )
    tell_change(placement, change, [before, made.mentor], [made.base_school])
    return change


def change_base_school(
    placement_id: int,
    seats_id: int,
    on: date,
    reason: str,
    *,
    actor: Actor,
    mentor_id: int | None = None,
    expected_version: int | None = None,
) -> PlacementChange:
    """Let the trainee go on at another base school, on a seat of the same cohort, from a day on.

    Raises NotFound for seats of another cohort, ``same_base_school``, ``over_capacity``, and of the new mentor what
    ``change_mentor`` raises.
    """
    reason = checked_reason(reason)
    cohort, placement = lock_for_change(
        placement_id, actor=actor, expected_version=expected_version
    )
    _refuse_day(placement, on)
    stay, seats = last_stay(placement), loads.get_seats(cohort, seats_id)
    school, mentor = stay.base_school, stay.mentor
    if seats.base_school_id == school.id:
        raise refusal("change", "same_base_school", "seats")
    loads.take_seat(seats, [(on, placement.ends_on)])
    loads.free_seat(stay.seats_id)  # both rows belong to the cohort, which is locked
    made = _begin(placement, stay, on)
    made.base_school_id, made.seats_id, made.mentor_id = seats.base_school_id, seats.id, None
    db.session.flush()
    if mentor_id is not None:
        _assign(cohort, placement, made, mentor_id, on)
    loads.free_mentor(cohort.id, None if mentor is None else mentor.id)
    db.session.flush()
    db.session.refresh(made)
    change = write_change(
        placement,
        ChangeKind.BASE_SCHOOL,
        on,
        reason,
        old=school.name,
        new=made.base_school.name,
        actor=actor,
    )
    tell_change(placement, change, [mentor, made.mentor], [school, made.base_school])
    return change


def _refuse_day(placement: Placement, on: date) -> None:
    why = rules.why_not_move(course_of(placement), on)
    if why is not None:
        raise refusal("change", why, "on")


def _begin(placement: Placement, stay: Stay, on: date) -> Stay:
    """A stay without a mentor from the day on; one that begins on that very day is changed itself."""
    placement.row_version += 1
    if on == stay.valid_from:
        stay.mentor_id = None
        db.session.flush()
        return stay
    stay.valid_until = on - DAY
    db.session.flush()
    made = Stay(
        placement_id=placement.id,
        base_school_id=stay.base_school_id,
        seats_id=stay.seats_id,
        valid_from=on,
    )
    db.session.add(made)
    db.session.flush()
    return made


def _assign(cohort: Cohort, placement: Placement, made: Stay, mentor_id: int, on: date) -> None:
    """Count the trainee for the mentor, then write the mentor into the stay."""
    mentor = loads.take_mentor(cohort, mentor_id, made.base_school_id, [(on, placement.ends_on)])
    if mentor.person_id == placement.person_id:
        raise refusal("change", "own_mentor", "mentor")
    made.mentor_id = mentor.id
    db.session.flush()
    db.session.refresh(made)
