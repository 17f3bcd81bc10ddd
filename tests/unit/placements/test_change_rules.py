from dataclasses import replace
from datetime import date

from app.domain.placements.rules import changes, presence
from app.domain.placements.rules.spans import Span
from app.domain.placements.rules.words import PlacementStatus, PresenceState

COURSE = changes.Course(
    PlacementStatus.ACTIVE,
    starts_on=date(2023, 9, 1),
    ends_on=date(2024, 1, 12),
    cohort_ends_on=date(2024, 1, 12),
    stay_from=date(2023, 10, 9),
)
RESTED = replace(COURSE, interruptions=(Span(date(2023, 11, 1), date(2023, 11, 10)),))
RESTS = replace(
    COURSE, status=PlacementStatus.INTERRUPTED, interruptions=(Span(date(2023, 11, 1)),)
)
OVER = replace(COURSE, status=PlacementStatus.COMPLETED)
DAY = date(2023, 11, 20)


def test_refuses_every_change_of_a_placement_that_is_over():
    rules = (
        changes.why_not_extend,
        changes.why_not_interrupt,
        changes.why_not_resume,
        changes.why_not_move,
        changes.why_not_withdraw,
    )
    assert {rule(OVER, DAY) for rule in rules} == {"placement_over"}


def test_extends_to_a_later_day_within_a_semester_after_the_cohort():
    assert changes.why_not_extend(COURSE, date(2024, 1, 13)) is None
    assert changes.why_not_extend(COURSE, date(2024, 7, 13)) is None
    assert changes.why_not_extend(COURSE, date(2024, 1, 12)) == "not_later"
    assert changes.why_not_extend(COURSE, date(2024, 7, 14)) == "outside_term"


def test_interrupts_within_the_placement_only():
    assert changes.why_not_interrupt(COURSE, DAY) is None
    assert changes.why_not_interrupt(COURSE, date(2023, 8, 31)) == "before_start"
    assert changes.why_not_interrupt(COURSE, date(2024, 1, 13)) == "after_end"


def test_refuses_a_second_interruption_and_one_before_the_first_ended():
    assert changes.why_not_interrupt(RESTS, DAY) == "interrupted"
    assert changes.why_not_interrupt(RESTED, date(2023, 11, 10)) == "before_last_change"
    assert changes.why_not_interrupt(RESTED, date(2023, 11, 11)) is None


def test_resumes_after_the_interruption_and_before_the_end():
    assert changes.why_not_resume(RESTS, date(2023, 11, 2)) is None
    assert changes.why_not_resume(RESTS, date(2023, 11, 1)) == "before_last_change"
    assert changes.why_not_resume(RESTS, date(2024, 1, 13)) == "after_end"
    assert changes.why_not_resume(COURSE, DAY) == "not_interrupted"


def test_moves_and_withdraws_from_the_day_of_the_present_stay_on():
    for rule in (changes.why_not_move, changes.why_not_withdraw):
        assert rule(COURSE, date(2023, 10, 9)) is None
        assert rule(COURSE, date(2023, 10, 8)) == "before_last_change"
        assert rule(COURSE, date(2023, 8, 31)) == "before_start"
        assert rule(COURSE, date(2024, 1, 13)) == "after_end"


def why_no_presence(day, status=PlacementStatus.ACTIVE, today=DAY):
    return presence.why_no_presence(
        day,
        starts_on=COURSE.starts_on,
        ends_on=COURSE.ends_on,
        interruptions=RESTED.interruptions,
        status=status,
        today=today,
    )


def test_presence_is_recorded_for_past_days_of_the_placement():
    assert why_no_presence(DAY) is None
    assert why_no_presence(date(2023, 8, 31)) == "outside"
    assert why_no_presence(date(2023, 11, 21)) == "future"
    assert why_no_presence(date(2023, 11, 10)) == "interrupted"
    assert why_no_presence(DAY, PlacementStatus.WITHDRAWN) == "placement_over"


def why_no_leave(begins_on, ends_on, status=PlacementStatus.ACTIVE, asked=()):
    return presence.why_no_leave(
        begins_on,
        ends_on,
        starts_on=COURSE.starts_on,
        placement_ends_on=COURSE.ends_on,
        status=status,
        asked=asked,
    )


def test_leave_is_asked_for_days_of_the_placement_once():
    assert why_no_leave(DAY, DAY) is None
    assert why_no_leave(DAY, date(2023, 11, 19)) == "period"
    assert why_no_leave(date(2023, 8, 31), DAY) == "outside"
    assert why_no_leave(DAY, date(2024, 1, 13)) == "outside"
    assert why_no_leave(date(2023, 9, 1), date(2023, 10, 31)) == "too_long"
    assert why_no_leave(date(2023, 9, 1), date(2023, 10, 30)) is None
    assert why_no_leave(DAY, DAY, asked=[(DAY, DAY)]) == "already_asked"
    assert why_no_leave(DAY, DAY, PlacementStatus.COMPLETED) == "placement_over"


def test_who_came_in_spite_of_leave_stays_as_having_come():
    assert presence.becomes_leave(None)
    assert presence.becomes_leave(PresenceState.ABSENT)
    assert not presence.becomes_leave(PresenceState.PRESENT)
    assert not presence.becomes_leave(PresenceState.LATE)
