"""Words of grading in the reader's language."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from app.domain.workshops.queries.gradebook import BookRow
from app.domain.workshops.rules.words import CriterionKind, Grade, RequestState

GRADES = {
    Grade.EXCELLENT: _l("Excellent"),
    Grade.PASSED: _l("Passed"),
    Grade.FAILED: _l("Not passed"),
}
GRADE_TONES = {Grade.EXCELLENT: "success", Grade.PASSED: "info", Grade.FAILED: "danger"}
CRITERION_KINDS = {
    CriterionKind.THEORY: _l("Theory"),
    CriterionKind.PRACTICE: _l("Practice"),
    CriterionKind.ASSIGNMENT: _l("Assignment"),
    CriterionKind.ATTENDANCE: _l("Attendance"),
}
APPEALS = {
    RequestState.OPEN: (_l("Not answered yet"), "warning"),
    RequestState.GRANTED: (_l("Appeal granted"), "success"),
    RequestState.REFUSED: (_l("Appeal not granted"), "neutral"),
    RequestState.WITHDRAWN: (_l("Withdrawn"), "neutral"),
}


def state_of(row: BookRow) -> tuple[str, str]:
    """Where a person's grading stands, and the tone to show it in."""
    if row.published_at is not None:
        return _("Result published"), "success"
    found = row.assessment
    if found.to_agree:
        return _("To be agreed"), "danger"
    if found.missing:
        words = ngettext("%(num)s mark missing", "%(num)s marks missing", len(found.missing))
        return words, "warning"
    if not found.complete:
        return _("Waits for the other marker"), "info"
    return _("Complete"), "neutral"
