"""When a course that is assigned is due, and what is to be said about it on a day."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from app.domain.courses.rules.words import ReminderKind

# Days after the due day on which somebody who has not finished is told again.
OVERDUE_STEPS = (1, 7, 14, 28)
DEFAULT_REMINDERS = (14, 3, 0)
MOST_DAYS_BEFORE = 90
MOST_REMINDERS = 6
LONGEST_DAYS = 730


def why_not_due(due_on: date, today: date, closes_on: date | None) -> str | None:
    """Why a course cannot be due on a day: ``past``, ``too_late`` (over two years), ``after_course`` (its last day)."""
    if due_on < today:
        return "past"
    if (due_on - today).days > LONGEST_DAYS:
        return "too_late"
    return "after_course" if closes_on is not None and due_on > closes_on else None


def why_not_reminders(days: Collection[int]) -> str | None:
    """Why these days before the due day cannot be: ``too_many`` (over 6), ``too_early`` (over 90 days, or negative)."""
    if len(set(days)) > MOST_REMINDERS:
        return "too_many"
    return "too_early" if any(not 0 <= day <= MOST_DAYS_BEFORE for day in days) else None


def reminder_on(
    due_on: date, days: Collection[int], today: date
) -> tuple[ReminderKind, int] | None:
    """What is to be told on a day to who has not finished, and which step it is; None: nothing.

    ``days``: before the due day, 0 for the day itself. Where days were missed the latest step is told, never two.
    """
    left = (due_on - today).days
    if left > 0:
        reached = [day for day in days if day >= left]
        return (ReminderKind.DUE_SOON, min(reached)) if reached else None
    if left == 0:
        return (ReminderKind.DUE_TODAY, 0) if 0 in days else None
    passed = [step for step in OVERDUE_STEPS if step <= -left]
    return (ReminderKind.OVERDUE, max(passed)) if passed else None
