"""The criteria a new cohort begins with, as base schools usually appraise (跟岗考核); the bureau changes them."""

from __future__ import annotations

from typing import Any

from app.core.i18n import gettext as _
from app.domain.placements.rules.words import Phase


def default_levels() -> list[dict[str, Any]]:
    """The levels of every criterion, the best first; ``from``: points of 100."""
    return [
        {"title": _("Excellent"), "from": 90, "description": ""},
        {"title": _("Good"), "from": 75, "description": ""},
        {"title": _("Passed"), "from": 60, "description": ""},
        {"title": _("Not passed"), "from": 0, "description": ""},
    ]


def default_criteria(phase: Phase) -> list[tuple[str, int]]:
    """Titles and weights in percent of the mid-term or final appraisal."""
    if phase is Phase.MID_TERM:
        return [
            (_("Professional ethics and attendance"), 20),
            (_("Lesson observations and log"), 40),
            (_("Lessons and counseling under guidance"), 40),
        ]
    return [
        (_("Professional ethics and attendance"), 15),
        (_("Lesson observations and log"), 20),
        (_("Teaching mental-health lessons, report lesson"), 25),
        (_("Individual and group counseling"), 25),
        (_("Summary and plan for the home county"), 15),
    ]
