"""What every act on a nomination needs: its lock, its refusals, the ranking of a unit, words for notices and audit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select, update

from app.core import clock
from app.core.db import db
from app.core.errors import DomainError, NotFound
from app.core.i18n import gettext as _
from app.domain.accounts.rules import Actor
from app.domain.audit.operations import record
from app.domain.placements import refusals
from app.domain.placements.models import Nomination, Placement
from app.domain.placements.operations.locking import lock_cohort
from app.domain.placements.queries.nominees import RUNNING
from app.domain.placements.queries.visibility import get_nomination
from app.domain.placements.rules import nominating as rules
from app.domain.placements.rules.words import CohortStatus, NominationStatus
from app.domain.units.models import Unit

LIVE = frozenset({CohortStatus.OPEN, CohortStatus.CONFIRMED})


def rank_nominations(cohort_id: int, unit_id: int, order: Sequence[int], *, actor: Actor) -> None:
    """Bring a unit's standing nominations into this order. Raises NotFound, ``not_the_same`` (the list changed)."""
    cohort = lock_cohort(cohort_id, actor=actor)
    unit = db.session.get(Unit, unit_id)
    if unit is None or not actor.may("placements.nominate") or not actor.reaches(unit.path):
        raise NotFound(_("There is no such unit within your unit."))
    if cohort.status not in LIVE:
        raise refusals.cohort_over(cohort.status)
    standing = _standing(cohort.id, unit_id)
    wanted = rules.ranked([number for number, _rank in standing], order)
    if wanted is None:
        raise DomainError(
            _("The list of nominees has changed meanwhile. Look at it again, then order it."),
            "not_the_same",
        )
    above = max((rank for _number, rank in standing), default=0)
    # In two steps, because a rank is never held twice, not even for a moment.
    for start in (above + 1, 1):
        for rank, number in enumerate(wanted, start):
            _set_rank(number, rank)
    db.session.expire_all()
    record(
        actor,
        "placements.rank_nominations",
        object_type="cohort",
        object_id=cohort.id,
        details={"unit": unit.code, "order": list(wanted)},
        unit_path=unit.path,
    )


def _standing(cohort_id: int, unit_id: int) -> list[tuple[int, int]]:
    rows = db.session.execute(
        select(Nomination.id, Nomination.rank)
        .where(
            Nomination.cohort_id == cohort_id,
            Nomination.unit_id == unit_id,
            Nomination.status.in_(rules.STANDING),
        )
        .order_by(Nomination.rank)
    )
    return [(number, rank) for number, rank in rows]


def _set_rank(nomination_id: int, rank: int) -> None:
    db.session.execute(
        update(Nomination)
        .where(Nomination.id == nomination_id)
        .values(rank=rank)
        .execution_options(synchronize_session=False)
    )


def lock_nomination(
    nomination_id: int, *, actor: Actor, expected_version: int | None = None
) -> Nomination:
    """The nomination, its cohort locked. Raises NotFound, StaleVersion, ``cohort_over``."""
    nomination = get_nomination(nomination_id, actor=actor)
    cohort = lock_cohort(nomination.cohort_id, actor=actor)
    db.session.refresh(nomination)
    refusals.refuse_stale(nomination.row_version, expected_version)
    if cohort.status not in LIVE:
        raise refusals.cohort_over(cohort.status)
    return nomination


def refuse_closed(nomination: Nomination, then: NominationStatus) -> None:
    """Refuse a step that the state of the nomination does not allow (``nomination_closed``)."""
    if not rules.may_become(nomination.status, then):
        raise DomainError(
            _("This nomination was decided meanwhile. Look at it again."), "nomination_closed"
        )


def refuse_placed(nomination: Nomination) -> None:
    """Refuse what cannot be done once the nominee has a placement by this nomination (``placed_already``)."""
    placed = db.session.scalar(
        select(Placement.id).where(
            Placement.nomination_id == nomination.id, Placement.status.in_(RUNNING)
        )
    )
    if placed is not None:
        raise DomainError(
            _(
                "%(name)s is placed already. End the placement instead.",
                name=nomination.person.name,
            ),
            "placed_already",
        )


def close_nomination(
    nomination: Nomination, status: NominationStatus, reason: str, actor: Actor
) -> None:
    """Withdraw or reject it; who is ranked below moves up."""
    nomination.status = status
    nomination.decision_reason = reason
    nomination.decided_by, nomination.decided_at = actor.account_id, clock.now()
    db.session.flush()
    for rank, (number, old) in enumerate(_standing(nomination.cohort_id, nomination.unit_id), 1):
        if rank != old:
            _set_rank(number, rank)
    db.session.flush()


def page_of(nomination_id: int) -> str:
    """The address of a nomination, for the link of a notice."""
    return f"/placements/nominations/{nomination_id}"


def facts_of(nomination: Nomination) -> dict[str, Any]:
    """What notices say of a nomination."""
    return {
        "title": nomination.cohort.title,
        "name": nomination.person.name,
        "unit": nomination.unit.name,
    }


def audit_nomination(
    actor: Actor,
    action: str,
    nomination: Nomination,
    details: dict[str, Any] | None = None,
    *,
    reason: str | None = None,
) -> None:
    """One audit entry about a nomination, in the scope of who nominates."""
    record(
        actor,
        action,
        object_type="nomination",
        object_id=nomination.id,
        subject_id=nomination.person_id,
        details={"cohort": nomination.cohort_id} | (details or {}),
        reason=reason,
        unit_path=nomination.unit.path,
    )
