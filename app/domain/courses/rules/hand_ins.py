"""Work handed in for a lesson: who may hand in when, and what marking asks for."""

from __future__ import annotations

from decimal import Decimal

from app.domain.courses.rules.words import HandInStatus

MOST_MARKS = Decimal(100)
LONGEST_TEXT = 20_000
LONGEST_FEEDBACK = 2_000


def why_not_hand_in(newest: HandInStatus | None) -> str | None:
    """``accepted``: nothing more is asked for. What waits or was returned may be handed in anew (None)."""
    return "accepted" if newest is HandInStatus.ACCEPTED else None


def why_not_mark(status: HandInStatus, *, replaced: bool) -> str | None:
    """``replaced``: a newer piece counts. ``marked``: somebody has marked it already."""
    if replaced:
        return "replaced"
    return None if status is HandInStatus.HANDED_IN else "marked"


def why_not_these_marks(marks: Decimal | None) -> str | None:
    """Marks are from 0 to 100 with two decimals at most, or none are given."""
    if marks is None:
        return None
    if not marks.is_finite() or not 0 <= marks <= MOST_MARKS:
        return "out_of_range"
    return "too_exact" if marks != round(marks, 2) else None
