"""The only source of the present. Instants are aware UTC; days are those of the configured zone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

_zone = ZoneInfo("Asia/Shanghai")
_frozen: ContextVar[datetime | None] = ContextVar("frozen_clock", default=None)


def configure(zone_name: str) -> None:
    """Set the zone whose calendar decides what day it is."""
    global _zone
    _zone = ZoneInfo(zone_name)


def zone() -> ZoneInfo:
    return _zone


def now() -> datetime:
    return _frozen.get() or datetime.now(UTC)


def today() -> date:
    return now().astimezone(_zone).date()


def local(instant: datetime) -> datetime:
    """The instant as the wall clock of the configured zone shows it."""
    return instant.astimezone(_zone)


@contextmanager
def frozen(instant: datetime) -> Iterator[None]:
    """Hold the clock still, for tests and for replaying past days."""
    token = _frozen.set(instant.astimezone(UTC))
    try:
        yield
    finally:
        _frozen.reset(token)
