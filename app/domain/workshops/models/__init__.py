"""Tables of the area, one module per topic."""

from app.domain.workshops.models.assignments import Assignment, Submission
from app.domain.workshops.models.attendance import Attendance, LeaveRequest
from app.domain.workshops.models.calendar import CalendarFeed
from app.domain.workshops.models.feedback import FeedbackAnswer, FeedbackQuestion, FeedbackReceipt
from app.domain.workshops.models.grading import Appeal, Criterion, Mark, MarkChange, Result
from app.domain.workshops.models.planning import (
    Attachment,
    Programme,
    Workshop,
    WorkshopSession,
    WorkshopTrainer,
)
from app.domain.workshops.models.seats import Enrolment, EnrolmentDecision, SeatPool

__all__ = [
    "Appeal",
    "Assignment",
    "Attachment",
    "Attendance",
    "CalendarFeed",
    "Criterion",
    "Enrolment",
    "EnrolmentDecision",
    "FeedbackAnswer",
    "FeedbackQuestion",
    "FeedbackReceipt",
    "LeaveRequest",
    "Mark",
    "MarkChange",
    "Programme",
    "Result",
    "SeatPool",
    "Submission",
    "Workshop",
    "WorkshopSession",
    "WorkshopTrainer",
]
