"""What is due when: entries by the rhythm of the cohort, the appraisals in the middle and at the end."""

from __future__ import annotations

import enum
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from app.domain.placements.rules.appraisal import next_opinion
from app.domain.placements.rules.log import due_on
from app.domain.placements.rules.spans import Span, active_days, is_school_day, periods_of
from app.domain.placements.rules.words import EntryStatus, LogRhythm, Opinion, Phase

REMIND_BEFORE = timedelta(days=3)  # of an opinion
SIGN_OFF_DAYS = 7  # how long an entry may wait for the mentor before they are reminded


class DueKind(enum.StrEnum):
    ENTRY = "entry"
    MID_TERM = "mid_term"
    FINAL = "final"


class DueState(enum.StrEnum):
    """``open``: its days have begun; ``due``: they are over, but not the days of grace; ``waiting``: an entry for the
    mentor; ``others``: an opinion for those before it.
    """

    COMING = "coming"
    OPEN = "open"
    DUE = "due"
    OVERDUE = "overdue"
    WAITING = "waiting"
    OTHERS = "others"
    DONE = "done"


OWED = frozenset({DueState.OPEN, DueState.DUE, DueState.OVERDUE})
PHASE_OF = {DueKind.MID_TERM: Phase.MID_TERM, DueKind.FINAL: Phase.FINAL}


@dataclass(frozen=True, slots=True)
class LogTerms:
    """What a cohort asks of the log and the appraisals."""

    rhythm: LogRhythm
    grace_days: int
    mid_term_on: date | None = None


@dataclass(frozen=True, slots=True, order=True)
class Due:
    """Something due on a day; of an entry also the days it is about."""

    due_on: date
    begins_on: date
    ends_on: date
    kind: DueKind


def due_dates(
    terms: LogTerms,
    starts_on: date,
    ends_on: date,
    interruptions: Sequence[Span] = (),
    away: Collection[date] = (),
) -> list[Due]:
    """Everything due in a placement, in order.

    No entry is due for days on which it rested, nor for those without any school day on which the trainee was not
    ``away`` (leave granted, absent). A mid-term in a rest is due on the first day after it.
    """
    found = []
    for first, last in periods_of(terms.rhythm, starts_on, ends_on):
        days = active_days(first, last, interruptions)
        if any(is_school_day(day) and day not in away for day in days):
            found.append(Due(due_on(last, terms.grace_days), first, last, DueKind.ENTRY))
    middle = _mid_term(terms.mid_term_on, starts_on, ends_on, interruptions)
    if middle is not None:
        found.append(Due(middle, middle, middle, DueKind.MID_TERM))
    if active_days(ends_on, ends_on, interruptions):
        found.append(Due(ends_on, ends_on, ends_on, DueKind.FINAL))
    return sorted(found)


def _mid_term(
    day: date | None, starts_on: date, ends_on: date, interruptions: Sequence[Span]
) -> date | None:
    if day is None or not starts_on <= day <= ends_on:
        return None
    after = active_days(day, ends_on, interruptions)
    return after[0] if after else None


_BY_STATUS = {
    EntryStatus.HANDED_IN: DueState.WAITING,
    EntryStatus.SIGNED: DueState.DONE,
}


def state_of_entry(due: Due, status: EntryStatus | None, today: date) -> DueState:
    """How an entry stands; ``status`` None: nothing written. One sent back is owed again."""
    settled = None if status is None else _BY_STATUS.get(status)
    if settled is not None:
        return settled
    if today > due.due_on:
        return DueState.OVERDUE
    if today > due.ends_on:
        return DueState.DUE
    return DueState.OPEN if today >= due.begins_on else DueState.COMING


def state_of_opinion(
    due: Due, opinion: Opinion, signed: Collection[Opinion], today: date
) -> DueState:
    """How one of the four opinions stands on a day."""
    if opinion in signed:
        return DueState.DONE
    if next_opinion(signed) is not opinion and today >= due.due_on - REMIND_BEFORE:
        return DueState.OTHERS
    if today > due.due_on:
        return DueState.OVERDUE
    return DueState.OPEN if today >= due.due_on - REMIND_BEFORE else DueState.COMING


@dataclass(frozen=True, slots=True)
class DueItem:
    """Something due and how it stands."""

    due: Due
    state: DueState


def due_items(
    dues: Iterable[Due],
    entries: Mapping[date, EntryStatus],
    signed: Mapping[Phase, Collection[Opinion]],
    opinion: Opinion,
    today: date,
) -> list[DueItem]:
    """Everything due, for whoever signs ``opinion``. ``entries``: status by the first day of each entry."""
    found = []
    for due in dues:
        if due.kind is DueKind.ENTRY:
            state = state_of_entry(due, _status(entries, due), today)
        else:
            state = state_of_opinion(due, opinion, signed.get(PHASE_OF[due.kind], ()), today)
        found.append(DueItem(due, state))
    return found


def _status(entries: Mapping[date, EntryStatus], due: Due) -> EntryStatus | None:
    """Of the entry that begins within the days; of several (the rhythm was changed) the least settled."""
    held = [status for begins, status in entries.items() if due.begins_on <= begins <= due.ends_on]
    return min(held, key=_SETTLED.index) if held else None


_SETTLED = (
    EntryStatus.DRAFT,
    EntryStatus.SENT_BACK,
    EntryStatus.HANDED_IN,
    EntryStatus.SIGNED,
)


def count_overdue(items: Iterable[DueItem]) -> int:
    """How many entries of the log are overdue."""
    return sum(one.due.kind is DueKind.ENTRY and one.state is DueState.OVERDUE for one in items)
