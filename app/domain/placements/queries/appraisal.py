"""The opinions on a placement, and what its appraisal stands on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence

from sqlalchemy import select

from app.core.db import db
from app.domain.placements.models import AppraisalCriterion, AppraisalOpinion, Placement
from app.domain.placements.rules.appraisal import Standing
from app.domain.placements.rules.words import Opinion, Phase


def list_opinions(placement_id: int) -> Sequence[AppraisalOpinion]:
    """Every opinion of the placement, also those taken back, in the order of signing."""
    return db.session.scalars(
        select(AppraisalOpinion)
        .where(AppraisalOpinion.placement_id == placement_id)
        .order_by(AppraisalOpinion.id)
    ).all()


def standing_opinions(placement_id: int, phase: Phase) -> dict[Opinion, AppraisalOpinion]:
    """The opinions of one phase that were not taken back."""
    rows = db.session.scalars(
        select(AppraisalOpinion).where(
            AppraisalOpinion.placement_id == placement_id,
            AppraisalOpinion.phase == phase,
            AppraisalOpinion.withdrawn_at.is_(None),
        )
    )
    return {row.opinion: row for row in rows}


def signed_opinions(placement_ids: Collection[int], phase: Phase) -> dict[int, frozenset[Opinion]]:
    """Which opinions stand, by placement: one query for all of them; everyone asked for is in it."""
    found: dict[int, set[Opinion]] = defaultdict(set)
    rows = db.session.execute(
        select(AppraisalOpinion.placement_id, AppraisalOpinion.opinion).where(
            AppraisalOpinion.placement_id.in_(placement_ids),
            AppraisalOpinion.phase == phase,
            AppraisalOpinion.withdrawn_at.is_(None),
        )
    )
    for placement_id, opinion in rows:
        found[placement_id].add(opinion)
    return {one: frozenset(found[one]) for one in placement_ids}


def standing_of(placement: Placement, signed: Collection[Opinion]) -> Standing:
    return Standing(placement.status, placement.starts_on, placement.ends_on, frozenset(signed))


def list_criteria(cohort_id: int, phase: Phase) -> Sequence[AppraisalCriterion]:
    """What is marked in a phase, in order."""
    return db.session.scalars(
        select(AppraisalCriterion)
        .where(AppraisalCriterion.cohort_id == cohort_id, AppraisalCriterion.phase == phase)
        .order_by(AppraisalCriterion.position)
    ).all()
