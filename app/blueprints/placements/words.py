"""What the enumerations of placements are called on its pages, and the tone a state is shown in."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext

from app.domain.placements.rules.words import (
    CohortStatus,
    LogRhythm,
    NominationStatus,
    Phase,
    PlacementResult,
    PlacementStatus,
    SeatPolicy,
)

COHORT_STATUSES: dict[CohortStatus, Any] = {
    CohortStatus.DRAFT: lazy_gettext("Draft"),
    CohortStatus.OPEN: lazy_gettext("Published"),
    CohortStatus.CONFIRMED: lazy_gettext("Placed"),
    CohortStatus.COMPLETED: lazy_gettext("Completed"),
    CohortStatus.CANCELLED: lazy_gettext("Cancelled"),
}
COHORT_TONES: dict[CohortStatus, str] = {
    CohortStatus.DRAFT: "neutral",
    CohortStatus.OPEN: "info",
    CohortStatus.CONFIRMED: "success",
    CohortStatus.COMPLETED: "neutral",
    CohortStatus.CANCELLED: "danger",
}
NOMINATION_STATUSES: dict[NominationStatus, Any] = {
    NominationStatus.SUBMITTED: lazy_gettext("Handed in"),
    NominationStatus.APPROVED: lazy_gettext("Approved"),
    NominationStatus.SENT_BACK: lazy_gettext("Sent back"),
    NominationStatus.REJECTED: lazy_gettext("Rejected"),
    NominationStatus.WITHDRAWN: lazy_gettext("Withdrawn"),
}
NOMINATION_TONES: dict[NominationStatus, str] = {
    NominationStatus.SUBMITTED: "info",
    NominationStatus.APPROVED: "success",
    NominationStatus.SENT_BACK: "warning",
    NominationStatus.REJECTED: "danger",
    NominationStatus.WITHDRAWN: "neutral",
}
PLACEMENT_STATUSES: dict[PlacementStatus, Any] = {
    PlacementStatus.ACTIVE: lazy_gettext("Placed"),
    PlacementStatus.INTERRUPTED: lazy_gettext("Interrupted"),
    PlacementStatus.COMPLETED: lazy_gettext("Completed"),
    PlacementStatus.WITHDRAWN: lazy_gettext("Withdrawn"),
}
PLACEMENT_TONES: dict[PlacementStatus, str] = {
    PlacementStatus.ACTIVE: "info",
    PlacementStatus.INTERRUPTED: "warning",
    PlacementStatus.COMPLETED: "success",
    PlacementStatus.WITHDRAWN: "neutral",
}
RESULTS: dict[PlacementResult, Any] = {
    PlacementResult.EXCELLENT: lazy_gettext("Excellent"),
    PlacementResult.PASSED: lazy_gettext("Passed"),
    PlacementResult.FAILED: lazy_gettext("Not passed"),
}
SEAT_POLICIES: dict[SeatPolicy, Any] = {
    SeatPolicy.QUOTAS: lazy_gettext("Quotas per county and municipal school"),
    SeatPolicy.GAP_FIRST: lazy_gettext("Counties without a lead teacher first"),
}
RHYTHMS: dict[LogRhythm, Any] = {
    LogRhythm.DAY: lazy_gettext("Every day"),
    LogRhythm.WEEK: lazy_gettext("Every week"),
}
PHASES: dict[Phase, Any] = {
    Phase.MID_TERM: lazy_gettext("Mid-term appraisal"),
    Phase.FINAL: lazy_gettext("Final appraisal"),
}
