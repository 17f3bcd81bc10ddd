"""Attendance: the code on the screen, late or in time, the share attended, the place. Source: issue 3 (4)."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from app.domain.workshops.rules.words import AttendanceState

WINDOW_SECONDS = 30  # how long one code is shown
GOOD_SECONDS = 60  # how long it may be scanned, from the moment it was first shown
SCAN_GOOD = timedelta(minutes=10)  # how long a scan in time is good for signing in after it
OPENS_BEFORE = timedelta(minutes=30)
LATE_AFTER = timedelta(minutes=15)
LEFT_EARLY_BEFORE = timedelta(minutes=15)
# Chinese maps draw places up to 700 m beside where satellites see them, and phones guess indoors.
NEAR_METRES = 1000
MOST_DOUBT_METRES = 1000
EARTH_METRES = 6_371_000

ATTENDED = frozenset({AttendanceState.PRESENT, AttendanceState.LATE, AttendanceState.LEFT_EARLY})
_SEAL_LENGTH = 20


def window_of(now: datetime) -> int:
    """The number of the half-minute in which one code is shown."""
    return int(now.timestamp()) // WINDOW_SECONDS


def seconds_left(now: datetime) -> int:
    """How long the code of this moment is still shown."""
    return WINDOW_SECONDS - int(now.timestamp()) % WINDOW_SECONDS


@dataclass(frozen=True, slots=True)
class Code:
    """What a QR code says: the session, the window in which it was shown, and the seal over both."""

    session_id: int
    window: int
    seal: str

    @property
    def text(self) -> str:
        return f"{self.session_id}-{self.window}-{self.seal}"


def sealed_message(session_id: int, window: int) -> bytes:
    """The bytes that are sealed; named for their use, so that no other seal fits."""
    return f"check-in|{session_id}|{window}".encode()


def shortened(mac: str) -> str:
    return mac[:_SEAL_LENGTH]


def parse_code(text: str) -> Code | None:
    """The parts of a code; None when the text is none."""
    parts = text.split("-")
    if len(parts) != 3 or not all(len(part) <= 12 for part in parts[:2]):
        return None
    session_id, window, seal = parts
    if not (session_id.isascii() and session_id.isdecimal()):
        return None
    if not (window.isascii() and window.isdecimal()) or len(seal) != _SEAL_LENGTH:
        return None
    return Code(int(session_id), int(window), seal)


def why_not_code(window: int, now: datetime) -> str | None:
    """``expired`` a minute after the code was first shown, ``not_yet`` before that; None while it is good."""
    age = int(now.timestamp()) - window * WINDOW_SECONDS
    if age < 0:
        return "not_yet"
    return "expired" if age >= GOOD_SECONDS else None


def why_not_time(starts_at: datetime, ends_at: datetime, now: datetime) -> str | None:
    """``too_early`` before the half hour that precedes a session, ``over`` from its end on."""
    if now < starts_at - OPENS_BEFORE:
        return "too_early"
    return "over" if now >= ends_at else None


def state_on_arrival(
    starts_at: datetime, now: datetime, late_after: timedelta = LATE_AFTER
) -> AttendanceState:
    """Present, or late when somebody arrives more than ``late_after`` after the beginning."""
    return AttendanceState.LATE if now > starts_at + late_after else AttendanceState.PRESENT


def state_of_times(
    starts_at: datetime, ends_at: datetime, came: datetime | None, left: datetime | None
) -> AttendanceState:
    """What the times beside a signature say; leaving over 15 minutes before the end is leaving early."""
    if left is not None and left < ends_at - LEFT_EARLY_BEFORE:
        return AttendanceState.LEFT_EARLY
    return AttendanceState.PRESENT if came is None else state_on_arrival(starts_at, came)


def better_state(one: AttendanceState | None, other: AttendanceState) -> AttendanceState:
    """Of what is known of a session and of the one that makes up for it: having attended either counts."""
    return other if one is None or (one not in ATTENDED and other in ATTENDED) else one


def attendance_share(
    states: Mapping[int, AttendanceState], sessions: Collection[int]
) -> Decimal | None:
    """The share of sessions attended, of 100, half up to two places.

    ``sessions``: ids of those that were kept; ``states``: what is known by session. Late and left early count as
    attended. Granted leave is excused: the session leaves the sum. Who has no record in a session that was kept
    was absent. None when no session counts.
    """
    counted = [one for one in sessions if states.get(one) is not AttendanceState.LEAVE]
    if not counted:
        return None
    attended = sum(1 for one in counted if states.get(one) in ATTENDED)
    share = Decimal(attended) * 100 / len(counted)
    return share.quantize(Decimal("0.01"), ROUND_HALF_UP)


def is_kept(states: Iterable[AttendanceState]) -> bool:
    """Whether attendance was kept in a session: a leave granted in advance alone does not say so."""
    return any(state is not AttendanceState.LEAVE for state in states)


@dataclass(frozen=True, slots=True)
class Position:
    """Where a phone says it is: degrees, and by how many metres it may be wrong."""

    latitude: float
    longitude: float
    accuracy: float = 0.0


def read_position(latitude: str, longitude: str, accuracy: str = "") -> Position | None:
    """The position that a browser sent; None when there is none or it cannot be on earth."""
    try:
        numbers = [float(text) for text in (latitude, longitude, accuracy or "0")]
    except ValueError:
        return None
    if not all(math.isfinite(number) for number in numbers):
        return None
    if abs(numbers[0]) > 90 or abs(numbers[1]) > 180 or numbers[2] < 0:
        return None
    return Position(*numbers)


def metres_between(one: Position, other: Position) -> float:
    """The distance over the earth's surface (haversine)."""
    first, second = math.radians(one.latitude), math.radians(other.latitude)
    north = math.sin((second - first) / 2) ** 2
    east = math.sin(math.radians(other.longitude - one.longitude) / 2) ** 2
    half = north + math.cos(first) * math.cos(second) * east
    return 2 * EARTH_METRES * math.asin(math.sqrt(min(1.0, half)))


def is_near(phone: Position, place: Position) -> bool:
    """Whether a phone may be at the place: within a kilometre, and what it may be wrong by (a kilometre at most)."""
    doubt = min(phone.accuracy, MOST_DOUBT_METRES)
    return metres_between(phone, place) <= NEAR_METRES + doubt
