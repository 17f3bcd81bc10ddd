"""Leave from a placement (请假): asked by the trainee with a reason, granted or refused by the mentor."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from app.core import clock
from app.core.db import db
from app.core.errors import NotFound
from app.core.i18n import gettext as _
from app.core.lengths import fitting
from app.domain.accounts.rules import Actor
from app.domain.audit.operations import record
from app.domain.placements.models import Placement, PlacementLeave, Presence
from app.domain.placements.operations.locking import lock_placement
from app.domain.placements.operations.presence import RECORDS
from app.domain.placements.queries.log import interruptions
from app.domain.placements.queries.visibility import Part, current_stay, parts_of
from app.domain.placements.rules.presence import RUNS, becomes_leave, why_no_leave
from app.domain.placements.rules.spans import active_days
from app.domain.placements.rules.words import LeaveStatus, PresenceState
from app.domain.placements.semester_words import days, refusal
from app.domain.placements.telling import tell_people, tell_unit

LONGEST_REASON = 500


def ask_leave(
    placement_id: int, begins_on: date, ends_on: date, reason: str, *, actor: Actor
) -> PlacementLeave:
    """Ask for leave; the mentor is told, without one the base school.

    Raises ``not_trainee``, ``placement_over``, ``period``, ``outside``, ``too_long``, ``already_asked``,
    ``reason_missing``.
    """
    placement = _lock_own(placement_id, actor)
    reason = fitting(reason, LONGEST_REASON, "reason")
    if not reason:
        raise refusal("leave", "reason_missing", "reason")
    why = why_no_leave(
        begins_on,
        ends_on,
        starts_on=placement.starts_on,
        placement_ends_on=placement.ends_on,
        status=placement.status,
        asked=_asked(placement.id),
    )
    if why is not None:
        raise refusal("leave", why, "begins_on")
    asked = PlacementLeave(
        placement_id=placement.id,
        begins_on=begins_on,
        ends_on=ends_on,
        reason=reason,
        asked_at=clock.now(),
    )
    db.session.add(asked)
    db.session.flush()
    _audit(actor, "ask_leave", asked, placement)
    _tell_asked(placement, asked)
    return asked


def withdraw_leave(leave_id: int, *, placement_id: int, actor: Actor) -> PlacementLeave:
    """Take back a request that waits for an answer (``not_open`` otherwise)."""
    placement = _lock_own(placement_id, actor)
    asked = _lock_open(leave_id, placement)
    asked.status, asked.decided_at = LeaveStatus.WITHDRAWN, clock.now()
    db.session.flush()
    _audit(actor, "withdraw_leave", asked, placement)
    return asked


def decide_leave(
    leave_id: int, *, placement_id: int, grant: bool, answer: str, actor: Actor
) -> PlacementLeave:
    """Grant leave (its days become leave, but for those on which the trainee came) or refuse it with a reason.

    The mentor decides, or the base school. Raises ``not_guide``, ``not_open``, ``reason_missing``,
    ``placement_over``; nobody answers their own request.
    """
    placement = lock_placement(placement_id, actor=actor)
    own = (
        placement.person.account_id is not None and placement.person.account_id == actor.account_id
    )
    if own or not RECORDS & parts_of(placement, actor):
        raise refusal("presence", "not_guide")
    if placement.status not in RUNS:
        raise refusal("leave", "placement_over")
    asked = _lock_open(leave_id, placement)
    answer = fitting(answer, LONGEST_REASON, "answer")
    if not grant and not answer:
        raise refusal("leave", "reason_missing", "answer")
    asked.status = LeaveStatus.GRANTED if grant else LeaveStatus.REFUSED
    asked.decided_at, asked.decided_by = clock.now(), actor.account_id
    asked.answer = answer or None
    if grant:
        _become_leave(placement, asked, actor)
    db.session.flush()
    _audit(actor, "grant_leave" if grant else "refuse_leave", asked, placement)
    tell_people(
        [placement.person_id],
        f"placements.leave_{asked.status.value}",
        {
            "title": placement.cohort.title,
            "days": days(asked.begins_on, asked.ends_on),
            "answer": answer,
        },
        link=f"/placements/{placement.id}/presence",
    )
    return asked


def _lock_own(placement_id: int, actor: Actor) -> Placement:
    placement = lock_placement(placement_id, actor=actor)
    if Part.TRAINEE not in parts_of(placement, actor):
        raise refusal("presence", "not_trainee")
    return placement


def _asked(placement_id: int) -> list[tuple[date, date]]:
    rows = db.session.execute(
        select(PlacementLeave.begins_on, PlacementLeave.ends_on).where(
            PlacementLeave.placement_id == placement_id,
            PlacementLeave.status.in_((LeaveStatus.OPEN, LeaveStatus.GRANTED)),
        )
    )
    return [(row.begins_on, row.ends_on) for row in rows]


def _lock_open(leave_id: int, placement: Placement) -> PlacementLeave:
    asked = db.session.scalars(
        select(PlacementLeave)
        .where(PlacementLeave.id == leave_id, PlacementLeave.placement_id == placement.id)
        .with_for_update(of=PlacementLeave)
        .execution_options(populate_existing=True)
    ).first()
    if asked is None:
        raise NotFound(_("There is no such request for leave."))
    if asked.status is not LeaveStatus.OPEN:
        raise refusal("leave", "not_open")
    return asked


def _become_leave(placement: Placement, asked: PlacementLeave, actor: Actor) -> None:
    known = {
        row.day: row
        for row in db.session.scalars(
            select(Presence).where(
                Presence.placement_id == placement.id,
                Presence.day.between(asked.begins_on, asked.ends_on),
            )
        )
    }
    for day in active_days(asked.begins_on, asked.ends_on, interruptions(placement.id)):
        row = known.get(day)
        if not becomes_leave(None if row is None else row.state):
            continue
        if row is None:
            row = Presence(placement_id=placement.id, day=day)
            db.session.add(row)
        row.state, row.note = PresenceState.LEAVE, None
        row.recorded_by, row.recorded_at = actor.account_id, clock.now()


def _tell_asked(placement: Placement, asked: PlacementLeave) -> None:
    parameters = {
        "name": placement.person.name,
        "title": placement.cohort.title,
        "days": days(asked.begins_on, asked.ends_on),
        "reason": asked.reason,
    }
    stay, link = current_stay(placement), f"/placements/{placement.id}/presence"
    if stay is None:
        return
    told = 0
    if stay.mentor is not None:
        told = tell_people([stay.mentor.person_id], "placements.leave_asked", parameters, link=link)
    if not told:
        tell_unit(stay.base_school, "placements.leave_asked", parameters, link=link)


def _audit(actor: Actor, verb: str, asked: PlacementLeave, placement: Placement) -> None:
    record(
        actor,
        f"placements.{verb}",
        object_type="placement",
        object_id=placement.id,
        subject_id=placement.person_id,
        details={"from": asked.begins_on.isoformat(), "until": asked.ends_on.isoformat()},
        personal={"reason": asked.reason} if verb == "ask_leave" else None,
        reason=asked.answer,
        unit_path=placement.unit.path,
    )
