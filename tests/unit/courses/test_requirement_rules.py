"""When an assigned course is due, and what is said on which day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from app.domain.courses.rules.requirements import (
    reminder_on,
    why_not_due,
    why_not_reminders,
)
from app.domain.courses.rules.words import ReminderKind

DUE = date(2023, 9, 30)


@pytest.mark.parametrize(
    ("days_to_go", "said"),
    [
        (15, None),
        (14, (ReminderKind.DUE_SOON, 14)),
        (10, (ReminderKind.DUE_SOON, 14)),
        (3, (ReminderKind.DUE_SOON, 3)),
        (1, (ReminderKind.DUE_SOON, 3)),
        (0, (ReminderKind.DUE_TODAY, 0)),
        (-1, (ReminderKind.OVERDUE, 1)),
        (-6, (ReminderKind.OVERDUE, 1)),
        (-7, (ReminderKind.OVERDUE, 7)),
        (-400, (ReminderKind.OVERDUE, 28)),
    ],
)
def test_the_latest_step_that_was_reached_is_told(
    days_to_go: int, said: tuple[ReminderKind, int] | None
) -> None:
    assert reminder_on(DUE, [14, 3, 0], DUE - timedelta(days=days_to_go)) == said


def test_says_nothing_before_or_on_the_day_without_steps() -> None:
    assert reminder_on(DUE, [], DUE - timedelta(days=1)) is None
    assert reminder_on(DUE, [], DUE) is None


def test_refuses_a_day_that_cannot_be() -> None:
    today = date(2023, 8, 17)
    assert why_not_due(today, today, None) is None
    assert why_not_due(today - timedelta(days=1), today, None) == "past"
    assert why_not_due(today + timedelta(days=731), today, None) == "too_late"
    assert why_not_due(DUE, today, DUE) is None
    assert why_not_due(DUE, today, DUE - timedelta(days=1)) == "after_course"


def test_refuses_reminders_that_cannot_be() -> None:
    assert why_not_reminders([90, 0]) is None
    assert why_not_reminders([91]) == "too_early"
    assert why_not_reminders([-1]) == "too_early"
    assert why_not_reminders(range(7)) == "too_many"
