"""Kinds, statuses and ways of online courses in the reader's language."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.blueprints.people.words import AUDIENCES
from app.blueprints.people.words import LEVELS as ALL_LEVELS
from app.blueprints.workshops.words import names
from app.domain.courses.rules.words import (
    CourseKind,
    CourseStatus,
    EnrolmentSource,
    EnrolmentWay,
    LearnerStatus,
)
from app.domain.people.rules import TrainingLevel

__all__ = [
    "ALL_LEVELS",
    "AUDIENCES",
    "KINDS",
    "LEARNERS",
    "LEARNER_TONES",
    "LEVELS",
    "SOURCES",
    "STATUSES",
    "TONES",
    "WAYS",
    "names",
]
LEVELS = {level: text for level, text in ALL_LEVELS.items() if level is not TrainingLevel.ABROAD}
KINDS = {
    CourseKind.OWN: _l("Learnt here"),
    CourseKind.EXTERNAL: _l("On another platform"),
}
STATUSES = {
    CourseStatus.DRAFT: _l("Draft"),
    CourseStatus.PUBLISHED: _l("Published"),
    CourseStatus.ENDED: _l("Course ended"),
    CourseStatus.CANCELLED: _l("Called off"),
}
TONES = {
    CourseStatus.DRAFT: "neutral",
    CourseStatus.PUBLISHED: "info",
    CourseStatus.ENDED: "success",
    CourseStatus.CANCELLED: "danger",
}
WAYS = {
    EnrolmentWay.SELF: _l(
        "Teachers come in by themselves; schools and bureaus may put people in too"
    ),
    EnrolmentWay.NOMINATION: _l("Only schools and bureaus put people in"),
}
SOURCES = {
    EnrolmentSource.SELF: _l("came by themselves"),
    EnrolmentSource.NOMINATED: _l("was put in"),
    EnrolmentSource.ASSIGNED: _l("assigned"),
    EnrolmentSource.REPORTED: _l("reported"),
}
LEARNERS = {
    LearnerStatus.ENROLLED: _l("Learning"),
    LearnerStatus.COMPLETED: _l("Course completed"),
    LearnerStatus.WITHDRAWN: _l("Left the course"),
    LearnerStatus.NOT_COMPLETED: _l("Course not completed"),
}
LEARNER_TONES = {
    LearnerStatus.ENROLLED: "info",
    LearnerStatus.COMPLETED: "success",
    LearnerStatus.WITHDRAWN: "neutral",
    LearnerStatus.NOT_COMPLETED: "danger",
}
