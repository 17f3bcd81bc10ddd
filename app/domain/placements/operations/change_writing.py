"""What every change of a placement shares: who may make it, under which locks, the row it leaves, who is told."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import select

from app.core import clock
from app.core.db import db
from app.core.lengths import fitting
from app.domain.accounts.rules import Actor
from app.domain.audit.operations import record
from app.domain.people.operations.locking import hold_people
from app.domain.placements import refusals
from app.domain.placements.models import (
    ChangeRequest,
    Cohort,
    Mentor,
    Placement,
    PlacementChange,
    Stay,
)
from app.domain.placements.operations import loads
from app.domain.placements.operations.locking import lock_cohort, lock_placement
from app.domain.placements.operations.placing import commitment_title
from app.domain.placements.queries.log import interruptions
from app.domain.placements.queries.nominees import list_clashes
from app.domain.placements.queries.visibility import Part, get_placement, parts_of
from app.domain.placements.rules.changes import Course
from app.domain.placements.rules.spans import active_spans
from app.domain.placements.rules.words import ChangeKind, LeaveStatus
from app.domain.placements.semester_words import refusal
from app.domain.placements.telling import placement_page, tell_people, tell_unit
from app.domain.units.models import Unit

LONGEST_REASON = 1000
NOTICES = {
    ChangeKind.EXTENSION: "placements.extended",
    ChangeKind.INTERRUPTION: "placements.interrupted",
    ChangeKind.RESUMPTION: "placements.resumed",
    ChangeKind.MENTOR: "placements.mentor_changed",
    ChangeKind.BASE_SCHOOL: "placements.base_school_changed",
    ChangeKind.WITHDRAWAL: "placements.placement_withdrawn",
}
VERBS = {
    ChangeKind.EXTENSION: "extend",
    ChangeKind.INTERRUPTION: "interrupt",
    ChangeKind.RESUMPTION: "resume",
    ChangeKind.MENTOR: "change_mentor",
    ChangeKind.BASE_SCHOOL: "change_base_school",
    ChangeKind.WITHDRAWAL: "withdraw_placement",
}


def checked_reason(reason: str) -> str:
    """The reason without blanks around. Raises ``reason_missing``, ``too_long``."""
    text = fitting(reason, LONGEST_REASON, "reason")
    if not text:
        raise refusal("change", "reason_missing", "reason")
    return text


def lock_for_change(
    placement_id: int,
    *,
    actor: Actor,
    expected_version: int | None,
    also: frozenset[Part] = frozenset(),
) -> tuple[Cohort, Placement]:
    """Cohort, person and placement, locked in that order, for the bureau (and for ``also``).

    Raises NotFound, ``not_bureau``, StaleVersion.
    """
    seen = get_placement(placement_id, actor=actor)
    cohort = lock_cohort(seen.cohort_id, actor=actor)
    hold_people([seen.person_id])
    placement = lock_placement(placement_id, actor=actor)
    db.session.expire(placement, ["stays"])
    if not ({Part.BUREAU} | also) & parts_of(placement, actor):
        raise refusal("change", "not_bureau")
    refusals.refuse_stale(placement.row_version, expected_version)
    return cohort, placement


def last_stay(placement: Placement) -> Stay:
    """The stay that lasts until the placement ends, begun or to come."""
    return placement.stays[-1]


def course_of(placement: Placement) -> Course:
    """The placement as the rules of its changes see it."""
    return Course(
        placement.status,
        placement.starts_on,
        placement.ends_on,
        placement.cohort.ends_on,
        last_stay(placement).valid_from if placement.stays else placement.starts_on,
        tuple(interruptions(placement.id)),
    )


def refuse_clash(placement: Placement, first: date, last: date) -> None:
    """Raises ``clash`` when something else binds the person on one of these days."""
    clashes = list_clashes([placement.person_id], first, last, besides=placement.id)
    if clash := clashes.get(placement.person_id):
        raise refusals.clash(placement.person.name, clash.title, clash.starts_at, clash.ends_at)


def rebind(placement: Placement) -> None:
    """The person is bound on the days of the placement on which it does not rest."""
    spans = active_spans(placement.starts_on, placement.ends_on, interruptions(placement.id))
    loads.bind(placement, commitment_title(placement.cohort), spans)


def write_change(
    placement: Placement,
    kind: ChangeKind,
    on: date,
    reason: str,
    *,
    old: str | None,
    new: str | None,
    actor: Actor,
) -> PlacementChange:
    """The row of the change and its audit entry; what was asked for of this kind is granted by it."""
    change = PlacementChange(
        placement_id=placement.id,
        kind=kind,
        effective_on=on,
        old_value=old,
        new_value=new,
        reason=reason,
        made_by=actor.account_id,
        made_at=clock.now(),
    )
    db.session.add(change)
    asked = db.session.scalars(
        select(ChangeRequest).where(
            ChangeRequest.placement_id == placement.id,
            ChangeRequest.kind == kind,
            ChangeRequest.status == LeaveStatus.OPEN,
        )
    ).first()
    if asked is not None:
        asked.status, asked.answered_at = LeaveStatus.GRANTED, clock.now()
        asked.answered_by = actor.account_id
    db.session.flush()
    record(
        actor,
        f"placements.{VERBS[kind]}",
        object_type="placement",
        object_id=placement.id,
        subject_id=placement.person_id,
        details={"on": on.isoformat(), "old": old, "new": new},
        reason=reason,
        unit_path=placement.nominating_unit.path,
    )
    return change


def tell_change(
    placement: Placement,
    change: PlacementChange,
    mentors: Iterable[Mentor | None],
    schools: Iterable[Unit],
) -> None:
    """Tell the trainee, the mentors and base schools it concerns, and who nominated."""
    parameters: dict[str, Any] = {
        "name": placement.person.name,
        "title": placement.cohort.title,
        "on": change.effective_on.isoformat(),
        "old": change.old_value or "–",
        "new": change.new_value or "–",
        "reason": change.reason,
    }
    kind, link = NOTICES[change.kind], placement_page(placement.id)
    people = {placement.person_id} | {one.person_id for one in mentors if one is not None}
    tell_people(sorted(people), kind, parameters, link=link)
    units = {unit.id: unit for unit in (*schools, placement.nominating_unit)}
    for unit_id in sorted(units):
        tell_unit(units[unit_id], kind, parameters, link=link)
