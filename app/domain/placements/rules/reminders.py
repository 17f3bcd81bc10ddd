"""Who is to be reminded of what today. What was reminded of is kept, so everything is told once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from app.domain.placements.rules.appraisal import next_opinion
from app.domain.placements.rules.due import (
    PHASE_OF,
    REMIND_BEFORE,
    SIGN_OFF_DAYS,
    Due,
    DueItem,
    DueKind,
    DueState,
)
from app.domain.placements.rules.spans import DAY
from app.domain.placements.rules.words import Opinion, Phase, ReminderKind

# What is older was told before, or nobody was there to tell it: no flood after a pause.
STILL_TOLD = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Reminding:
    """One reminder. ``due_on`` is what it is kept by; ``due`` what it is about; ``to`` whose opinion is due."""

    kind: ReminderKind
    due_on: date
    due: Due | None = None
    overdue: bool = False
    to: Opinion | None = None


def reminders_of(
    items: Iterable[DueItem],
    signed: Mapping[Phase, Collection[Opinion]],
    waiting_since: date | None,
    today: date,
) -> list[Reminding]:
    """Every reminder that is due. ``waiting_since``: when the entry was handed in that waits longest for the mentor.

    An entry: when its days are over, and on the day after it was due. An opinion: three days before, and on the day
    after, to whose turn it is. A signature: after a week, and every week again.
    """
    found = [one for item in items for one in _of_item(item, signed, today)]
    if waiting_since is not None and today >= waiting_since + timedelta(days=SIGN_OFF_DAYS):
        weeks = (today - waiting_since).days // SIGN_OFF_DAYS
        day = waiting_since + timedelta(days=SIGN_OFF_DAYS * weeks)
        found.append(Reminding(ReminderKind.SIGN_OFF_DUE, day))
    return found


def _of_item(
    item: DueItem, signed: Mapping[Phase, Collection[Opinion]], today: date
) -> Iterable[Reminding]:
    due = item.due
    late = today > due.due_on
    if today > due.due_on + STILL_TOLD:
        return
    day = due.due_on + DAY if late else due.due_on
    if due.kind is DueKind.ENTRY:
        last_call = item.state is DueState.OPEN and today >= due.due_on
        if item.state in {DueState.DUE, DueState.OVERDUE} or last_call:
            yield Reminding(ReminderKind.ENTRY_DUE, day, due, late)
        return
    turn = next_opinion(signed.get(PHASE_OF[due.kind], ()))
    if turn is not None and today >= due.due_on - REMIND_BEFORE:
        yield Reminding(ReminderKind.OPINION_DUE, day, due, late, turn)
