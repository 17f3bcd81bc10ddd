"""Extension, interruption, resumption and withdrawal of a placement, each with a date and a reason."""

from __future__ import annotations

from datetime import date

from app.core.db import db
from app.domain.accounts.rules import Actor
from app.domain.placements.models import Placement, PlacementChange
from app.domain.placements.operations import loads
from app.domain.placements.operations.capacities import (
    is_base_school,
    not_base_school,
    refuse_excess,
)
from app.domain.placements.operations.change_writing import (
    checked_reason,
    course_of,
    last_stay,
    lock_for_change,
    rebind,
    refuse_clash,
    tell_change,
    write_change,
)
from app.domain.placements.operations.locking import lock_base_schools
from app.domain.placements.operations.standing import complete_when_done
from app.domain.placements.refusals import mentor_full
from app.domain.placements.rules import changes as rules
from app.domain.placements.rules.base_schools import most_at_once
from app.domain.placements.rules.spans import DAY
from app.domain.placements.rules.words import ChangeKind, PlacementStatus
from app.domain.placements.semester_words import refusal


def extend_placement(
    placement_id: int,
    until: date,
    reason: str,
    *,
    actor: Actor,
    expected_version: int | None = None,
) -> PlacementChange:
    """Let the placement end later.

    Raises ``not_later``, ``outside_term``, ``placement_over``, ``clash`` (something binds the person then),
    ``mentor_full`` and ``mentor_not_then`` (the mentor guides others, or is none any more, by then),
    ``not_base_school`` and ``over_school_capacity`` (the school is none any more, or full with the next cohort).
    """
    reason = checked_reason(reason)
    _cohort, placement = lock_for_change(
        placement_id, actor=actor, expected_version=expected_version
    )
    why = rules.why_not_extend(course_of(placement), until)
    if why is not None:
        raise refusal("change", why, "on")
    old = placement.ends_on
    refuse_clash(placement, old + DAY, until)
    _refuse_mentor_then(placement, old + DAY, until)
    placement.ends_on = until
    db.session.flush()
    _refuse_school_then(placement, old + DAY, until)
    rebind(placement)
    change = write_change(
        placement,
        ChangeKind.EXTENSION,
        old + DAY,
        reason,
        old=old.isoformat(),
        new=until.isoformat(),
        actor=actor,
    )
    _tell(placement, change)
    return change


def interrupt_placement(
    placement_id: int,
    on: date,
    reason: str,
    *,
    actor: Actor,
    expected_version: int | None = None,
) -> PlacementChange:
    """Let the placement rest from a day on: nothing is due, nothing binds the person; seat and mentor are kept.

    Raises ``before_start``, ``after_end``, ``interrupted``, ``before_last_change``, ``placement_over``.
    """
    reason = checked_reason(reason)
    _cohort, placement = lock_for_change(
        placement_id, actor=actor, expected_version=expected_version
    )
    why = rules.why_not_interrupt(course_of(placement), on)
    if why is not None:
        raise refusal("change", why, "on")
    placement.status = PlacementStatus.INTERRUPTED
    change = write_change(
        placement, ChangeKind.INTERRUPTION, on, reason, old=None, new=None, actor=actor
    )
    rebind(placement)
    _tell(placement, change)
    return change


def resume_placement(
    placement_id: int,
    on: date,
    reason: str,
    *,
    actor: Actor,
    expected_version: int | None = None,
) -> PlacementChange:
    """Let an interrupted placement go on from a day on.

    Raises ``not_interrupted``, ``before_last_change``, ``after_end`` (extend it first), ``placement_over``, ``clash``.
    """
    reason = checked_reason(reason)
    _cohort, placement = lock_for_change(
        placement_id, actor=actor, expected_version=expected_version
    )
    why = rules.why_not_resume(course_of(placement), on)
    if why is not None:
        raise refusal("change", why, "on")
    refuse_clash(placement, on, placement.ends_on)
    placement.status = PlacementStatus.ACTIVE
    change = write_change(
        placement, ChangeKind.RESUMPTION, on, reason, old=None, new=None, actor=actor
    )
    rebind(placement)
    _tell(placement, change)
    return change


def withdraw_placement(
    placement_id: int,
    on: date,
    reason: str,
    *,
    actor: Actor,
    expected_version: int | None = None,
) -> PlacementChange:
    """End the placement without a result; ``on``: the first day without it. Frees the seat and the mentor.

    Raises ``before_start``, ``after_end``, ``before_last_change``, ``placement_over``.
    """
    reason = checked_reason(reason)
    cohort, placement = lock_for_change(
        placement_id, actor=actor, expected_version=expected_version
    )
    why = rules.why_not_withdraw(course_of(placement), on)
    if why is not None:
        raise refusal("change", why, "on")
    stay, old = last_stay(placement), placement.ends_on
    loads.free_seat(stay.seats_id)
    loads.free_mentor(cohort.id, stay.mentor_id)
    placement.status = PlacementStatus.WITHDRAWN
    if on > placement.starts_on:
        placement.ends_on = on - DAY
    # Who never came stays recorded with the seat they had, on its first day.
    stay.valid_until = max(stay.valid_from, on - DAY)
    db.session.flush()
    loads.unbind(placement.id)
    complete_when_done(cohort)
    change = write_change(
        placement, ChangeKind.WITHDRAWAL, on, reason, old=old.isoformat(), new=None, actor=actor
    )
    _tell(placement, change)
    return change


def _refuse_mentor_then(placement: Placement, first: date, last: date) -> None:
    stay = last_stay(placement)
    if stay.mentor_id is None:
        return
    mentor = loads.lock_mentor(stay.mentor_id)
    loads.refuse_mentor_not_then(mentor, first, last)
    if most_at_once([*loads.guided_periods(mentor.id), (first, last)]) > mentor.trainee_limit:
        raise mentor_full(mentor.person.name)


def _refuse_school_then(placement: Placement, first: date, last: date) -> None:
    """Who stays longer is there beside the next cohort. Nobody who holds a base school waits for people."""
    school = last_stay(placement).base_school
    lock_base_schools([school.id])
    if not is_base_school(school.id, first, last):
        raise not_base_school(school.name, first, last)
    refuse_excess(school)


def _tell(placement: Placement, change: PlacementChange) -> None:
    stay = last_stay(placement)
    tell_change(placement, change, [stay.mentor], [stay.base_school])
