"""Take hold of what an act changes; who may see it is asked again inside the transaction.

The order is always the same, so that nobody waits in a circle: cohort → people → placement.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select

from app.core.db import db
from app.core.errors import NotFound
from app.core.i18n import gettext as _
from app.domain.accounts.rules import Actor
from app.domain.placements.models import Cohort, Placement
from app.domain.placements.queries.visibility import get_cohort, get_placement, may_plan
from app.domain.placements.refusals import cohort_over, refuse_stale
from app.domain.placements.rules.words import CohortStatus
from app.domain.units.models import Unit

OVER = frozenset({CohortStatus.COMPLETED, CohortStatus.CANCELLED})


def lock_cohort(cohort_id: int, *, actor: Actor) -> Cohort:
    """The cohort, locked until the act ends; NotFound for who does not see it.

    Whoever nominates, decides, places or changes its seats comes through here.
    """
    db.session.scalars(
        select(Cohort)
        .where(Cohort.id == cohort_id)
        .with_for_update(of=Cohort)
        .execution_options(populate_existing=True)
    ).first()  # a row is read anew only when it is fetched
    return get_cohort(cohort_id, actor=actor)


def lock_planned(cohort_id: int, *, actor: Actor, expected_version: int | None = None) -> Cohort:
    """The cohort, locked, for who plans it; NotFound for others, StaleVersion when it is not the one seen."""
    cohort = lock_cohort(cohort_id, actor=actor)
    if not may_plan(cohort, actor):
        raise NotFound(_("There is no such cohort within your unit."))
    refuse_stale(cohort.row_version, expected_version)
    return cohort


def lock_editable(cohort_id: int, *, actor: Actor, expected_version: int | None = None) -> Cohort:
    """As ``lock_planned``; a completed or cancelled cohort refuses (``cohort_over``)."""
    cohort = lock_planned(cohort_id, actor=actor, expected_version=expected_version)
    if cohort.status in OVER:
        raise cohort_over(cohort.status)
    return cohort


def lock_placement(placement_id: int, *, actor: Actor) -> Placement:
    """The placement, locked until the act ends; NotFound for who does not see it.

    An act that also changes seats or mentors locks the cohort before (``lock_cohort``), and holds the person
    (``people.operations.locking.hold_people``) when it changes when they are bound.
    """
    db.session.scalars(
        select(Placement)
        .where(Placement.id == placement_id)
        .with_for_update(of=Placement)
        .execution_options(populate_existing=True)
    ).first()  # a row is read anew only when it is fetched
    return get_placement(placement_id, actor=actor)


def lock_base_schools(unit_ids: Collection[int]) -> None:
    """Hold base schools, because cohorts that overlap share their capacity; after the cohort, before people."""
    db.session.execute(
        select(Unit.id)
        .where(Unit.id.in_(unit_ids))
        .order_by(Unit.id)
        .with_for_update(of=Unit, key_share=True)
    )
