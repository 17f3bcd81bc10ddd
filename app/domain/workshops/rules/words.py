"""The enumerations of the area. Source: CONTRACT.md (API), DOMAIN.md §8."""

from __future__ import annotations

import enum

COMMITMENT_SOURCE = "workshop"  # whose commitments (people) a seat here makes


class WorkshopKind(enum.StrEnum):
    WORKSHOP = "workshop"
    LECTURE = "lecture"
    EXTERNAL = "external"
    EXCHANGE = "exchange"


class WorkshopStatus(enum.StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    RUNNING = "running"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class Approval(enum.StrEnum):
    """The chain an application goes through; ``county`` is school, then county."""

    NONE = "none"
    SCHOOL = "school"
    COUNTY = "county"


class EnrolmentStatus(enum.StrEnum):
    PENDING = "pending"
    CONFIRMED = "confirmed"
    WAITLISTED = "waitlisted"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    CANCELLED = "cancelled"
    COMPLETED = "completed"
    NOT_COMPLETED = "not_completed"


class SessionPart(enum.StrEnum):
    THEORY = "theory"
    PRACTICE = "practice"


class AttendanceState(enum.StrEnum):
    PRESENT = "present"
    LATE = "late"
    LEFT_EARLY = "left_early"
    LEAVE = "leave"
    ABSENT = "absent"


class AttendanceMethod(enum.StrEnum):
    QR = "qr"
    ROSTER = "roster"
    WORKBOOK = "workbook"


class RequestState(enum.StrEnum):
    """Of a request for leave or an appeal."""

    OPEN = "open"
    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class CriterionKind(enum.StrEnum):
    THEORY = "theory"
    PRACTICE = "practice"
    ASSIGNMENT = "assignment"
    ATTENDANCE = "attendance"


class Grade(enum.StrEnum):
    EXCELLENT = "excellent"
    PASSED = "passed"
    FAILED = "failed"


class TrainerRole(enum.StrEnum):
    LEAD = "lead"
    TRAINER = "trainer"
    SECOND_MARKER = "second_marker"
