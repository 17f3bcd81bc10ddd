"""Which settings of counting there are and which values they take: plain values in and out."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass


class PolicyName(enum.StrEnum):
    """The settings, named as in the table (DOMAIN.md §3)."""

    LEAD_TEACHER_MOVED = "lead_teacher_moved"
    HOURS_YEAR = "hours_year"
    HOURS_CYCLE = "hours_cycle"
    TARGET_COUNSELOR_COVERAGE = "target_counselor_coverage"
    TARGET_LEAD_TEACHERS = "target_lead_teachers"
    TARGET_COUNSELORS = "target_counselors"


LEAD_TEACHER_CHOICES = ("while_posted", "always")


@dataclass(frozen=True, slots=True)
class Range:
    """A number from … to … (both inclusive)."""

    least: float
    most: float


# For each setting its fields; LEAD_TEACHER_MOVED takes one of LEAD_TEACHER_CHOICES instead.
FIELDS: dict[PolicyName, dict[str, Range]] = {
    PolicyName.LEAD_TEACHER_MOVED: {},
    PolicyName.HOURS_YEAR: {"hours": Range(1, 1000)},
    PolicyName.HOURS_CYCLE: {
        "first_year": Range(1990, 2100),
        "years": Range(1, 20),
        "hours": Range(1, 10000),
    },
    PolicyName.TARGET_COUNSELOR_COVERAGE: {"ratio": Range(0, 1), "by": Range(2000, 2100)},
    PolicyName.TARGET_LEAD_TEACHERS: {"per_county": Range(0, 100)},
    PolicyName.TARGET_COUNSELORS: {"per_school": Range(0, 100)},
}


def why_not_value(name: PolicyName, value: Mapping[str, object]) -> str | None:
    """The field whose value is missing, unknown or out of range; None when all is well."""
    if name is PolicyName.LEAD_TEACHER_MOVED:
        return None if value.get("counts") in LEAD_TEACHER_CHOICES else "counts"
    fields = FIELDS[name]
    for field in value:
        if field not in fields:
            return field
    for field, allowed in fields.items():
        number = value.get(field)
        if isinstance(number, bool) or not isinstance(number, (int, float)):
            return field
        if not allowed.least <= number <= allowed.most:
            return field
    return None
