"""Watched stretches and the clock of real time, with plain values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from app.domain.courses.rules.progress import (
    MOST_SAVED,
    MOST_STRETCHES,
    TOLERANCE,
    Pace,
    Refused,
    Step,
    Stretch,
    Told,
    Video,
    Watching,
    counted,
    cut,
    frontier,
    is_done,
    percent,
    take_report,
    total,
    union,
)

START = datetime(2023, 8, 17, 2, 0, tzinfo=UTC)
VIDEO = Video(seconds=600, complete_at=90, seek_ahead=False)
NOTHING, FRESH = Watching(), Pace(START)
FREE = Video(seconds=600, complete_at=90, seek_ahead=True)


def after(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def tell(
    *watched: Stretch,
    passed: float = 1000,
    video: Video = VIDEO,
    known: Watching = NOTHING,
    pace: Pace = FRESH,
    position: float | None = None,
    noted: float | None = None,
) -> Step | Refused:
    at = None if noted is None else after(noted)
    return take_report(video, known, pace, Told(watched, position, at), now=after(passed))


def step(found: Step | Refused) -> Step:
    assert isinstance(found, Step)
    return found


def test_a_stretch_counts_once_however_often_it_is_reported() -> None:
    first = step(tell((0, 10)))
    again = step(tell((0, 10), known=first.watching, pace=first.pace))
    assert (first.gained, again.gained) == (10, 0)
    assert again.watching.watched == ((0, 10),)


def test_stretches_that_overlap_or_nearly_touch_become_one() -> None:
    assert union([(0, 10), (30, 40)], [(5, 20), (20.8, 25)]) == ((0, 25), (30, 40))


def test_the_union_is_the_same_in_whatever_order_the_reports_come() -> None:
    pieces = [(0.0, 9.5), (10.3, 20.0), (40.0, 44.0), (20.9, 30.0)]
    forward, backward = (), ()
    for piece in pieces:
        forward = union(forward, [piece])
    for piece in reversed(pieces):
        backward = union(backward, [piece])
    assert forward == backward == ((0, 30), (40, 44))


def test_more_than_has_passed_is_taken_up_to_the_tolerance() -> None:
    assert step(tell((0, 40), passed=10)).pace == Pace(after(10), 30)


def test_refuses_more_than_the_tolerance_and_says_how_long_to_wait() -> None:
    assert tell((0, 52), passed=10) == Refused("too_fast", wait=12)


def test_what_was_refused_is_taken_once_the_time_has_passed() -> None:
    assert step(tell((0, 52), passed=22)).pace.ahead == TOLERANCE


def test_time_without_reports_counts_for_what_was_watched_offline_but_at_most_an_hour() -> None:
    long = Video(seconds=20_000, complete_at=90, seek_ahead=False)
    assert step(tell((0, 3630), passed=7200, video=long)).gained == 3630
    assert tell((0, 3631), passed=7200, video=long) == Refused("too_fast", wait=1)
    assert MOST_SAVED == 3600


def test_two_lessons_watched_offline_share_the_time_that_passed() -> None:
    first = step(tell((0, 500), passed=1000))
    second = tell((0, 500), passed=1001, pace=first.pace)
    assert step(second).gained == 500


def test_a_report_that_adds_nothing_leaves_the_clock_alone() -> None:
    opened = step(tell(passed=1000))
    assert opened.pace == Pace(START)


def test_a_clock_that_was_set_back_gives_no_time() -> None:
    assert tell((0, 31), passed=-100) == Refused("too_fast", wait=1)


def test_beyond_what_hangs_together_with_the_beginning_nothing_counts_yet() -> None:
    ahead = step(tell((300, 400)))
    assert (ahead.gained, counted(VIDEO, ahead.watching.watched)) == (100, 0)
    joined = step(tell((0, 300), known=ahead.watching, pace=ahead.pace))
    assert counted(VIDEO, joined.watching.watched) == 400


def test_where_seeking_ahead_is_allowed_every_stretch_counts() -> None:
    assert counted(FREE, ((300, 400),)) == 100


def test_the_beginning_may_be_missed_by_a_moment() -> None:
    assert frontier(((0.9, 20),)) == 20
    assert frontier(((1.1, 20),)) == 0


@pytest.mark.parametrize(("end", "done"), [(538.9, False), (539, True), (600, True)])
def test_a_video_is_done_at_its_share_less_one_second(end: float, done: bool) -> None:
    assert is_done(VIDEO, ((0, end),)) is done


def test_a_whole_video_is_done_when_its_last_second_is_missing() -> None:
    assert is_done(Video(600, 100, False), ((0, 599),))


def test_per_cent_are_whole_and_a_hundred_only_at_the_end() -> None:
    assert percent(VIDEO, ((0, 594),)) == 99
    assert percent(VIDEO, ((0, 599.6),)) == 100
    assert percent(VIDEO, ()) == 0
    assert percent(Video(0, 90, False), ()) == 0


def test_goes_on_where_the_newest_report_stands_even_when_an_older_one_comes_later() -> None:
    newer = step(tell((0, 100), position=100, noted=500))
    older = step(tell((0, 50), position=50, noted=400, known=newer.watching, pace=newer.pace))
    assert (older.watching.position, older.watching.position_at) == (100, after(500))


def test_a_report_from_a_clock_that_runs_fast_counts_as_of_now() -> None:
    assert step(tell((0, 100), position=100, noted=5000)).watching.position_at == after(1000)


def test_the_position_never_lies_beyond_what_may_be_seen() -> None:
    assert step(tell((0, 100), position=400)).watching.position == 100
    assert step(tell((0, 100), position=400, video=FREE)).watching.position == 400
    assert step(tell((0, 100), position=9e9, video=FREE)).watching.position == 600
    assert step(tell((0, 540), position=590)).watching.position == 590


@pytest.mark.parametrize(
    ("stretch", "code"),
    [
        ((-1, 5), "not_a_stretch"),
        ((5, 5), "not_a_stretch"),
        ((9, 5), "not_a_stretch"),
        ((0, float("nan")), "not_a_stretch"),
        ((0, float("inf")), "not_a_stretch"),
        ((590, 602.1), "outside_video"),
    ],
)
def test_refuses_what_cannot_have_been_watched(stretch: Stretch, code: str) -> None:
    assert tell(stretch) == Refused(code)


def test_refuses_too_many_stretches_in_one_report() -> None:
    assert tell(*[(0.0, 1.0)] * (MOST_STRETCHES + 1)) == Refused("too_many_stretches")


def test_cuts_what_a_player_reports_beyond_the_end() -> None:
    assert cut([(590, 601.5), (600.5, 601.5)], 600) == [(590, 600)]


@dataclass
class Device:
    """A player: what it watched and has not yet had confirmed, and copies of old reports on the way."""

    reports: list[Told]


class TwoDevices(RuleBasedStateMachine):
    """Reports that come late, twice, in another order and from two devices, some of them lies."""

    @initialize(seek=st.booleans(), share=st.integers(1, 100))
    def begin(self, seek: bool, share: int) -> None:
        self.video = Video(600, share, seek)
        self.now = 0.0
        self.pace, self.watching = Pace(START), Watching()
        self.devices = Device([]), Device([])
        self.seen: set[int] = set()
        self.done = False

    @rule(seconds=st.one_of(st.floats(0, 60), st.floats(0, 10_000)))
    def wait(self, seconds: float) -> None:
        self.now += seconds

    @rule(
        device=st.integers(0, 1),
        begin=st.floats(0, 599),
        length=st.one_of(st.floats(0.1, 15), st.floats(0.1, 700)),
        noted=st.floats(-100, 100),
    )
    def note(self, device: int, begin: float, length: float, noted: float) -> None:
        end = min(begin + length, 600.0)
        told = Told(((begin, end),), end, after(self.now + noted))
        self.devices[device].reports.append(told)

    @rule(device=st.integers(0, 1), which=st.integers(0, 50))
    def send(self, device: int, which: int) -> None:
        """Any of the reports, the newest or an old one, once more or for the first time."""
        reports = self.devices[device].reports
        if reports:
            self.take(reports[which % len(reports)])

    @rule(device=st.integers(0, 1))
    def send_everything_at_once(self, device: int) -> None:
        reports = self.devices[device].reports[-MOST_STRETCHES:]
        if reports:
            self.take(Told(tuple(one.watched[0] for one in reports), None, None))

    def take(self, told: Told) -> None:
        before = self.watching, self.done
        found = take_report(self.video, self.watching, self.pace, told, now=after(self.now))
        if isinstance(found, Refused):
            assert found.code == "too_fast"
            return
        self.watching, self.pace = found.watching, found.pace
        self.done = self.done or found.done
        assert total(self.watching.watched) >= total(before[0].watched) - 0.01
        assert counted(self.video, self.watching.watched) >= counted(self.video, before[0].watched)
        assert found.done or not before[1], "what is done stays done"
        assert frontier(self.watching.watched) >= frontier(before[0].watched)
        if before[0].position_at is not None and self.watching.position_at is not None:
            assert self.watching.position_at >= before[0].position_at
        again = take_report(self.video, self.watching, self.pace, told, now=after(self.now))
        assert isinstance(again, Step)
        assert (again.gained, again.pace) == (0, self.pace), "a repeated report changes nothing"

    @invariant()
    def never_runs_ahead_of_real_time(self) -> None:
        if hasattr(self, "watching"):
            assert total(self.watching.watched) <= self.now + TOLERANCE + 0.1

    @invariant()
    def what_is_known_is_sorted_apart_and_inside(self) -> None:
        if not hasattr(self, "watching"):
            return
        edges = [edge for stretch in self.watching.watched for edge in stretch]
        assert edges == sorted(edges)
        assert all(0 <= edge <= 600 for edge in edges)
        assert 0 <= self.watching.position <= 600


TwoDevices.TestCase.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
TestTwoDevices = TwoDevices.TestCase
