"""Who may confirm what came of a placement, and when; what is measured is in ``progress``."""

from __future__ import annotations

import enum
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from app.domain.placements.rules.progress import Measure, unmet
from app.domain.placements.rules.words import Opinion, PlacementResult, PlacementStatus


class WhyNotConfirmed(enum.StrEnum):
    NOT_ACTIVE = "not_active"
    NOT_ENDED = "not_ended"
    OPINIONS_MISSING = "opinions_missing"
    NO_RESULT = "no_result"
    NEEDS_REASON = "needs_reason"
    NEEDS_SECOND_OFFICER = "needs_second_officer"


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the bureau's opinion proposed, by which account; with the reason for passing in spite of a condition."""

    result: PlacementResult | None
    proposed_by: int | None
    exception_reason: str | None


def why_cannot_confirm(
    status: PlacementStatus,
    ends_on: date,
    *,
    signed: Collection[Opinion],
    proposal: Proposal,
    measures: Collection[Measure],
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
    if proposal.result is PlacementResult.FAILED or not unmet(measures):
        return None
    if not (proposal.exception_reason or "").strip():
        return WhyNotConfirmed.NEEDS_REASON
    if officer is None or officer == proposal.proposed_by:
        return WhyNotConfirmed.NEEDS_SECOND_OFFICER
    return None
