from decimal import Decimal

from app.domain.placements.rules.progress import (
    LoggedWork,
    Measure,
    Progress,
    Required,
    attendance_of,
    measures_of,
    progress_of,
    unmet,
)
from app.domain.placements.rules.words import ActivityKind, EntryStatus, PresenceState

KINDS = {
    ActivityKind.OBSERVATION: 4,
    ActivityKind.LESSON: 2,
    ActivityKind.GROUP_SESSION: 1,
    ActivityKind.CASE_SESSION: 3,
}


def test_only_signed_entries_count():
    work = [
        LoggedWork(EntryStatus.SIGNED, Decimal("30.5"), KINDS),
        LoggedWork(EntryStatus.SIGNED, Decimal(8), {ActivityKind.LESSON: 1}),
        LoggedWork(EntryStatus.HANDED_IN, Decimal(40), KINDS),
        LoggedWork(EntryStatus.DRAFT, Decimal(40), KINDS),
        LoggedWork(EntryStatus.SENT_BACK, Decimal(40), KINDS),
    ]
    found = progress_of(work, {})
    assert found == Progress(
        hours=Decimal("38.5"),
        observations=4,
        lessons=3,
        group_sessions=1,
        case_sessions=3,
        signed=2,
        waiting=1,
    )


def test_attendance_counts_late_as_there_and_leave_not_at_all():
    days = {
        PresenceState.PRESENT: 7,
        PresenceState.LATE: 1,
        PresenceState.LEAVE: 5,
        PresenceState.ABSENT: 1,
    }
    assert attendance_of(days) == Decimal("88.8")
    found = progress_of([], days)
    assert (found.present, found.late, found.leave, found.absent) == (7, 1, 5, 1)


def test_attendance_is_unknown_while_only_leave_is_recorded():
    assert attendance_of({PresenceState.LEAVE: 3}) is None
    assert attendance_of({}) is None


def test_measures_say_what_is_missing():
    progress = Progress(hours=Decimal(100), observations=10, attendance=Decimal("89.9"))
    required = Required(hours=Decimal(100), observations=20, attendance=90)
    assert [
        (one.name, one.reached, one.required) for one in unmet(measures_of(progress, required))
    ] == [
        ("observations", Decimal(10), Decimal(20)),
        ("attendance", Decimal("89.9"), Decimal(90)),
    ]


def test_attendance_that_is_asked_for_and_not_recorded_is_unmet():
    assert not Measure("attendance", None, Decimal(90)).met
    assert Measure("attendance", None, Decimal(0)).met


def test_a_bar_is_full_only_when_the_measure_is_met():
    assert Measure("hours", Decimal("99.9"), Decimal(100)).share == 99
    assert Measure("hours", Decimal(100), Decimal(100)).share == 100
    assert Measure("hours", Decimal(50), Decimal(100)).share == 50
