"""How far a trainee is: hours, counters and attendance, beside what the cohort asks for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_DOWN, Decimal

from app.domain.placements.rules.words import ActivityKind, EntryStatus, PresenceState

ATTENDED = frozenset({PresenceState.PRESENT, PresenceState.LATE})
_TENTH = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class LoggedWork:
    """What entries of one status say together: hours of 45 minutes, and how many of each kind."""

    status: EntryStatus
    hours: Decimal = Decimal(0)
    counts: Mapping[ActivityKind, int] = field(default_factory=dict)
    entries: int = 1


@dataclass(frozen=True, slots=True)
class Progress:
    """What counts so far: signed entries only. ``attendance`` in per cent, None while no day is recorded."""

    hours: Decimal = Decimal(0)
    observations: int = 0
    lessons: int = 0
    group_sessions: int = 0
    case_sessions: int = 0
    attendance: Decimal | None = None
    present: int = 0
    late: int = 0
    leave: int = 0
    absent: int = 0
    signed: int = 0
    waiting: int = 0


def attendance_of(days: Mapping[PresenceState, int]) -> Decimal | None:
    """The days attended, of the days recorded without granted leave, in per cent; None without any such day.

    Rounded down to a tenth, so that nobody reaches a limit by rounding.
    """
    attended = sum(days.get(state, 0) for state in ATTENDED)
    counted = attended + days.get(PresenceState.ABSENT, 0)
    if not counted:
        return None
    return (Decimal(100 * attended) / counted).quantize(_TENTH, ROUND_DOWN)


def progress_of(work: Iterable[LoggedWork], days: Mapping[PresenceState, int]) -> Progress:
    """Hours and counters of the signed entries, and the attendance."""
    entries = list(work)
    signed = [one for one in entries if one.status is EntryStatus.SIGNED]

    def counted(kind: ActivityKind) -> int:
        return sum(one.counts.get(kind, 0) for one in signed)

    return Progress(
        hours=sum((one.hours for one in signed), Decimal(0)),
        observations=counted(ActivityKind.OBSERVATION),
        lessons=counted(ActivityKind.LESSON),
        group_sessions=counted(ActivityKind.GROUP_SESSION),
        case_sessions=counted(ActivityKind.CASE_SESSION),
        attendance=attendance_of(days),
        present=days.get(PresenceState.PRESENT, 0),
        late=days.get(PresenceState.LATE, 0),
        leave=days.get(PresenceState.LEAVE, 0),
        absent=days.get(PresenceState.ABSENT, 0),
        signed=sum(one.entries for one in signed),
        waiting=sum(one.entries for one in entries if one.status is EntryStatus.HANDED_IN),
    )


@dataclass(frozen=True, slots=True)
class Required:
    """What the cohort asks for; 0 asks for nothing. ``attendance`` in per cent."""

    hours: Decimal = Decimal(0)
    observations: int = 0
    lessons: int = 0
    group_sessions: int = 0
    case_sessions: int = 0
    attendance: int = 0


@dataclass(frozen=True, slots=True)
class Measure:
    """One thing asked for: what was reached (None: nothing recorded yet) of what is required."""

    name: str
    reached: Decimal | None
    required: Decimal

    @property
    def met(self) -> bool:
        return not self.required or (self.reached is not None and self.reached >= self.required)

    @property
    def share(self) -> int:
        """How much of it is reached, 0 to 100, for a bar; never 100 before it is met."""
        if self.met:
            return 100
        return min(99, int((self.reached or Decimal(0)) * 100 / self.required))


MEASURED = ("hours", "observations", "lessons", "group_sessions", "case_sessions", "attendance")


def measures_of(progress: Progress, required: Required) -> list[Measure]:
    """Everything measured, in the order of the appraisal form; also what is not asked for."""
    measures = []
    for name in MEASURED:
        reached = getattr(progress, name)
        measures.append(
            Measure(
                name,
                None if reached is None else Decimal(reached),
                Decimal(getattr(required, name)),
            )
        )
    return measures


def unmet(measures: Iterable[Measure]) -> list[Measure]:
    """What is asked for and not reached."""
    return [measure for measure in measures if not measure.met]
