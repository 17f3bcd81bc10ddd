"""What is told of a person and of a posting, as plain values, and what of it cannot be."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from app.domain.people.rules.enums import PostingRole, Sex
from app.domain.people.rules.periods import Days, overlap

OLDEST_DAY = date(1900, 1, 1)
DAYS_AHEAD = 366


@dataclass(frozen=True)
class PersonFacts:
    """What a registry entry says of a person; numbers are whole, not masked."""

    name: str
    id_number: str | None = None
    phone: str | None = None
    sex: Sex | None = None
    ethnicity: str | None = None
    born_on: date | None = None
    email: str | None = None
    education: str | None = None
    graduated_from: str | None = None
    major: str | None = None
    work_began_on: date | None = None
    note: str | None = None


@dataclass(frozen=True)
class PostingFacts:
    """What a posting says besides person, unit and time."""

    role: PostingRole
    subject: str | None = None
    title: str | None = None
    recruited_on: date | None = None


def why_not_day(
    day: date, *, today: date, born_on: date | None = None, ahead: int = DAYS_AHEAD
) -> str | None:
    """Why nothing of a person can happen on a day: ``too_early`` (before 1900), ``before_birth``, ``too_late``
    (more than ``ahead`` days from today).
    """
    if day < OLDEST_DAY:
        return "too_early"
    if born_on is not None and day < born_on:
        return "before_birth"
    if day > today + timedelta(days=ahead):
        return "too_late"
    return None


@dataclass(frozen=True)
class Period:
    """A posting's unit, role and time, as the overlap rules need it."""

    id: int | None
    unit_id: int
    role: PostingRole
    valid_from: date
    valid_until: date | None = None

    @property
    def days(self) -> Days:
        return self.valid_from, self.valid_until


def why_not_posting(new: Period, existing: Iterable[Period]) -> tuple[str, Period] | None:
    """Which posting of the person a new one collides with, and how: ``same_unit`` (two at one unit on one day) or
    ``second_full_time`` (full time at two units on one day). Part time may be served at several units.
    """
    for other in existing:
        if other.id is not None and other.id == new.id:
            continue
        if not overlap(new.days, other.days):
            continue
        if other.unit_id == new.unit_id:
            return "same_unit", other
        if new.role is PostingRole.FULL_TIME and other.role is PostingRole.FULL_TIME:
            return "second_full_time", other
    return None


def main_posting_order(
    role: PostingRole, valid_from: date, posting_id: int
) -> tuple[int, date, int]:
    """Sorts a person's postings of one day, the main one first: full time, then the earliest (DOMAIN.md §3)."""
    return (0 if role is PostingRole.FULL_TIME else 1, valid_from, posting_id)
