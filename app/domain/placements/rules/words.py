"""The enumerations of the area. Source: DOMAIN.md §5 and §8."""

from __future__ import annotations

import enum

COMMITMENT_SOURCE = "placement"  # whose commitments (people) a placement makes


class CohortStatus(enum.StrEnum):
    """``open``: nominations are taken in its window; ``confirmed``: the matching became placements."""

    DRAFT = "draft"
    OPEN = "open"
    CONFIRMED = "confirmed"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class SeatPolicy(enum.StrEnum):
    """Who gets the seats: so many for each nominating unit, or first the counties without a lead teacher."""

    QUOTAS = "quotas"
    GAP_FIRST = "gap_first"


class NominationStatus(enum.StrEnum):
    SUBMITTED = "submitted"
    APPROVED = "approved"
    SENT_BACK = "sent_back"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class PlacementStatus(enum.StrEnum):
    """Whether a placement has begun is told by its dates; ``completed`` has a result."""

    ACTIVE = "active"
    INTERRUPTED = "interrupted"
    COMPLETED = "completed"
    WITHDRAWN = "withdrawn"


class PlacementResult(enum.StrEnum):
    EXCELLENT = "excellent"
    PASSED = "passed"
    FAILED = "failed"


class ChangeKind(enum.StrEnum):
    """What may happen to a placement between its start and its end; each with a date and a reason."""

    EXTENSION = "extension"
    INTERRUPTION = "interruption"
    RESUMPTION = "resumption"
    MENTOR = "mentor"
    BASE_SCHOOL = "base_school"
    WITHDRAWAL = "withdrawal"


class LogRhythm(enum.StrEnum):
    DAY = "day"
    WEEK = "week"


class EntryStatus(enum.StrEnum):
    DRAFT = "draft"
    HANDED_IN = "handed_in"
    SENT_BACK = "sent_back"
    SIGNED = "signed"


class ActivityKind(enum.StrEnum):
    """What is counted: 听课, 授课, 团体辅导, 个案辅导."""

    OBSERVATION = "observation"
    LESSON = "lesson"
    GROUP_SESSION = "group_session"
    CASE_SESSION = "case_session"


class PresenceState(enum.StrEnum):
    PRESENT = "present"
    LATE = "late"
    LEAVE = "leave"
    ABSENT = "absent"


class LeaveStatus(enum.StrEnum):
    OPEN = "open"
    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class Phase(enum.StrEnum):
    MID_TERM = "mid_term"
    FINAL = "final"


class Opinion(enum.StrEnum):
    """The four opinions of an appraisal, in their order."""

    SELF = "self"
    MENTOR = "mentor"
    BASE_SCHOOL = "base_school"
    BUREAU = "bureau"


class ReminderKind(enum.StrEnum):
    ENTRY_DUE = "entry_due"
    SIGN_OFF_DUE = "sign_off_due"
    OPINION_DUE = "opinion_due"
