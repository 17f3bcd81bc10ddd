"""When two records speak of one training, and what of a record cannot be. Source: DOMAIN.md §3."""

from __future__ import annotations

import hashlib
import re
from datetime import date
from decimal import Decimal

from app.core.text import name_key

MOST_HOURS = Decimal("2000")
HOURS_STEP = Decimal("0.5")
LONGEST_DAYS = 3 * 366
_KEY_LENGTH = 160
_YEAR = re.compile(r"(19|20)\d\d")


def _shortened(key: str) -> str:
    """The key itself, or for a very long title its beginning and a digest, so that it fits its column."""
    if len(key) <= _KEY_LENGTH:
        return key
    digest = hashlib.sha256(key.encode()).hexdigest()[:16]
    return f"{key[: _KEY_LENGTH - 17]}~{digest}"


def training_event_key(title: str, ended_on: date) -> str:
    """What two people's records of the same training share: its title, however written, and its last day.

    The first day is left out: many workbooks and certificates state the end alone.
    """
    return f"training:{_shortened(name_key(title))}:{ended_on.isoformat()}"


def online_event_key(title: str, ended_on: date | None) -> str:
    """What the records of one online training share: its title and year, because everybody ends on a day of their own.

    A year that stands in the title is the year.
    """
    year = "" if ended_on is None or names_its_year(title) else str(ended_on.year)
    return f"online:{_shortened(name_key(title))}:{year}"


def names_its_year(title: str) -> bool:
    """Whether a year stands in the title of a training."""
    return _YEAR.search(title) is not None


def placement_event_key(cohort: str) -> str:
    """What the placements of one cohort share; the key of a placement is person + cohort."""
    return f"placement:{_shortened(name_key(cohort))}"


def why_not_period(started_on: date | None, ended_on: date, *, today: date) -> str | None:
    """Why a training cannot have taken place then: ``ends_before_start``, ``too_long`` (over three years),
    ``not_ended`` (a record is of what is over), ``too_early``.
    """
    if started_on is not None and started_on > ended_on:
        return "ends_before_start"
    if ended_on > today:
        return "not_ended"
    if (started_on or ended_on).year < 1950:
        return "too_early"
    if started_on is not None and (ended_on - started_on).days > LONGEST_DAYS:
        return "too_long"
    return None


def why_not_hours(hours: Decimal | None) -> str | None:
    """Why a number of hours (45 minutes each) cannot be: ``negative``, ``too_many``, ``not_half`` hours."""
    if hours is None:
        return None
    if not hours.is_finite():
        return "not_half"
    if hours < 0:
        return "negative"
    if hours > MOST_HOURS:
        return "too_many"
    return None if hours % HOURS_STEP == 0 else "not_half"
