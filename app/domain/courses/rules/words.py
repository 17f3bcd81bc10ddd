"""The enumerations of the area. Source: DOMAIN.md §8."""

from __future__ import annotations

import enum


class CourseKind(enum.StrEnum):
    """``own``: learnt here, by lessons. ``external``: on another platform; what was finished there is reported."""

    OWN = "own"
    EXTERNAL = "external"


class CourseStatus(enum.StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    ENDED = "ended"
    CANCELLED = "cancelled"


class EnrolmentWay(enum.StrEnum):
    """Who puts people into a course: they themselves, or only their school, county or bureau."""

    SELF = "self"
    NOMINATION = "nomination"


class EnrolmentSource(enum.StrEnum):
    SELF = "self"
    NOMINATED = "nominated"
    ASSIGNED = "assigned"
    REPORTED = "reported"


class LearnerStatus(enum.StrEnum):
    """``not_completed``: the course ended before they were done, or their completion was revoked."""

    ENROLLED = "enrolled"
    COMPLETED = "completed"
    WITHDRAWN = "withdrawn"
    NOT_COMPLETED = "not_completed"


class VersionStatus(enum.StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    RETIRED = "retired"


class LessonKind(enum.StrEnum):
    TEXT = "text"
    VIDEO = "video"
    PDF = "pdf"
    QUIZ = "quiz"
    ASSIGNMENT = "assignment"
    LINK = "link"
    PACKAGE = "package"


class MediaKind(enum.StrEnum):
    VIDEO = "video"
    PDF = "pdf"


class LessonStatus(enum.StrEnum):
    STARTED = "started"
    COMPLETED = "completed"


class HandInStatus(enum.StrEnum):
    HANDED_IN = "handed_in"
    ACCEPTED = "accepted"
    RETURNED = "returned"


class QuestionKind(enum.StrEnum):
    SINGLE = "single"
    MULTIPLE = "multiple"
    TRUE_FALSE = "true_false"
    FILL_IN = "fill_in"
    SHORT_ANSWER = "short_answer"


class AnswersShown(enum.StrEnum):
    """When somebody sees which answers were right."""

    AFTER_ATTEMPT = "after_attempt"
    AFTER_PASSING = "after_passing"
    NEVER = "never"


class AttemptStatus(enum.StrEnum):
    """``submitted``: handed in, a short answer waits for its mark."""

    RUNNING = "running"
    SUBMITTED = "submitted"
    MARKED = "marked"


class PackageStandard(enum.StrEnum):
    SCORM_12 = "scorm_12"
    SCORM_2004 = "scorm_2004"


class RecognitionStatus(enum.StrEnum):
    SUBMITTED = "submitted"
    CHECKED = "checked"
    RECOGNISED = "recognised"
    SENT_BACK = "sent_back"
    WITHDRAWN = "withdrawn"


class ReminderKind(enum.StrEnum):
    ASSIGNED = "assigned"
    DUE_SOON = "due_soon"
    DUE_TODAY = "due_today"
    OVERDUE = "overdue"
    NUDGE = "nudge"
