"""Workshops in the shape that programs get (CONTRACT.md, JSON API): a few queries, however many workshops."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from app.core import clock
from app.core.db import db
from app.domain.units.models import Unit
from app.domain.workshops.models import Criterion, Enrolment, SeatPool, Workshop, WorkshopSession
from app.domain.workshops.rules.enrolling import WAITING

Parts = dict[int, list[dict[str, Any]]]


def read_shapes(workshops: Sequence[Workshop]) -> list[dict[str, Any]]:
    """Each workshop with quotas, sessions, guide and counts. Times carry the offset of the system's zone."""
    ids = [workshop.id for workshop in workshops]
    quotas, taken = _seats(ids)
    sessions, guides, waiting = _sessions(ids), _guides(ids), _waiting(ids)
    codes = _codes({workshop.organiser_id for workshop in workshops})
    return [
        {
            "id": workshop.id,
            "title": workshop.title,
            "kind": workshop.kind.value,
            "organiser": codes[workshop.organiser_id],
            "level": workshop.level.value,
            "capacity": workshop.capacity,
            "quotas": quotas[workshop.id],
            "approval": workshop.approval.value,
            "enrolment_opens_at": _local(workshop.enrolment_opens_at),
            "enrolment_closes_at": _local(workshop.enrolment_closes_at),
            "sessions": sessions[workshop.id],
            "credit_hours": workshop.credit_hours,
            "marking_guide": guides[workshop.id],
            "status": workshop.status.value,
            "seats_taken": taken[workshop.id],
            "waitlisted": waiting.get(workshop.id, 0),
        }
        for workshop in workshops
    ]


def _local(moment: datetime | None) -> datetime | None:
    return None if moment is None else clock.local(moment)


def _codes(unit_ids: set[int]) -> dict[int, str]:
    rows = db.session.execute(select(Unit.id, Unit.code).where(Unit.id.in_(unit_ids)))
    return {row.id: row.code for row in rows}


def _seats(ids: Sequence[int]) -> tuple[Parts, dict[int, int]]:
    quotas: Parts = defaultdict(list)
    taken: dict[int, int] = defaultdict(int)
    rows = db.session.execute(
        select(SeatPool.workshop_id, Unit.code, SeatPool.seats, SeatPool.taken)
        .outerjoin(Unit, Unit.id == SeatPool.unit_id)
        .where(SeatPool.workshop_id.in_(ids))
        .order_by(SeatPool.workshop_id, Unit.code)
    )
    for row in rows:
        taken[row.workshop_id] += row.taken
        if row.code is not None:
            quotas[row.workshop_id].append({"unit": row.code, "seats": row.seats})
    return quotas, taken


def _sessions(ids: Sequence[int]) -> Parts:
    parts: Parts = defaultdict(list)
    rows = db.session.execute(
        select(
            WorkshopSession.workshop_id,
            WorkshopSession.starts_at,
            WorkshopSession.ends_at,
            WorkshopSession.place,
        )
        .where(
            WorkshopSession.workshop_id.in_(ids),
            WorkshopSession.cancelled_at.is_(None),
            WorkshopSession.makes_up_for_id.is_(None),
        )
        .order_by(WorkshopSession.workshop_id, WorkshopSession.starts_at, WorkshopSession.id)
    )
    for row in rows:
        parts[row.workshop_id].append(
            {
                "starts_at": clock.local(row.starts_at),
                "ends_at": clock.local(row.ends_at),
                "place": row.place,
            }
        )
    return parts


def _guides(ids: Sequence[int]) -> Parts:
    parts: Parts = defaultdict(list)
    rows = db.session.execute(
        select(Criterion.workshop_id, Criterion.title, Criterion.weight, Criterion.maximum)
        .where(Criterion.workshop_id.in_(ids))
        .order_by(Criterion.workshop_id, Criterion.position)
    )
    for row in rows:
        parts[row.workshop_id].append(
            {"title": row.title, "weight": row.weight, "maximum": row.maximum}
        )
    return parts


def _waiting(ids: Sequence[int]) -> dict[int, int]:
    rows = db.session.execute(
        select(Enrolment.workshop_id, func.count())
        .where(
            Enrolment.workshop_id.in_(ids),
            Enrolment.pool_id.is_(None),
            Enrolment.status.in_(tuple(WAITING)),
        )
        .group_by(Enrolment.workshop_id)
    )
    return {workshop_id: int(number) for workshop_id, number in rows}
