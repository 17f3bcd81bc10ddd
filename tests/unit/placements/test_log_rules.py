from datetime import date
from decimal import Decimal

import pytest

from app.domain.placements.rules import log
from app.domain.placements.rules.spans import (
    ChangeFact,
    Span,
    active_days,
    active_spans,
    free_around,
    interruptions_of,
    period_of,
    periods_of,
)
from app.domain.placements.rules.words import (
    ChangeKind,
    EntryStatus,
    LogRhythm,
    PlacementStatus,
)

# Friday to Friday, two weeks later
STARTS_ON, ENDS_ON = date(2023, 9, 1), date(2023, 9, 15)
TODAY = date(2023, 9, 13)
REST = Span(date(2023, 9, 6), date(2023, 9, 7))
ACTIVE, DRAFT = PlacementStatus.ACTIVE, EntryStatus.DRAFT


def why_no_entry(begins_on, ends_on, *, rests=(), written=(), today=TODAY):
    return log.why_no_entry(
        begins_on,
        ends_on,
        starts_on=STARTS_ON,
        placement_ends_on=ENDS_ON,
        interruptions=rests,
        written=written,
        today=today,
    )


def test_an_entry_for_days_of_the_placement_is_taken():
    assert why_no_entry(date(2023, 9, 4), date(2023, 9, 10)) is None


def test_refuses_an_entry_that_ends_before_it_begins():
    assert why_no_entry(date(2023, 9, 5), date(2023, 9, 4)) == "period"


def test_refuses_an_entry_before_the_start():
    assert why_no_entry(date(2023, 8, 31), date(2023, 9, 1)) == "before_start"


def test_refuses_an_entry_after_the_end():
    assert why_no_entry(date(2023, 9, 15), date(2023, 9, 16)) == "after_end"


def test_refuses_an_entry_in_the_future():
    assert why_no_entry(date(2023, 9, 14), date(2023, 9, 14)) == "future"
    assert why_no_entry(TODAY, ENDS_ON) is None


def test_refuses_an_entry_for_days_of_an_interruption():
    assert why_no_entry(date(2023, 9, 6), date(2023, 9, 7), rests=[REST]) == "interrupted"
    assert why_no_entry(date(2023, 9, 7), date(2023, 9, 8), rests=[REST]) is None


def test_refuses_an_entry_that_shares_a_day_with_another():
    written = [(date(2023, 9, 4), date(2023, 9, 6))]
    assert why_no_entry(date(2023, 9, 6), date(2023, 9, 6), written=written) == "overlap"
    assert why_no_entry(date(2023, 9, 7), date(2023, 9, 7), written=written) is None


def test_eight_hours_a_day_without_the_days_of_rest():
    most = log.most_hours(date(2023, 9, 4), date(2023, 9, 8), [REST])
    assert most == 24
    assert log.why_not_hours(Decimal(24), most) is None
    assert log.why_not_hours(Decimal("24.5"), most) == "hours_too_many"


def test_refuses_negative_hours_and_odd_fractions():
    assert log.why_not_hours(Decimal(-1), Decimal(8)) == "hours_negative"
    assert log.why_not_hours(Decimal("7.3"), Decimal(8)) == "hours_fraction"
    assert log.why_not_hours(Decimal("7.5"), Decimal(8)) is None


def test_an_entry_is_late_on_the_day_after_the_days_of_grace():
    assert log.due_on(date(2023, 9, 10), 3) == date(2023, 9, 13)
    assert not log.is_late(date(2023, 9, 10), 3, date(2023, 9, 13))
    assert log.is_late(date(2023, 9, 10), 3, date(2023, 9, 14))


@pytest.mark.parametrize(
    ("held_on", "count", "topic", "refusal"),
    [
        (date(2023, 9, 11), 1, "情绪管理", None),
        (date(2023, 9, 10), 1, "情绪管理", "held_outside"),
        (date(2023, 9, 14), 1, "情绪管理", "held_in_future"),
        (date(2023, 9, 12), 1, "情绪管理", "held_in_rest"),
        (date(2023, 9, 11), 0, "情绪管理", "count"),
        (date(2023, 9, 11), 41, "情绪管理", "count"),
        (date(2023, 9, 11), 1, "　", "topic_missing"),
    ],
)
def test_activities(held_on, count, topic, refusal):
    found = log.why_not_activity(
        log.ActivityFact(held_on, count, topic),
        begins_on=date(2023, 9, 11),
        ends_on=date(2023, 9, 15),
        interruptions=[Span(date(2023, 9, 12), date(2023, 9, 12))],
        today=TODAY,
    )
    assert found == refusal


def test_refuses_to_change_a_signed_entry():
    assert log.why_not_edit(EntryStatus.SIGNED, ACTIVE) == "signed"
    assert log.why_not_edit(EntryStatus.HANDED_IN, ACTIVE) is None


def test_refuses_to_change_an_entry_of_a_placement_that_is_over():
    assert log.why_not_edit(DRAFT, PlacementStatus.COMPLETED) == "placement_over"
    assert log.why_not_edit(DRAFT, PlacementStatus.WITHDRAWN) == "placement_over"


