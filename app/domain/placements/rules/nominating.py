"""Who may be nominated (选派) for a cohort, and what may become of a nomination."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from app.domain.placements.rules.words import CohortStatus, NominationStatus

MOST_PREFERENCES = 5
LONGEST_MOTIVATION = 2000

# A rejected or withdrawn one is closed: the person may be nominated anew.
NEXT: dict[NominationStatus, frozenset[NominationStatus]] = {
    NominationStatus.SUBMITTED: frozenset(
        {
            NominationStatus.APPROVED,
            NominationStatus.SENT_BACK,
            NominationStatus.REJECTED,
            NominationStatus.WITHDRAWN,
        }
    ),
    NominationStatus.SENT_BACK: frozenset(
        {NominationStatus.SUBMITTED, NominationStatus.REJECTED, NominationStatus.WITHDRAWN}
    ),
    NominationStatus.APPROVED: frozenset(
        {NominationStatus.SENT_BACK, NominationStatus.REJECTED, NominationStatus.WITHDRAWN}
    ),
    NominationStatus.REJECTED: frozenset(),
    NominationStatus.WITHDRAWN: frozenset(),
}
STANDING = frozenset(
    {NominationStatus.SUBMITTED, NominationStatus.SENT_BACK, NominationStatus.APPROVED}
)


def may_become(now: NominationStatus, then: NominationStatus) -> bool:
    """Whether a nomination may go from one state to another."""
    return then in NEXT[now]


@dataclass(frozen=True, slots=True)
class Call:
    """What a cohort asks for, and how many the nominating unit may still send (``quota`` None: as many as it likes)."""

    status: CohortStatus
    opens_on: date | None
    closes_on: date | None
    quota: int | None
    nominated: int


@dataclass(frozen=True, slots=True)
class Nominee:
    """What is known of somebody on the day. Paths are those of the tree of units."""

    posting_paths: tuple[str, ...]
    is_lead_teacher: bool
    was_placed: bool
    is_placed: bool
    is_nominated: bool


def why_not_open(call: Call, today: date) -> str | None:
    """Why no nomination is taken now: ``not_published``, ``cancelled``, ``settled`` (the matching is confirmed),
    ``not_yet_open``, ``closed``.
    """
    over = {
        CohortStatus.DRAFT: "not_published",
        CohortStatus.CANCELLED: "cancelled",
        CohortStatus.CONFIRMED: "settled",
        CohortStatus.COMPLETED: "settled",
    }
    if call.status in over:
        return over[call.status]
    if call.opens_on is None or call.closes_on is None or today < call.opens_on:
        return "not_yet_open"
    return "closed" if today > call.closes_on else None


def why_not_eligible(nominee: Nominee, unit_path: str | None) -> list[str]:
    """Why somebody does not fit, whoever else is nominated: ``no_counselor``, ``other_unit``, ``lead_teacher``,
    ``placed_before``, ``placed_now``. ``unit_path``: the nominating unit's; None asks nothing of where.
    """
    reasons = []
    if not nominee.posting_paths:
        reasons.append("no_counselor")
    elif unit_path is not None and not any(
        path.startswith(unit_path) for path in nominee.posting_paths
    ):
        reasons.append("other_unit")
    if nominee.is_lead_teacher:
        reasons.append("lead_teacher")
    if nominee.was_placed:
        reasons.append("placed_before")
    if nominee.is_placed:
        reasons.append("placed_now")
    return reasons


def why_cannot_be_nominated(nominee: Nominee, unit_path: str, call: Call, today: date) -> list[str]:
    """Every reason why somebody cannot be nominated by a unit today; empty when they can.

    The reasons of ``why_not_open`` and ``why_not_eligible``, and ``nominated_already``, ``quota_full``.
    """
    closed = why_not_open(call, today)
    reasons = [closed] if closed else []
    reasons += why_not_eligible(nominee, unit_path)
    if nominee.is_nominated:
        reasons.append("nominated_already")
    elif call.quota is not None and call.nominated >= call.quota:
        reasons.append("quota_full")
    return reasons


def why_cannot_be_approved(
    status: NominationStatus, nominee: Nominee, unit_path: str, *, released: bool
) -> list[str]:
    """Why the bureau cannot approve: ``not_waiting``, ``not_released`` by the school, or no longer eligible."""
    if not may_become(status, NominationStatus.APPROVED):
        return ["not_waiting"]
    reasons = why_not_eligible(nominee, unit_path)
    return reasons if released else [*reasons, "not_released"]


def ranked(ids: Sequence[int], order: Sequence[int]) -> list[int] | None:
    """The new order of a unit's nominations, if it names exactly those there are; else None."""
    return list(order) if sorted(ids) == sorted(order) else None
