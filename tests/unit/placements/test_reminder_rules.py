from datetime import date

from app.domain.placements.rules.due import Due, DueItem, DueKind, DueState
from app.domain.placements.rules.reminders import Reminding, reminders_of
from app.domain.placements.rules.words import Opinion, Phase, ReminderKind

WEEK = Due(date(2023, 8, 16), date(2023, 8, 7), date(2023, 8, 13), DueKind.ENTRY)
MIDDLE = Due(date(2023, 8, 15), date(2023, 8, 15), date(2023, 8, 15), DueKind.MID_TERM)


def of_entry(state, day):
    return reminders_of([DueItem(WEEK, state)], {}, None, date(2023, 8, day))


def of_opinion(day, signed=()):
    items = [DueItem(MIDDLE, DueState.OPEN)]
    return reminders_of(items, {Phase.MID_TERM: signed}, None, date(2023, 8, day))


def test_an_entry_is_told_of_when_its_days_are_over_and_when_it_is_overdue():
    due = Reminding(ReminderKind.ENTRY_DUE, date(2023, 8, 16), WEEK)
    overdue = Reminding(ReminderKind.ENTRY_DUE, date(2023, 8, 17), WEEK, overdue=True)
    assert of_entry(DueState.OPEN, 13) == []
    assert of_entry(DueState.DUE, 14) == of_entry(DueState.DUE, 16) == [due]
    assert of_entry(DueState.OVERDUE, 17) == of_entry(DueState.OVERDUE, 19) == [overdue]


def test_nobody_is_told_of_what_is_long_overdue_handed_in_or_signed():
    assert of_entry(DueState.OVERDUE, 20) == []
    assert of_entry(DueState.WAITING, 17) == []
    assert of_entry(DueState.DONE, 17) == []


def test_an_entry_without_days_of_grace_is_told_of_on_its_last_day():
    due = Due(date(2023, 8, 14), date(2023, 8, 14), date(2023, 8, 14), DueKind.ENTRY)
    found = reminders_of([DueItem(due, DueState.OPEN)], {}, None, date(2023, 8, 14))
    assert [one.due_on for one in found] == [date(2023, 8, 14)]


def test_an_opinion_is_told_of_to_whose_turn_it_is():
    assert of_opinion(11) == []
    assert [(one.due_on, one.to) for one in of_opinion(12)] == [(date(2023, 8, 15), Opinion.SELF)]
    assert [(one.due_on, one.to) for one in of_opinion(16, {Opinion.SELF})] == [
        (date(2023, 8, 16), Opinion.MENTOR)
    ]
    assert of_opinion(16, set(Opinion)) == []


def test_a_signature_is_told_of_after_a_week_and_every_week():
    def days(day):
        found = reminders_of([], {}, date(2023, 8, 1), date(2023, 8, day))
        return [(one.kind, one.due_on) for one in found]

    kind = ReminderKind.SIGN_OFF_DUE
    assert days(7) == []
    assert days(8) == days(14) == [(kind, date(2023, 8, 8))]
    assert days(15) == [(kind, date(2023, 8, 15))]