@pytest.mark.parametrize(
    ("status", "placement", "content", "hours", "refusal"),
    [
        (DRAFT, ACTIVE, "听课三节", Decimal(8), None),
        (EntryStatus.SENT_BACK, ACTIVE, "听课三节", Decimal(8), None),
        (EntryStatus.HANDED_IN, ACTIVE, "听课三节", Decimal(8), "handed_in"),
        (EntryStatus.SIGNED, ACTIVE, "听课三节", Decimal(8), "signed"),
        (DRAFT, PlacementStatus.COMPLETED, "听课三节", Decimal(8), "placement_over"),
        (DRAFT, ACTIVE, " ", Decimal(8), "content_missing"),
        (DRAFT, ACTIVE, "听课三节", Decimal(0), "hours_missing"),
    ],
)
def test_handing_in(status, placement, content, hours, refusal):
    assert log.why_not_hand_in(status, placement, content, hours) == refusal


@pytest.mark.parametrize(
    ("status", "placement", "own", "mentor", "refusal"),
    [
        (EntryStatus.HANDED_IN, ACTIVE, False, True, None),
        (EntryStatus.HANDED_IN, ACTIVE, True, True, "own_entry"),
        (EntryStatus.HANDED_IN, ACTIVE, False, False, "not_mentor"),
        (EntryStatus.HANDED_IN, PlacementStatus.COMPLETED, False, True, "placement_over"),
        (EntryStatus.SIGNED, ACTIVE, False, True, "signed"),
        (EntryStatus.SENT_BACK, ACTIVE, False, True, "not_handed_in"),
    ],
)
def test_signing(status, placement, own, mentor, refusal):
    assert log.why_not_sign(status, placement, own=own, mentor=mentor) == refusal


@pytest.mark.parametrize(
    ("status", "placement", "own", "mentor", "refusal"),
    [
        (EntryStatus.SIGNED, ACTIVE, False, True, None),
        (EntryStatus.SIGNED, ACTIVE, True, True, "own_entry"),
        (EntryStatus.SIGNED, ACTIVE, False, False, "not_mentor"),
        (EntryStatus.SIGNED, PlacementStatus.COMPLETED, False, True, "placement_over"),
        (EntryStatus.HANDED_IN, ACTIVE, False, True, "not_signed"),
    ],
)
def test_opening_a_signed_entry_again(status, placement, own, mentor, refusal):
    assert log.why_not_reopen(status, placement, own=own, mentor=mentor) == refusal


def test_a_week_is_cut_at_the_ends_of_the_placement():
    assert period_of(LogRhythm.WEEK, date(2023, 9, 3), STARTS_ON, ENDS_ON) == (
        STARTS_ON,
        date(2023, 9, 3),
    )
    assert periods_of(LogRhythm.WEEK, STARTS_ON, ENDS_ON) == [
        (STARTS_ON, date(2023, 9, 3)),
        (date(2023, 9, 4), date(2023, 9, 10)),
        (date(2023, 9, 11), ENDS_ON),
    ]


def test_days_of_the_log_are_school_days():
    days = [begins for begins, _ends in periods_of(LogRhythm.DAY, STARTS_ON, date(2023, 9, 5))]
    assert days == [date(2023, 9, 1), date(2023, 9, 4), date(2023, 9, 5)]


def test_interruptions_end_the_day_before_the_resumption():
    changes = [
        ChangeFact(ChangeKind.INTERRUPTION, date(2023, 9, 6)),
        ChangeFact(ChangeKind.MENTOR, date(2023, 9, 7)),
        ChangeFact(ChangeKind.RESUMPTION, date(2023, 9, 8)),
        ChangeFact(ChangeKind.INTERRUPTION, date(2023, 9, 14)),
    ]
    assert interruptions_of(changes) == [REST, Span(date(2023, 9, 14))]


def test_a_placement_is_bound_between_its_interruptions():
    rests = [REST, Span(date(2023, 9, 14))]
    assert active_spans(STARTS_ON, ENDS_ON, rests) == [
        (STARTS_ON, date(2023, 9, 5)),
        (date(2023, 9, 8), date(2023, 9, 13)),
    ]
    assert active_spans(STARTS_ON, ENDS_ON, [Span(STARTS_ON, date(2023, 9, 3))]) == [
        (date(2023, 9, 4), ENDS_ON)
    ]
    assert active_spans(STARTS_ON, ENDS_ON, []) == [(STARTS_ON, ENDS_ON)]
    assert len(active_days(STARTS_ON, ENDS_ON, rests)) == 11


def test_a_week_of_which_a_part_is_written_about_has_the_rest_free():
    week = (date(2023, 9, 4), date(2023, 9, 10))
    written = [(date(2023, 8, 28), date(2023, 9, 3)), (date(2023, 9, 4), date(2023, 9, 6))]
    assert free_around(date(2023, 9, 8), week, written) == (date(2023, 9, 7), date(2023, 9, 10))
    later = [(date(2023, 9, 9), date(2023, 9, 9))]
    assert free_around(date(2023, 9, 8), week, later) == (date(2023, 9, 4), date(2023, 9, 8))
    assert free_around(date(2023, 9, 5), week, written) == week
