from datetime import date, timedelta

from app.domain.placements.rules.due import (
    Due,
    DueKind,
    DueState,
    LogTerms,
    count_overdue,
    due_dates,
    due_items,
    state_of_entry,
    state_of_opinion,
)
from app.domain.placements.rules.spans import Span
from app.domain.placements.rules.words import EntryStatus, LogRhythm, Opinion, Phase

STARTS_ON, ENDS_ON = date(2023, 9, 1), date(2023, 9, 15)
WEEKS = LogTerms(LogRhythm.WEEK, 3, date(2023, 9, 8))
MONDAY, SUNDAY = date(2023, 9, 4), date(2023, 9, 10)


def entries_due(dues):
    return [(due.begins_on, due.due_on) for due in dues if due.kind is DueKind.ENTRY]


def test_every_week_the_mid_term_and_the_end_are_due():
    assert due_dates(WEEKS, STARTS_ON, ENDS_ON) == [
        Due(date(2023, 9, 6), STARTS_ON, date(2023, 9, 3), DueKind.ENTRY),
        Due(date(2023, 9, 8), date(2023, 9, 8), date(2023, 9, 8), DueKind.MID_TERM),
        Due(date(2023, 9, 13), MONDAY, SUNDAY, DueKind.ENTRY),
        Due(ENDS_ON, ENDS_ON, ENDS_ON, DueKind.FINAL),
        Due(date(2023, 9, 18), date(2023, 9, 11), ENDS_ON, DueKind.ENTRY),
    ]


def test_days_of_an_interruption_are_not_due():
    rest = [Span(MONDAY, SUNDAY)]
    assert entries_due(due_dates(WEEKS, STARTS_ON, ENDS_ON, rest)) == [
        (STARTS_ON, date(2023, 9, 6)),
        (date(2023, 9, 11), date(2023, 9, 18)),
    ]


def test_a_mid_term_in_an_interruption_is_due_after_it():
    rest = [Span(MONDAY, SUNDAY)]
    middle = [d for d in due_dates(WEEKS, STARTS_ON, ENDS_ON, rest) if d.kind is DueKind.MID_TERM]
    assert [due.due_on for due in middle] == [date(2023, 9, 11)]


def test_nothing_is_due_after_an_interruption_without_end():
    found = due_dates(WEEKS, STARTS_ON, ENDS_ON, [Span(MONDAY)])
    assert [(due.kind, due.begins_on) for due in found] == [(DueKind.ENTRY, STARTS_ON)]


def test_days_of_leave_are_not_due_but_weeks_with_a_day_of_work_are():
    days = LogTerms(LogRhythm.DAY, 0)
    away = {MONDAY, MONDAY + timedelta(days=1)}
    assert entries_due(due_dates(days, MONDAY, date(2023, 9, 8), (), away)) == [
        (date(2023, 9, day), date(2023, 9, day)) for day in (6, 7, 8)
    ]
    assert len(entries_due(due_dates(WEEKS, MONDAY, SUNDAY, (), away))) == 1


def test_a_cohort_without_mid_term_has_none_due():
    found = due_dates(LogTerms(LogRhythm.WEEK, 3), STARTS_ON, ENDS_ON)
    assert DueKind.MID_TERM not in {due.kind for due in found}


def test_how_an_entry_stands():
    due = Due(date(2023, 9, 13), MONDAY, SUNDAY, DueKind.ENTRY)
    days = {
        date(2023, 9, 3): DueState.COMING,
        MONDAY: DueState.OPEN,
        SUNDAY: DueState.OPEN,
        date(2023, 9, 11): DueState.DUE,
        date(2023, 9, 13): DueState.DUE,
        date(2023, 9, 14): DueState.OVERDUE,
    }
    assert {day: state_of_entry(due, None, day) for day in days} == days
    late = date(2023, 9, 14)
    assert state_of_entry(due, EntryStatus.DRAFT, late) is DueState.OVERDUE
    assert state_of_entry(due, EntryStatus.SENT_BACK, late) is DueState.OVERDUE
    assert state_of_entry(due, EntryStatus.HANDED_IN, late) is DueState.WAITING
    assert state_of_entry(due, EntryStatus.SIGNED, late) is DueState.DONE


def test_how_an_opinion_stands():
    due = Due(ENDS_ON, ENDS_ON, ENDS_ON, DueKind.FINAL)

    def state(day, signed=(Opinion.SELF,)):
        return state_of_opinion(due, Opinion.MENTOR, signed, date(2023, 9, day))

    assert [state(11), state(12), state(15), state(16)] == [
        DueState.COMING,
        DueState.OPEN,
        DueState.OPEN,
        DueState.OVERDUE,
    ]
    assert state(16, {Opinion.SELF, Opinion.MENTOR}) is DueState.DONE


def test_an_opinion_waits_for_those_before_it():
    due = Due(ENDS_ON, ENDS_ON, ENDS_ON, DueKind.FINAL)
    assert state_of_opinion(due, Opinion.MENTOR, (), date(2023, 9, 16)) is DueState.OTHERS
    assert state_of_opinion(due, Opinion.MENTOR, (), date(2023, 9, 1)) is DueState.COMING


def test_overdue_entries_are_counted_without_opinions_and_with_an_entry_that_begins_in_the_week():
    dues = due_dates(WEEKS, STARTS_ON, ENDS_ON)
    entries = {date(2023, 9, 5): EntryStatus.SIGNED}
    items = due_items(dues, entries, {Phase.MID_TERM: set()}, Opinion.SELF, date(2023, 9, 20))
    assert [(one.due.kind, one.state) for one in items] == [
        (DueKind.ENTRY, DueState.OVERDUE),
        (DueKind.MID_TERM, DueState.OVERDUE),
        (DueKind.ENTRY, DueState.DONE),
        (DueKind.FINAL, DueState.OVERDUE),
        (DueKind.ENTRY, DueState.OVERDUE),
    ]
    assert count_overdue(items) == 2
