"""The criteria of a cohort's mid-term and final appraisal: weights of 100 in all, levels from 100 points down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, func, select

from app.core.db import db
from app.core.errors import DomainError, InvalidInput
from app.core.i18n import gettext as _
from app.domain.accounts.rules import Actor
from app.domain.audit.operations import record
from app.domain.placements.default_criteria import default_criteria, default_levels
from app.domain.placements.models import (
    AppraisalCriterion,
    AppraisalOpinion,
    Cohort,
    Placement,
)
from app.domain.placements.operations.locking import lock_editable
from app.domain.placements.rules.planning import (
    MOST_CRITERIA,
    Criterion,
    Level,
    why_not_criteria,
)
from app.domain.placements.rules.words import Phase

LONGEST_TITLE = 120


@dataclass(frozen=True, slots=True)
class LevelFacts:
    """A level of a criterion: from how many of 100 points, called how, meaning what."""

    from_points: int
    title: str
    description: str = ""

    def as_stored(self) -> dict[str, Any]:
        return {"title": self.title, "from": self.from_points, "description": self.description}


@dataclass(frozen=True, slots=True)
class CriterionFacts:
    """A criterion as the bureau states it."""

    title: str
    weight: int
    levels: tuple[LevelFacts, ...] = ()


def set_criteria(
    cohort_id: int,
    phase: Phase,
    criteria: Sequence[CriterionFacts],
    *,
    expected_version: int | None = None,
    actor: Actor,
) -> None:
    """State the criteria of one appraisal anew; none: without marks. Raises ``opinions_signed``, and the refusals of
    ``rules.planning.why_not_criteria``.
    """
    cohort = lock_editable(cohort_id, actor=actor, expected_version=expected_version)
    criteria = [
        CriterionFacts(item.title.strip()[:LONGEST_TITLE], item.weight, item.levels)
        for item in criteria
    ]
    why = why_not_criteria(
        [
            Criterion(
                item.title,
                item.weight,
                tuple(Level(level.title, level.from_points) for level in item.levels),
            )
            for item in criteria
        ]
    )
    if why is not None:
        raise InvalidInput(_words()[why], why, "criteria")
    _refuse_signed(cohort, phase)
    _write(cohort, phase, criteria)
    cohort.row_version += 1  # who edits the same criteria meanwhile is told
    db.session.flush()
    record(
        actor,
        "placements.set_criteria",
        object_type="cohort",
        object_id=cohort.id,
        details={
            "phase": phase,
            "criteria": [{"title": item.title, "weight": item.weight} for item in criteria],
        },
        unit_path=cohort.unit.path,
    )


def write_default_criteria(cohort: Cohort) -> None:
    """The usual criteria of both appraisals, for a new cohort."""
    levels = tuple(
        LevelFacts(level["from"], level["title"], level["description"])
        for level in default_levels()
    )
    for phase in Phase:
        _write(
            cohort,
            phase,
            [CriterionFacts(title, weight, levels) for title, weight in default_criteria(phase)],
        )


def _write(cohort: Cohort, phase: Phase, criteria: Sequence[CriterionFacts]) -> None:
    db.session.execute(
        delete(AppraisalCriterion).where(
            AppraisalCriterion.cohort_id == cohort.id, AppraisalCriterion.phase == phase
        )
    )
    db.session.add_all(
        AppraisalCriterion(
            cohort_id=cohort.id,
            phase=phase,
            position=position,
            title=item.title,
            weight=item.weight,
            levels=[level.as_stored() for level in item.levels],
        )
        for position, item in enumerate(criteria, 1)
    )
    db.session.flush()


def _refuse_signed(cohort: Cohort, phase: Phase) -> None:
    signed = db.session.scalar(
        select(func.count())
        .select_from(AppraisalOpinion)
        .join(Placement, Placement.id == AppraisalOpinion.placement_id)
        .where(Placement.cohort_id == cohort.id, AppraisalOpinion.phase == phase)
    )
    if signed:
        raise DomainError(
            _("Opinions of this appraisal are signed already, so its criteria stand."),
            "opinions_signed",
            "criteria",
        )


def _words() -> dict[str, str]:
    return {
        "too_many": _("An appraisal has at most %(most)s criteria.", most=MOST_CRITERIA),
        "title_missing": _("Every criterion needs a name."),
        "title_twice": _("Two criteria have the same name."),
        "bad_weight": _("A weight is a whole number from 1 to 100."),
        "not_hundred": _("The weights of an appraisal are 100 in all."),
        "bad_levels": _(
            "The levels of a criterion fall from at most 100 points to 0, each with a name."
        ),
    }
