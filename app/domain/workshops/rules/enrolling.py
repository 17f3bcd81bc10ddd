"""Who may enrol, withdraw, approve: every refusal by a stable code (the API answers with them)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from app.domain.workshops.rules.words import Approval, EnrolmentStatus, WorkshopStatus

# Levels of trainings from the school upwards; "level reached" means one of at least that rank was passed.
LEVEL_RANKS = {
    "school": 1,
    "county": 2,
    "prefecture": 3,
    "provincial": 4,
    "national": 5,
    "abroad": 5,
}
WAITING = frozenset({EnrolmentStatus.WAITLISTED, EnrolmentStatus.PENDING})
SEATED = frozenset(
    {
        EnrolmentStatus.PENDING,
        EnrolmentStatus.CONFIRMED,
        EnrolmentStatus.COMPLETED,
        EnrolmentStatus.NOT_COMPLETED,
    }
)
# pending covers both: on a seat or in line, as its pool says.
OPEN = frozenset({EnrolmentStatus.PENDING, EnrolmentStatus.CONFIRMED, EnrolmentStatus.WAITLISTED})


@dataclass(frozen=True, slots=True)
class Window:
    """When a workshop takes enrolments."""

    status: WorkshopStatus
    opens_at: datetime | None
    closes_at: datetime | None


def why_not_open(window: Window, now: datetime) -> str | None:
    """``not_published``, ``not_yet_open``, ``closed`` or ``cancelled``; None while it takes enrolments."""
    if window.status is WorkshopStatus.CANCELLED:
        return "cancelled"
    if window.status is WorkshopStatus.DRAFT:
        return "not_published"
    if window.status is WorkshopStatus.COMPLETED:
        return "closed"
    if window.opens_at is not None and now < window.opens_at:
        return "not_yet_open"
    if window.closes_at is not None and now >= window.closes_at:
        return "closed"
    return None


@dataclass(frozen=True, slots=True)
class Candidate:
    """What eligibility asks of a person, on the day: main posting, and trainings passed."""

    posting_role: str | None
    stage: str | None
    unit_path: str
    trained_levels: frozenset[str] = frozenset()
    last_same_training: date | None = None


@dataclass(frozen=True, slots=True)
class Conditions:
    """Who a workshop is for; empty means anybody."""

    roles: frozenset[str] = frozenset()
    stages: frozenset[str] = frozenset()
    unit_path: str | None = None
    required_level: str | None = None
    not_trained_since: date | None = None


def why_not_eligible(candidate: Candidate, wanted: Conditions) -> list[str]:
    """Every reason why a person does not fit: ``no_posting``, ``role``, ``stage``, ``unit``, ``level``, ``trained``."""
    if candidate.posting_role is None:
        return ["no_posting"]
    reasons = []
    if wanted.roles and candidate.posting_role not in wanted.roles:
        reasons.append("role")
    if wanted.stages and candidate.stage not in wanted.stages:
        reasons.append("stage")
    if wanted.unit_path and not candidate.unit_path.startswith(wanted.unit_path):
        reasons.append("unit")
    if wanted.required_level and not _reached(candidate.trained_levels, wanted.required_level):
        reasons.append("level")
    last, since = candidate.last_same_training, wanted.not_trained_since
    if since is not None and last is not None and last >= since:
        reasons.append("trained")
    return reasons


def _reached(levels: frozenset[str], required: str) -> bool:
    return any(LEVEL_RANKS[level] >= LEVEL_RANKS[required] for level in levels)


def first_step(chain: Approval, *, nominated_by: str | None) -> str | None:
    """The step an application waits for; who nominates has approved the steps up to their own.

    ``nominated_by``: the role that nominates (school, county, bureau), None for who applies themselves.
    """
    steps = {Approval.NONE: [], Approval.SCHOOL: ["school"], Approval.COUNTY: ["school", "county"]}[
        chain
    ]
    passed = {"school": 1, "county": 2, "bureau": 2}.get(nominated_by or "", 0)
    return steps[passed] if passed < len(steps) else None


def first_status(step: str | None, *, seated: bool) -> EnrolmentStatus:
    """What an application is at first: pending while a step waits, else by whether there was a seat."""
    if step is not None:
        return EnrolmentStatus.PENDING
    return EnrolmentStatus.CONFIRMED if seated else EnrolmentStatus.WAITLISTED


def next_step(chain: Approval, step: str) -> str | None:
    """The step after one that approved; None when it was the last."""
    return "county" if chain is Approval.COUNTY and step == "school" else None


def may_decide(step: str, role: str) -> bool:
    """Who decides a step: the school or who stands above it; the county step no school."""
    return role in ({"school", "county", "bureau"} if step == "school" else {"county", "bureau"})


def why_not_withdraw(
    status: EnrolmentStatus, until: datetime | None, now: datetime, *, reason: str
) -> str | None:
    """``not_enrolled``, or ``reason_needed`` after the deadline without one."""
    if status not in OPEN:
        return "not_enrolled"
    late = until is not None and now > until
    return "reason_needed" if late and not reason.strip() else None


@dataclass(frozen=True, slots=True)
class Period:
    starts_at: datetime
    ends_at: datetime
    title: str = ""


def clashes(planned: Sequence[Period], bound: Sequence[Period]) -> list[Period]:
    """Which of the bound periods overlap a planned one; touching ends do not."""
    return [
        other
        for other in bound
        if any(own.starts_at < other.ends_at and other.starts_at < own.ends_at for own in planned)
    ]
