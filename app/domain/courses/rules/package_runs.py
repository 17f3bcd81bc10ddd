"""How the states of a package follow each other, and with what a run begins. Plain values in and out.

A run is one opening of an item in one window. Its reports are numbered; only the newest counts, the same one twice
counts once. Another run may take over only from the state it has seen: so of two devices none overwrites the other.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.domain.courses.rules.runtime import Elements, spell_total
from app.domain.courses.rules.words import PackageStandard


class Taking(enum.Enum):
    TAKE = "take"
    REPEATED = "repeated"
    ELSEWHERE = "elsewhere"


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of an item: how often it was saved, by which run last, and that run's newest report."""

    number: int = 0
    run: str = ""
    sequence: int = 0


def how_to_take(kept: Kept, *, run: str, sequence: int, seen: int) -> Taking:
    """Whether a report is taken. ``seen``: how often the item had been saved when the run was opened."""
    if run == kept.run:
        return Taking.TAKE if sequence > kept.sequence else Taking.REPEATED
    return Taking.TAKE if seen == kept.number else Taking.ELSEWHERE


# Not given back at the next start: they belong to the run that wrote them, or the system states them itself.
_OF_THE_RUN = (
    "_children",
    "_count",
    "_version",
    ".session_time",
    ".total_time",
    ".exit",
    ".entry",
)
_COLLECTIONS = {
    f"cmi.{name}"
    for name in ("objectives", "interactions", "comments_from_learner", "comments_from_lms")
}
_STATED = (
    "adl.",
    "cmi.core.student_",
    "cmi.learner_id",
    "cmi.learner_name",
    "cmi.launch_data",
    "cmi.student_data.",
    "cmi.core.credit",
    "cmi.core.lesson_mode",
    "cmi.credit",
    "cmi.mode",
    "cmi.comments_from_lms",
    "cmi.completion_threshold",
    "cmi.scaled_passing_score",
    "cmi.max_time_allowed",
    "cmi.time_limit_action",
)


def start_elements(
    standard: PackageStandard,
    elements: Elements,
    settings: Mapping[str, Any],
    *,
    learner: str,
    learner_name: str,
    seconds: float,
    new_attempt: bool,
    resumed: bool,
) -> Elements:
    """With what the run-time of an item begins.

    ``new_attempt``: a 2004 item ended properly before; the standard has it begin anew (RTE 4.2.8).
    """
    old = {} if new_attempt else _carried(elements)
    if standard is PackageStandard.SCORM_12:
        own = {
            "cmi.core.student_id": learner,
            "cmi.core.student_name": learner_name,
            "cmi.core.credit": "credit",
            "cmi.core.lesson_mode": "normal",
            "cmi.core.total_time": spell_total(standard, seconds),
            "cmi.core.entry": "resume" if resumed else ("" if old else "ab-initio"),
            "cmi.launch_data": settings.get("launch_data", ""),
            "cmi.student_data.mastery_score": _spelt(settings.get("mastery")),
            "cmi.student_data.max_time_allowed": settings.get("max_time", ""),
            "cmi.student_data.time_limit_action": settings.get("time_action", ""),
        }
    else:
        own = {
            "cmi.learner_id": learner,
            "cmi.learner_name": learner_name,
            "cmi.credit": "credit",
            "cmi.mode": "normal",
            "cmi.total_time": spell_total(standard, 0 if new_attempt else seconds),
            "cmi.entry": "resume" if resumed else "ab-initio",
            "cmi.launch_data": settings.get("launch_data", ""),
            "cmi.completion_threshold": _spelt(settings.get("threshold")),
            "cmi.scaled_passing_score": _spelt(settings.get("passing")),
            "cmi.time_limit_action": settings.get("time_action", ""),
        }
        if not any(name.startswith("cmi.objectives.") for name in old):
            stated = enumerate(settings.get("objectives", []))
            own |= {f"cmi.objectives.{place}.id": name for place, name in stated}
    return old | {name: value for name, value in own.items() if value}


def _carried(elements: Elements) -> Elements:
    return {
        name: value
        for name, value in elements.items()
        if value
        and name not in _COLLECTIONS
        and not name.endswith(_OF_THE_RUN)
        and not name.startswith(_STATED)
    }


def _spelt(number: float | None) -> str:
    return "" if number is None else f"{number:g}"
