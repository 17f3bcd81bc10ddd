"""What a placement must have reached, and who may confirm that it was passed."""

from __future__ import annotations

import enum
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from app.domain.placements.rules.words import Opinion, PlacementResult, PlacementStatus

# What a cohort asks for, in the order in which it is told.
REQUIREMENTS = (
    "hours",
    "observations",
    "lessons",
    "group_sessions",
    "case_sessions",
    "attendance",
)


class WhyNotConfirmed(enum.StrEnum):
    NOT_ACTIVE = "not_active"
    NOT_ENDED = "not_ended"
    OPINIONS_MISSING = "opinions_missing"
    NO_RESULT = "no_result"
    NEEDS_REASON = "needs_reason"
    NEEDS_SECOND_OFFICER = "needs_second_officer"


@dataclass(frozen=True, slots=True)
class Condition:
    """One thing asked for: how much, how much there is (None: nothing recorded), and whether that is enough."""

    name: str
    required: Decimal
    done: Decimal | None

    @property
    def is_met(self) -> bool:
        return (self.done or Decimal(0)) >= self.required


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the bureau's opinion proposed, by which account; with the reason for passing in spite of a condition."""

    result: PlacementResult | None
    proposed_by: int | None
    exception_reason: str | None


def conditions(
    required: Mapping[str, Decimal], done: Mapping[str, Decimal | None]
) -> list[Condition]:
    """Everything the cohort asks for (more than nothing), with what the trainee has of it."""
    return [
        Condition(name, required[name], done.get(name))
        for name in REQUIREMENTS
        if required.get(name, Decimal(0)) > 0
    ]


def unmet(found: Collection[Condition]) -> list[Condition]:
    return [condition for condition in found if not condition.is_met]


def why_cannot_confirm(
    status: PlacementStatus,
    ends_on: date,
    *,
    signed: Collection[Opinion],
    proposal: Proposal,
    found: Collection[Condition],
    officer: int | None,
    today: date,
) -> WhyNotConfirmed | None:
    """Why the outcome cannot be confirmed by this officer today.

    Passing with an unmet condition needs the reason and another officer than the one who proposed it.
    """
    if status is not PlacementStatus.ACTIVE:
        return WhyNotConfirmed.NOT_ACTIVE
    if today < ends_on:
        return WhyNotConfirmed.NOT_ENDED
    if set(signed) != set(Opinion):
        return WhyNotConfirmed.OPINIONS_MISSING
    if proposal.result is None:
        return WhyNotConfirmed.NO_RESULT
    if proposal.result is PlacementResult.FAILED or not unmet(found):
        return None
    if not (proposal.exception_reason or "").strip():
        return WhyNotConfirmed.NEEDS_REASON
    if officer is None or officer == proposal.proposed_by:
        return WhyNotConfirmed.NEEDS_SECOND_OFFICER
    return None
