"""Days from one to another, both inclusive; when a placement rested, and what periods its log has."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from app.domain.placements.rules.words import ChangeKind, LogRhythm

DAY = timedelta(days=1)
FRIDAY = 4


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """From a day until a day; no ``ends_on``: until further notice."""

    begins_on: date
    ends_on: date | None = None

    def holds(self, day: date) -> bool:
        return self.begins_on <= day and (self.ends_on is None or day <= self.ends_on)

    def meets(self, begins_on: date, ends_on: date) -> bool:
        return self.begins_on <= ends_on and (self.ends_on is None or begins_on <= self.ends_on)


@dataclass(frozen=True, slots=True)
class ChangeFact:
    """A change of a placement, as far as rules need it, in the order the changes were made."""

    kind: ChangeKind
    effective_on: date


def interruptions_of(changes: Iterable[ChangeFact]) -> list[Span]:
    """When the placement rested: from the day of an interruption until the day before the resumption."""
    spans: list[Span] = []
    for change in changes:
        if change.kind is ChangeKind.INTERRUPTION:
            spans.append(Span(change.effective_on))
        elif change.kind is ChangeKind.RESUMPTION and spans and spans[-1].ends_on is None:
            spans[-1] = Span(spans[-1].begins_on, change.effective_on - DAY)
    return spans


def active_spans(
    starts_on: date, ends_on: date, interruptions: Sequence[Span]
) -> list[tuple[date, date]]:
    """The days of a placement without its interruptions, as spans in order."""
    spans, begins_on = [], starts_on
    for rest in sorted(interruptions):
        if rest.begins_on > begins_on:
            spans.append((begins_on, min(ends_on, rest.begins_on - DAY)))
        if rest.ends_on is None:
            return spans
        begins_on = max(begins_on, rest.ends_on + DAY)
    if begins_on <= ends_on:
        spans.append((begins_on, ends_on))
    return spans


def days_of(begins_on: date, ends_on: date) -> Iterator[date]:
    """Every day, both ends included."""
    day = begins_on
    while day <= ends_on:
        yield day
        day += DAY


def active_days(begins_on: date, ends_on: date, interruptions: Sequence[Span]) -> list[date]:
    """The days on which the placement did not rest."""
    return [
        day
        for day in days_of(begins_on, ends_on)
        if not any(rest.holds(day) for rest in interruptions)
    ]


def is_school_day(day: date) -> bool:
    """Monday to Friday. Holidays that move, and working days in exchange, no rule knows."""
    return day.weekday() <= FRIDAY


def period_of(rhythm: LogRhythm, day: date, starts_on: date, ends_on: date) -> tuple[date, date]:
    """The day itself, or its week from Monday to Sunday, cut at the ends of the placement."""
    if rhythm is LogRhythm.DAY:
        return day, day
    monday = day - timedelta(days=day.weekday())
    return max(monday, starts_on), min(monday + timedelta(days=6), ends_on)


def free_around(
    day: date, period: tuple[date, date], written: Iterable[tuple[date, date]]
) -> tuple[date, date]:
    """The part of the period around the day that no other entry is about: an entry may have ended in the middle of a
    week, because the placement did then.
    """
    begins_on, ends_on = period
    for first, last in written:
        if last < day:
            begins_on = max(begins_on, last + DAY)
        elif first > day:
            ends_on = min(ends_on, first - DAY)
    return begins_on, ends_on


def periods_of(rhythm: LogRhythm, starts_on: date, ends_on: date) -> list[tuple[date, date]]:
    """Every period of a placement in order: its school days, or its weeks."""
    periods, day = [], starts_on
    while day <= ends_on:
        period = period_of(rhythm, day, starts_on, ends_on)
        if rhythm is LogRhythm.WEEK or is_school_day(day):
            periods.append(period)
        day = period[1] + DAY
    return periods
