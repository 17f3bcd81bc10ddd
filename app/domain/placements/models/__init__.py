"""Tables of the area, one module per topic."""

from app.domain.placements.models.appraisal import AppraisalOpinion
from app.domain.placements.models.base_schools import BaseSchoolCapacity, Mentor
from app.domain.placements.models.cohorts import (
    AppraisalCriterion,
    Cohort,
    CohortFile,
    CohortQuota,
    CohortSeats,
    MentorLoad,
)
from app.domain.placements.models.matching import MatchingRun, Nomination, ProposalLine
from app.domain.placements.models.placements import Placement, PlacementChange, Stay
from app.domain.placements.models.requests import ChangeRequest
from app.domain.placements.models.semester import (
    Activity,
    LogEntry,
    PlacementFile,
    PlacementLeave,
    Presence,
    Reminder,
)

__all__ = [
    "Activity",
    "AppraisalCriterion",
    "AppraisalOpinion",
    "BaseSchoolCapacity",
    "ChangeRequest",
    "Cohort",
    "CohortFile",
    "CohortQuota",
    "CohortSeats",
    "LogEntry",
    "MatchingRun",
    "Mentor",
    "MentorLoad",
    "Nomination",
    "Placement",
    "PlacementChange",
    "PlacementFile",
    "PlacementLeave",
    "Presence",
    "ProposalLine",
    "Reminder",
    "Stay",
]
