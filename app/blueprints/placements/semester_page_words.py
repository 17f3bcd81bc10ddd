"""What states of the semester are called on its pages, and the tone each is shown in."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.domain.placements.rules.due import DueItem, DueKind, DueState
from app.domain.placements.rules.words import (
    ActivityKind,
    EntryStatus,
    LeaveStatus,
    PresenceState,
)

ENTRIES: dict[EntryStatus, Any] = {
    EntryStatus.DRAFT: _l("Draft"),
    EntryStatus.HANDED_IN: _l("Handed in"),
    EntryStatus.SENT_BACK: _l("Sent back"),
    EntryStatus.SIGNED: _l("Signed"),
}
ENTRY_TONES: dict[EntryStatus, str] = {
    EntryStatus.DRAFT: "neutral",
    EntryStatus.HANDED_IN: "info",
    EntryStatus.SENT_BACK: "warning",
    EntryStatus.SIGNED: "success",
}
ACTIVITIES: dict[ActivityKind, Any] = {
    ActivityKind.OBSERVATION: _l("Lessons observed"),
    ActivityKind.LESSON: _l("Lessons given"),
    ActivityKind.GROUP_SESSION: _l("Group sessions"),
    ActivityKind.CASE_SESSION: _l("Case sessions"),
}
PRESENCES: dict[PresenceState, Any] = {
    PresenceState.PRESENT: _l("Present"),
    PresenceState.LATE: _l("Late"),
    PresenceState.LEAVE: _l("On leave"),
    PresenceState.ABSENT: _l("Absent"),
}
PRESENCE_TONES: dict[PresenceState, str] = {
    PresenceState.PRESENT: "success",
    PresenceState.LATE: "warning",
    PresenceState.LEAVE: "info",
    PresenceState.ABSENT: "danger",
}
LEAVES: dict[LeaveStatus, Any] = {
    LeaveStatus.OPEN: _l("Waits for an answer"),
    LeaveStatus.GRANTED: _l("Granted"),
    LeaveStatus.REFUSED: _l("Refused"),
    LeaveStatus.WITHDRAWN: _l("Withdrawn"),
}
LEAVE_TONES: dict[LeaveStatus, str] = {
    LeaveStatus.OPEN: "warning",
    LeaveStatus.GRANTED: "success",
    LeaveStatus.REFUSED: "danger",
    LeaveStatus.WITHDRAWN: "neutral",
}
DUES: dict[DueState, Any] = {
    DueState.COMING: _l("to come"),
    DueState.OPEN: _l("can be written"),
    DueState.DUE: _l("due"),
    DueState.OVERDUE: _l("overdue"),
    DueState.WAITING: _l("waits for the mentor"),
    DueState.OTHERS: _l("waits for others"),
    DueState.DONE: _l("done"),
}
DUE_TONES: dict[DueState, str] = {
    DueState.COMING: "neutral",
    DueState.OPEN: "info",
    DueState.DUE: "warning",
    DueState.OVERDUE: "danger",
    DueState.WAITING: "info",
    DueState.OTHERS: "neutral",
    DueState.DONE: "success",
}


def due_words(item: DueItem) -> str:
    """What is due: an entry by its days, or an appraisal."""
    if item.due.kind is DueKind.MID_TERM:
        return _("Mid-term appraisal")
    if item.due.kind is DueKind.FINAL:
        return _("Final appraisal")
    return days_words(item.due.begins_on, item.due.ends_on)


def days_words(begins_on: Any, ends_on: Any) -> str:
    """A day, or the days from one to another without repeating what they share: 2023-08-14 – 08-20."""
    first, last = begins_on.isoformat(), ends_on.isoformat()
    if first == last:
        return str(first)
    return f"{first} – {last[5:] if begins_on.year == ends_on.year else last}"
