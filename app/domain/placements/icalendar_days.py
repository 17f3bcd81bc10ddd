"""Days of placements as events of a calendar file (RFC 5545): whole days that keep nobody from anything else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta

from icalendar import Event

from app.core.i18n import gettext as _
from app.domain.placements.queries.calendar import DayKind, PlacementDay
from app.domain.placements.semester_words import days


def day_words(one: PlacementDay) -> str:
    """What stands on the day."""
    words = {
        DayKind.BEGINS: _("Placement begins"),
        DayKind.ENDS: _("Last day of the placement"),
        DayKind.ENTRY: _("Log entry due: %(days)s", days=days(*one.about)),
        DayKind.MID_TERM: _("Mid-term appraisal due"),
        DayKind.FINAL: _("Final appraisal due"),
    }
    parts = [words[one.kind], one.name] if one.name else [words[one.kind]]
    return " · ".join(parts)


def calendar_events(
    found: Iterable[PlacementDay], *, host: str, base_url: str, now: datetime
) -> Iterator[Event]:
    """One event for each day that is not settled. ``host`` makes the UIDs unique in the world and must never change."""
    for one in found:
        if not one.done:
            yield _event(one, host=host, base_url=base_url, now=now)


def _event(one: PlacementDay, *, host: str, base_url: str, now: datetime) -> Event:
    address = f"{base_url.rstrip('/')}/placements/{one.placement_id}"
    event = Event()
    event.add("uid", f"placement-{one.placement_id}-{one.kind}-{one.about[0].isoformat()}@{host}")
    event.add("sequence", one.version - 1)
    event.add("dtstamp", now.astimezone(UTC))
    event.add("dtstart", one.day)
    event.add("dtend", one.day + timedelta(days=1))
    event.add("summary", day_words(one))
    event.add("transp", "TRANSPARENT")
    event.add("url", address)
    event.add("description", f"{one.title}\n{address}")
    if one.place:
        event.add("location", one.place)
    return event
