"""How far somebody is in a video: watched stretches, and a clock that nobody outruns.

A stretch counts once, however often and in whatever order it is reported: what is kept is the union of all that was
watched. What is new in a report must fit into the time that has really passed. All times are seconds.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

Stretch = tuple[float, float]

TOLERANCE = 30.0  # by how much what was reported may run ahead of real time
MOST_SAVED = (
    3600.0  # time that passed without reports counts later, but never more than an hour of it
)
GAP = 1.0  # players report in steps: what is missing between two stretches by no more than this was watched
END_SLACK = 2.0  # a player's idea of where a video ends differs a little from the file's
MOST_STRETCHES = 200  # in one report
OLDEST = timedelta(days=30)  # what a player noted earlier counts as noted then


@dataclass(frozen=True, slots=True)
class Video:
    """What of a lesson decides when its video has been watched. ``complete_at``: per cent."""

    seconds: float
    complete_at: int
    seek_ahead: bool


@dataclass(frozen=True, slots=True)
class Watching:
    """How far somebody is in a lesson: stretches sorted and apart; where to go on, and who said so last."""

    watched: tuple[Stretch, ...] = ()
    position: float = 0.0
    position_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Pace:
    """The clock of a learner over all lessons: set at ``at``; reports then ran ``ahead`` of real time (behind: < 0)."""

    at: datetime
    ahead: float = 0.0


@dataclass(frozen=True, slots=True)
class Told:
    """One report: what was watched, where the player stands, and when it noted that."""

    watched: tuple[Stretch, ...] = ()
    position: float | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """What a report leads to. ``done``: enough of the video has been watched."""

    watching: Watching
    pace: Pace
    gained: float
    done: bool


@dataclass(frozen=True, slots=True)
class Refused:
    """``not_a_stretch``, ``too_many_stretches``, ``outside_video`` or ``too_fast`` (then: seconds to wait)."""

    code: str
    wait: float = 0.0


def take_report(
    video: Video, watching: Watching, pace: Pace, told: Told, *, now: datetime
) -> Step | Refused:
    """Add a report to what is known. Nothing ever goes back, and a report that adds nothing leaves the clock alone."""
    code = why_not_stretches(told.watched, video.seconds)
    if code is not None:
        return Refused(code)
    watched = union(watching.watched, cut(told.watched, video.seconds))
    gained = total(watched) - total(watching.watched)
    if gained > 0:
        ahead = run(pace, gained, now)
        if ahead > TOLERANCE:
            return Refused("too_fast", wait=ahead - TOLERANCE)
        pace = Pace(max(now, pace.at), ahead)
    moved = replace(_moved(video, watched, watching, told, now), watched=watched)
    return Step(moved, pace, gained, is_done(video, watched))


def why_not_stretches(stretches: Sequence[Stretch], seconds: float) -> str | None:
    """Why these cannot have been watched in a video of so many seconds; None when they can."""
    if len(stretches) > MOST_STRETCHES:
        return "too_many_stretches"
    for begin, end in stretches:
        if not (math.isfinite(begin) and math.isfinite(end)) or begin < 0 or end <= begin:
            return "not_a_stretch"
        if end > seconds + END_SLACK:
            return "outside_video"
    return None


def cut(stretches: Iterable[Stretch], seconds: float) -> list[Stretch]:
    """The stretches within the video, to hundredths of a second."""
    within = ((round(begin, 2), round(min(end, seconds), 2)) for begin, end in stretches)
    return [(begin, end) for begin, end in within if end > begin]


def union(known: Iterable[Stretch], new: Iterable[Stretch]) -> tuple[Stretch, ...]:
    """Everything in either, sorted and more than ``GAP`` apart; the same in whatever order it came."""
    made: list[Stretch] = []
    for begin, end in sorted([*known, *new]):
        if made and begin - made[-1][1] <= GAP:
            made[-1] = (made[-1][0], max(made[-1][1], end))
        else:
            made.append((begin, end))
    return tuple(made)


def total(stretches: Iterable[Stretch]) -> float:
    return round(sum(end - begin for begin, end in stretches), 2)


def run(pace: Pace, gained: float, now: datetime) -> float:
    """By how much reports run ahead of real time after so many new seconds."""
    passed = max(0.0, (now - pace.at).total_seconds())
    return round(max(-MOST_SAVED, pace.ahead - passed) + gained, 3)


def frontier(watched: Sequence[Stretch]) -> float:
    """Up to where the video has been watched from its beginning without leaving anything out."""
    return watched[0][1] if watched and watched[0][0] <= GAP else 0.0


def counted(video: Video, watched: Sequence[Stretch]) -> float:
    """The seconds that count: where seeking ahead is not allowed, only what hangs together with the beginning.

    What was watched beyond that is kept, and counts as soon as what lies before it has been watched too.
    """
    return total(watched) if video.seek_ahead else frontier(watched)


def is_done(video: Video, watched: Sequence[Stretch]) -> bool:
    """Whether enough has been watched; the last second is never asked for."""
    return counted(video, watched) >= video.seconds * video.complete_at / 100 - GAP


def percent(video: Video, watched: Sequence[Stretch]) -> int:
    """The watched share in whole per cent; 100 only when all of it was."""
    if video.seconds <= 0:
        return 0
    return min(100, math.floor(100 * (counted(video, watched) + GAP / 2) / video.seconds))


def _moved(
    video: Video, watched: Sequence[Stretch], watching: Watching, told: Told, now: datetime
) -> Watching:
    """Where to go on: as the newest report says, and never beyond what may be seen."""
    if told.position is None or not math.isfinite(told.position):
        return watching
    at = max(min(told.at or now, now), now - OLDEST)
    if watching.position_at is not None and at < watching.position_at:
        return watching
    free = video.seek_ahead or is_done(video, watched)
    furthest = video.seconds if free else frontier(watched)
    position = round(min(max(told.position, 0.0), furthest), 2)
    return replace(watching, position=position, position_at=at)
