"""Kinds, statuses, chains and roles of workshops in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.blueprints.people.words import AUDIENCES as AUDIENCES
from app.blueprints.people.words import LEVELS as ALL_LEVELS
from app.blueprints.people.words import ROLES
from app.blueprints.units.words import STAGE_NAMES
from app.domain.people.rules import TrainingLevel
from app.domain.workshops.rules.words import (
    Approval,
    EnrolmentStatus,
    SessionPart,
    TrainerRole,
    WorkshopKind,
    WorkshopStatus,
)

KINDS = {
    WorkshopKind.WORKSHOP: _l("Workshop course"),
    WorkshopKind.LECTURE: _l("Lecture"),
    WorkshopKind.EXTERNAL: _l("Sent away"),
    WorkshopKind.EXCHANGE: _l("Exchange"),
}
POSTING_ROLES = ROLES
STAGES = STAGE_NAMES
LEVELS = {level: text for level, text in ALL_LEVELS.items() if level is not TrainingLevel.ABROAD}
STATUSES = {
    WorkshopStatus.DRAFT: _l("Draft"),
    WorkshopStatus.PUBLISHED: _l("Published"),
    WorkshopStatus.RUNNING: _l("Under way"),
    WorkshopStatus.COMPLETED: _l("Completed"),
    WorkshopStatus.CANCELLED: _l("Cancelled"),
}
TONES = {
    WorkshopStatus.DRAFT: "neutral",
    WorkshopStatus.PUBLISHED: "neutral",
    WorkshopStatus.RUNNING: "info",
    WorkshopStatus.COMPLETED: "success",
    WorkshopStatus.CANCELLED: "danger",
}
APPROVALS = {
    Approval.NONE: _l("No approval: a seat at once"),
    Approval.SCHOOL: _l("The school approves"),
    Approval.COUNTY: _l("The school, then the county approves"),
}
STEPS = {"school": _l("waits for the school"), "county": _l("waits for the county")}
PARTS = {SessionPart.THEORY: _l("Theory"), SessionPart.PRACTICE: _l("Practice")}
TRAINER_ROLES = {
    TrainerRole.LEAD: _l("Head of the workshop"),
    TrainerRole.TRAINER: _l("Trainer"),
    TrainerRole.SECOND_MARKER: _l("Second marker"),
}
ENROLMENT_STATUSES = {
    EnrolmentStatus.PENDING: _l("Waits for approval"),
    EnrolmentStatus.CONFIRMED: _l("Confirmed"),
    EnrolmentStatus.WAITLISTED: _l("On the waitlist"),
    EnrolmentStatus.REJECTED: _l("Not approved"),
    EnrolmentStatus.WITHDRAWN: _l("Withdrawn"),
    EnrolmentStatus.CANCELLED: _l("Workshop cancelled"),
    EnrolmentStatus.COMPLETED: _l("Passed the workshop"),
    EnrolmentStatus.NOT_COMPLETED: _l("Not passed"),
}
ENROLMENT_TONES = {
    EnrolmentStatus.PENDING: "warning",
    EnrolmentStatus.CONFIRMED: "success",
    EnrolmentStatus.WAITLISTED: "info",
    EnrolmentStatus.REJECTED: "danger",
    EnrolmentStatus.WITHDRAWN: "neutral",
    EnrolmentStatus.CANCELLED: "neutral",
    EnrolmentStatus.COMPLETED: "success",
    EnrolmentStatus.NOT_COMPLETED: "danger",
}


def names(words: Mapping[Any, Any], values: Iterable[str]) -> str:
    """Several of them in one line."""
    return _(", ").join(str(words.get(value, value)) for value in values)
