"""A base school or a mentor asks for a change of a placement; the bureau makes it, or refuses with an answer."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from app.core import clock
from app.core.db import db
from app.core.errors import NotFound, explain_constraint
from app.core.i18n import gettext as _
from app.core.lengths import fitting
from app.domain.accounts.rules import Actor
from app.domain.audit.operations import record
from app.domain.placements.models import ChangeRequest, Placement
from app.domain.placements.operations.change_writing import checked_reason
from app.domain.placements.operations.locking import lock_placement
from app.domain.placements.queries.visibility import Part, current_stay, parts_of
from app.domain.placements.rules.changes import CHANGEABLE
from app.domain.placements.rules.words import ChangeKind, LeaveStatus
from app.domain.placements.semester_words import CHANGES, refusal
from app.domain.placements.telling import placement_page, tell_accounts, tell_unit

LONGEST_ANSWER = 500
ASKS = frozenset({Part.BASE_SCHOOL, Part.MENTOR})

explain_constraint(
    "uq_placement_change_requests_open", lambda: refusal("change", "asked_already", "kind")
)


def ask_change(
    placement_id: int, kind: ChangeKind, wanted_on: date, reason: str, *, actor: Actor
) -> ChangeRequest:
    """Ask for a change; the bureau of the cohort is told.

    Raises ``not_host``, ``placement_over``, ``before_start``, ``asked_already``, ``reason_missing``.
    """
    reason = checked_reason(reason)
    placement = lock_placement(placement_id, actor=actor)
    parts = parts_of(placement, actor)
    if not ASKS & parts:
        raise refusal("change", "not_host")
    if placement.status not in CHANGEABLE:
        raise refusal("change", "placement_over")
    if wanted_on < placement.starts_on:
        raise refusal("change", "before_start", "on")
    name = _asker(placement, parts)
    asked = ChangeRequest(
        placement_id=placement.id,
        kind=kind,
        wanted_on=wanted_on,
        reason=reason,
        asked_by=actor.account_id,
        asked_by_name=name,
        asked_at=clock.now(),
    )
    db.session.add(asked)
    db.session.flush()
    _audit(actor, "ask_change", asked, placement)
    tell_unit(
        placement.cohort.unit,
        "placements.change_asked",
        {
            "unit": name,
            "name": placement.person.name,
            "title": placement.cohort.title,
            "what": str(CHANGES[kind]),
            "on": wanted_on.isoformat(),
            "reason": reason,
        },
        link=f"{placement_page(placement.id)}/changes",
    )
    return asked


def refuse_change(
    request_id: int, answer: str, *, placement_id: int, actor: Actor
) -> ChangeRequest:
    """The bureau does not make the change, and says why; who asked is told. ``not_bureau``, ``not_open``."""
    answer = fitting(checked_reason(answer), LONGEST_ANSWER, "reason")
    placement = lock_placement(placement_id, actor=actor)
    if Part.BUREAU not in parts_of(placement, actor):
        raise refusal("change", "not_bureau")
    asked = _lock_open(request_id, placement)
    asked.status, asked.answer = LeaveStatus.REFUSED, answer
    asked.answered_by, asked.answered_at = actor.account_id, clock.now()
    db.session.flush()
    _audit(actor, "refuse_change", asked, placement)
    if asked.asked_by is not None:
        tell_accounts(
            [asked.asked_by],
            "placements.change_refused",
            {
                "name": placement.person.name,
                "title": placement.cohort.title,
                "what": str(CHANGES[asked.kind]),
                "answer": answer,
            },
            link=f"{placement_page(placement.id)}/changes",
        )
    return asked


def withdraw_request(request_id: int, *, placement_id: int, actor: Actor) -> ChangeRequest:
    """Take back what one asked for oneself (NotFound otherwise). Raises ``not_open``."""
    placement = lock_placement(placement_id, actor=actor)
    asked = _lock_open(request_id, placement)
    if actor.account_id is None or asked.asked_by != actor.account_id:
        raise _unknown()
    asked.status, asked.answered_at = LeaveStatus.WITHDRAWN, clock.now()
    db.session.flush()
    _audit(actor, "withdraw_change_request", asked, placement)
    return asked


def _asker(placement: Placement, parts: frozenset[Part]) -> str:
    stay = current_stay(placement)
    if stay is None:
        raise AssertionError("who hosts or guides is found by a stay")
    if Part.MENTOR in parts and stay.mentor is not None:
        return stay.mentor.person.name
    return stay.base_school.name


def _unknown() -> NotFound:
    return NotFound(_("There is no such request in this placement."))


def _lock_open(request_id: int, placement: Placement) -> ChangeRequest:
    asked = db.session.scalars(
        select(ChangeRequest)
        .where(ChangeRequest.id == request_id, ChangeRequest.placement_id == placement.id)
        .with_for_update(of=ChangeRequest)
        .execution_options(populate_existing=True)
    ).first()
    if asked is None:
        raise _unknown()
    if asked.status is not LeaveStatus.OPEN:
        raise refusal("change", "not_open")
    return asked


def _audit(actor: Actor, verb: str, asked: ChangeRequest, placement: Placement) -> None:
    record(
        actor,
        f"placements.{verb}",
        object_type="placement",
        object_id=placement.id,
        subject_id=placement.person_id,
        details={"change": asked.kind.value, "on": asked.wanted_on.isoformat()},
        reason=asked.answer or asked.reason,
        unit_path=placement.nominating_unit.path,
    )
