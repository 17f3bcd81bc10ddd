"""Plain rules of counting: periods, cycles, ratios, which targets are missed. Source: DOMAIN.md §3."""

from __future__ import annotations

import enum
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

FACE_TO_FACE_HOURS_A_DAY = 8
_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


class FigureKind(enum.StrEnum):
    """Whether the parts of a figure sum to the whole."""

    ADDITIVE = "additive"
    LEVELS = "levels"  # additive, one number for each training level
    COVERED = "covered"  # units that have something: 0 or 1 each
    HEADCOUNT = "headcount"  # distinct persons in the whole
    RATIO = "ratio"


class Part(enum.StrEnum):
    """The row of a ledger that is no unit of its own."""

    MUNICIPAL_SCHOOLS = "municipal_schools"
    OWN = "own"


class Target(enum.StrEnum):
    """A target that a row misses."""

    COUNSELOR_COVERAGE = "counselor_coverage"
    LEAD_TEACHERS = "lead_teachers"
    COUNSELORS = "counselors"


def read_day(text: str) -> date | None:
    """A day written as 2023-08-17; None for anything else."""
    if not _ISO_DAY.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def default_since(as_of: date) -> date:
    """A flow is counted from 1 January of the as-of year unless said otherwise."""
    return date(as_of.year, 1, 1)


def since_for_comparison(since: date, as_of: date, compare: date) -> date:
    """Where the period of the compared day begins.

    The same day if it was chosen and lies before; else 1 January of the compared year, like against like.
    """
    if since == default_since(as_of) or since > compare:
        return default_since(compare)
    return since


def cycle_start(day: date, first_year: int, years: int) -> date:
    """The first day of the cycle of so many years around a day (2021–2025, 2026–2030 …)."""
    passed = (day.year - first_year) // years
    return date(max(1, first_year + passed * years), 1, 1)


def ratio(part: int, whole: int) -> float | None:
    """A coverage of 0…1 rounded half up to 4 decimals; None without anything to cover."""
    if not whole:
        return None
    share = Decimal(part) / Decimal(whole)
    return float(share.quantize(Decimal("0.0001"), ROUND_HALF_UP))


def scaled(units: int, scale: int) -> int | Decimal:
    """A sum kept in hundredths or tenths as the number people read, without trailing zeros."""
    if scale == 1:
        return units
    number = Decimal(units) / scale
    whole = number.to_integral_value()
    return int(whole) if number == whole else number.normalize()


@dataclass(frozen=True, slots=True)
class Targets:
    """What a unit should reach on the day; None: no target set."""

    coverage: float | None = None
    coverage_by: int | None = None
    lead_teachers_per_county: int | None = None
    counselors_per_school: int | None = None


def missed_targets(kind: str, figures: Mapping[str, object], targets: Targets) -> list[Target]:
    """Which targets the row of a unit of this kind misses; schools that do not count have none."""
    missed: list[Target] = []
    coverage = figures["counselor_coverage"]
    if (
        kind != "school"
        and targets.coverage is not None
        and isinstance(coverage, float)
        and coverage < targets.coverage
    ):
        missed.append(Target.COUNSELOR_COVERAGE)
    if (
        kind in {"county", "special_zone"}
        and targets.lead_teachers_per_county is not None
        and _number(figures["lead_teachers"]) < targets.lead_teachers_per_county
    ):
        missed.append(Target.LEAD_TEACHERS)
    if (
        kind == "school"
        and targets.counselors_per_school is not None
        and _number(figures["schools"])
        and _number(figures["counselors"]) < targets.counselors_per_school
    ):
        missed.append(Target.COUNSELORS)
    return missed


def _number(value: object) -> float:
    return float(value) if isinstance(value, (int, float, Decimal)) else 0.0
