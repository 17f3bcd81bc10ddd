"""Whose log is behind, over all placements under way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.core.db import db
from app.domain.accounts.rules import Actor
from app.domain.placements.models import Placement
from app.domain.placements.queries.due import count_overdue_entries
from app.domain.placements.queries.visibility import placements_visible_to
from app.domain.placements.rules.words import PlacementStatus


@dataclass(frozen=True, slots=True)
class Overdue:
    """A trainee whose log is behind, and by how many entries."""

    placement_id: int
    name: str
    nominating_unit: str
    cohort: str
    entries: int


def list_overdue(actor: Actor, today: date) -> list[Overdue]:
    """Those behind today, the furthest first; as many queries however many placements are under way."""
    placements = db.session.scalars(
        select(Placement)
        .options(
            joinedload(Placement.person),
            joinedload(Placement.nominating_unit),
            joinedload(Placement.cohort),
        )
        .where(
            placements_visible_to(actor),
            Placement.status == PlacementStatus.ACTIVE,
            Placement.starts_on <= today,
        )
        .order_by(Placement.id)
    ).all()
    behind = count_overdue_entries(placements)
    found = [
        Overdue(one.id, one.person.name, one.nominating_unit.name, one.cohort.title, behind[one.id])
        for one in placements
        if behind[one.id]
    ]
    return sorted(found, key=lambda one: (-one.entries, one.placement_id))
